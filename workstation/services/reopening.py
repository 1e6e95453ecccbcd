"""A version the back office did not take: what to mend, and the next version that takes its place.

The refused version stays as it was sealed. The clock of silence does not start anew: the citizen handed the
materials in on the day of the receipt, and what the office would not take is for the window to mend.
"""

from __future__ import annotations

from dataclasses import dataclass

from sync.port import SETTLED, LineState
from workstation.domain.case import MENDABLE, Case, Reopened
from workstation.domain.clock import Clock
from workstation.i18n import _
from workstation.services.decision_errors import CannotReopen, ReplacedAlready
from workstation.services.profile import WindowProfile
from workstation.services.view import STATE_WORDS
from workstation.store.database import Store

REOPENABLE = frozenset({LineState.FIX, LineState.ASK, LineState.QUARANTINED, LineState.HELD})
"""States in which no sender has the line in its hands."""


@dataclass(frozen=True)
class Reopening:
    """Opens the case of a refused version."""

    store: Store
    profile: WindowProfile
    clock: Clock

    def open(self, bundle_id: str) -> Case:
        """Let the case of a bundle change again; the line waits on hold until the next version is sealed.

        Raises:
            UnknownRecord: there is no such bundle.
            ReplacedAlready: a later version of the case was sealed.
            CannotReopen: it is on its way or delivered, no case's, of a case that went on, or one before it
                still waits.
        """
        line, at = self.store.outbox.line(bundle_id), self.clock()
        with self.store.transaction() as tx:
            state, case = tx.line_state(bundle_id), tx.case_by_number(line.subject)
            if case is None or state not in REOPENABLE:
                raise CannotReopen(number=line.subject, state="-" if case is None else state.value)
            if not case.bundles or case.bundles[-1].bundle_id != bundle_id:
                raise ReplacedAlready(number=case.number)
            before = {tx.line_state(sealed.bundle_id) for sealed in case.bundles[:-1]}
            if case.state not in MENDABLE or not before <= SETTLED:
                raise CannotReopen(number=case.number, state=_(STATE_WORDS[case.state]))
            tx.set_aside(bundle_id, LineState.HELD, at, _("正在更正, 封装后由新版代替"))
            if case.reopened == bundle_id:
                return case
            opened = Reopened(bundle_id=bundle_id, code=line.code)
            return tx.record(case.case_id, opened, actor=self.profile.clerk, at=at)
