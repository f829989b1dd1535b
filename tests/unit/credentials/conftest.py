"""One RSA key for all tests of this folder: making one takes longer than most tests."""

import functools

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ltitool.foundation import keys


@functools.cache
def _one_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(autouse=True)
def _same_rsa_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MAKERS", {**keys.MAKERS, "badge-rs256": _one_key})
