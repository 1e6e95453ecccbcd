"""The durable queue of sealed bundles (`sync.port.Outbox`), with what the clerk's queue view needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, literal_column, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sync.contract.models import SignedManifest, SignedReceipt
from sync.contract.signing import manifest_sha256
from sync.errors import BadReceipt, FailureClass, UnreadableBundle
from sync.port import SETTLED, Line, LineState
from workstation.store import codec
from workstation.store.attempts import Attempt, attempts_of, note
from workstation.store.engine import Database
from workstation.store.errors import PAGE_FAULTS, DiskFault, StoreDamaged, UnknownRecord
from workstation.store.page_uses import Holder
from workstation.store.rows import BundleDocumentRow, BundleRow, PageUseRow
from workstation.store.vault import Vault

STALE_CLAIM = timedelta(minutes=15)
"""A claim this old belongs to a sender that died: one sender a machine, and sending again is harmless."""
CLOCK_STEP = timedelta(minutes=1)
"""A last try further ahead than this means that the clock was set back: the planned time says nothing."""
DELIVERED_SHOWN = 200

_MICROSECOND = timedelta(microseconds=1)


class Group(StrEnum):
    """Which lines of the queue are looked at."""

    EVERY = "EVERY"
    """What is not delivered by legal clock, then what is, the last one first."""
    WAITING = "WAITING"
    """What is not delivered yet."""
    STUCK = "STUCK"
    """What waits for a person."""
    DELIVERED = "DELIVERED"


STUCK = frozenset({LineState.FIX, LineState.ASK, LineState.QUARANTINED})
"""States that a person must end."""


class OutboxTable:
    """The queue in the database; every method is one transaction."""

    def __init__(self, database: Database, vault: Vault) -> None:
        """Use the store's database and pages."""
        self._database = database
        self._vault = vault

    # --- for the sender --------------------------------------------------------------------------------

    def due(self, now: datetime, limit: int = 20) -> tuple[Line, ...]:
        """Lines to send now, by legal clock then age."""
        queries = [query.where(_is_due(now)) for query in _WAITING_LINES]
        with self._database.read() as session:
            return tuple(_line(row) for row in _across(session, queries, 0, limit))

    def state(self, bundle_id: str) -> LineState | None:
        """Where a line stands; None when the queue has no such bundle."""
        with self._database.read() as session:
            row = session.get(BundleRow, bundle_id)
            return None if row is None else LineState(row.state)

    def load(self, bundle_id: str) -> SignedManifest:
        """The signed manifest as sealed.

        Raises:
            UnreadableBundle: it cannot be read or no longer matches its hash.
        """
        with self._database.read() as session:
            row = _row(session, bundle_id)
            document = session.get(BundleDocumentRow, bundle_id)
        try:
            signed = codec.manifest_from("" if document is None else document.manifest)
        except StoreDamaged as error:
            raise UnreadableBundle(f"manifest of {bundle_id}") from error
        if manifest_sha256(signed.manifest) != row.manifest_sha256:
            raise UnreadableBundle(f"manifest of {bundle_id} does not match its hash")
        return signed

    def blob(self, sha256: str) -> bytes:
        """The plain bytes of a page.

        Raises:
            UnreadableBundle: the file is gone, altered or cannot be decrypted.
        """
        try:
            return self._vault.get(sha256)
        except (*PAGE_FAULTS, DiskFault) as error:
            raise UnreadableBundle(f"{error.code} page {sha256[:12]}") from error

    def mark_sending(self, bundle_id: str, now: datetime) -> None:
        """Record the claim; a line put on hold meanwhile stays on hold for what comes after."""
        with self._database.write() as session:
            row = _row(session, bundle_id)
            row.attempts += 1
            row.tried_at = now
            if row.state != LineState.HELD and row.state not in SETTLED:
                row.state = LineState.SENDING.value

    def free_claims(self, now: datetime) -> int:
        """Queue every claimed line again; only while nothing is being sent. Return how many."""
        with self._database.write() as session:
            return release_claims(session, now)

    def mark_delivered(self, bundle_id: str, receipt: SignedReceipt, now: datetime) -> None:
        """Store the receipt with the bundle.

        Raises:
            BadReceipt: the receipt names another bundle or another manifest.
        """
        with self._database.write() as session:
            row = _row(session, bundle_id)
            named = (receipt.receipt.bundle_id, receipt.receipt.manifest_sha256)
            if named != (row.bundle_id, row.manifest_sha256):
                raise BadReceipt(f"the receipt does not name {bundle_id}")
            if row.state == LineState.DELIVERED.value:
                return
            _settle(row, LineState.DELIVERED)
            row.delivered_at = now
            session.get_one(BundleDocumentRow, bundle_id).receipt = codec.receipt_text(receipt)
            note(session, row, now, detail=receipt.receipt.number)

    def delivered(self, since: datetime, after: str, limit: int) -> tuple[str, ...]:
        """Ids of bundles delivered at or after `since`, in the order of their ids, behind the id `after`.

        Those whose pages have gone are left out: they could not be sent again.
        """
        holds = select(PageUseRow.holder_id).where(PageUseRow.holder == Holder.BUNDLE.value)
        query = (
            select(BundleRow.bundle_id)
            .where(col(BundleRow.state) == LineState.DELIVERED.value)
            .where(or_(col(BundleRow.size) == 0, col(BundleRow.bundle_id).in_(holds)))
            .where(col(BundleRow.delivered_at) >= since, col(BundleRow.bundle_id) > after)
            .order_by(col(BundleRow.bundle_id))
            .limit(limit)
        )
        with self._database.read() as session:
            return tuple(session.exec(query).all())

    def put_back(self, bundle_id: str, now: datetime) -> None:
        """Queue a delivered bundle again because the gateway lost it; its receipt stays."""
        with self._database.write() as session:
            row = _row(session, bundle_id)
            if row.state == LineState.DELIVERED.value:
                _settle(row, LineState.QUEUED)
                row.delivered_at = None
                note(session, row, now, detail="lost by the gateway")

    def mark_failed(
        self,
        bundle_id: str,
        *,
        state: LineState,
        failure: FailureClass,
        code: str,
        detail: str,
        next_try_at: datetime | None,
        now: datetime,
    ) -> None:
        """Record why it did not go; a line on hold stays on hold, a settled one stays settled."""
        with self._database.write() as session:
            row = _row(session, bundle_id)
            if row.state in SETTLED:
                return
            if row.state != LineState.HELD.value:
                row.state, row.next_try_at = state.value, next_try_at
            row.failure, row.code, row.detail = failure.value, code, detail
            note(session, row, now, code=code, detail=detail)

    # --- for people ------------------------------------------------------------------------------------

    def lines(self, *, delivered: int = DELIVERED_SHOWN) -> tuple[Line, ...]:
        """Return all undelivered lines by legal clock, then the `delivered` lines delivered last."""
        with self._database.read() as session:
            waiting = _across(session, _WAITING_LINES, 0, _ALL)
            return tuple(_line(row) for row in (*waiting, *session.exec(_DONE_LINES.limit(delivered)).all()))

    def page(self, group: Group, start: int, count: int) -> tuple[Line, ...]:
        """Return `count` lines of a group from the one at `start` on, in the group's order."""
        with self._database.read() as session:
            return tuple(_line(row) for row in _across(session, _LINES_OF[group], start, count))

    def named(self, name: str, *, least_prefix: int) -> tuple[Line, ...]:
        """Return the lines of a bundle's id or a subject, else those whose id begins so, oldest first.

        Args:
            name: an id, the beginning of one, or the number of a case or a bag.
            least_prefix: a shorter beginning finds nothing.
        """
        bundle_id, subject = col(BundleRow.bundle_id), col(BundleRow.subject)
        query = select(BundleRow).order_by(col(BundleRow.sealed_at))
        with self._database.read() as session:
            rows = session.exec(query.where(or_(bundle_id == name, subject == name))).all()
            if not rows and len(name) >= least_prefix:
                rows = session.exec(query.where(bundle_id.startswith(name, autoescape=True))).all()
            return tuple(_line(row) for row in rows)

    def line(self, bundle_id: str) -> Line:
        """Return one line.

        Raises:
            UnknownRecord: there is no such bundle.
        """
        with self._database.read() as session:
            return _line(_row(session, bundle_id))

    def oldest(self) -> datetime | None:
        """Return when the oldest bundle was sealed that waits and is not on hold."""
        waits: ColumnElement[bool] = literal_column("bundles.state NOT IN ('DELIVERED', 'REPLACED', 'HELD')")
        query = select(BundleRow.sealed_at).where(waits).order_by(col(BundleRow.sealed_at)).limit(1)
        with self._database.read() as session:
            return session.exec(query).first()

    def receipt(self, bundle_id: str) -> SignedReceipt | None:
        """Return the gateway's receipt; None until delivered."""
        with self._database.read() as session:
            document = session.get(BundleDocumentRow, bundle_id)
            if document is None or document.receipt is None:
                return None
            return codec.receipt_from(document.receipt)

    def history(self, bundle_id: str) -> tuple[Attempt, ...]:
        """Return what happened to the bundle, oldest first."""
        with self._database.read() as session:
            return attempts_of(session, bundle_id)

    def retry_now(self, bundle_id: str, now: datetime) -> None:
        """Put an undelivered line back into the queue, whatever stopped it."""
        self._put(bundle_id, LineState.QUEUED, now, "retry")

    def hold(self, bundle_id: str, why: str, now: datetime) -> None:
        """Keep a line from being sent until it is released; `why` is shown with it."""
        self._put(bundle_id, LineState.HELD, now, why)

    def release(self, bundle_id: str, now: datetime) -> None:
        """End a hold; a line that is not on hold stays as it is."""
        with self._database.write() as session:
            row = _row(session, bundle_id)
            if row.state == LineState.HELD.value:
                _settle(row, LineState.QUEUED)
                note(session, row, now, detail="release")

    def note(self, bundle_id: str, detail: str, now: datetime) -> None:
        """Keep with the line that something happened to it that does not change how it stands."""
        with self._database.write() as session:
            note(session, _row(session, bundle_id), now, detail=detail)

    def counts(self) -> Mapping[LineState, int]:
        """Return how many lines are in each state; every state is named."""
        query = select(BundleRow.state, func.count()).group_by(col(BundleRow.state))
        with self._database.read() as session:
            found = {LineState(state): count for state, count in session.exec(query).all()}
        return {state: found.get(state, 0) for state in LineState}

    def _put(self, bundle_id: str, state: LineState, now: datetime, detail: str) -> None:
        with self._database.write() as session:
            row = _row(session, bundle_id)
            if row.state in SETTLED:
                return
            _settle(row, state, detail=detail if state is LineState.HELD else "")
            note(session, row, now, detail=detail)


