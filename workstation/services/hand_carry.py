"""Carrying the queue to the back office by hand, and the receipts back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sync.carry.errors import NothingToCarry
from sync.carry.parcel import Packed, pack
from sync.carry.receipts import Taken, take_receipts
from sync.port import LineState
from workstation.domain.clock import Clock
from workstation.services.enrolment import Membership
from workstation.store.database import Group, Store

MOST = 100_000
"""Lines of one bag at most."""


@dataclass(frozen=True)
class HandCarry:
    """Packs what waits; the queue itself goes on as if nothing had been carried."""

    store: Store
    clock: Clock

    def export(self, member: Membership, medium: Path, *, only: Collection[str] = ()) -> Packed:
        """Pack every bundle that is not delivered and not on hold into a bag on a medium.

        Of a bundle that is partly unreadable what can be read is packed, and `Packed.torn` names the rest;
        the back office keeps those pages and takes the bundle when the others have come.

        With `only`, pack these bundles instead, on hold or stuck as they may be: the back office can then
        look at what the line would not bring.

        Only a receipt takes a bundle out of the queue: one that also goes over the network meanwhile arrives
        once, because the back office knows it by its id.

        Raises:
            CarryError: nothing waits, it does not fit, or the medium cannot be written.
        """
        waiting = self.store.outbox.page(Group.WAITING, 0, MOST)
        lines = [line for line in waiting if line.state is not LineState.HELD]
        if only:
            lines = [line for line in waiting if line.bundle_id in only]
        if not lines:
            raise NothingToCarry
        identity, now = member.identity, self.clock()
        packed = pack(
            self.store.outbox,
            lines,
            medium,
            window_id=identity.window_id,
            gateway_id=identity.gateway_id,
            gateway_key=identity.gateway_key,
            now=now,
            suite=self.store.suite,
        )
        for bundle_id in packed.bundles:
            self.store.outbox.note(bundle_id, f"carried {packed.bag.name}", now)
        for torn in packed.torn:
            detail = f"carried without {len(torn.lacking)}/{torn.of}: {packed.bag.name}"
            self.store.outbox.note(torn.bundle_id, detail, now)
        return packed

    def take_receipts(self, member: Membership, medium: Path) -> Taken:
        """Mark as delivered what the receipts on a medium prove.

        Raises:
            CarryError: they cannot be read.
        """
        identity = member.identity
        return take_receipts(
            self.store.outbox,
            medium,
            gateway_id=identity.gateway_id,
            gateway_key=identity.gateway_key,
            now=self.clock(),
        )
