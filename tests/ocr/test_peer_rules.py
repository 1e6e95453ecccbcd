from __future__ import annotations

import pytest

from tests.bench.ocr_flow import Piece, lines_of, score_of
from tests.bench.ocr_rules import RULES, day, fields_of, labels_of
from tests.bench.ocr_scores import Field, Page, result_of
from workstation.training.specimens import every


def piece(text: str, x: float, y: float, score: float = 0.9) -> Piece:
    return Piece(text, score, x, y, x + 20 * len(text), y + 20)


@pytest.mark.parametrize("kind", every.KINDS)
def test_the_peers_have_a_rule_for_every_field_that_is_drawn(kind: str) -> None:
    assert set(RULES[kind]) == set(every.specimen(kind, 1, 50).truth)


def test_a_value_goes_on_in_the_next_lines_until_a_label() -> None:
    lines = ["姓名赵样本", "住址广东省深圳市福田区", "样本路7号", "公民身份号码440304196403089970"]
    fields = fields_of("id-card-front", lines)
    assert fields["name"] == "赵样本"
    assert fields["address"] == "广东省深圳市福田区样本路7号"
    assert fields["id_number"] == "440304196403089970"


def test_columns_are_kept_apart() -> None:
    pieces = [
        piece("经营范围", 0, 0), piece("日用百货销售", 100, 0), piece("住所", 400, 0),
        piece("样本市样本路", 480, 0),
        piece("餐饮管理", 100, 30), piece("7号", 480, 30),
    ]  # fmt: skip
    fields = fields_of("business-licence", lines_of(pieces, labels_of("business-licence")))
    assert fields["business_scope"] == "日用百货销售餐饮管理"
    assert fields["address"] == "样本市样本路7号"


def test_a_label_printed_far_apart_is_joined() -> None:
    pieces = [piece("名", 0, 0), piece("称", 60, 0), piece("样本公司", 100, 0)]
    fields = fields_of("business-licence", lines_of(pieces, labels_of("business-licence")))
    assert fields["name"] == "样本公司"


def test_the_second_of_two_spouses_is_told_from_the_first() -> None:
    lines = [
        "姓名赵样本\t性别男",
        "身份证件号440304196403089970",
        "姓名钱样本\t性别女",
        "身份证件号440304196508219963",
    ]
    fields = fields_of("marriage-certificate", lines)
    assert (fields["husband_name"], fields["wife_name"]) == ("赵样本", "钱样本")
    assert fields["wife_id_number"] == "440304196508219963"


def test_a_zone_is_taken_apart() -> None:
    lines = ["P<CHNZHAO<<YANGBEN<<<<<<<<<<<<<<<<<<<<<<<<<<<", "E999009967CHN6403085M3001089<<<<<<<<<<<<<<04"]
    assert fields_of("passport", lines) == {
        "issuing_state": "CHN", "surname": "ZHAO", "given_names": "YANGBEN",
        "passport_number": "E99900996", "nationality": "CHN", "birth_date": "1964-03-08", "sex": "男",
        "expires_on": "2030-01-08", "personal_number": "",
    }  # fmt: skip


def test_a_date_is_as_sure_as_the_piece_it_was_read_from() -> None:
    assert score_of("1964-03-08", [piece("出生1964年3月8日", 0, 0, 0.7), piece("其他", 0, 40, 0.2)]) == 0.7


@pytest.mark.parametrize(
    "text", ["2021年3月5日", "2021-03-05", "2021.03.05", "二〇二一年三月五日", "登记于 2021 年 03 月 05 日"]
)
def test_a_date_is_read_however_it_is_written(text: str) -> None:
    assert day(text) == "2021-03-05"
    assert day("二〇二〇年十一月三十日") == "2020-11-30"


def test_wrong_and_sure_is_what_nobody_would_look_at_again() -> None:
    fields = (
        Field("id-card-front", "name", "赵样本", "赵样木", 0.95, True),
        Field("id-card-front", "sex", "男", "女", 0.95, False),
        Field("id-card-front", "address", "样本路(7号)", "样本路(7号)", 0.99, True),
        Field("id-card-front", "id_number", "440304196403089970", "", 0.0, False),
    )
    result = result_of([Page("id-card-front", "scanned", 1, fields, 0.5, was_read=True)], 10.0)
    assert result.wrong_and_sure_per_1000 == 250
    assert (result.fields.right, result.identities.right, result.pages.right, result.empty) == (1, 0, 0, 1)
    assert result.card_cpu_s == (0.5, 0.5)
    row = result.reliability[4]
    assert (row.least, row.count, row.right) == (0.95, 2, 0)
