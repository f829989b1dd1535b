"""The one error tree of the library.

    BadgeError
    ├── JsonRefusedError         the text is not the strict JSON we read
    ├── ContextError             a context is not pinned, or its file is absent or altered
    ├── ShapeRefusedError        JSON-LD that our profile does not take part in
    ├── DataLossError            safe mode: something would not be signed
    ├── WorkBudgetExceededError  canonicalization would cost more than is allowed
    ├── ModelError               a badge's data break the Open Badges model
    ├── KeyFormatError           a key, Multikey or JWK cannot be read
    ├── DidSyntaxError           a DID, DID URL or DID document cannot be read
    ├── ProofError               a proof cannot be made or does not hold
    ├── StatusListError          a status list or an index into one is wrong
    ├── BakingError              a picture cannot carry or does not carry one badge
    ├── FetchError               a document could not be had
    ├── PolicyIsEmptyError       a verifier was asked without saying whom to trust
    └── CredentialRejectedError  ``require_valid()`` on a report that is not valid

Every error has a ``code`` (stable, for programs) and a ``path`` (where in the document, JSONPath-like,
``$`` when it concerns the whole).
"""

from __future__ import annotations


class BadgeError(Exception):
    """Something this library refuses.

    Attributes:
        code: a stable word for programs, for example ``duplicate_key``.
        path: the place in the document, for example ``$.credentialSubject.result[2]``.
        message: one plain English sentence without the place.
    """

    def __init__(self, code: str, message: str, *, path: str = "$") -> None:
        super().__init__(f"{message} ({code} at {path})")
        self.code = code
        self.path = path
        self.message = message


class JsonRefusedError(BadgeError):
    """The text is not strict JSON: duplicate keys, NaN, lone surrogates, too deep, too large."""


class ContextError(BadgeError):
    """A JSON-LD context is not one of the pinned ones, or its file is absent or altered."""


class ShapeRefusedError(BadgeError):
    """The document uses JSON-LD features that move data without changing the signature."""


class DataLossError(BadgeError):
    """A term, type or value would be dropped, and so would not be signed (JSON-LD safe mode)."""


class WorkBudgetExceededError(BadgeError):
    """Canonicalization was stopped: the document is built to cost too much."""


class ModelError(BadgeError):
    """The data do not make an Open Badge."""


class KeyFormatError(BadgeError):
    """A key is not in a notation or of a kind that is understood here."""


class DidSyntaxError(BadgeError):
    """A DID, a DID URL or a DID document is malformed."""


class ProofError(BadgeError):
    """A proof cannot be made, or the one at hand does not hold."""


class StatusListError(BadgeError):
    """A status list is malformed, or an index does not lie in it."""


class BakingError(BadgeError):
    """A picture cannot carry a badge, or does not carry exactly one."""


class FetchError(BadgeError):
    """A document could not be had; whatever depends on it could not be checked."""


class PolicyIsEmptyError(BadgeError):
    """Nobody said which issuers to trust, so nothing may be called valid."""


class CredentialRejectedError(BadgeError):
    """The report's verdict is not ``valid``; the report says why."""

    def __init__(self, code: str, message: str, *, report: object) -> None:
        super().__init__(code, message)
        self.report = report
