"""What can go wrong with people: sessions that ended, invitations that cannot be used."""

from ltitool.errors import Conflict, NotAllowed, NotAuthentic, NotFound, msg


class SessionMissing(NotAuthentic):
    code = "session.missing"
    title = msg("This page needs to be opened from your course")
    advice = msg("Go to your course and open the activity there. Your saved work is waiting.")


class SessionEnded(NotAuthentic):
    code = "session.ended"
    title = msg("Your visit has ended")
    advice = msg("Open the activity again from your course. What you had saved is safe.")


class SessionOnlyInFrame(NotAllowed):
    code = "session.only-in-frame"
    title = msg("This address works only inside your course")
    advice = msg("Open the activity from your course. There you can also choose to open it in a new tab.")


class TicketUsed(NotAuthentic):
    code = "session.ticket-used"
    title = msg("This button opens one tab only")
    advice = msg("Go back to your course, reload the page, and press “Open in a new tab” again.")


class SessionEndedWordsKept(SessionEnded):
    code = "session.ended-words-kept"
    title = msg("Your visit had ended, and your words are safe")
    advice = msg(
        "We kept what you just sent. Open the activity again from your course: it will be in the form."
    )


class InvitationUnusable(NotFound):
    code = "invitation.unusable"
    title = msg("This invitation cannot be used")
    advice = msg("It may have been used already or be older than a week. Ask for a new one.")


class NotGranted(NotAllowed):
    code = "grant.missing"
    title = msg("This is for the people who run the program")
    advice = msg("If you should be one of them, ask your program's director for an invitation.")


class PersonIsStaff(Conflict):
    code = "person.is-staff"
    title = msg("This person runs a program here")
    advice = msg("Have their role in this tool taken away first. Nothing was erased.")
