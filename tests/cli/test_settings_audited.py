"""A setting that matters is an entry when it changes, and no setting shortens what the law wants kept."""

from __future__ import annotations

import gzip
import json
import logging
import os
import subprocess
import sys
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Seat
from workstation.cli import logs
from workstation.cli.settings import AUDITED, Settings, SettingsError, audited, load_settings
from workstation.cli.wiring import record_settings
from workstation.domain.audit import Action
from workstation.services.audit import check


def changes(seat: Seat) -> list[tuple[str, str, str]]:
    with seat.store() as store:
        assert check(store) == ()
        told = [json.loads(e.detail) for e in store.audit.entries() if e.action == Action.SETTING]
        return [(one["name"], one["old"], one["new"]) for one in told]


def use(seat: Seat, written: str) -> None:
    (seat.folder.parent / "workstation.toml").write_text(written, "utf-8")
    with seat.store() as store:
        record_settings(load_settings(), store)


def test_a_changed_setting_is_an_entry_once_with_old_and_new_value(seat: Seat) -> None:
    use(seat, "")
    assert changes(seat) == []
    use(seat, 'keep_delivered_days = 90\nreuse_consent = "tick"\nhall = "甲"\n')
    use(seat, 'keep_delivered_days = 90\nreuse_consent = "tick"\n')
    assert changes(seat) == [("keep_delivered_days", "30", "90"), ("reuse_consent", "sign", "tick")]
    use(seat, "keep_delivered_days = 60\n")
    assert changes(seat)[2:] == [("keep_delivered_days", "90", "60"), ("reuse_consent", "tick", "sign")]


def test_joining_a_back_office_is_an_entry(seat: Seat) -> None:
    assert seat.enrol() == 0
    assert ("back-office", "", seat.url) in changes(seat)


def test_what_is_recorded_are_settings_and_none_of_them_is_a_secret() -> None:
    assert set(AUDITED) <= {field.name for field in fields(Settings)}
    assert not any("pass" in name or "pin" in name for name in AUDITED)
    assert set(audited(load_settings())) == set(AUDITED)


@pytest.mark.parametrize("days", [0, 30, 182])
def test_the_log_cannot_be_kept_for_less_than_six_months(seat: Seat, days: int) -> None:
    path = seat.folder.parent / "workstation.toml"
    path.write_text(f"log_keep_days = {days}\n", "utf-8")
    with pytest.raises(SettingsError, match="183"):
        load_settings()
    path.write_text("log_keep_days = 400\n", "utf-8")
    assert load_settings().log_keep_days == 400


def test_a_full_log_is_put_aside_and_goes_only_after_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "BYTES", 200)
    own = logging.getLogger("workstation.test")
    with logs.kept_log(tmp_path, "screens", timedelta(days=183)):
        for number in range(12):
            own.info("event=%s", f"e{number:03d}")
        aside = sorted((tmp_path / "logs").glob("screens.log.*.gz"))
        assert len(aside) > 3 and all(path.stat().st_mode & 0o077 == 0 for path in aside)
        kept = b"".join(gzip.decompress(path.read_bytes()) for path in aside)
        kept += (tmp_path / "logs" / "screens.log").read_bytes()
        assert all(f"e{number:03d}".encode() in kept for number in range(12))
        for path, days in ((aside[0], 184), (aside[1], 182)):
            seconds = path.stat().st_mtime - days * 86400
            os.utime(path, (seconds, seconds))
        for _ in range(4):
            own.info("event=more")
        assert not aside[0].exists() and aside[1].exists()


def test_the_program_and_what_it_starts_leave_no_core_file() -> None:
    told = """
import resource, sys
from pathlib import Path
from workstation.cli import main
try:
    main(["--version"])
except SystemExit:
    pass
import subprocess
code = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
import ctypes
print(resource.getrlimit(resource.RLIMIT_CORE), child.strip(), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "(0, 0) (0, 0) 0"
