"""A number of which shade hid a part is read once more, over the whole of its row."""

from __future__ import annotations

import pytest

from ocr import documents
from ocr.engines.hybrid import best_engine
from ocr.port import LineEngine
from workstation.training.specimens import counter
from workstation.training.specimens.every import specimen

KIND, SEED = "id-card-front", 112293008200
"""A photograph with the shadow of a hand over the first digits of the number."""


def test_digits_that_shade_hid_from_the_page_are_read_in_their_row() -> None:
    engine = best_engine()
    if not isinstance(engine, LineEngine):
        pytest.skip("the line recogniser is not installed")
    card = specimen(KIND, SEED, counter.dpi_for(SEED))
    photo = counter.as_it_comes(card.picture, SEED, "photographed")
    number = documents.read(engine, photo, KIND).fields["id_number"]
    assert (number.value, number.valid) == (card.truth["id_number"], True)