def set_aside(session: Session, bundle_id: str, state: LineState, now: datetime, detail: str) -> None:
    """Take a line that a person works on out of sending: on hold, or replaced by a later version.

    Raises:
        UnknownRecord: there is no such bundle.
    """
    row = _row(session, bundle_id)
    if row.state not in SETTLED:
        _settle(row, state, detail=detail)
        note(session, row, now, detail=detail)


def state_of(session: Session, bundle_id: str) -> LineState:
    """Return where a line stands; raises UnknownRecord."""
    return LineState(_row(session, bundle_id).state)


def release_claims(session: Session, now: datetime) -> int:
    """Queue every line again that a dead sender left behind; only while no sender runs. Return how many."""
    rows = session.exec(select(BundleRow).where(BundleRow.state == LineState.SENDING.value)).all()
    for row in rows:
        row.state, row.next_try_at = LineState.QUEUED.value, None
        note(session, row, now, detail="interrupted")
    return len(rows)


_ALL = 1_000_000_000
_BY_CLOCK = (col(BundleRow.legal_due_at), col(BundleRow.sealed_at), col(BundleRow.version))
# The state is written out as the partial index `ix_bundles_clock` has it, or the engine would not use that;
# lines with a legal clock and those without are asked for apart: each half lies in the index in its order.
_WAITING = (
    select(BundleRow)
    .where(literal_column("bundles.state != 'DELIVERED'"), literal_column("bundles.state != 'REPLACED'"))
    .order_by(*_BY_CLOCK)
)
_WAITING_LINES = (
    _WAITING.where(col(BundleRow.legal_due_at).is_not(None)),
    _WAITING.where(col(BundleRow.legal_due_at).is_(None)),
)
_IS_DONE: ColumnElement[bool] = literal_column("bundles.state = 'DELIVERED'")
_DONE_LINES = select(BundleRow).where(_IS_DONE).order_by(col(BundleRow.delivered_at).desc())
_REPLACED_LINES = (
    select(BundleRow)
    .where(BundleRow.state == LineState.REPLACED.value)
    .order_by(col(BundleRow.sealed_at).desc())
)
_IS_STUCK = col(BundleRow.state).in_([state.value for state in STUCK])
_LINES_OF = {
    Group.EVERY: (*_WAITING_LINES, _DONE_LINES, _REPLACED_LINES),
    Group.WAITING: _WAITING_LINES,
    Group.STUCK: tuple(query.where(_IS_STUCK) for query in _WAITING_LINES),
    Group.DELIVERED: (_DONE_LINES, _REPLACED_LINES),
}


