"""A window as the driver of a campaign knows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.campaign.machine import Machine
from tests.campaign.processes import Child, Event
from tests.campaign.window import Seat


@dataclass
class Desk:
    """What its processes have said, and what was done to them."""

    number: int
    machine: Machine
    seat: Seat
    program: Child | None = None
    sender: Child | None = None
    is_newer: bool = False
    is_idle: bool = False
    is_finished: bool = False
    begun: int = 0
    heard: int = 0
    lines: list[Event] | None = None
    """As last asked for since the program was started."""
    poisoned_pages: set[str] = field(default_factory=set)
    poisoned_bundles: set[str] = field(default_factory=set)
    awaits_cut: bool = False
    applied: set[str] = field(default_factory=set)
    """Changes of the feed."""
    corrections: int = 0
    """So many times more this clerk corrects what was not taken, instead of trying it again."""
    looks: int = 0
    """How often the queue was looked at."""
    looked_at: float = 0.0
    heard_at_look: int = -1
