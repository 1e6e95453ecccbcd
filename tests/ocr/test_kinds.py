from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from ocr.engines.hybrid import best_engine
from ocr.engines.tesseract import TesseractEngine
from ocr.errors import EngineFailed
from ocr.kinds import KINDS, Clash, KindGuess, clash, holds, kind_of, kind_of_text
from ocr.port import Engine, Layout, Script, Word
from tests.ocr import kind_specimens as made
from workstation.training.specimens import cards, every, glass, papers
from workstation.training.specimens.people import CAST, COUPLE

HUSBAND, WIFE = COUPLE
OTHER = CAST[4]
Draw = Callable[[], Image.Image]
UNKNOWN: dict[str, Draw] = {
    "filled form": lambda: made.filled_form(HUSBAND),
    "contract": lambda: papers.lease_page(HUSBAND, OTHER, 200),
    "photo receipt": lambda: papers.photo_receipt(WIFE, 200),
    "letter": lambda: made.letter("样本同志的身份证、户口登记卡和营业执照已交窗口, 姓名和住址见附页。" * 5),
    "photograph": made.holiday_photo,
    "blank page": lambda: Image.new("RGB", (1654, 2339), (250, 250, 248)),
    "speck": lambda: Image.new("L", (3, 3), 255),
}
NO_CARD = ("filled form", "contract", "photo receipt", "letter")


@pytest.fixture(scope="module", params=[TesseractEngine, best_engine], ids=["tesseract", "best"])
def engine(request: pytest.FixtureRequest) -> Engine:
    made_by: Callable[[], Engine] = request.param
    return made_by()


def as_scanned(image: Image.Image, seed: int) -> Image.Image:
    level = image.convert("RGB").rotate(0.7, resample=Image.Resampling.BICUBIC, fillcolor="white")
    level.info["dpi"] = image.info.get("dpi", (200, 200))
    return glass.degrade(level, seed, strength=0.7)


def test_every_kind_has_a_specimen() -> None:
    assert set(every.KINDS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_recognised(kind: str, engine: Engine) -> None:
    assert kind_of(engine, as_scanned(every.specimen(kind, 5, 200).picture, 1)) == KindGuess(kind, True)


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_no_certificate_does_not_become_one(name: str, engine: Engine) -> None:
    page = UNKNOWN[name]()
    guess = kind_of(engine, as_scanned(page, 2) if min(page.size) > 50 else page)
    assert guess == KindGuess("", False, no_card=name in NO_CARD)


def test_both_sides_of_a_card_on_one_sheet_are_held_against_nobody(engine: Engine) -> None:
    assert not kind_of(engine, as_scanned(made.both_sides(HUSBAND), 3)).certain


def test_a_picture_that_names_no_resolution_is_recognised_too(engine: Engine) -> None:
    card = cards.id_card_front(WIFE, 300)
    del card.info["dpi"]
    assert kind_of(engine, card) == KindGuess("id-card-front", True)


def test_a_mirrored_card_is_nothing_known(engine: Engine) -> None:
    mirrored = ImageOps.mirror(cards.id_card_front(HUSBAND, 300))
    mirrored.info["dpi"] = (300, 300)
    assert not kind_of(engine, mirrored).certain


def test_a_page_without_print_is_not_given_to_the_engine() -> None:
    class Refusing:
        name = "refusing"

        def words(self, image: Image.Image, *, script: Script, layout: Layout) -> tuple[Word, ...]:
            raise EngineFailed("asked")

    assert kind_of(Refusing(), Image.new("L", (800, 600), 240)) == KindGuess("", False)
    with pytest.raises(EngineFailed):
        kind_of(Refusing(), cards.id_card_back(WIFE, 150))


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("中华人民共和国", "居民刁份证", "等发机关深圳市公安局", "有效期限2013.12.02-长期"), "id-card-back"),
        (("姓名韩涛", "性别男民族苗", "出生1954年", "住址广东省", "民身份S码440304"), "id-card-front"),
        (
            ("广东省居住证", "姓名样本", "性别男民族汉", "住址福田区", "公民身份号码", "签发机关"),
            "residence-permit-front",
        ),
        (("常住入口登记卡", "姓名", "户主或与户主关糸", "曾用名", "籍贯"), "household-register-page"),
        (("持证人样本", "登记日期", "结婚证字号J440304", "国籍中国", "身份证件号"), "marriage-certificate"),
        (("护照PASSPORT", "POCHNYANG<<BEN<<<<<<<<<<", "E999009967CHN6403085M3001089<<<"), "passport"),
        (("营业执照(副本)", "统一社会信用代码", "类型", "注册资本"), "business-licence"),
    ],
)
def test_a_misread_document_is_recognised_by_its_words(lines: Sequence[str], kind: str) -> None:
    assert kind_of_text(lines, is_card_shaped=True) == KindGuess(kind, True)


