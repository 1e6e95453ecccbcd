"""Errors of the use cases; texts live in `workstation.texts.services`."""

from __future__ import annotations


class ServiceError(Exception):
    """Base; `details` fill the placeholders of the code's text."""

    code = "V100"

    def __init__(self, **details: object) -> None:
        """Keep what the message needs."""
        super().__init__(self.code, details)
        self.details = details


class CaseSealed(ServiceError):
    """The case is sealed: it can be read, not changed."""

    code = "V101"


class NotReadyToReceive(ServiceError):
    """Something is still missing; `details['missing']` lists it in words."""

    code = "V102"


class AcceptanceNotDelegated(ServiceError):
    """This item is accepted by the back office; the window may only receive."""

    code = "V103"


class NothingToCorrect(ServiceError):
    """A correction notice needs at least one defect."""

    code = "V104"


class NoReason(ServiceError):
    """A refusal needs its ground in writing (行政许可法 art. 32)."""

    code = "V105"


class NotEnrolled(ServiceError):
    """The window has no number block and no gateway yet."""

    code = "V106"


class DiskAlmostFull(ServiceError):
    """Intake stops before anything is half written."""

    code = "V107"


class NotOffered(ServiceError):
    """This copy may not be reused for this slot."""

    code = "V108"


class NoConsent(ServiceError):
    """Reuse needs the citizen's recorded yes."""

    code = "V109"


class BagClosed(ServiceError):
    """The bag is listed already; a new one must be opened."""

    code = "V110"


class NotHeld(ServiceError):
    """Only an original that was kept at the window can go into a bag."""

    code = "V111"


class EmptyBag(ServiceError):
    """A bag without sheets cannot be listed."""

    code = "V112"


class PackMissing(ServiceError):
    """The item pack this case was taken under is not on this machine."""

    code = "V113"


class PracticeMixed(ServiceError):
    """Practice data and real data never share a data folder."""

    code = "V114"


class ExpressFirmNotAllowed(ServiceError):
    """State-organ papers go by post (邮政法 art. 55): the waybill is not one of China Post or EMS."""

    code = "V115"


class NotTolerable(ServiceError):
    """This material may not follow later (容缺受理 covers secondary materials of promised items only)."""

    code = "V116"


class ReceivedAlready(ServiceError):
    """The case was received: withdrawing it must reach the back office."""

    code = "V117"


class UnknownStreet(ServiceError):
    """The catalogue routes nothing to this street."""

    code = "V118"


class NothingRead(ServiceError):
    """A value can only be confirmed once there is one."""

    code = "V119"


class BagNotListed(ServiceError):
    """Only a closed bag that is still here can be handed over."""

    code = "V120"


class NoApplicant(ServiceError):
    """A notice needs somebody it is addressed to."""

    code = "V121"


class NotMovable(ServiceError):
    """A page moves only from the slot it is in to another slot of the checklist that takes pages."""

    code = "V122"


class PackRefused(ServiceError):
    """The pack that the back office announced is not taken over; the one in use stays."""

    code = "V150"


class PackOlder(PackRefused):
    """The announced pack is older than the one in use."""

    code = "V151"


class PackNotAsAnnounced(PackRefused):
    """What was handed over is another pack than the one announced, or none."""

    code = "V152"


class ItemUnchanged(ServiceError):
    """There is no newer version of the item that this case could go on under."""

    code = "V153"


class NothingNewRequired(ServiceError):
    """The newer version of the item asks nothing more of the citizen: no notice is due."""

    code = "V154"


class NoReasonToOverrule(ServiceError):
    """Letting a page stand in spite of a fault needs the reason: the case's log keeps it."""

    code = "V190"


class PageGone(ServiceError):
    """The page is in no slot of the case any more."""

    code = "V191"


class NotAPage(ServiceError):
    """The four corners do not go round a part of the picture."""

    code = "V192"


class PageDelivered(ServiceError):
    """The raw picture of a page that was sealed before is gone: what was delivered cannot be cut anew."""

    code = "V193"


class NothingToUndo(ServiceError):
    """No work on pages is left to be taken back since the last seal."""

    code = "V194"


class NothingToRedo(ServiceError):
    """No work on pages was taken back, or other work came after it."""

    code = "V195"


class NotJoinable(ServiceError):
    """Two different pages of one material are joined, no others."""

    code = "V196"


class NotTheSamePages(ServiceError):
    """A new order names exactly the pages the slot holds."""

    code = "V197"


class NoStackDevice(ServiceError):
    """No device that is there takes a stack: a feeder, or a folder that vendor software fills."""

    code = "V200"


class NoReceiptYet(ServiceError):
    """The bundle is not delivered: there is nothing the back office swore to."""

    code = "V131"


class NotAReceipt(ServiceError):
    """The text holds no receipt of a back office."""

    code = "V132"
