"""The program's questions about each photo, as a sheet of their own."""

from ltitool.evidence.errors import ActivityWithoutPage
from ltitool.evidence.questions import Question, Section, Sheet
from ltitool.programs import ActivityKind, PhotoVoiceGuide, Program

ANSWER_PREFIX = "p."


def photo_sheet(program: Program, guide: PhotoVoiceGuide) -> Sheet:
    """Give what is asked of one photo.

    Raises:
        ActivityWithoutPage: the program has no PhotoVoice activity.
    """
    activity = next(iter(program.of_kind(ActivityKind.PHOTOVOICE)), None)
    if activity is None:
        raise ActivityWithoutPage("photovoice")
    asked = tuple(Question(f"{ANSWER_PREFIX}{prompt.key}", prompt) for prompt in guide.prompts)
    return Sheet(activity, guide.introduction, (Section("photo", None, None, None, asked),))
