"""Status lists: a random index for each award, and a signed list that never goes back.

Setting a bit, raising the version and signing the list anew is one transaction, so that a reader
never sees a revocation undone.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from badges.proofs import eddsa_rdfc_2022
from badges.status import BitstringStatusList, choose_index, status_list_credential
from ltitool.credentials.errors import IssuerMissing
from ltitool.credentials.issuers import ED25519, IssuerAddresses, key_owner
from ltitool.credentials.models import Award, Issuer, StatusList
from ltitool.foundation.services import KeyStore

REVOCATION = "revocation"


@dataclass(frozen=True)
class StatusSlot:
    """One award's place in a list."""

    list_id: uuid.UUID
    number: int
    index: int


def reserve_status_index(session: Session, issuer: Issuer, *, randbelow: Callable[[int], int]) -> StatusSlot:
    """Choose a free index at random, in a new list if the newest is half full.

    The award's unique key on (list, index) is what keeps two from sharing one.
    """
    newest = _newest_list(session, issuer)
    taken = _taken(session, newest)
    size = BitstringStatusList.decode(newest.encoded_list).size
    if len(taken) * 2 >= size:
        newest, taken = _new_list(session, issuer, newest.number + 1), set()
    return StatusSlot(newest.id, newest.number, choose_index(taken, size=size, randbelow=randbelow))


def set_revoked(
    session: Session, award: Award, issuer: Issuer, *, keys: KeyStore, public_url: str, at: datetime
) -> None:
    """Set an award's bit and sign the list anew."""
    query = select(StatusList).where(StatusList.id == award.status_list_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    row.encoded_list = BitstringStatusList.decode(row.encoded_list).set(award.status_index).encode()
    row.version += 1
    _sign(row, issuer, keys=keys, public_url=public_url, at=at)


def signed_list(
    session: Session, issuer: Issuer, number: int, *, keys: KeyStore, public_url: str, at: datetime
) -> dict[str, Any]:
    """Give a list as it is published, signing it if that was never done.

    Raises:
        IssuerMissing: the issuer has no list of this number.
    """
    row = session.scalar(
        select(StatusList)
        .where(StatusList.issuer_id == issuer.id, StatusList.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise IssuerMissing(f"status list {number} of {issuer.slug}")
    if row.signed is None:
        _sign(row, issuer, keys=keys, public_url=public_url, at=at)
    return dict(row.signed or {})


def published_list(session: Session, issuer: Issuer, number: int) -> dict[str, Any] | None:
    """Give a list that is signed already, without writing anything."""
    row = session.scalar(
        select(StatusList).where(StatusList.issuer_id == issuer.id, StatusList.number == number)
    )
    return dict(row.signed) if row is not None and row.signed is not None else None


def _sign(row: StatusList, issuer: Issuer, *, keys: KeyStore, public_url: str, at: datetime) -> None:
    addresses = IssuerAddresses(public_url, issuer.slug)
    signer = keys.signer(key_owner(issuer), ED25519)
    document = status_list_credential(
        BitstringStatusList.decode(row.encoded_list),
        id=addresses.status_list(row.number),
        issuer=addresses.did,
        purpose=row.purpose,
        valid_from=at,
    )
    row.signed = eddsa_rdfc_2022.sign(
        document,
        signer=signer,
        verification_method=addresses.verification_method(signer.thumbprint),
        created=at,
    )
    row.signed_at = at


def _newest_list(session: Session, issuer: Issuer) -> StatusList:
    newest = session.scalar(
        select(StatusList)
        .where(StatusList.issuer_id == issuer.id, StatusList.purpose == REVOCATION)
        .order_by(StatusList.number.desc())
        .limit(1)
    )
    return newest or _new_list(session, issuer, 1)


def _new_list(session: Session, issuer: Issuer, number: int) -> StatusList:
    row = StatusList(
        id=uuid.uuid5(issuer.id, f"status-list:{number}"),
        organisation_id=issuer.organisation_id,
        issuer_id=issuer.id,
        number=number,
        purpose=REVOCATION,
        encoded_list=BitstringStatusList.create().encode(),
        version=1,
        signed=None,
        signed_at=None,
    )
    session.add(row)
    session.flush()
    return row


def _taken(session: Session, row: StatusList) -> set[int]:
    return set(session.scalars(select(Award.status_index).where(Award.status_list_id == row.id)))
