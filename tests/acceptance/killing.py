"""Kill a window with SIGKILL in the middle of its work, again and again over one history, and look after it.

`python -m tests.acceptance.killing --moments 50 --seed 7` prints the figures of the long form.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.port import LineState
from tests.acceptance.backoffice import BackOffice
from tests.acceptance.window import settings_of
from workstation import i18n
from workstation.cli.practice import PASSPHRASE, STREET, specimen_papers
from workstation.cli.private import MEMORY
from workstation.cli.wiring import load_catalogue, open_store
from workstation.domain.case import Case
from workstation.domain.clock import local_date, now
from workstation.services.balance import day_balance
from workstation.services.enrolment import join
from workstation.store.database import Recovery, Store
from workstation.store.keys import DataKey, KeySlots
from workstation.tui.screens.home_words import recovery_words

ROOT = Path(__file__).parents[2]
PATIENCE_S = 400.0
FINISH_S = 400.0
ENOUGH_S = 10.0
OFFLINE_SHARE = 0.2
MOMENTS: tuple[tuple[str, int, float], ...] = (
    ("started", 1, 2.5),
    ("unlocking", 2, 1.0),
    ("opening", 1, 1.0),
    ("scanning", 4, 0.6),
    ("page", 3, 0.3),
    ("receiving", 5, 0.25),
    ("received", 5, 0.4),
    ("correcting", 2, 0.3),
    ("closing-bag", 2, 0.4),
)
"""What the clerk is about to do or has just been shown, its weight, and the seconds within which to kill."""
SCRIPT: tuple[tuple[str, bool], ...] = (
    ("page", False),
    ("receiving", False),
    ("received", True),
    ("received", False),
)
"""The short form: the moment to kill after, however long it takes to come, and whether the line is cut."""


@dataclass
class Figures:
    """What a campaign saw."""

    seed: int
    kills: int = 0
    killed_after: Counter[str] = field(default_factory=Counter)
    offline_rounds: int = 0
    reading_rounds: int = 0
    pages: int = 0
    cases: int = 0
    bundles: int = 0
    arrived: int = 0
    duplicates: int = 0
    lost: int = 0
    interrupted_sends: int = 0
    orphan_pages: int = 0
    drafts_taken_up: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """Return the figures in words."""
        return [
            f"seed {self.seed}: {self.kills} kills in {self.seconds:.0f} s, {self.offline_rounds} of them "
            f"without a line, {self.reading_rounds} while pages were really read",
            f"killed after: {dict(self.killed_after.most_common())}",
            f"acknowledged pages {self.pages}, acknowledged cases and bags {self.cases}, lost {self.lost}",
            f"sealed bundles {self.bundles}, arrived {self.arrived}, arrived twice {self.duplicates}",
            f"put right: {self.interrupted_sends} interrupted sends, {self.orphan_pages} unfinished pages, "
            f"{self.drafts_taken_up} times an open draft",
            *(
                f"home said {count} times: {words or '(nothing to put right)'}"
                for words, count in self._said()
            ),
        ]

    def _said(self) -> list[tuple[str, int]]:
        return self.notices.most_common()


class Campaign:
    """One practice folder, one back office in another process, and windows that are killed over them."""

    def __init__(self, root: Path, *, seed: int) -> None:
        """Join a window to a back office under `root`."""
        self.root, self.dice = root, random.Random(seed)
        self.figures = Figures(seed)
        self.data = root / "data"
        self.acks = root / "acknowledgements"
        settings = settings_of(root)
        self.office = BackOffice(root / "office", dict(load_catalogue(settings).current.streets))
        self.office.start()
        store = open_store(settings, PASSPHRASE)
        join(
            store,
            self.office.url,
            code=self.office.new_code(STREET),
            window_name=settings.window_name,
            street=STREET,
            practice=True,
        )
        store.close()
        specimen_papers(self.data)
        self.key: DataKey = KeySlots(self.data).unlock_with_passphrase(PASSPHRASE)
        self._expected = ""
        self._killed: list[int] = []
        self._running: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """End what still runs."""
        if self._running is not None and self._running.poll() is None:
            self._running.kill()
            self._running.wait()
        self.office.stop()

    def run(self, kills: int) -> Figures:
        """Kill so many windows, then let one finish; every look in between must find nothing missing."""
        names, weights, _ = zip(*MOMENTS, strict=True)
        moments = (
            (self.dice.choices(names, weights)[0], self.dice.random() < OFFLINE_SHARE) for _ in range(kills)
        )
        return self._kill_at(moments, enough_s=ENOUGH_S)

    def play(self) -> Figures:
        """Kill at the moments of `SCRIPT`, each of which is waited for; then let a window finish."""
        return self._kill_at(SCRIPT, enough_s=PATIENCE_S)

    def _kill_at(self, moments: Iterable[tuple[str, bool]], *, enough_s: float) -> Figures:
        begun = time.monotonic()
        for word, is_offline in moments:
            self._kill_one(word, is_offline=is_offline, enough_s=enough_s)
            self._look()
        self.finish()
        self.figures.seconds = time.monotonic() - begun
        return self.figures

    def finish(self) -> None:
        """Let a window run until everything has arrived, and compare both sides completely."""
        self.office.start()
        before = len(self.told())
        window = self._window("--finish")
        assert window.wait(FINISH_S) == 0, self._errors()
        self._check_notice(before)
        recovery = self._look()
        assert recovery.queued == 0
        self._compare_all()
        self._check_memory()

    # --- killing --------------------------------------------------------------------------------------

    def _kill_one(self, word: str, *, is_offline: bool, enough_s: float) -> None:
        if is_offline:
            self.figures.offline_rounds += 1
            self.office.stop()
        else:
            self.office.start()
        is_reading = self.dice.random() < 0.15
        self.figures.reading_rounds += is_reading
        before = len(self.told())
        window = self._window(*(("--read",) if is_reading else ()))
        self._wait_for(window, word, before, enough_s)
        time.sleep(self.dice.uniform(0.0, next(span for name, _, span in MOMENTS if name == word)))
        os.kill(window.pid, signal.SIGKILL)
        window.wait()
        self._killed.append(window.pid)
        self.figures.kills += 1
        self.figures.killed_after[self.told()[-1]["is"]] += 1
        self._check_notice(before)

    def _window(self, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.acceptance.window", str(self.root), str(self.acks), *options]
        quiet = subprocess.DEVNULL
        with (self.root / "window.log").open("ab") as log:
            self._running = subprocess.Popen(
                command, cwd=ROOT, stdin=quiet, stdout=log, stderr=log, env=_unmeasured()
            )
        return self._running

    def _wait_for(self, window: subprocess.Popen[bytes], word: str, before: int, enough_s: float) -> None:
        """Wait until the window says `word`; after `enough_s` seconds other work will do as well."""
        patience = time.monotonic() + PATIENCE_S
        enough = time.monotonic() + enough_s
        while not any(fact["is"] == word for fact in self.told()[before:]):
            assert window.poll() is None, self._errors()
            assert time.monotonic() < patience, f"the window never came to {word}"
            if time.monotonic() > enough and len(self.told()) > before + 3:
                return
            time.sleep(0.01)

    def _errors(self) -> str:
        return (self.root / "window.log").read_text("utf-8", errors="replace")[-4000:]

    def told(self) -> list[dict[str, Any]]:
        """Return all complete lines of all windows so far."""
        if not self.acks.exists():
            return []
        text = self.acks.read_text("utf-8")
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def _check_notice(self, before: int) -> None:
        """Home must have said in words what the look before found."""
        said = [fact["notice"] for fact in self.told()[before:] if fact["is"] == "home"]
        if said:
            assert self._expected in said[0] if self._expected else not said[0], (self._expected, said)
            self.figures.notices[self._expected] += 1

    # --- looking --------------------------------------------------------------------------------------

    def _look(self) -> Recovery:
        """Open a copy of what was left, recover it, and miss nothing that was acknowledged."""
        copy = self.root / "copy"
        shutil.copytree(self.data, copy)
        store = Store.open(copy, self.key)
        try:
            recovery = store.recover(now())
            assert recovery.was_alone
            self._check_logs(store)
            self._check_acknowledged(store)
            self._check_office(store)
        finally:
            store.close()
            shutil.rmtree(copy)
        self._expected = recovery_words(recovery)
        self.figures.interrupted_sends += recovery.interrupted_sends
        self.figures.orphan_pages += recovery.orphan_pages
        self.figures.drafts_taken_up += bool(recovery.open_drafts)
        return recovery

    @staticmethod
    def _check_logs(store: Store) -> None:
        summaries = store.summaries(limit=10_000)
        cases = [store.case(summary.case_id) for summary in summaries]
        assert len({case.number for case in cases}) == len(cases)
        ticks: list[int] = []
        for case in cases:
            log = store.log(case.case_id)
            assert [entry.seq for entry in log] == list(range(1, case.length + 1))
            ticks += [entry.tick for entry in log]
        assert len(set(ticks)) == len(ticks)

    def _check_acknowledged(self, store: Store) -> None:
        told = self.told()
        pages = {fact["key"]: fact for fact in told if fact["is"] == "page"}
        received = {fact["key"]: fact for fact in told if fact["is"] == "received"}
        self.figures.pages, self.figures.cases = len(pages), len(received)
        missing = [fact for key, fact in pages.items() if not _has_page(store, key, fact)]
        missing += [fact for key, fact in received.items() if not _is_sealed(store, key, fact)]
        self.figures.lost = len(missing)
        assert not missing, (missing, self.root)

    def _check_office(self, store: Store) -> None:
        """Nothing twice, nothing the window does not know, and the receipts of both sides the same."""
        taken = self.office.bundles()
        places = Counter((row["kind"], row["subject"], row["version"]) for row in taken)
        names = Counter(row["bundle_id"] for row in taken)
        self.figures.arrived = len(taken)
        self.figures.duplicates = sum(n - 1 for n in places.values()) + sum(n - 1 for n in names.values())
        assert self.figures.duplicates == 0
        assert not self.office.rows("SELECT * FROM conflict")
        by_id = {row["bundle_id"]: row for row in taken}
        lines = store.outbox.lines(delivered=10_000)
        self.figures.bundles = len(lines)
        ours = {line.bundle_id: line.manifest_sha256 for line in lines}
        assert {name: row["manifest_sha256"] for name, row in by_id.items()}.items() <= ours.items()
        for line in lines:
            receipt = store.outbox.receipt(line.bundle_id)
            assert (receipt is not None) == (line.state is LineState.DELIVERED)
            if receipt is not None:
                assert receipt.model_dump(mode="json") == by_id[line.bundle_id]["receipt"]

    def _check_memory(self) -> None:
        """No decrypted page of a killed window is left in memory: the window that finished has swept."""
        owners = {str(process) for process in self._killed}
        folders = MEMORY.iterdir() if MEMORY.is_dir() else ()
        assert not [folder.name for folder in folders if owners & set(folder.name.split("-")[1:2])]

    def _compare_all(self) -> None:
        """Everything sealed has arrived with all its pages, and the day balances."""
        store = Store.open(self.data, self.key)
        try:
            lines = store.outbox.lines(delivered=10_000)
            assert all(line.state is LineState.DELIVERED for line in lines)
            assert {row["bundle_id"] for row in self.office.bundles()} == {line.bundle_id for line in lines}
            for line in lines:
                for page in store.outbox.load(line.bundle_id).manifest.pages:
                    data = self.office.page(page.sha256)
                    assert hashlib.sha256(data).hexdigest() == page.sha256
                    assert data == store.vault.get(page.sha256)
            assert day_balance(store, local_date(now())).balances
        finally:
            store.close()


def _unmeasured() -> dict[str, str]:
    """Return the environment without the coverage of child processes: a killed one leaves a broken file."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS")}


def _case(store: Store, number: str) -> Case | None:
    return store.case_by_number(number)


def _has_page(store: Store, page_id: str, fact: dict[str, Any]) -> bool:
    case = _case(store, fact["case"])
    if case is None:
        return False
    kept = [p for p in case.slot(fact["slot"]).pages if p.page_id == page_id]
    if [p.sha256 for p in kept] != [fact["sha256"]]:
        return False
    # Once sealed, the delivered file stands for the raw picture, which may be swept.
    data = store.vault.get(kept[0].kept_sha256)
    return hashlib.sha256(data).hexdigest() == kept[0].kept_sha256


def _is_sealed(store: Store, manifest_sha256: str, fact: dict[str, Any]) -> bool:
    case = _case(store, fact["case"])
    if case is None or case.received_at is None:
        return False
    line = store.outbox.line(fact["bundle"])
    return line.manifest_sha256 == manifest_sha256 and manifest_sha256 in {
        b.manifest_sha256 for b in case.bundles
    }


def main() -> int:
    """Run the long form."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    i18n.install("zh_CN")
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(Path(folder), seed=args.seed)
        try:
            campaign.run(args.moments)
        finally:
            campaign.close()
            sys.stdout.write("\n".join(campaign.figures.lines()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
