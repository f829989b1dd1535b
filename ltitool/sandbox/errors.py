"""The refusals of the practice LMS: one tree, each with a status and a code that tests can name."""

from __future__ import annotations


class PracticeError(Exception):
    """The root: something that this platform will not do."""


class ConfigurationError(PracticeError):
    """It cannot start as it was told to."""


class ToolKeysUnavailableError(PracticeError):
    """The tool's key set could not be read."""


class NotSignedInError(PracticeError):
    """A page was asked for by somebody who has not chosen a person yet."""


class PageRefusal(PracticeError):
    """A refusal that a person reads on a page of the LMS itself."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.status = status
        self.code = code
        self.detail = detail


class LaunchRefusal(PracticeError):
    """A refusal that goes to the tool's redirect URI, as OpenID Connect asks (error and state)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


class TokenRefusal(PracticeError):
    """A refusal of the token endpoint, in the words of RFC 6749 §5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description

    @property
    def status(self) -> int:
        return 401 if self.error == "invalid_client" else 400


class ServiceRefusal(PracticeError):
    """A refusal of the gradebook or roster service."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
