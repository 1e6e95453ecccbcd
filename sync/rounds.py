"""One round over the queue: pages on a few streams at once, each manifest behind its pages, the urgent first.

One thread hands out work and keeps the records; the streams only speak to the gateway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sync.contract.models import MAX_PAGES, SignedManifest, SignedReceipt
from sync.courier import Courier
from sync.errors import (
    GatewayBusy,
    Interrupted,
    MissingBlobs,
    NotAuthorised,
    NotTheGateway,
    SyncError,
    Unreachable,
)
from sync.port import Line
from sync.streams import MOST_STREAMS, Progress, Width

LINK_TROUBLE = (Unreachable, NotTheGateway, GatewayBusy, Interrupted)
"""What would stop the next line as well."""


class Ledger(Protocol):
    """Where it is written down how a line fares; nothing here raises."""

    def begin(self, line: Line) -> bool | SyncError:
        """Claim a line; False when it is no longer to be sent, an error when that cannot be recorded."""
        ...

    def settle(self, line: Line, signed: SignedManifest, answer: SignedReceipt) -> SyncError | None:
        """Prove the answer and record the delivery; return what keeps the line from being delivered."""
        ...

    def fail(self, line: Line, error: SyncError) -> None:
        """Record why a line did not go."""
        ...


class Work(StrEnum):
    """What a stream can be given."""

    ASK = "ASK"
    PAGE = "PAGE"
    MANIFEST = "MANIFEST"


@dataclass(slots=True)
class Freight:
    """One line of the round."""

    line: Line
    signed: SignedManifest | None = None
    lacking: list[str] | None = None
    """Pages the gateway lacks, in the manifest's order; None: not known."""
    is_begun: bool = False
    is_ended: bool = False
    is_busy: bool = False
    """A question about it or its manifest is on the way."""
    asks_alone: bool = False
    """A question for several lines was refused."""
    was_short: bool = False
    """The gateway lost pages in between once."""

    @property
    def hashes(self) -> tuple[str, ...]:
        """Hashes of its pages, each once."""
        if self.signed is None:
            return ()
        return tuple(dict.fromkeys(page.sha256 for page in self.signed.manifest.pages))


@dataclass(frozen=True, slots=True)
class Errand:
    """What one stream does, for which line, and after how many troubles of the line it began."""

    work: Work
    freight: Freight
    era: int
    sha256: str = ""
    others: tuple[Freight, ...] = ()
    """Lines whose pages are asked for in the same question."""


