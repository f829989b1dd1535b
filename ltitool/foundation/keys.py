"""The only place where private keys are opened. Everybody else is handed a signer.

A key's life: made and published at once, current from `active_from`, superseded or retired at
`retired_at`, then its private half is destroyed. The public half stays for ever, because what it
signed has to stay verifiable.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from ltitool.foundation.clock import Clock
from ltitool.foundation.db import in_use_case, read_session, transaction
from ltitool.foundation.errors import KeyMissing, KeySealBroken
from ltitool.foundation.models import SealedKey

PrivateKey = Ed25519PrivateKey | rsa.RSAPrivateKey
SEAL_FORMAT = b"\x01"  # AES-256-GCM: this byte, 12 of nonce, ciphertext with tag
NONCE_BYTES = 12
JWT_ALGORITHMS = {"Ed25519": "Ed25519", "RS256": "RS256"}  # RFC 9864 gives up the name EdDSA
NO_WAIT = timedelta(0)


def _new_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


MAKERS: Mapping[str, Callable[[], PrivateKey]] = {
    "lti-rs256": _new_rsa,
    "badge-ed25519": Ed25519PrivateKey.generate,
    "badge-rs256": _new_rsa,
}


@dataclass(frozen=True)
class SealedSigner:
    """A private key as others see it: its public half, and `sign`."""

    algorithm: str  # Ed25519 or RS256
    thumbprint: str
    public_jwk: Mapping[str, Any]
    _key: PrivateKey = field(repr=False, compare=False)

    def sign(self, data: bytes) -> bytes:
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(data)
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def sign_jwt(self, claims: Mapping[str, Any]) -> str:
        header = {"alg": self.algorithm, "kid": self.thumbprint, "typ": "JWT"}
        return jwt.encode(header, dict(claims), _jose(self._key), algorithms=[self.algorithm])


class SealedKeyStore:
    """Keys of table sealed_key, their private halves under one key-encryption key."""

    def __init__(
        self, key_encryption_key: bytes, clock: Clock, new_id: Callable[[], uuid.UUID] = uuid.uuid4
    ) -> None:
        self._cipher = AESGCM(key_encryption_key)
        self._clock = clock
        self._new_id = new_id
        self._opened: dict[tuple[str, str, str], SealedSigner] = {}  # parsed once a process
        self._lock = Lock()

    def signer(self, owner: str, purpose: str) -> SealedSigner:
        row = _current(read_session(), owner, purpose, self._clock())
        if row is None:
            raise KeyMissing(f"{owner} {purpose}")
        return self._open(row)

    def ensure(self, owner: str, purpose: str) -> SealedSigner:
        """Give the current key, making one if there is none; of several at once, one makes it."""
        row = _current(read_session(), owner, purpose, self._clock())
        if row is None:
            fresh = MAKERS[purpose]()  # before the lock: an RSA key takes a while
            with _writing(owner, purpose) as session:
                row = _current(session, owner, purpose, self._clock())
                if row is None:
                    row = self._add(session, owner, purpose, fresh, self._clock())
        return self._open(row)

    def rotate(self, owner: str, purpose: str, *, lead_time: timedelta = NO_WAIT) -> str:
        """Publish a new key that takes over after `lead_time`, and give its thumbprint.

        The lead time should be longer than others keep our key set in their caches. The keys before
        it sign until then, and verify for ever.
        """
        fresh = MAKERS[purpose]()
        with _writing(owner, purpose) as session:
            now = self._clock()
            takes_over = now + lead_time if _current(session, owner, purpose, now) else now
            _retire(session, _of(owner, purpose), takes_over)
            return self._add(session, owner, purpose, fresh, takes_over).thumbprint

    def retire(self, owner: str, purpose: str) -> None:
        """Stop signing with any key of the owner for this purpose, and destroy the private halves."""
        with _writing(owner, purpose) as session:
            _retire(session, _of(owner, purpose), self._clock())
            destroy_retired(session, self._clock())
        with self._lock:
            self._opened.clear()

    def public_keys(self, owner: str, purpose: str) -> list[Mapping[str, Any]]:
        query = select(SealedKey).where(*_of(owner, purpose))
        newest_first = query.order_by(SealedKey.active_from.desc(), SealedKey.thumbprint)
        return [{**row.public_jwk, "kid": row.thumbprint} for row in read_session().scalars(newest_first)]

    def sign_jwt(self, owner: str, purpose: str, claims: Mapping[str, Any]) -> str:
        return self.signer(owner, purpose).sign_jwt(claims)

    def _add(
        self, session: Session, owner: str, purpose: str, key: PrivateKey, active_from: datetime
    ) -> SealedKey:
        thumbprint = _jose(key).thumbprint()
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, der, _associated(owner, purpose, thumbprint))
        row = SealedKey(
            id=self._new_id(),
            owner=owner,
            purpose=purpose,
            thumbprint=thumbprint,
            public_jwk=_public_jwk(key),
            sealed_private=SEAL_FORMAT + nonce + sealed,
            created_at=self._clock(),
            active_from=active_from,
        )
        session.add(row)
        session.flush()
        return row

    def _open(self, row: SealedKey) -> SealedSigner:
        name = (row.owner, row.purpose, row.thumbprint)
        with self._lock:
            signer = self._opened.get(name)
            if signer is None:
                signer = self._opened[name] = _signer(self._unseal(row))
        if signer.public_jwk != row.public_jwk:
            raise KeySealBroken(f"the public half of {row.thumbprint} was changed")
        return signer

    def _unseal(self, row: SealedKey) -> PrivateKey:
        sealed = row.sealed_private or b""
        if not sealed.startswith(SEAL_FORMAT):
            raise KeySealBroken(f"unknown seal of {row.thumbprint}")
        nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        associated = _associated(row.owner, row.purpose, row.thumbprint)
        try:
            key = load_der_private_key(self._cipher.decrypt(nonce, ciphertext, associated), password=None)
        except (InvalidTag, ValueError) as fault:
            raise KeySealBroken(f"the seal of {row.thumbprint} does not open") from fault
        if not isinstance(key, Ed25519PrivateKey | rsa.RSAPrivateKey):
            raise KeySealBroken(f"{row.thumbprint} is of a kind that we do not make")
        return key


@dataclass(frozen=True)
class KeyAge:
    """The life of a key: its private half is destroyed some time after it retired."""

    thumbprint: str
    created_at: datetime
    active_from: datetime
    retired_at: datetime | None
    destroyed: bool


def key_ages(session: Session, owner: str, purpose: str) -> list[KeyAge]:
    """Give the lives of an owner's published keys, newest first."""
    query = select(
        SealedKey.thumbprint,
        SealedKey.created_at,
        SealedKey.active_from,
        SealedKey.retired_at,
        SealedKey.sealed_private.is_(None),
    ).where(*_of(owner, purpose))
    rows = session.execute(query.order_by(SealedKey.active_from.desc(), SealedKey.thumbprint))
    return [KeyAge(*row) for row in rows]


