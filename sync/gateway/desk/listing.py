"""The list: cases of a reviewer's streets in the order their clocks end, page by page."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass

from sync.gateway import matters
from sync.gateway.database import Rows
from sync.gateway.matters import Matter, MatterState

ROWS = 50
"""Lines of one page."""
LONGEST_SEARCH = 80
_S = MatterState

GROUPS: dict[str, tuple[MatterState, ...]] = {
    "todo": (_S.RECEIVED,),
    "decide": (_S.ACCEPTED, _S.IN_REVIEW),
    "correction": (_S.CORRECTION,),
    "decided": (_S.DECIDED,),
    "over": (_S.REFUSED, _S.DELIVERED, _S.WITHDRAWN, _S.TERMINATED),
    "all": (),
}
"""The tabs and the states of each; none means every state."""
FIRST_GROUP = "todo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One page of the list."""

    cases: tuple[Matter, ...]
    following: str
    """Ask with this for the next page; nothing: this was the last."""


def cases(rows: Rows, streets: Collection[str], group: str, search: str, after: str) -> Slice:
    """Return one page of the list.

    Args:
        rows: the office's.
        streets: codes of the reviewer's streets.
        group: one of `GROUPS`.
        search: part of a case number.
        after: `following` of the page before; anything else begins at the top.
    """
    conditions = ["matter.kind = 'case'", _among("home_street", len(streets))]
    values: list[object] = [*sorted(streets)]
    if GROUPS[group]:
        conditions.append(_among("state", len(GROUPS[group])))
        values += [state.value for state in GROUPS[group]]
    if search:
        conditions.append("subject LIKE ? ESCAPE '!'")
        values.append(_pattern(search))
    place = _read(after)
    if place is not None:
        conditions.append("(due_order, subject) > (?, ?)")
        values += place
    found = matters.some(rows, " AND ".join(conditions), values, ROWS + 1)
    shown = found[:ROWS]
    return Slice(cases=shown, following=_written(shown[-1]) if len(found) > ROWS else "")


def counts(rows: Rows, streets: Collection[str]) -> dict[str, int]:
    """Return how many cases each tab holds."""
    found = rows.execute(
        f"SELECT state, count(*) FROM matter WHERE kind = 'case' AND {_among('home_street', len(streets))}"
        " GROUP BY state",
        sorted(streets),
    )
    by_state = {str(row[0]): int(row[1]) for row in found}
    total = sum(by_state.values())
    return {
        name: sum(by_state.get(state.value, 0) for state in states) if states else total
        for name, states in GROUPS.items()
    }


def of_streets(rows: Rows, subject: str, streets: Collection[str]) -> Matter | None:
    """Return a case of these streets; None for any other, as if it were not there."""
    # PostgreSQL's text cannot be asked for a NUL.
    matter = None if "\0" in subject else matters.find(rows, subject)
    is_theirs = matter is not None and matter.kind == "case" and matter.home_street in streets
    return matter if is_theirs else None


def _among(column: str, number: int) -> str:
    return f"{column} IN ({', '.join('?' * number)})" if number else "1 = 0"


def _pattern(search: str) -> str:
    plain = search[:LONGEST_SEARCH].replace("\0", "")
    for special in "!%_":
        plain = plain.replace(special, f"!{special}")
    return f"%{plain}%"


def _written(matter: Matter) -> str:
    text = f"{matter.due_order}\n{matter.subject}"
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _read(after: str) -> list[str] | None:
    try:
        text = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
    except ValueError:
        return None
    order, separator, subject = text.partition("\n")
    return [order, subject] if separator and "\0" not in text else None
