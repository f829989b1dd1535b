"""Our own vectors are made again byte for byte, and verify."""

import json

import pytest
from support.badge_samples import DID, sample_issuer
from support.own_vectors import FOLDER, issuer, made

from badges.documents import DocumentFolder
from badges.errors import FetchError
from badges.status import BitstringStatusList

FILES = made()


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_vector_is_made_again_byte_for_byte(name: str) -> None:
    kept = (FOLDER / name).read_bytes()
    if name.startswith("status-"):
        # Another zlib may compress the same bits to other bytes; the bits have to be the same.
        assert bits_of(kept) == bits_of(FILES[name].encode("utf-8"))
    else:
        assert kept == FILES[name].encode("utf-8")


def bits_of(content: bytes) -> BitstringStatusList:
    return BitstringStatusList.decode(json.loads(content)["credentialSubject"]["encodedList"])


@pytest.mark.parametrize(
    "name", sorted(set(FILES) - {"did.json", "status-empty.json", "status-one-bit.json"})
)
def test_the_vector_verifies_and_is_refused_when_changed(name: str) -> None:
    us = issuer()
    endorser = sample_issuer("did:web:union.example", b"e" * 32)
    more = {"https://union.example/.well-known/did.json": endorser.did_document}
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert us.verify(text, more).verdict.value == "valid"
    assert (
        us.verify(text.replace("thirteen", "fourteen").replace("A", "B", 1), more).verdict.value == "invalid"
    )


def test_the_folder_serves_as_documents() -> None:
    found = DocumentFolder(FOLDER)
    assert found.fetch("https://keystone.example/issuers/north/did.json")
    with pytest.raises(FetchError):
        found.fetch(f"{DID}/none")
