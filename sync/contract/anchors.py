"""The head of a window's audit chain, and the gateway's signed word that it has seen it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from sync.contract.models import Model, Sha256, Short

Place = Annotated[int, Field(ge=1, le=2**53 - 1)]


class AnchorPoint(Model):
    """One link of a chain: its place and its hash."""

    seq: Place
    hash: Sha256


class AnchorRequest(Model):
    """The head as it is now, and what stands in the chain where the gateway saw it last."""

    head: AnchorPoint
    after: AnchorPoint | None = None
    """The last anchor; none the first time. The gateway refuses a chain that has something else there."""


class Anchor(Model):
    """What the gateway has seen."""

    window_id: Short
    seq: Place
    hash: Sha256
    received_at: AwareDatetime
    gateway_id: Short


class SignedAnchor(Model):
    """An anchor with the gateway's signature over its canonical bytes."""

    anchor: Anchor
    key_id: Short
    signature: Short


class Anchors(Model):
    """A slice of what the gateway has seen of one window, in order."""

    anchors: tuple[AnchorPoint, ...]
    last: AnchorPoint | None = None
    """The last of all."""
