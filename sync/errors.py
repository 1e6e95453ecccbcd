"""Failures of sending, in the four classes that each have their own way out."""

from __future__ import annotations

from enum import StrEnum


class FailureClass(StrEnum):
    """What moves a stuck bundle."""

    WAIT = "WAIT"
    """Network or gateway trouble: tried again by itself."""
    FIX = "FIX"
    """The content was refused: somebody must correct it."""
    ASK = "ASK"
    """Rights, clock, keys or a conflict: somebody must decide."""
    QUARANTINE = "QUARANTINE"
    """The bundle cannot be read here any more: set aside with its reason."""


class SyncError(Exception):
    """Base of all sending errors. `detail` is for the log and the queue's detail view."""

    code = "Y100"
    failure = FailureClass.WAIT

    def __init__(self, detail: str = "", *, retry_after_s: float | None = None) -> None:
        """Keep what the other side said."""
        super().__init__(f"{self.code} {detail}".strip())
        self.detail = detail
        self.retry_after_s = retry_after_s


class Unreachable(SyncError):
    """No connection, a cut connection or no answer in time."""

    code = "Y101"


class NotTheGateway(SyncError):
    """Something answered that is not our gateway (a log-in page of a proxy, a wrong receipt)."""

    code = "Y102"


class GatewayBusy(SyncError):
    """The gateway asks for patience (429, 5xx)."""

    code = "Y103"


class MissingBlobs(SyncError):
    """The gateway lost or lacks pages (424): they are sent again."""

    code = "Y104"

    def __init__(
        self, detail: str = "", *, missing: tuple[str, ...] = (), retry_after_s: float | None = None
    ) -> None:
        """Keep the hashes the gateway named."""
        super().__init__(detail, retry_after_s=retry_after_s)
        self.missing = missing


class Interrupted(SyncError):
    """The program was told to stop while it waited for the gateway; nothing is lost."""

    code = "Y105"


class AnotherSender(SyncError):
    """Another process of this machine holds the sender's lock."""

    code = "Y106"


class ContentRefused(SyncError):
    """The gateway refused the content (413, 422)."""

    code = "Y201"
    failure = FailureClass.FIX


class NotAuthorised(SyncError):
    """The window is unknown, revoked, or may not send this."""

    code = "Y301"
    failure = FailureClass.ASK

    def __init__(
        self, detail: str = "", *, window_wide: bool = False, retry_after_s: float | None = None
    ) -> None:
        """Keep whether the window as a whole was refused (no token), not just this content."""
        super().__init__(detail, retry_after_s=retry_after_s)
        self.window_wide = window_wide


class Conflict(SyncError):
    """Same id, other content: keep both and ask."""

    code = "Y302"
    failure = FailureClass.ASK


class BadReceipt(SyncError):
    """The gateway's receipt is not signed by the enrolled key or names another manifest."""

    code = "Y303"
    failure = FailureClass.ASK


class NotEnrolled(SyncError):
    """This workstation has no gateway yet."""

    code = "Y304"
    failure = FailureClass.ASK


class OtherContract(SyncError):
    """The gateway answered in its own format, but does not know this call: versions differ."""

    code = "Y305"
    failure = FailureClass.ASK


class BadAddress(SyncError):
    """The gateway's address is malformed, or is plain http to another machine."""

    code = "Y306"
    failure = FailureClass.ASK


class UnreadableBundle(SyncError):
    """A page or the manifest can no longer be read from this disk."""

    code = "Y401"
    failure = FailureClass.QUARANTINE
