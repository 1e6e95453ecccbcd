"""Settings that matter for data and trust: when one is not as last time, the audit says from what to what.

They stand in a file that whoever has the account of IT may edit; the program cannot tell who did. It can tell
that it works by other rules from now on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from workstation.domain.audit import MACHINE, Action, Deed, detail_of
from workstation.domain.clock import Clock
from workstation.store.database import Store

NOTED = "settings.noted"
"""Setting: what was in force when the program looked last."""


def note_settings(
    store: Store, present: Mapping[str, str], defaults: Mapping[str, str], clock: Clock
) -> None:
    """Write each change since the last time into the audit; the first time, what is not as it comes.

    Args:
        store: whose chain.
        present: what is in force, in words; no secrets.
        defaults: the same as the program comes.
        clock: aware time.
    """
    with store.transaction() as tx:
        noted: dict[str, str] = json.loads(tx.setting(NOTED) or "{}")
        before = {**defaults, **noted}
        for name, value in sorted(present.items()):
            if value != before.get(name, ""):
                facts = detail_of(name=name, old=before.get(name, ""), new=value)
                tx.note(Deed(action=Action.SETTING, detail=facts), actor=MACHINE, at=clock())
        if noted != present:
            tx.put_setting(NOTED, json.dumps(dict(present), ensure_ascii=False))
