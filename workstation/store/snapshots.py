"""Cases folded before, so that only the new end of a log is read and folded."""

from __future__ import annotations

import threading
from collections import OrderedDict

from workstation.domain.case import Case

KEPT = 64
"""Cases of a busy day that are looked at again and again."""


class Snapshots:
    """Folds of committed logs, to be used from any thread.

    A log only grows and its lines never change, also when another process writes: a fold of what was once
    committed stays a true beginning of the case. What a transaction has not committed yet must not come here.
    """

    def __init__(self, kept: int = KEPT) -> None:
        """Start empty; the case used longest ago goes first."""
        self._kept = kept
        self._cases: OrderedDict[str, Case] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, case_id: str) -> Case | None:
        """Return the longest fold known of a case."""
        with self._lock:
            case = self._cases.get(case_id)
            if case is not None:
                self._cases.move_to_end(case_id)
            return case

    def forget(self) -> None:
        """Drop all of them; what is asked for next is folded anew."""
        with self._lock:
            self._cases.clear()

    def keep(self, case: Case) -> None:
        """Remember a committed fold; an older one never replaces a newer one."""
        with self._lock:
            present = self._cases.get(case.case_id)
            if present is None or present.length < case.length:
                self._cases[case.case_id] = case
            self._cases.move_to_end(case.case_id)
            while len(self._cases) > self._kept:
                self._cases.popitem(last=False)
