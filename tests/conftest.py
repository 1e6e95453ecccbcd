"""Every test runs sealed off: no user settings, no real scanner, no session bus, no proxy."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

FOREIGN = (
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "FORCE_COLOR",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "NOTIFY_SOCKET",
    "SANE_DEFAULT_DEVICE",
)
FOLDERS = {
    "HOME": "home",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_RUNTIME_DIR": "run",
    "SANE_CONFIG_DIR": "sane.d",
}

RARELY = 20_000
"""Objects made, less those gone again, before the youngest of them are searched for cycles."""

LITTLE = {"iterations": 1, "lanes": 1, "memory_kib": 64}
"""Cost of a passphrase where it is not what the test is about; tests/store holds the real one."""

DISK = tempfile.gettempdir()
"""Where folders are made that must lie on a disk; pytest's own may lie in memory."""

settings.register_profile("here", deadline=None, max_examples=50)
settings.register_profile(
    "ci", deadline=None, max_examples=20, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Seal the process before a test module imports the program: Textual reads its settings at import."""
    root = Path(tempfile.mkdtemp(prefix="workstation-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(root, ignore_errors=True))
    for name, folder in FOLDERS.items():
        (root / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[name] = str(root / folder)
    (root / "sane.d" / "dll.conf").touch()  # no back-end at all: a test that wants one names it
    _forget_the_machine(config)
    os.environ.update(LANG="C.UTF-8", LC_ALL="C.UTF-8", TZ="Asia/Shanghai", TEXTUAL_ANIMATIONS="none")
    time.tzset()


def pytest_collection_finish() -> None:
    """Search for cycles rarely: walking all that is loaded, again and again, took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(RARELY, 20, 100)


@pytest.fixture(scope="module", autouse=True)
def garbage_is_found_where_it_was_made() -> Iterator[None]:
    """Collect after each module, so that a file left open is told of its tests, and memory does not grow."""
    yield
    gc.collect()


def _forget_the_machine(config: pytest.Config) -> None:
    foreign = {*FOREIGN, *(name.lower() for name in FOREIGN)}
    foreign |= {name for name in os.environ if name.startswith("WORKSTATION_")}
    if "not secretservice" in config.option.markexpr:
        foreign.add("DBUS_SESSION_BUS_ADDRESS")
    for name in foreign:
        os.environ.pop(name, None)


@pytest.fixture(scope="session", autouse=True)
def own_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep temporary files of the program in the folder that pytest shows and sweeps."""
    folder = tmp_path_factory.mktemp("tmp")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", None)
        yield folder


@pytest.fixture
def disk_path() -> Iterator[Path]:
    """A folder where a sync takes its time, for tests that kill in the middle of one."""
    with tempfile.TemporaryDirectory(prefix="workstation-disk-", dir=DISK) as folder:
        yield Path(folder)


@pytest.fixture
def quick_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch the passphrase of a new slot little; a slot names its own cost, opening it is the same code."""
    from workstation.store import keys

    monkeypatch.setattr(keys, "ARGON2ID", LITTLE)


@pytest.fixture
def light_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch PINs for a moment only, where how long that takes is no matter of the test."""
    from workstation.store import people

    monkeypatch.setattr(people, "ARGON2ID", {"iterations": 1, "lanes": 1, "memory_kib": 64})
