"""What the foundation refuses or cannot do."""

from ltitool.errors import Conflict, Malformed, NotFound, ToolError, Unavailable, msg


class KeyMissing(Unavailable):
    """No signing key is current for an owner and a purpose."""

    code = "key.missing"
    title = msg("There is no key to sign this with")
    advice = msg("Tell the person who runs this tool: a signing key has to be made first.")


class KeySealBroken(ToolError):
    """A stored private key cannot be opened: another key-encryption key, or a changed row."""

    code = "key.seal-broken"
    title = msg("A signing key cannot be opened")
    advice = msg("Tell the person who runs this tool: the key-encryption key may have been changed.")


class FetchRefused(ToolError):
    """Base of the outbound HTTP errors; `reason` is a stable word for reports and logs."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class FetchBlocked(FetchRefused, Malformed):
    """An address that we never go to. Reasons: url, scheme, userinfo, host, port, address, header."""

    code = "fetch.blocked"
    title = msg("We do not connect to that address")
    advice = msg("Use an https address that is reachable from the internet, with a host name.")


class FetchFailed(FetchRefused, Unavailable):
    """No usable answer. Reasons: dns, connect, tls, timeout, protocol, encoding."""

    code = "fetch.failed"
    title = msg("Another service does not answer")
    advice = msg("Nothing is lost. Please try again in a few minutes.")


class FetchTooLarge(FetchRefused, Unavailable):
    """The answer is longer than the caller allowed. Reason: size."""

    code = "fetch.too-large"
    title = msg("Another service answered with more than we read")
    advice = msg("Tell the people who run that service.")


class ObjectMissing(NotFound):
    """No stored bytes under a key."""

    code = "storage.missing"
    title = msg("That file is not here any more")
    advice = msg("It may have been removed. If you think it should be here, ask your coach.")


class ObjectExists(Conflict):
    """Other bytes are stored under a key already; a key is written once."""

    code = "storage.exists"


class ObjectKeyInvalid(Malformed):
    """A storage key that could mean something else than one object below the root."""

    code = "storage.key-invalid"


class StorageUnavailable(Unavailable):
    """The file store does not answer."""

    code = "storage.unavailable"
    title = msg("The place where files are kept does not answer")


class JobMissing(NotFound):
    """No such durable job."""

    code = "job.missing"


class LeaseLost(Conflict):
    """A runner worked on a job for longer than its lease, and another runner has it now."""

    code = "job.lease-lost"
