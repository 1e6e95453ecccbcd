"""Where reading is weak: how often clerks had to put each field right, over all cases of this window."""

from __future__ import annotations

from datetime import date

from workstation.domain.clock import local_date
from workstation.domain.corrections import Tally, summed, tally
from workstation.services.balance import EVERY_CASE
from workstation.store.database import Store


def corrections(store: Store, *, since: date | None = None) -> dict[str, Tally]:
    """Count readings and corrections by `kind.field`; nothing personal is in the result.

    Args:
        store: of this window.
        since: only cases opened on this local day or later.
    """
    cases = (
        summary.case_id
        for summary in store.summaries(limit=EVERY_CASE)
        if since is None or local_date(summary.opened_at) >= since
    )
    return summed(tally(store.log(case_id)) for case_id in cases)
