"""What evidence refuses: photos that cannot be taken, and changes that come too late or collide."""

from ltitool.errors import Conflict, Invalid, Malformed, NotFound, TooLarge, Unavailable, msg


class EvidenceUnknown(NotFound):
    """No such photo, map entry, answer sheet or claim, or not of this person."""

    code = "evidence.unknown"


class ActivityWithoutPage(NotFound):
    """The activity is held in sessions or recorded by coaches; a participant fills in nothing."""

    code = "evidence.no-page"
    title = msg("There is nothing to fill in here")
    advice = msg("Your coach records this one. Go back to this week to see what comes next.")


class PhotoRefused(Malformed):
    """Base of what can be wrong with one photo; `reason` is the decoder's stable word."""

    code = "evidence.photo-refused"
    status = 422
    title = msg("We could not take this photo")
    advice = msg("Your other photos and all your words are safe. Try a JPEG, or take it again.")


class PhotoMissing(PhotoRefused):
    code = "evidence.photo-missing"
    title = msg("No photo was chosen")
    advice = msg("Choose one or more photos first, then send them.")


class NotAPhoto(PhotoRefused):
    code = "evidence.not-a-photo"
    title = msg("This file is not a photo that we can read")
    advice = msg("Your other photos and all your words are safe. Choose a JPEG, PNG or WebP picture.")


class PhotoDamaged(PhotoRefused):
    code = "evidence.photo-damaged"
    title = msg("This photo is damaged or did not arrive whole")
    advice = msg("Your other photos and all your words are safe. Send it again, or take it again.")


class PhotoTooSlow(PhotoRefused):
    """Too much time, processor or memory was needed; also when the decoder was killed."""

    code = "evidence.photo-too-slow"
    title = msg("Preparing this photo took too long, so we stopped")
    advice = msg("Your other photos and all your words are safe. Try again, or send a smaller version of it.")


class PhotoTooManyPixels(TooLarge):
    code = "evidence.photo-too-many-pixels"
    title = msg("This picture has more pixels than we can take")
    advice = msg(
        "Your other photos and all your words are safe. "
        "We take JPEGs up to 120 megapixels and other pictures up to 64."
    )


class PhotoTooLarge(TooLarge):
    code = "evidence.photo-too-large"
    title = msg("This photo is a larger file than we can take")
    advice = msg("Your other photos and all your words are safe. Send a smaller version of it.")


class PhotoQuotaReached(Conflict):
    code = "evidence.photo-quota"
    title = msg("You have 80 photos, and that is as many as we keep for one person")
    advice = msg("All of them are safe. Withdraw one that you do not need, then add the new one.")


class PhotoDecoderBusy(Unavailable):
    code = "evidence.photo-busy"
    title = msg("Many photos are being prepared just now")
    advice = msg("Nothing is lost. Send this photo again in a minute.")


class EntryClosed(Conflict):
    """The keystone that may cite these words is with the coach."""

    code = "evidence.entry-closed"
    title = msg("These words are part of what your coach is reading")
    advice = msg(
        "They stay as they were sent. If your keystone comes back to you, you can change them again."
    )


class MapChanged(Conflict):
    """The map was changed in another tab or on another device since this page was opened."""

    code = "evidence.map-changed"
    title = msg("Your map was changed somewhere else meanwhile")
    advice = msg("What you typed is still in the form. Look at the newer map, then save again.")


class KeystoneChanged(Conflict):
    code = "evidence.keystone-changed"
    title = msg("Your keystone was changed somewhere else meanwhile")
    advice = msg("What you typed is still in the form. Look at the newer text, then save again.")


class KeystoneWithCoach(Conflict):
    code = "evidence.keystone-sent"
    title = msg("Your keystone is with your coach")
    advice = msg("It stays as you sent it until your coach has read it. You can read it at any time.")


class KeystoneIncomplete(Invalid):
    """Something is missing before it can be sent; `faults` says what, by where it belongs."""

    code = "evidence.keystone-incomplete"
    title = msg("Your keystone is not quite ready to send")
    advice = msg("Everything you wrote is saved. The list says what is missing.")


class MapInvalid(Invalid):
    """A change that would make the map contradict itself; `faults` is by field."""

    code = "evidence.map-invalid"
