"""What the program needs from a reader of identity-card chips, whoever made it.

A vendor's library is wrapped in one module of its own that fulfils `IdReader` and nothing else. Its contract:

- `read` returns everything the chip says, as it stands there: no spaces trimmed inside, dates as days, 长期
  as None. It returns within `LONGEST_S` or raises; a library that can hang runs in a child process.
- `cancelled` is polled at least every 200 ms while a card is awaited; then `NoCard` is raised.
- Every fault is one class of this module. A library's own numbers go into `details`, never into the log with
  anything of the person. The card's own check (its security module signs what it reads) is the reader's
  business: what did not pass it is `ChipRefused`, and nothing of it is returned.
- The photo is the decoded picture file; it is shown and never stored (个人信息保护法 art. 6:
  what is not needed is not kept). A reader without the licensed decoder returns none.
- A reader is used from one thread at a time and keeps nothing of a card after `read` has returned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from scanners.errors import ScannerError

LONGEST_S = 10.0
"""From the card's touch to the answer; usual readers take one to two seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipCard:
    """What an identity card's chip says (GA 450)."""

    name: str
    sex: str
    """男 or 女."""
    ethnicity: str
    """Without the word 族."""
    birth_date: date
    address: str
    id_number: str
    authority: str
    valid_from: date
    valid_until: date | None
    """None: 长期."""
    chip_serial: str
    """Serial of the card itself; another card of the same person has another."""
    photo: bytes = b""
    """JPEG or PNG; empty when the reader cannot decode it."""


class IdReader(Protocol):
    """One reader on this machine."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    def read(self, cancelled: Callable[[], bool] = lambda: False) -> ChipCard:
        """Wait for a card and return what its chip says.

        Raises:
            IdReaderError: why not, one class a situation.
        """
        ...


class IdReaderError(ScannerError):
    """Base of what a reader says."""

    code = "R100"


class NoIdReader(IdReaderError):
    """No reader is connected, or it does not answer."""

    code = "R101"


class NoCard(IdReaderError):
    """Nobody laid a card on the reader."""

    code = "R102"


class CardMoved(IdReaderError):
    """The card was taken away before it was read."""

    code = "R103"


class ChipRefused(IdReaderError):
    """The chip is damaged, or what it said did not pass the security module."""

    code = "R104"


class SecurityModuleFault(IdReaderError):
    """The reader's security module is missing, locked or out of its days."""

    code = "R105"


class ScriptedIdReader:
    """Plays cards and faults in order, round and round: for practice and tests."""

    def __init__(self, *script: ChipCard | IdReaderError, name: str = "") -> None:
        """Take what is laid on it, in order."""
        self._script, self._at = script, 0
        self.name = name or "练习读卡器"

    def read(self, cancelled: Callable[[], bool] = lambda: False) -> ChipCard:
        """Return the next card, or raise the next fault."""
        if cancelled() or not self._script:
            raise NoCard
        step = self._script[self._at % len(self._script)]
        self._at += 1
        if isinstance(step, IdReaderError):
            raise step
        return step
