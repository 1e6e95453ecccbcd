"""What can go wrong with a document camera; texts live with the interface, keyed by code."""

from __future__ import annotations

from scanners import errors


class NoCamera(errors.NoDevice):
    """No camera is plugged in."""

    code = "S130"


class CameraBusy(errors.DeviceBusy):
    """Another program takes pictures with the camera."""

    code = "S131"


class CameraGone(errors.DeviceGone):
    """The camera was unplugged or switched off."""

    code = "S132"


class CameraDenied(errors.AccessDenied):
    """The user may not open the camera."""

    code = "S133"


class NoPicture(errors.NoProgress):
    """The camera is there but sends no picture, or none that can be read."""

    code = "S134"
    retryable = True


class NoCameraSupport(errors.NoScanSupport):
    """The picture library that speaks to cameras is not installed."""

    code = "S135"


class NoPageSeen(errors.FeederEmpty):
    """Without anybody at the shutter, no page lay still and whole under the camera for too long."""

    code = "S136"


BY_CODE: dict[str, type[errors.ScannerError]] = {
    kind.code: kind
    for kind in (NoCamera, CameraBusy, CameraGone, CameraDenied, NoPicture, NoCameraSupport, NoPageSeen)
}
