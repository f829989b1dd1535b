"""What credentials keep about a person: the confirmed name, and badges. See people/personal_data.py.

A badge that was issued is in its holder's hands. Our copies of it go; what stays is its place in the status
list, so that the holder's own copy goes on being answered: as good, or as taken back, as was chosen.
"""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ltitool.credentials.awarding import ISSUED, RESERVED
from ltitool.credentials.models import Award, ConfirmedIdentity
from ltitool.credentials.revoking import revoke_award
from ltitool.errors import msg
from ltitool.foundation.services import Services
from ltitool.people.personal_data import REVOKE, Erasure, Held, KeptFile, TableKeeper, Who

REASON = "The data of the holder were erased on request."
FORMS = frozenset({"image_png", "image_svg", "unsigned"})


def badge_files(session: Session, who: Who, _found: Services) -> Iterable[KeptFile]:
    """Give the pictures, which hold the signed badges."""
    for award in session.scalars(select(Award).where(Award.person_id == who.person_id)):
        for name, body in (("png", award.image_png), ("svg", award.image_svg)):
            if body is not None:
                yield KeptFile(f"badges/{award.id}.{name}", body)


def strip_awards(session: Session, who: Who, how: Erasure) -> None:
    """Take badges back if that was chosen, then drop every copy of them."""
    own = (Award.organisation_id == who.organisation_id, Award.person_id == who.person_id)
    session.execute(delete(Award).where(*own, Award.state == RESERVED))
    for award in session.scalars(select(Award).where(*own)).all():
        if how.badges == REVOKE and award.state == ISSUED:
            _revoke(session, award, how)
        award.unsigned, award.signed, award.jwt = {}, None, None
        award.image_png, award.image_svg, award.is_public = None, None, False


def _revoke(session: Session, award: Award, how: Erasure) -> None:
    revoke_award(
        session,
        award.id,
        organisation_id=award.organisation_id,
        director_id=how.asked_by,
        reason=REASON,
        keys=how.services.keys,
        public_url=how.services.settings.public_url,
        at=how.at,
    )


KEEPER = TableKeeper(
    held=(
        Held(
            ConfirmedIdentity,
            msg("The name confirmed for the badge"),
            lambda who: ConfirmedIdentity.person_id == who.person_id,
        ),
        Held(Award, msg("Badges"), lambda who: Award.person_id == who.person_id, FORMS),
    ),
    listed=badge_files,
    before=strip_awards,
    stays=frozenset({"award"}),
)
