"""Pages on which there is nothing to be read, or more than was asked for."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PIL import Image, ImageOps

from ocr.documents import read
from ocr.port import Engine, Reading
from tests.bench.ocr_scores import same
from workstation.training.specimens import counter, every, glass, odd

SURE = 0.9
MOST_CPU_S = 30.0
"""Of a refusal; an idle core takes a twentieth of it, and a machine for tests may be slow."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    pytest.importorskip("onnxruntime")
    from ocr.engines.hybrid import best_engine

    return best_engine()


def shown(reading: Reading) -> dict[str, str]:
    return {name: field.value for name, field in reading.fields.items() if field.value}


@pytest.mark.parametrize("kind", ["id-card-front", "id-card-back", "passport", "social-security-card"])
def test_a_page_seen_from_behind_is_refused_with_the_reason(engine: Engine, kind: str) -> None:
    page = counter.scanned(every.specimen(kind, 311, 200).picture, 311)
    mirrored = ImageOps.mirror(page)
    mirrored.info["dpi"] = page.info["dpi"]
    reading = read(engine, mirrored, kind)
    assert (reading.reason, shown(reading)) == ("mirrored", {})


@pytest.mark.parametrize("name", ["blank", "cat", "foreign", "other-side"])
def test_what_is_no_such_paper_is_refused_soon(engine: Engine, name: str) -> None:
    page = odd.odd_page(name, 4242)
    begun = time.process_time()
    reading = read(engine, page.picture, page.asked)
    assert time.process_time() - begun < MOST_CPU_S
    assert reading.reason in {"blank", "no-document"}
    assert shown(reading) == {}


def test_noise_says_nothing(engine: Engine) -> None:
    dice = np.random.default_rng(7)
    noise = Image.fromarray(dice.integers(0, 255, (1200, 900), dtype=np.uint8))
    assert shown(read(engine, noise, "id-card-front")) == {}


@pytest.mark.parametrize("seed", [51000, 51002])
def test_words_of_a_letter_are_no_card_to_be_sure_of(engine: Engine, seed: int) -> None:
    page = odd.odd_page("letter", seed)
    reading = read(engine, page.picture, page.asked)
    for name, field in reading.fields.items():
        if field.value and not same(field.value, page.truths[0][name]):
            assert field.confidence < SURE


@pytest.mark.parametrize(("second", "reason"), [((830, 400), "several"), ((100, 1100), "several")])
def test_of_two_cards_copied_on_a_page_one_is_read(
    engine: Engine, second: tuple[int, int], reason: str
) -> None:
    cards = [every.specimen("id-card-front", seed, 200) for seed in (51000, 51001)]
    page = Image.new("L", (1654, 2339), 250)
    lighter = [min(255, round(1.12 * level)) for level in range(256)]
    for place, card in zip(((100, 400), second), cards, strict=True):
        page.paste(card.picture.convert("L").point(lighter), place)
    page.info["dpi"] = (200, 200)
    reading = read(engine, page, "id-card-front")
    assert reading.reason == reason
    assert any(all(same(value, card.truth[name]) for name, value in shown(reading).items()) for card in cards)
    if reason:
        assert all(reading.fields[name].confidence < SURE for name in ("name", "address"))


@pytest.mark.parametrize("degrees", [7, 49, 133, 224, 315])
def test_a_card_is_read_however_it_lies(engine: Engine, degrees: int) -> None:
    card = every.specimen("id-card-front", 17, 200)
    page = glass.on_glass(card.picture, dpi=200, angle=degrees, at_mm=(60, 60), noise=3, seed=17)
    reading = read(engine, page, "id-card-front")
    assert shown(reading) == dict(card.truth)


def test_of_two_cards_side_by_side_on_the_lid_the_reason_is_given(engine: Engine) -> None:
    cards = [every.specimen("id-card-front", seed, 200) for seed in (51000, 51001)]
    page = Image.new("RGB", (1654, 2339), (40, 40, 44))
    for place, card in zip(((120, 300), (140, 1200)), cards, strict=True):
        page.paste(card.picture.convert("RGB"), place)
    page.info["dpi"] = (200, 200)
    reading = read(engine, page, "id-card-front")
    assert reading.reason == "several"
    assert all(reading.fields[name].confidence < SURE for name in ("name", "address"))


@pytest.mark.parametrize("seed", [51000, 51001])
def test_a_card_cut_to_its_edges_is_one_card(engine: Engine, seed: int) -> None:
    card = every.specimen("id-card-back", seed, 200)
    reading = read(engine, counter.as_it_comes(card.picture, seed, "cut-out"), "id-card-back")
    assert (reading.reason, shown(reading)) == ("", dict(card.truth))


def test_places_on_a_very_fine_page_are_those_of_the_page_as_it_came(engine: Engine) -> None:
    card = every.specimen("social-security-card", 51000, 300)
    page = Image.new("L", (5400, 3600), 250)
    page.paste(
        card.picture.convert("L").resize((card.picture.width * 2, card.picture.height * 2)), (2400, 900)
    )
    page.info["dpi"] = (600, 600)
    field = read(engine, page, "social-security-card").fields["id_number"]
    assert field.value == card.truth["id_number"]
    assert field.box is not None
    left, top, _, _ = field.box
    assert left > 2400 and top > 900