@dataclass(slots=True)
class Round:
    """The lines of one round on their way; `run` once."""

    lines: Sequence[Line]
    ledger: Ledger
    courier: Courier
    width: Width
    progress: Progress = field(default_factory=Progress)
    endings: dict[str, SyncError | None] = field(default_factory=dict)
    """How each line ended that was begun, by bundle."""
    stopped_by: SyncError | None = None
    """Trouble that the next line would meet too."""
    _freights: list[Freight] = field(default_factory=list)
    _flying: dict[Future[object], Errand] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)
    """Pages that arrived in this round."""
    _era: int = 0

    def run(self) -> None:
        """Send until every line has ended or the link fails."""
        self._freights = [Freight(line) for line in self.lines]
        with ThreadPoolExecutor(MOST_STREAMS, "sender-stream") as streams:
            while self._hand_out(streams):
                for landed in wait(self._flying, return_when=FIRST_COMPLETED).done:
                    self._land(self._flying.pop(landed), landed)
        if self.stopped_by is not None:
            for freight in self._open():
                if freight.is_begun:
                    self._end(freight, self.stopped_by)

    def _hand_out(self, streams: ThreadPoolExecutor) -> bool:
        """Give every free stream something to do; False when all is done."""
        while self.stopped_by is None and len(self._flying) < self.width.streams:
            errand = self._next()
            if errand is None:
                break
            for freight in (errand.freight, *errand.others):
                freight.is_busy = errand.work is not Work.PAGE
            self._flying[streams.submit(self._go, errand)] = errand
        return bool(self._flying)

    def _open(self) -> Iterator[Freight]:
        return (freight for freight in self._freights if not freight.is_ended)

    def _next(self) -> Errand | None:
        """Return the most urgent thing that can be done now."""
        subjects: set[str] = set()
        for freight in self._open():
            errand = self._errand_of(freight, is_free=freight.line.subject not in subjects)
            if errand is not None and self._begin(freight):
                return errand
            subjects.add(freight.line.subject)
        return None

    def _errand_of(self, freight: Freight, *, is_free: bool) -> Errand | None:
        if freight.is_busy or not self._load(freight):
            return None
        if freight.lacking is None:
            return Errand(Work.ASK, freight, self._era, others=tuple(self._asked_with(freight)))
        flying = {errand.sha256 for errand in self._flying.values()}
        wanted = [sha256 for sha256 in freight.lacking if sha256 not in self._held]
        for sha256 in wanted:
            if sha256 not in flying:
                return Errand(Work.PAGE, freight, self._era, sha256)
        # A version waits for the one before it: the office takes them in any order, but this is the one told.
        return Errand(Work.MANIFEST, freight, self._era) if is_free and not wanted else None

    def _load(self, freight: Freight) -> bool:
        if freight.signed is None:
            try:
                freight.signed = self.courier.load(freight.line)
            except SyncError as error:
                if self._begin(freight):
                    self._end(freight, error)
                return False
            if not freight.signed.manifest.pages:
                freight.lacking = []
        return True

    def _asked_with(self, first: Freight) -> Iterator[Freight]:
        """Yield the lines whose pages fit into one question with those of the first."""
        room = MAX_PAGES - len(first.hashes)
        for other in self._open():
            if first.asks_alone or other is first or other.is_busy or other.asks_alone:
                continue
            if not self._load(other) or other.lacking is not None:
                continue
            room -= len(other.hashes)
            if room < 0:
                return
            yield other

    def _begin(self, freight: Freight) -> bool:
        """Claim the line before anything is done for it."""
        if freight.is_begun:
            return True
        begun = self.ledger.begin(freight.line)
        freight.is_begun = begun is not False
        freight.is_ended = begun is False
        if isinstance(begun, SyncError):
            self._end(freight, begun)
        return begun is True

    def _go(self, errand: Errand) -> object:
        """Do the errand, in a stream."""
        freight = errand.freight
        match errand.work:
            case Work.ASK:
                return self.courier.ask(_hashes((freight, *errand.others)))
            case Work.PAGE:
                is_first = freight.line.attempts == 0
                self.courier.bring_page(errand.sha256, self.progress, is_first_try=is_first)
                return None
            case Work.MANIFEST:
                assert freight.signed is not None
                return self.courier.hand_over(freight.signed, freight.line.bundle_id)

    def _land(self, errand: Errand, landed: Future[object]) -> None:
        """Take in what came of an errand."""
        for freight in (errand.freight, *errand.others):
            freight.is_busy = False
        error = landed.exception()
        if error is None:
            self.width.held()
            self._take(errand, landed.result())
        elif isinstance(error, SyncError):
            self._trouble(errand, error)
        else:
            self._end(errand.freight, SyncError(type(error).__name__))

    def _take(self, errand: Errand, answer: object) -> None:
        if isinstance(answer, tuple):
            self.progress.answered()
            for freight in (errand.freight, *errand.others):
                freight.lacking = [sha256 for sha256 in freight.hashes if sha256 in answer]
        elif isinstance(answer, SignedReceipt):
            assert errand.freight.signed is not None
            self.progress.made()
            self._end(errand.freight, self.ledger.settle(errand.freight.line, errand.freight.signed, answer))
        else:
            self._held.add(errand.sha256)

    def _trouble(self, errand: Errand, error: SyncError) -> None:
        """Try again what a cut line can still bring, stop what would meet the next line too."""
        if isinstance(error, Unreachable) and self._may_go_on(errand):
            return
        freight = errand.freight
        if concerns_all(error):
            self.width.broke()
            self.stopped_by = self.stopped_by or error
            self._end(freight, error)
        elif errand.others:
            for asked in (freight, *errand.others):
                asked.asks_alone = True
        elif isinstance(error, MissingBlobs) and not freight.was_short:
            self._send_again(freight, error)
        else:
            self._end(freight, error)

    def _may_go_on(self, errand: Errand) -> bool:
        """Return whether to try again at once: one cut takes all streams, and counts once."""
        if self.stopped_by is not None:
            return False
        if errand.era < self._era:
            return True
        if not self.progress.spend():
            return False
        self._era += 1
        self.width.broke()
        return True

    def _send_again(self, freight: Freight, lost: MissingBlobs) -> None:
        """Bring the pages that the gateway has lost since it was asked."""
        if not set(lost.missing) <= set(freight.hashes):
            self._end(freight, MissingBlobs("the gateway asks for a page of another bundle"))
            return
        freight.was_short = True
        self._held.difference_update(lost.missing or freight.hashes)
        freight.lacking = list(lost.missing) or None
        freight.asks_alone = True

    def _end(self, freight: Freight, error: SyncError | None) -> None:
        if not freight.is_ended:
            freight.is_ended = True
            self.endings[freight.line.bundle_id] = error
            if error is not None:
                self.ledger.fail(freight.line, error)


def concerns_all(trouble: SyncError) -> bool:
    """True when the next line would meet the same: a dead link, or a window that is refused as a whole."""
    if isinstance(trouble, NotAuthorised):
        return trouble.window_wide
    return isinstance(trouble, LINK_TROUBLE)


def _hashes(freights: Iterable[Freight]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sha256 for freight in freights for sha256 in freight.hashes))