def _across(
    session: Session, queries: Sequence[SelectOfScalar[BundleRow]], start: int, count: int
) -> list[BundleRow]:
    """Return `count` rows from the one at `start` on of what the queries give one after the other."""
    rows: list[BundleRow] = []
    for query in queries:
        found = session.exec(query.offset(start).limit(count - len(rows))).all()
        rows += found
        if len(rows) == count:
            break
        if start and not found:
            # The page begins behind what this query gives: how far behind, the count tells.
            start -= min(start, session.exec(select(func.count()).select_from(query.subquery())).one())
        else:
            start = 0
    return rows


def _is_due(now: datetime) -> ColumnElement[bool]:
    state, planned, tried = col(BundleRow.state), col(BundleRow.next_try_at), col(BundleRow.tried_at)
    clock_set_back = tried > now + CLOCK_STEP
    time_has_come = or_(planned < now + _MICROSECOND, and_(planned.is_not(None), clock_set_back))
    return or_(
        and_(state == LineState.QUEUED.value, or_(planned.is_(None), time_has_come)),
        and_(state == LineState.WAITING.value, time_has_come),
        and_(state == LineState.SENDING.value, or_(tried < now - STALE_CLAIM, clock_set_back)),
    )


def _row(session: Session, bundle_id: str) -> BundleRow:
    row = session.get(BundleRow, bundle_id)
    if row is None:
        raise UnknownRecord(kind="bundle", name=bundle_id)
    return row


def _settle(row: BundleRow, state: LineState, *, detail: str = "") -> None:
    row.state, row.next_try_at = state.value, None
    row.failure, row.code, row.detail = None, "", detail


def _line(row: BundleRow) -> Line:
    return Line(
        bundle_id=row.bundle_id,
        kind=row.kind,
        subject=row.subject,
        manifest_sha256=row.manifest_sha256,
        sealed_at=row.sealed_at,
        state=LineState(row.state),
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        failure=None if row.failure is None else FailureClass(row.failure),
        code=row.code,
        detail=row.detail,
        legal_due_at=row.legal_due_at,
        delivered_at=row.delivered_at,
        size=row.size,
    )
