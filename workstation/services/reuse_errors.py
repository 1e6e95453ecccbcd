"""Errors of reuse; texts live in `workstation.texts.archive`."""

from __future__ import annotations

from workstation.domain.reuse import Refusal
from workstation.services.errors import NotOffered, ServiceError


class UnknownCopy(ServiceError):
    """No such copy is kept of this holder."""

    code = "R300"


class ShareIncomplete(ServiceError):
    """Another person's papers need who they are, what they are to the applicant, and their permission."""

    code = "R331"


class CopyBarred(NotOffered):
    """A copy is kept, and something speaks against it: the code of that bar is the error's."""

    def __init__(self, refusal: Refusal) -> None:
        """Carry the words of the bar."""
        super().__init__(material=refusal.copy.title, detail=refusal.detail, case=refusal.copy.source_case)
        self.code = refusal.bar.value
        self.refusal = refusal


class CopyOutOfUse(ServiceError):
    """The copy was taken out of reuse before; nothing brings it back."""

    code = "R339"


class ReuseOverturned(ServiceError):
    """Something speaks against a copy the case has taken; `details['copies']` says what, in words."""

    code = "R333"
