"""Who witnessed a yes that was ticked, as 材料复用确认书 tells it: from the case's log and the staff."""

from __future__ import annotations

from collections.abc import Iterable

from sync.contract.signing import key_id, load_public
from workstation.domain.case import Case, Entry, SlotReused
from workstation.printing.forms import Tick
from workstation.services.reuse import CONSENT_WAYS
from workstation.store.database import Store


def ticks_of(store: Store, case: Case, log: Iterable[Entry]) -> tuple[Tick, ...]:
    """Return a tick for each slot that still relies on one, oldest first; none where the yes is signed.

    The key is the one the clerk has now: the audit chain holds the one that signed, should it have changed.
    """
    keys = {person.name: key_id(load_public(person.public_key)) for person in store.people()}
    way = CONSENT_WAYS["tick"]
    return tuple(
        Tick(at=taken.reuse.consent_at, witness=entry.actor, witness_key=keys.get(entry.actor, ""))
        for entry in log
        if isinstance(taken := entry.payload, SlotReused)
        and taken.reuse.consent_way == way
        and case.slot(taken.slot).reuse == taken.reuse
    )
