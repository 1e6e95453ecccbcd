"""One exception per physical situation a clerk can act on; texts live with the interface, keyed by code."""

from __future__ import annotations


class ScannerError(Exception):
    """Base of everything a scanner can say. `detail` is for the log, never parsed."""

    code = "S100"
    retryable = False

    def __init__(self, detail: str = "", *, device: str = "", file: str = "") -> None:
        """Keep the driver's own words and the device or the file (name only) they are about."""
        super().__init__(f"{self.code} {detail}".strip())
        self.detail = detail
        self.device = device
        self.file = file

    @property
    def details(self) -> dict[str, object]:
        """What the texts for people may name: `device`, `file`, and `subject`, whichever of both is known."""
        return {"device": self.device, "file": self.file, "subject": self.file or self.device}


class PaperJam(ScannerError):
    """A sheet is stuck in the feeder."""

    code = "S101"
    retryable = True


class FeederEmpty(ScannerError):
    """The feeder held no sheet at the start; after at least one page it is simply the end."""

    code = "S102"
    retryable = True


class CoverOpen(ScannerError):
    """A cover is open."""

    code = "S103"
    retryable = True


class DeviceBusy(ScannerError):
    """Another program uses the device."""

    code = "S104"
    retryable = True


class DeviceGone(ScannerError):
    """The device is unplugged, switched off or no longer known under its id."""

    code = "S105"
    retryable = True


class DeviceFault(ScannerError):
    """The device or its line failed while reading (I/O error)."""

    code = "S106"
    retryable = True


class AccessDenied(ScannerError):
    """The user may not open the device."""

    code = "S107"


class BackendCrashed(ScannerError):
    """The driver process died; only the page being read is lost."""

    code = "S108"
    retryable = True


class NoProgress(ScannerError):
    """The driver gave no sign of life for too long and was stopped."""

    code = "S109"
    retryable = True


class BadSetting(ScannerError):
    """The device cannot do what the job asks (resolution, source, mode, area)."""

    code = "S110"


class PageTooLarge(ScannerError):
    """The page would need more pixels than the limit allows."""

    code = "S111"


class UnreadableFile(ScannerError):
    """A file is truncated, not an image, or not what its name says."""

    code = "S112"


class NoScanSupport(ScannerError):
    """The SANE binding or library is not installed."""

    code = "S113"


class NoDevice(ScannerError):
    """No scanner was found."""

    code = "S114"
    retryable = True


class WarmingUp(ScannerError):
    """The lamp is not ready yet, though it was waited for."""

    code = "S115"
    retryable = True


class DoubleFeed(ScannerError):
    """Two sheets went through at once; neither counts."""

    code = "S116"
    retryable = True


class FeederStopped(ScannerError):
    """The feeder says it is empty while its sensor still sees paper: sheets would be missing."""

    code = "S117"
    retryable = True


class TransportLock(ScannerError):
    """The carriage is still locked for transport."""

    code = "S118"
    retryable = True


class DarkroomFailed(ScannerError):
    """The process that checks and cuts pictures cannot be had or failed on one; the page itself is safe."""

    code = "S129"
    retryable = True
