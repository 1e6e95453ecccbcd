"""What the doctor says: each trouble with its remedy, and nothing where all is well."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from scanners.errors import NoDevice
from sync.client import LinkState
from sync.errors import FailureClass
from sync.port import LineState
from tests.services.conftest import NOW, ZHAO, Window
from workstation.services import doctor
from workstation.services.disk import DiskWatch
from workstation.services.doctor import Finding, Level

TODAY = NOW.date()


def test_a_fresh_queue_is_good_and_an_old_or_stuck_one_is_said(window: Window) -> None:
    desk = window.desk.queue
    assert [one.level for one in doctor.queue(desk, NOW)] == [Level.GOOD]
    case = window.received()
    bundle = case.bundles[-1].bundle_id
    window.store.outbox.mark_sending(bundle, NOW)
    window.store.outbox.mark_failed(
        bundle,
        state=LineState.ASK,
        failure=FailureClass.ASK,
        code="Y301",
        detail="",
        next_try_at=None,
        now=NOW,
    )
    found = doctor.queue(desk, NOW + timedelta(days=3))
    assert [(one.topic, one.level) for one in found] == [
        ("queue", Level.GOOD),
        ("queue-stuck", Level.BAD),
        ("queue-age", Level.BAD),
    ]
    assert "ASK 1" in found[0].what and "3 天" in found[2].what
    assert not [one for one in found if ZHAO.name in one.what + one.todo], "no person is named"
    window.store.outbox.hold(bundle, "等", NOW)
    assert [one.topic for one in doctor.queue(desk, NOW + timedelta(days=3))] == ["queue"]


@pytest.mark.parametrize(
    ("finding", "level"),
    [
        (doctor.disk(DiskWatch(lambda: 40 << 30)), Level.GOOD),
        (doctor.disk(DiskWatch(lambda: 1 << 30)), Level.NOTE),
        (doctor.disk(DiskWatch(lambda: 100 << 20)), Level.BAD),
        (doctor.keys(["passphrase"]), Level.NOTE),
        (doctor.keys(["passphrase", "recovery"]), Level.GOOD),
        (doctor.sender(None), Level.NOTE),
        (doctor.sender(3.0), Level.GOOD),
        (doctor.sender(4000.0), Level.BAD),
        (doctor.link(LinkState.UP, "https://gw"), Level.GOOD),
        (doctor.link(LinkState.DOWN, "https://gw"), Level.BAD),
        (doctor.link(LinkState.NOT_THE_GATEWAY, "https://gw"), Level.BAD),
        (doctor.clock(timedelta(seconds=-3)), Level.GOOD),
        (doctor.clock(timedelta(hours=1)), Level.BAD),
        (doctor.reading(["tesseract/chi_sim", "rapidocr/rec.onnx"]), Level.GOOD),
        (doctor.reading(["tesseract/chi_sim"]), Level.NOTE),
        (doctor.reading(["tesseract/eng"]), Level.BAD),
        (doctor.devices(["扫描仪"], [])[0], Level.GOOD),
        (doctor.devices([], [])[0], Level.BAD),
        (doctor.devices([], [NoDevice()])[0], Level.BAD),
    ],
)
def test_whatever_is_not_good_says_what_to_do(finding: Finding, level: Level) -> None:
    assert finding.level is level
    assert bool(finding.todo) is (level is not Level.GOOD)


def test_packs_and_the_calendar_are_told_before_they_end(window: Window) -> None:
    catalogue, calendar = window.desk.catalogue, window.desk.calendar
    end = catalogue.current.valid_until
    levels = [doctor.packs(catalogue, end + timedelta(days=n))[0].level for n in (-30, -3, 1)]
    assert levels == [Level.GOOD, Level.NOTE, Level.BAD]
    refused = replace(catalogue, refused=(("broken", NoDevice()),))
    assert doctor.packs(refused, TODAY)[-1].topic == "pack-refused"
    last = max(calendar.years)
    assert doctor.calendar(calendar, date(last, 6, 1)).level is Level.GOOD
    assert doctor.calendar(calendar, date(last, 12, 20)).level is Level.NOTE
    assert doctor.calendar(calendar, date(last + 1, 1, 5)).level is Level.BAD


def test_a_lost_page_and_a_damaged_database_are_found(window: Window, tmp_path: Path) -> None:
    window.received()
    assert doctor.data(window.store).level is Level.GOOD
    pages = [path for path in (tmp_path / "data" / "pages").rglob("*") if path.is_file()]
    pages[0].unlink()
    found = doctor.data(window.store)
    assert found.level is Level.BAD and "1 pages missing" in found.what
