"""What any Verifiable Credential must be, Open Badge or not (VC Data Model 2.0, section 4).

The sixteen checks ask for more; this is the core on which the conformance adapter answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from badges.canonical.nquads import ABSOLUTE_IRI
from badges.canonical.pinned import CREDENTIALS_V1, CREDENTIALS_V2, pinned_bytes
from badges.digests import digest_fits
from badges.errors import ModelError
from badges.instants import read_instant

# Members whose objects must have a type, and those that must have an id as well (sections 4.10 to 4.12, 5).
_TYPED = ("credentialStatus", "termsOfUse", "evidence", "refreshService", "credentialSchema", "proof")
_NAMED = ("credentialSchema", "relatedResource")
# Digests of the text that credentials/v2 had before it became a Recommendation; the W3C suite still names
# them.
_EARLIER_TEXT = frozenset(
    {
        "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg",
        "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k",
    }
)
_LANGUAGE_VALUE = frozenset({"@value", "@language", "@direction"})


def check_credential(document: Mapping[str, Any]) -> None:
    """Check a credential's own members.

    Raises:
        ModelError: ``model`` with the JSON path of the first fault.
    """
    _check_document(document, "VerifiableCredential")
    _check_issuer(document.get("issuer"))
    _check_subject(document.get("credentialSubject"))
    _check_period(document)
    for name in ("name", "description"):
        _check_text(document.get(name), f"$.{name}")
    for name in _TYPED:
        _each(document, name, _check_type)
    for name in _NAMED:
        _each(document, name, _require_id)
    _each(document, "credentialStatus", _check_optional_id)
    _check_related(document)


def check_presentation(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Check a presentation's own members, and return the credentials in it.

    Raises:
        ModelError: ``model`` with the JSON path of the first fault.
    """
    _check_document(document, "VerifiablePresentation")
    credentials = _several(document.get("verifiableCredential", []))
    for number, credential in enumerate(credentials):
        if not isinstance(credential, Mapping):
            raise _fault("a credential is an object", f"$.verifiableCredential[{number}]")
    holder = document.get("holder")
    if holder is not None:
        _require_url(holder.get("id") if isinstance(holder, Mapping) else holder, "$.holder")
    return credentials


def _check_document(document: Mapping[str, Any], wanted: str) -> None:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts or contexts[0] not in (CREDENTIALS_V1, CREDENTIALS_V2):
        raise _fault("@context is an array that begins with the credentials context", "$.@context")
    types = _several(document.get("type"))
    if wanted not in types or not all(isinstance(entry, str) for entry in types):
        raise _fault(f"type does not include {wanted}", "$.type")
    _check_optional_id(document, "$")


def _check_issuer(issuer: object) -> None:
    if isinstance(issuer, Mapping):
        _require_url(issuer.get("id"), "$.issuer.id")
        for name in ("name", "description"):
            _check_text(issuer.get(name), f"$.issuer.{name}")
    else:
        _require_url(issuer, "$.issuer")


def _check_subject(subjects: object) -> None:
    found = _several(subjects)
    if not found:
        raise _fault("a credential says something of at least one subject", "$.credentialSubject")
    for number, subject in enumerate(found):
        path = f"$.credentialSubject[{number}]" if isinstance(subjects, list) else "$.credentialSubject"
        if not isinstance(subject, Mapping) or not subject:
            raise _fault("a subject is an object that says something", path)
        _check_optional_id(subject, path)


def _check_period(document: Mapping[str, Any]) -> None:
    first, last = ("validFrom", "validUntil") if CREDENTIALS_V2 in document["@context"] else (
        "issuanceDate",
        "expirationDate",
    )  # fmt: skip
    stamps = {
        name: read_instant(document[name], path=f"$.{name}") for name in (first, last) if name in document
    }
    if len(stamps) > 1 and stamps[first] > stamps[last]:
        raise _fault("it ends before it begins", f"$.{last}")


def _check_text(value: object, path: str) -> None:
    """A text, or language value objects (section 11.1)."""
    for entry in _several(value) if value is not None else ():
        sound = isinstance(entry, str) or (
            isinstance(entry, Mapping)
            and isinstance(entry.get("@value"), str)
            and _LANGUAGE_VALUE.issuperset(entry)
            and all(isinstance(inner, str) for inner in entry.values())
        )
        if not sound:
            raise _fault("not a text and not a language value object", path)


def _check_related(document: Mapping[str, Any]) -> None:
    """Related resources have distinct ids and a digest; a pinned context's is compared (section 5.3)."""
    resources = _several(document.get("relatedResource"))
    ids = [resource["id"] for resource in resources]
    if len(set(ids)) != len(ids):
        raise _fault("two related resources have the same id", "$.relatedResource")
    for resource in resources:
        if "digestSRI" not in resource and "digestMultibase" not in resource:
            raise _fault("a related resource has no digest", "$.relatedResource")
        content = pinned_bytes(resource["id"])
        known = content is not None and not _digests_of(resource) <= _EARLIER_TEXT
        if known and not digest_fits(resource, content or b""):
            raise _fault("a related resource has another digest", "$.relatedResource")


def _digests_of(resource: Mapping[str, Any]) -> set[str]:
    return {str(resource[name]) for name in ("digestSRI", "digestMultibase") if name in resource}


def _each(document: Mapping[str, Any], name: str, check: Callable[[Mapping[str, Any], str], None]) -> None:
    for number, entry in enumerate(_several(document.get(name, []))):
        path = f"$.{name}[{number}]" if isinstance(document[name], list) else f"$.{name}"
        if not isinstance(entry, Mapping):
            raise _fault(f"{name} is an object", path)
        check(entry, path)


def _check_type(entry: Mapping[str, Any], path: str) -> None:
    types = _several(entry.get("type"))
    if not types or not all(isinstance(word, str) and word for word in types):
        raise _fault("it has no type", f"{path}.type")


def _require_id(entry: Mapping[str, Any], path: str) -> None:
    _require_url(entry.get("id"), f"{path}.id")


def _check_optional_id(entry: Mapping[str, Any], path: str) -> None:
    if "id" in entry:
        _require_url(entry["id"], f"{path}.id")


def _require_url(value: object, path: str) -> None:
    if not isinstance(value, str) or not ABSOLUTE_IRI.match(value):
        raise _fault("not a URL", path)


def _several(value: object) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _fault(message: str, path: str) -> ModelError:
    return ModelError("model", message, path=path)
