"""What a window asks of the back office's archive: copies of approved cases of one person or organisation.

Both calls are POST with the person in the body: an identity number in an address would stand in logs.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from sync.contract.libraries import Scene
from sync.contract.models import MAX_BLOB_BYTES, Model, Sha256, Short, Text

MAX_ASKED = 60
"""Most standard materials of one question: no item asks for so many."""
AHEAD = "booking:"
"""Before the number of a booking, which stands for the case that will be opened with it."""


class ArchiveQuery(Model):
    """`POST /v1/archive/query`."""

    scene: Scene
    holder: Annotated[Short, Field(min_length=1)]
    """Identity number or USCC."""
    standard_ids: Annotated[tuple[Short, ...], Field(min_length=1, max_length=MAX_ASKED)]
    """What the item of the scene asks for; nothing else is told."""


class ArchivedPage(Model):
    """One page as the back office received it."""

    page_id: Short
    sha256: Sha256
    size: Annotated[int, Field(gt=0, le=MAX_BLOB_BYTES)]
    media_type: Short


class ArchivedCopy(Model):
    """One material of an approved case, checked against the original at a window (level B)."""

    standard_id: Short
    title: Short
    source_case: Short
    checked_by: Short
    checked_on: date
    holder_name: Short = ""
    holder_address: Text = ""
    card_valid_until: Short = ""
    pages: tuple[ArchivedPage, ...]


class ArchiveAnswer(Model):
    """Newest case first."""

    copies: tuple[ArchivedCopy, ...] = ()


class ArchivePageQuery(Model):
    """`POST /v1/archive/page`: a page of a copy that was told of in the same scene."""

    scene: Scene
    holder: Annotated[Short, Field(min_length=1)]
    sha256: Sha256