def destroy_retired(session: Session, now: datetime) -> None:
    """Forget the private halves of keys whose time is over; what they signed stays verifiable."""
    over = SealedKey.retired_at <= now
    session.execute(update(SealedKey).where(over).values(sealed_private=None))


def _writing(owner: str, purpose: str) -> AbstractContextManager[Session]:
    """Join the running use case, or be one; either way one writer at a time per owner and purpose."""
    session = read_session()
    if in_use_case(session):
        _lock_out_others(session, owner, purpose)
        return nullcontext(session)
    return _own_use_case(owner, purpose)


@contextmanager
def _own_use_case(owner: str, purpose: str) -> Iterator[Session]:
    with transaction() as session:
        _lock_out_others(session, owner, purpose)
        yield session


def _lock_out_others(session: Session, owner: str, purpose: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        name = json.dumps(["sealed_key", owner, purpose])
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _of(owner: str, purpose: str) -> list[ColumnElement[bool]]:
    return [SealedKey.owner == owner, SealedKey.purpose == purpose]


def _current(session: Session, owner: str, purpose: str, now: datetime) -> SealedKey | None:
    usable = [SealedKey.active_from <= now, or_(SealedKey.retired_at.is_(None), SealedKey.retired_at > now)]
    newest_first = (SealedKey.active_from.desc(), SealedKey.thumbprint)
    return session.scalars(
        select(SealedKey).where(*_of(owner, purpose), *usable).order_by(*newest_first).limit(1)
    ).one_or_none()


def _retire(session: Session, which: list[ColumnElement[bool]], at: datetime) -> None:
    still_in_use = or_(SealedKey.retired_at.is_(None), SealedKey.retired_at > at)
    session.execute(update(SealedKey).where(*which, still_in_use).values(retired_at=at))


def _associated(owner: str, purpose: str, thumbprint: str) -> bytes:
    return json.dumps([owner, purpose, thumbprint]).encode()


def _jose(key: PrivateKey) -> RSAKey | OKPKey:
    return RSAKey.import_key(key) if isinstance(key, rsa.RSAPrivateKey) else OKPKey.import_key(key)


def _public_jwk(key: PrivateKey) -> dict[str, Any]:
    return dict(_jose(key).as_dict(private=False))


def _signer(key: PrivateKey) -> SealedSigner:
    algorithm = "Ed25519" if isinstance(key, Ed25519PrivateKey) else "RS256"
    return SealedSigner(algorithm, _jose(key).thumbprint(), _public_jwk(key), key)
