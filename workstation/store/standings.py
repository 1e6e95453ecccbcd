"""How each case stands, for lists too long to reckon it anew; kept by whoever knows the items.

What is kept here is never the truth: it can be thrown away and is reckoned again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy import case as choose
from sqlmodel import col
from sqlmodel import select as select_rows
from sqlmodel.sql.expression import SelectOfScalar

from workstation.domain.case import CaseState
from workstation.domain.lamps import LampColour
from workstation.domain.standing import Standing
from workstation.store.cases import CaseSummary, summary_of
from workstation.store.counters import put_setting, setting
from workstation.store.engine import Database
from workstation.store.rows import CaseRow, StandingRow
from workstation.store.writing import Values, put, remove

WANTED = (LampColour.RED, LampColour.YELLOW, LampColour.GREY)
"""Lamps that want a person, the most urgent first."""
_NO_CLOCK, _LATER = 3, 4
"""Places behind those of `WANTED`: what lies on the desk comes before what can wait."""
_BASIS = "standings.basis"


@dataclass(frozen=True, slots=True)
class Totals:
    """How many cases there are."""

    states: Mapping[CaseState, int]
    lamps: Mapping[LampColour, int]
    """Of `WANTED`, by the most urgent clock of each case."""
    held: int
    """Originals at the window that wait for the courier."""


class StandingTable:
    """What is kept; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        """Use the store's database."""
        self._database = database

    def stale(self, basis: str, limit: int) -> tuple[CaseSummary, ...]:
        """Return cases that went on since they were reckoned, the one changed first first.

        Args:
            basis: names the items and the calendar; with another one than before every case is stale.
            limit: at most so many.
        """
        with self._database.read() as session:
            # Ticks are given inside the write lock: what changed later has a higher one.
            known = func.coalesce(select(func.max(col(StandingRow.tick))).scalar_subquery(), 0)
            query = select_rows(CaseRow).order_by(col(CaseRow.last_tick)).limit(limit)
            if setting(session, _BASIS) == basis:
                query = query.where(col(CaseRow.last_tick) > known)
            return tuple(summary_of(row) for row in session.exec(query).all())

    def put(self, basis: str, reckoned: Sequence[tuple[CaseSummary, Standing]]) -> None:
        """Keep how cases stand, in the order of `stale`; what was reckoned on another basis goes."""
        with self._database.write() as session:
            if setting(session, _BASIS) != basis:
                remove(session, StandingRow)
                put_setting(session, _BASIS, basis)
            put(session, StandingRow, *(_row(summary, found) for summary, found in reckoned))

    def by_urgency(self, today: date, states: Iterable[CaseState], limit: int) -> tuple[CaseSummary, ...]:
        """Return case lines: red, yellow, grey, those without a clock, the rest.

        Within a group the one that turns red first comes first, then the one changed last.
        """
        turns = func.coalesce(col(StandingRow.red_on), date.max)
        wanted = col(StandingRow.state).in_([state.value for state in states])
        first = select(col(StandingRow.case_id)).where(wanted)
        first = first.order_by(_place(today), turns, col(StandingRow.tick).desc()).limit(limit)
        with self._database.read() as session:
            names = list(session.connection().execute(first).scalars())
            rows = {row.case_id: row for row in session.exec(_named(names)).all()}
            return tuple(summary_of(rows[name]) for name in names)

    def unanswered(self, today: date) -> tuple[CaseSummary, ...]:
        """Return the lines of cases whose last day for an answer of the back office is over."""
        over = select(col(StandingRow.case_id)).where(col(StandingRow.answer_by) < today)
        with self._database.read() as session:
            names = list(session.connection().execute(over).scalars())
            return tuple(summary_of(row) for row in session.exec(_named(names)).all())

    def totals(self, today: date) -> Totals:
        """Count all cases."""
        place, state = _place(today), col(StandingRow.state)
        query = select(state, place, func.count(), func.sum(col(StandingRow.held))).group_by(state, place)
        states, lamps, held = Counter[CaseState](), Counter[int](), 0
        with self._database.read() as session:
            for name, number, count, originals in session.connection().execute(query):
                states[CaseState(name)] += count
                lamps[number] += count
                held += originals
        return Totals(states, {colour: lamps[number] for number, colour in enumerate(WANTED)}, held)


def _named(names: Sequence[str]) -> SelectOfScalar[CaseRow]:
    return select_rows(CaseRow).where(col(CaseRow.case_id).in_(names))


def _row(summary: CaseSummary, found: Standing) -> Values:
    return {
        "case_id": summary.case_id,
        "tick": summary.tick,
        "state": summary.state.value,
        "runs": found.runs,
        "yellow_on": found.yellow_on,
        "red_on": found.red_on,
        "is_grey": found.is_grey,
        "answer_by": found.answer_by,
        "held": found.held,
    }


def _place(today: date) -> ColumnElement[int]:
    return choose(
        (col(StandingRow.red_on) <= today, WANTED.index(LampColour.RED)),
        (col(StandingRow.yellow_on) <= today, WANTED.index(LampColour.YELLOW)),
        (col(StandingRow.is_grey), WANTED.index(LampColour.GREY)),
        (col(StandingRow.runs), _LATER),
        else_=_NO_CLOCK,
    )
