"""The desktop's keyring as a key slot, against a real SecretService in a session bus of its own."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import secretstorage

from workstation.store import keyring_slot
from workstation.store.errors import SlotUnavailable
from workstation.store.keys import KeySlots

PASSPHRASE = "a passphrase"
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
# The daemon does not end with the session bus, so the shell ends it by its process id.
SESSION = """
printf pw | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 &
daemon=$!
"$@"
status=$?
kill "$daemon"
wait "$daemon" 2>/dev/null
exit "$status"
"""

missing = [name for name in NEEDED if shutil.which(name) is None]


@pytest.mark.skipif(bool(missing), reason=f"not installed: {missing}")
def test_the_keyring_slot_works_with_a_real_secret_service(tmp_path: Path) -> None:
    for name in ("home", "run"):
        (tmp_path / name).mkdir(mode=0o700)
    tests = [sys.executable, "-m", "pytest", "-m", "secretservice", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SESSION, "sh", *tests],
        env={**os.environ, "HOME": str(tmp_path / "home"), "XDG_RUNTIME_DIR": str(tmp_path / "run")},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


@pytest.fixture
def slots(tmp_path: Path) -> KeySlots:
    """A key file with a passphrase slot and a keyring slot."""
    slots = KeySlots(tmp_path)
    key = slots.create(PASSPHRASE)
    _wait_for_the_daemon()
    slots.add_secret_service(key)
    return slots


def _wait_for_the_daemon() -> None:
    """The daemon announces itself on the bus a moment after its start."""
    for _ in range(100):
        with closing(secretstorage.dbus_init()) as bus:
            if secretstorage.check_service_availability(bus):
                return
        time.sleep(0.05)
    raise AssertionError("no SecretService on the bus")


def _lock() -> None:
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()


@pytest.mark.secretservice
def test_the_keyring_opens_the_store(slots: KeySlots) -> None:
    assert slots.slots() == ("passphrase", "secret-service")
    assert slots.unlock_with_secret_service() == slots.unlock_with_passphrase(PASSPHRASE)


@pytest.mark.secretservice
def test_a_removed_slot_leaves_nothing_in_the_keyring(slots: KeySlots) -> None:
    slots.remove("secret-service")
    with pytest.raises(SlotUnavailable):
        slots.unlock_with_secret_service()
    with pytest.raises(SlotUnavailable) as caught:
        keyring_slot.load("an account that was never saved")
    assert caught.value.details["reason"] == "forgotten"


@pytest.mark.secretservice
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_zz_a_locked_keyring_means_another_slot(slots: KeySlots) -> None:
    # Last by name: nothing here can unlock the keyring again.
    _lock()
    with pytest.raises(SlotUnavailable) as caught:
        slots.unlock_with_secret_service()
    assert caught.value.details["reason"] == "locked"
    del caught
    # keyring does not close its bus when the collection stays locked: let that come out here.
    gc.collect()
    assert slots.unlock_with_passphrase(PASSPHRASE)
