"""Identifiers of e-certificates (GB/T 36904) and the check character that only warns."""

from __future__ import annotations

import pytest

from workstation.domain.certificate_ids import check_character, parse_identifier
from workstation.domain.data_services import SERVICES, service_for

IN_USE = (
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
)


@pytest.mark.parametrize("text", IN_USE)
def test_identifiers_in_use_are_taken_apart_and_hold(text: str) -> None:
    found = parse_identifier(text)
    assert found is not None and found.text == text and found.check_holds


def test_a_wrong_check_character_is_told_and_still_an_identifier() -> None:
    found = parse_identifier(IN_USE[0][:-1] + "V")
    assert found is not None and not found.check_holds


def test_it_is_found_in_an_address_in_lower_case_and_with_spaces() -> None:
    found = parse_identifier(f"https://example.invalid/ec?id={IN_USE[2].lower()} ")
    assert found is not None and found.text == IN_USE[2]


@pytest.mark.parametrize("text", ["", "440304196403089970", "1.2.156.3005.1.1.2.3.4.5", "1.2.156.3005.2."])
def test_other_texts_are_none(text: str) -> None:
    assert parse_identifier(text) is None


def test_every_single_changed_character_of_the_parts_is_seen() -> None:
    joined = "11100000000013338W01111430000006122244L20230000403001"
    right = check_character(joined)
    for place, old in enumerate(joined):
        for new in "09AZ":
            if new != old:
                assert check_character(joined[:place] + new + joined[place + 1 :]) != right


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("户籍信息核验", "population"),
        ("死亡信息核验", "death"),
        ("国(境)外学历学位认证信息核验", "education"),
        ("市场主体登记信息核验", "enterprise"),
        ("房屋租赁备案信息核验", "property"),
        ("婚育信息核验", "birth"),
    ],
)
def test_a_check_of_an_item_finds_its_service(title: str, service: str) -> None:
    found = service_for(title)
    assert found is not None and found.id == service


def test_there_are_sixteen_services_and_a_check_nobody_connected_has_none() -> None:
    assert len({service.id for service in SERVICES}) == 16 and service_for("星座核验") is None
