"""Packs at the back office: published once, told to every window, handed over as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.models import PackFiles
from sync.gateway.errors import PackDiffers
from tests.sync.gateway_hall import Hall, check_problem, open_hall

PACK = PackFiles(
    pack_id="sample-test", version="2026.12", files={"pack.yaml": "a: 1\r\n", "manifest.sig": "s"}
)

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_hall(tmp_path / "office", auto_accept=False)
    yield opened
    opened.office.close()


def told(news: dict[str, object]) -> list[tuple[str, str]]:
    changes = news["changes"]
    assert isinstance(changes, list)
    return [(c["subject"], c["version"]) for c in changes if c["kind"] == "catalogue"]


def test_every_window_is_told_and_one_that_enrols_later_too(hall: Hall) -> None:
    first, second = hall.window("03"), hall.window("04")
    assert hall.office.packs.publish(PACK) == 2
    late = hall.window("05")
    for window in (first, second, late):
        assert told(window.news()) == [("sample-test", "2026.12")]


def test_publishing_the_same_again_tells_nobody_twice(hall: Hall) -> None:
    window = hall.window()
    hall.office.packs.publish(PACK)
    assert hall.office.packs.publish(PACK) == 0
    assert len(told(window.news())) == 1


def test_a_published_version_never_changes(hall: Hall) -> None:
    hall.office.packs.publish(PACK)
    other = PACK.model_copy(update={"files": {"pack.yaml": "a: 2\n"}})
    with pytest.raises(PackDiffers) as caught:
        hall.office.packs.publish(other)
    assert caught.value.details == {"pack": "sample-test", "version": "2026.12"}
    assert hall.office.packs.get("sample-test", "2026.12") == PACK


def test_a_window_gets_the_very_bytes(hall: Hall) -> None:
    hall.office.packs.publish(PACK)
    answer = hall.window().call("GET", "/v1/catalogue/2026.12", params={"pack": "sample-test"})
    assert PackFiles.model_validate_json(answer.content) == PACK


def test_a_pack_that_was_never_published_is_refused_in_words(hall: Hall) -> None:
    answer = hall.window().call("GET", "/v1/catalogue/2027.1", params={"pack": "sample-test"})
    check_problem(answer, 422, "pack-unknown")


@pytest.mark.parametrize(
    ("version", "pack"),
    [("..%2F..%2Foffice", "sample-test"), ("2026.12", "../x"), ("x", "a"), ("2026.12", "")],
)
def test_no_path_leaves_the_shelf(hall: Hall, version: str, pack: str) -> None:
    answer = hall.window().call("GET", f"/v1/catalogue/{version}", params={"pack": pack})
    assert answer.status_code in (404, 422)


def test_only_an_enrolled_window_may_ask(hall: Hall) -> None:
    hall.office.packs.publish(PACK)
    answer = hall.call("GET", "/v1/catalogue/2026.12", params={"pack": "sample-test"})
    check_problem(answer, 401, "token-invalid")


def test_a_revoked_window_is_told_nothing(hall: Hall) -> None:
    window = hall.window()
    hall.office.revoke(window.window_id)
    assert hall.office.packs.publish(PACK) == 0


@pytest.mark.parametrize(
    "name", ["../x.yaml", "/etc/x.yaml", "a/b/c.yaml", "items/x.exe", "items/.x.yaml", "x"]
)
def test_a_file_name_that_could_leave_its_folder_is_no_pack(name: str) -> None:
    with pytest.raises(ValueError, match="string_pattern_mismatch|pattern"):
        PackFiles(pack_id="sample-test", version="2026.12", files={name: ""})
