from __future__ import annotations

from pathlib import Path

import pytest

from workstation.catalogue.contents import read_contents
from workstation.catalogue.loader import bundled_pack
from workstation.catalogue.table import PAGES, pages

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_table_of_items_is_that_of_the_pack(name: str) -> None:
    made = pages(read_contents(bundled_pack()))[name]
    written = (DOCS / name).read_text("utf-8")
    assert written == made, "run: workstation catalogue table docs"
