"""What arrives at the same moment waits for the disk together: bundles in one transaction, pages in one go.

While one lot is being written the next one gathers, so nobody waits on purpose: what comes alone is a lot of
one, and in a crowd lots grow by themselves. A call is answered when its lot is on the disk.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool

from sync.contract.models import SignedManifest, Token
from sync.gateway.arrival import Arrival, Deposit
from sync.gateway.blobs import BlobStore, Incoming, IncomingBlob
from sync.gateway.enrolment import Window
from sync.gateway.errors import OfficeBusy, StorageFull
from sync.gateway.intake import Intake
from sync.gateway.shelving import Shelving
from sync.gateway.tokens import TokenDesk

Item = TypeVar("Item")
Result = TypeVar("Result")

LANES = 2
"""Lots of one process at the same time: one waits for the disk while the next is prepared."""
MOST = 64
"""Bundles or pages of one lot."""
TIDY_S = 10.0
"""After so long the folders of a crowd's pages are synced, see `shelving`."""
SHORT_PAGES = 50
"""A bundle of so few pages is checked where it is; a longer one in a thread, so that nobody waits for it."""


@dataclass(eq=False, slots=True)
class _Counter(Generic[Item, Result]):
    """What waits on one event loop."""

    waiting: deque[tuple[Item, asyncio.Future[Result]]] = field(default_factory=deque)
    lanes: set[asyncio.Task[None]] = field(default_factory=set)
    open_lanes: int = 0
    """Lanes that will look at `waiting` once more; a task that has ended is a lane no longer."""


class Gathering(Generic[Item, Result]):
    """Does work for many callers at a time, in a thread."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        """`work` returns what each caller gets; what it raises, each of them gets."""
        self._work = work
        self._counters: WeakKeyDictionary[asyncio.AbstractEventLoop, _Counter[Item, Result]] = (
            WeakKeyDictionary()
        )

    async def add(self, item: Item) -> Result:
        """Return what became of an item, once its lot is done."""
        loop = asyncio.get_running_loop()
        counter = self._counters.setdefault(loop, _Counter())
        outcome: asyncio.Future[Result] = loop.create_future()
        counter.waiting.append((item, outcome))
        if counter.open_lanes < LANES:
            counter.open_lanes += 1
            lane = loop.create_task(self._serve(counter))
            counter.lanes.add(lane)
            lane.add_done_callback(counter.lanes.discard)
        return await outcome

    async def _serve(self, counter: _Counter[Item, Result]) -> None:
        """Work on lots until nobody waits."""
        try:
            while counter.waiting:
                lot = [counter.waiting.popleft() for _ in range(min(MOST, len(counter.waiting)))]
                await self._done(lot)
        finally:
            counter.open_lanes -= 1

    async def _done(self, lot: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await run_in_threadpool(self._work, [item for item, _outcome in lot])
        except Exception as error:  # noqa: BLE001 - every caller of the lot hears of it
            for _item, outcome in lot:
                if not outcome.done():
                    outcome.set_exception(error)
            return
        for (_item, outcome), result in zip(lot, results, strict=True):
            if not outcome.done():
                outcome.set_result(result)


class Lots:
    """The bundles, pages and requests for tokens of one process that are on their way in."""

    def __init__(self, intake: Intake, tokens: TokenDesk) -> None:
        """Write by `intake` and `tokens`."""
        self._intake = intake
        self._tokens: Gathering[Mapping[str, str], Token | Exception] = Gathering(partial(_issued, tokens))
        self._bundles: Gathering[Arrival, Deposit | None] = Gathering(self._settle)
        self._shelving = intake.blobs.shelving if isinstance(intake.blobs, BlobStore) else None
        self._pages: Gathering[tuple[IncomingBlob, bytes], Exception | None] = Gathering(self._keep)
        self._is_tidy_due = False

    async def token(self, form: Mapping[str, str]) -> Token:
        """Answer a token request; see `TokenDesk.issue`."""
        outcome = await self._tokens.add(form)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def keep(self, incoming: Incoming, rest: bytes) -> None:
        """Keep a page whose last bytes are `rest`; see `Incoming.keep`."""
        if not isinstance(incoming, IncomingBlob):
            await run_in_threadpool(_keep, incoming, rest)
            return
        fault = await self._pages.add((incoming, rest))
        if fault is not None:
            raise fault
        if self._shelving is not None and self._shelving.is_owing and not self._is_tidy_due:
            self._is_tidy_due = True
            asyncio.get_running_loop().call_later(TIDY_S, self._tidy, self._shelving)

    def _tidy(self, shelving: Shelving) -> None:
        """Let a thread do what was put off; what it cannot do the next one does, or the next start."""
        self._is_tidy_due = False
        asyncio.get_running_loop().run_in_executor(None, _tidied, shelving)

    def _keep(self, pages: Sequence[tuple[IncomingBlob, bytes]]) -> Sequence[Exception | None]:
        assert self._shelving is not None
        return self._shelving.keep(pages)

    async def deposit(
        self, window: Window, bundle_id: str, signed: SignedManifest, earlier_receipt: str
    ) -> Deposit:
        """Take a bundle; see `Intake.deposit`."""
        arrival, may_gather = await self._looked_at(window, bundle_id, signed, earlier_receipt)
        deposit = await self._bundles.add(arrival) if may_gather else None
        if deposit is None:
            deposit = await run_in_threadpool(self._intake.settle, arrival)
        return deposit

    async def _looked_at(
        self, window: Window, bundle_id: str, signed: SignedManifest, earlier_receipt: str
    ) -> tuple[Arrival, bool]:
        """Check a bundle, and tell whether it may go with others: all its pages are here."""
        intake = self._intake

        def look() -> tuple[Arrival, bool]:
            arrival = intake.arrival(window, bundle_id, signed, earlier_receipt)
            return arrival, not intake.auto_accept and intake.has_pages(signed.manifest)

        is_short = intake.blobs.is_near and len(signed.manifest.pages) <= SHORT_PAGES
        return look() if is_short else await run_in_threadpool(look)

    def _settle(self, arrivals: Sequence[Arrival]) -> Sequence[Deposit | None]:
        try:
            return self._intake.settle_together(arrivals)
        except (OfficeBusy, StorageFull):
            raise
        except Exception:  # noqa: BLE001 - one of them may be at fault: alone, it alone hears of it
            return [None] * len(arrivals)


def _issued(tokens: TokenDesk, forms: Sequence[Mapping[str, str]]) -> Sequence[Token | Exception]:
    try:
        return tokens.issue_together(forms)
    except (OfficeBusy, StorageFull):
        raise
    except Exception as fault:  # noqa: BLE001 - one of them may be at fault: alone, it alone hears of it
        return [fault] if len(forms) == 1 else [_issued(tokens, [form])[0] for form in forms]


def _tidied(shelving: Shelving) -> None:
    with suppress(OSError):
        shelving.tidy()


def _keep(incoming: Incoming, rest: bytes) -> None:
    incoming.write(rest)
    incoming.keep()
