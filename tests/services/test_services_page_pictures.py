"""What everybody sees of a page: cut, upright, as large as the room allows, the file once it is sealed."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from scanners.errors import DarkroomFailed
from scanners.imaging.darkroom import Darkroom
from scanners.imaging.port import Rendered
from scanners.port import Mode, RawPage
from tests.services.conftest import JOB, Window
from workstation.domain.case import Page, PageFile, Treatment
from workstation.domain.geometry import turned_treatment, whole
from workstation.services.page_pictures import PagePictures, as_image

SIZE = (1200, 900)
SPOT = (800, 600, 60, 40)
"""A dark spot on the raw picture: x, y, width, height."""


def glass() -> RawPage:
    picture = Image.new("RGB", SIZE, (250, 250, 250))
    x, y, width, height = SPOT
    ImageDraw.Draw(picture).rectangle((x, y, x + width - 1, y + height - 1), fill=(200, 20, 20))
    return RawPage(
        number=1,
        width_px=SIZE[0],
        height_px=SIZE[1],
        mode=Mode.COLOUR,
        resolution_dpi=200,
        pixels=picture.tobytes(),
        source_name="glass",
    )


@pytest.fixture
def page(window: Window) -> Page:
    window.scanner.script.append(glass())
    (page,) = window.desk.capture.scan(window.open().case_id, "photo-receipt", JOB)
    return page


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    with Darkroom() as room:
        yield room


@pytest.fixture(params=["here", "darkroom"])
def pictures(request: pytest.FixtureRequest, window: Window, darkroom: Darkroom) -> PagePictures:
    """The pages of the window, rendered in this process and in the darkroom."""
    return PagePictures(window.store, darkroom if request.param == "darkroom" else None)


def spot_in(rendered: Rendered) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the red spot."""
    green = as_image(rendered, 200).convert("RGB").getchannel("G")
    box = green.point(lambda shade: 255 if shade < 120 else 0).getbbox()
    assert box is not None
    return box


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 3) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def test_a_page_fills_the_room_and_keeps_its_shape(pictures: PagePictures, page: Page) -> None:
    shown = pictures.picture(page, (600, 600))
    assert (shown.width, shown.height, shown.mode) == (600, 450, "RGB")
    assert len(shown.pixels) == 600 * 450 * 3
    assert near(spot_in(shown), (400, 300, 430, 320))


def test_a_page_turned_and_cut_shows_its_spot_where_it_is_read(pictures: PagePictures, page: Page) -> None:
    cut = Treatment(corners=(700, 500, 1100, 500, 1100, 800, 700, 800), size_px=(400, 300))
    shown = pictures.full(dataclasses.replace(page, treatment=cut))
    assert (shown.width, shown.height) == (400, 300)
    assert near(spot_in(shown), (100, 100, 160, 140))
    over = dataclasses.replace(page, treatment=turned_treatment(cut, 2, by=""))
    assert near(spot_in(pictures.full(over)), (240, 160, 300, 200))


def test_a_crop_named_on_the_raw_picture_is_found_on_the_turned_page(
    pictures: PagePictures, page: Page
) -> None:
    turned = dataclasses.replace(page, treatment=turned_treatment(whole(*SIZE), 1, by=""))
    shown = pictures.picture(turned, (400, 400), SPOT)
    # At least a whole card's size is shown around the spot, which stays in the picture and whole.
    left, top, right, bottom = spot_in(shown)
    assert left > 0 and right < shown.width and top > 0 and bottom < shown.height
    # Turned by a quarter the spot stands upright.
    assert bottom - top > right - left


def test_a_small_page_is_not_blown_up_more_than_twice(pictures: PagePictures, page: Page) -> None:
    cut = Treatment(corners=(800, 600, 860, 600, 860, 640, 800, 640), size_px=(60, 40))
    shown = pictures.picture(dataclasses.replace(page, treatment=cut), (4000, 4000))
    assert (shown.width, shown.height) == (120, 80)


def test_a_sealed_page_is_shown_from_its_file_and_crops_still_hit(
    window: Window, pictures: PagePictures, page: Page
) -> None:
    cut = Treatment(corners=(1200, 0, 1200, 900, 0, 900, 0, 0), size_px=(900, 1200))
    treated = dataclasses.replace(page, treatment=cut)
    half = as_image(pictures.full(treated), 200).resize((450, 600))
    target = io.BytesIO()
    half.save(target, "WEBP", quality=90)
    file = PageFile(
        page_id=page.page_id,
        sha256=window.store.vault.put(target.getvalue()),
        size=len(target.getvalue()),
        media_type="image/webp",
        width_px=450,
        height_px=600,
        resolution_dpi=100,
    )
    sealed = dataclasses.replace(treated, file=file)
    assert pictures.file(sealed) == (target.getvalue(), ".webp")
    whole_page, crop = pictures.picture(sealed, (450, 600)), pictures.picture(sealed, (450, 600), SPOT)
    assert near(spot_in(whole_page), tuple(side // 2 for side in (600, 340, 640, 400)))
    left, top, right, bottom = spot_in(crop)
    assert (right - left) * (bottom - top) > 20 * 30 and left > 0 and right < crop.width


class Broken(Darkroom):
    """A darkroom that cannot be had."""

    def render(self, *_args: object, **_more: object) -> Rendered:
        raise DarkroomFailed("gone")


def test_a_page_is_shown_even_when_the_darkroom_is_gone(window: Window, page: Page) -> None:
    shown = PagePictures(window.store, Broken()).picture(page, (300, 300))
    assert near(spot_in(shown), (200, 150, 215, 160), 2)