@pytest.mark.parametrize(
    "lines",
    [
        ("个体工商户营业执照注销登记申请书", "统一社会信用代码", "经营者", "经营范围", "经营场所"),
        ("居住证申请表", "姓名", "性别", "民族", "出生", "住址", "公民身份号码", "签发机关"),
        ("委托书(个人)", "姓名", "性别", "民族", "住址", "公民身份号码"),
        ("出生医学证明领取声明书:", "新生儿姓名", "母亲姓名", "父亲姓名", "出生体重"),
        ("本人遗失营业执照正副本各一份现声明作废由此产生的一切责任由本人承担", "统一社会信用代码"),
        ("中华人民共和国机动车驾驶证", "姓名样本", "性别男", "住址福田区", "出生日期", "有效期限"),
        ("港澳居民来往内地通行证", "姓名样本", "性别男", "出生日期", "签发机关", "有效期限"),
        ("姓名", "民族", "住址"),
        (),
    ],
)
def test_a_form_full_of_a_documents_words_stays_unknown(lines: Sequence[str]) -> None:
    assert replace(kind_of_text(lines, is_card_shaped=True), no_card=False) == KindGuess("", False)


@pytest.mark.parametrize(
    ("lines", "is_card_shaped", "no_card"),
    [
        (("数码照相回执", "姓名样本", "性别女", "公民身份号码", "回执编号"), False, True),
        (("数码照相回执", "姓名样本", "性别女"), True, False),
        (("中华人民共和国机动车驾驶证", "姓名样本", "住址福田区"), True, True),
        (("港澳居民来往内地通行证", "姓名样本", "有效期限"), True, False),
        (("样本",), False, False),
        (("样本街道办事处",) * 20, True, False),
    ],
)
def test_what_calls_itself_something_else_or_has_too_much_text_is_no_card(
    lines: Sequence[str], is_card_shaped: bool, no_card: bool
) -> None:
    assert kind_of_text(lines, is_card_shaped=is_card_shaped) == KindGuess("", False, no_card)


def test_a_page_full_of_words_is_no_card() -> None:
    labels = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码")
    words = (*labels, "440304199001019967")
    assert kind_of_text(words, is_card_shaped=False).document == "id-card-front"
    assert kind_of_text(labels, is_card_shaped=False).document == ""
    full = kind_of_text((*words, *["本页所列各项均由本人如实填写"] * 12), is_card_shaped=False)
    assert full == KindGuess("", False, no_card=True)


FRONT, BACK, LICENCE = (KindGuess(k, True) for k in ("id-card-front", "id-card-back", "business-licence"))
NO_CARD_GUESS = KindGuess("", False, no_card=True)


@pytest.mark.parametrize(
    ("expected", "guess", "verdict"),
    [
        (("id-card-front",), BACK, "side"),
        (("id-card-back",), FRONT, "side"),
        (("id-card-front", "id-card-back"), BACK, ""),
        (("id-card-front",), FRONT, ""),
        (("id-card-front",), LICENCE, "kind"),
        (("household-register-page",), FRONT, "kind"),
        ((), LICENCE, ""),
        (("business-licence",), KindGuess("", False), ""),
        (("business-licence",), KindGuess("id-card-front", False), ""),
        (("id-card-front", "id-card-back"), NO_CARD_GUESS, "kind"),
        (("id-card-front", "household-register-page"), NO_CARD_GUESS, ""),
        ((), NO_CARD_GUESS, ""),
    ],
)
def test_a_page_clashes_only_with_what_is_expected(
    expected: Sequence[str], guess: KindGuess, verdict: Clash
) -> None:
    assert clash(expected, guess) == verdict


@given(
    st.text(alphabet="样本甲乙丙丁", max_size=12),
    st.text(alphabet="样本甲乙丙丁", max_size=12),
    st.integers(0, 7),
    st.sampled_from(["", "口", "口口"]),
)
def test_one_wrong_character_of_every_four_is_forgiven(before: str, after: str, at: int, put: str) -> None:
    label = "统一社会信用代码"
    assert holds(f"{before}{label[:at]}{put}{label[at + 1 :]}{after}", label)


@given(st.text(alphabet="样本甲乙统一社会", max_size=30))
def test_half_a_label_is_not_enough(text: str) -> None:
    assert not holds(text, "统一社会信用代码")
