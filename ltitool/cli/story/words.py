"""What the people of the story write: two principals, in their own words."""

from collections.abc import Mapping

PHOTOS: tuple[tuple[str, str, str], ...] = (  # lens, caption, what a screen reader says
    ("people", "Hands that know every door of this school.", "Two hands holding a ring of many keys."),
    ("groups", "Nine chairs, no head of the table.", "Nine chairs in a circle in an empty library."),
    ("structures", "The calendar that families can write on.", "A wall calendar with notes in many hands."),
    ("climate", "The door that stands open at seven.", "An open school door, light falling onto the steps."),
    ("culture", "Bread from eleven kitchens.", "A long table with loaves of different shapes."),
)
PHOTO_ANSWERS: Mapping[str, str] = {
    "see": "Something that is here every day and that nobody writes about.",
    "happening": "People use it without being asked, and they bring others.",
    "our_lives": "It is why families come in and not only to the gate.",
    "why": "Somebody began it years ago and others kept it going.",
    "empower": "We can give it time on the agenda and a name.",
    "do": "Ask the people in it what they need from us.",
}
SHEETS: Mapping[str, Mapping[str, str]] = {
    "practice_1": {
        "tried": "I asked the night custodian and two mothers to walk the building with me.",
        "happened": "They showed me three things that I had never seen in six years.",
        "next": "Invite them to the team's next meeting, with a place on the agenda.",
    },
    "photovoice_analysis": {
        "structures": "The shared calendar works because anybody may write on it.",
        "climate": "The open door says more than our welcome letter.",
        "culture": "Food is how this school says that you belong.",
        "unseen": "We have no photo of students deciding anything.",
        "growth": "Let students run ten minutes of the team's meeting.",
    },
    "practice_2": {
        "tried": "I traced who really decided about the after-school budget.",
        "happened": "The decision was made in the parking lot, a week before the meeting.",
        "next": "Move that talk into the meeting, with families there.",
    },
    "map_analysis": {
        "spaces": "The parking lot, the office counter, and the Thursday team.",
        "decisions": "Money is decided early and informally; the schedule late and formally.",
        "control": "The office manager holds the calendar, and with it the agenda.",
        "resources": "Parents bring time and know-how that no budget line names.",
        "missing": "Students, and families who speak Diné at home.",
    },
    "practice_3": {
        "tried": "I left the room while the team chose its priority.",
        "happened": "They chose something that I would not have chosen, and they own it.",
        "next": "Report back in public in May.",
    },
    "team_composition": {
        "present": "Principal\nTwo teachers\nOffice manager\nOne mother",
        "missing": "Students, the night staff, families who speak Diné at home.",
        "invitation": "I will ask them in person, on their own ground, and pay for the bus.",
    },
    "peer_reflection": {
        "notice": "You let the photo speak before you did.",
        "wonder": "Who chose which chairs stand in the circle?",
        "take_home": "I will leave the room, too.",
    },
}
TEAM: Mapping[str, str] = {
    "noticed": "Everybody stopped at the calendar. Three people had written on it themselves.",
    "wondered": "Why do we decide about money where nobody can listen?",
    "present": "Shared purpose and care for each other.",
    "absent": "Shared power over the budget.",
    "disagreed": "Whether students should vote or advise.",
}
OPPORTUNITY = "Open the budget talk to families, at six in the library."
NODES: tuple[tuple[str, str, str], ...] = (  # name, kind, voice
    ("Principal", "person", "administration"),
    ("Office manager", "person", "staff"),
    ("Thursday team", "group", "teachers"),
    ("Family council", "group", "families"),
    ("After-school fund", "resource", ""),
)
LINKS: tuple[tuple[str, str, str], ...] = (  # from, to, kind as the form words it
    ("Principal", "After-school fund", "ormal"),
    ("Office manager", "After-school fund", "nformal"),
    ("Thursday team", "Principal", "nformation"),
    ("Family council", "Thursday team", "rust"),
)
DECISION = (  # topic, formal owner, actual decider, voices that are missing
    "How the after-school fund is spent",
    "Principal",
    "Office manager",
    ("students", "families"),
)
KEYSTONE: Mapping[str, str] = {
    "title": "Doors that open from both sides",
    "q.question": "Who decides about the hours after school, and who could?",
    "q.own_leadership": "I stopped giving the answer first. I asked, and waited, and others knew.",
    "q.school": "The budget talk has an hour that families know. It is early to say what it changes.",
    "q.next": "The team reports to the neighborhood in May; the office manager calls the meeting.",
}
CLAIMS: Mapping[str, str] = {
    "trust_and_representation": "Our team grew from five to nine, and the new four speak first.",
    "asset_evidence": "We began with what is strong: eleven kitchens, one calendar, a door that stands open.",
    "power_analysis": "Money was decided in the parking lot. The map shows it, and so did the people on it.",
    "team_meaning": "The team read the map in silence and named what it saw before I did.",
    "equity_and_action": "The budget talk moved to six o'clock in the library, with a bus and two languages.",
    "reflection_and_impact": "I learned to leave the room. What they chose without me is what holds.",
}
RATIONALES: Mapping[str, str] = {
    "trust_and_representation": "Names four new voices and what changed when they came.",
    "asset_evidence": "Five photos under five lenses, each told as a strength.",
    "power_analysis": "The map tells formal from informal and says who is missing.",
    "team_meaning": "The team's own words carry the analysis.",
    "equity_and_action": "A concrete move with place, hour, languages and transport.",
    "reflection_and_impact": "Honest about what cannot be known yet.",
}
