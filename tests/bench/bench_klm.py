"""How long a clerk needs for a case: a keystroke-level estimate beside the measured time of the system.

The cases are taken over the real screens by keys, with real OCR and practice papers. Each key is counted; the
estimate adds the published times of the Keystroke-Level Model (Card, Moran and Newell, "The keystroke-level
model for user performance time with interactive systems", CACM 23(7), 1980):

    K 0.28 s  a key, average non-secretary typist (0.20 s for a good one)
    M 1.35 s  mentally preparing: once before each unit of the task, and once for each read value compared;
              values that the screen says an earlier case confirmed to the letter are one look together
    H 0.40 s  hands between keyboard and paper: twice a sheet
    R         measured here: what the clerk waits for the system

Nothing in the model covers laying a sheet on the glass or talking to the citizen: neither is counted.

Beside it stands how long each page was on disk before the form showed what it says.

    python tests/bench/bench_klm.py [--json FILE] [--write]

`--write` renews docs/keystrokes.md and its Chinese twin.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from os.path import commonprefix
from pathlib import Path

from textual.screen import Screen
from textual.widgets import Input, OptionList

from tests.acceptance.clerk import SIZE, Clerk
from tests.bench.prefill_times import PrefillTimes
from workstation import i18n
from workstation.cli.practice import CITIZEN, Practice, first_papers, open_practice
from workstation.cli.settings import Settings
from workstation.domain.clock import CHINA
from workstation.training.specimens.folder import write_case
from workstation.training.specimens.people import COUPLE, SpecimenPerson, by_name
from workstation.tui.app import StationApp
from workstation.tui.screens.picker import ItemPicker
from workstation.tui.terminal import Terminal
from workstation.tui.widgets.field_row import FieldRow
from workstation.tui.widgets.steps.applicant import SOURCES

ROOT = Path(__file__).parents[2]
K_S, K_GOOD_S, M_S, H_S = 0.28, 0.20, 1.35, 0.40
HANDS_A_SHEET = 2
KEYS_A_CHARACTER = 3
"""Keys of a pinyin input method for one Chinese character, choice included: assumed, not measured."""
READ_FIRST = ("id-card-front.id_number", "id-card-back.valid_until")
COMPARED = ("id_number", "name", "address", "valid_until")
"""Values of a card compared with the original, unless the screen says an earlier case had the same."""


@dataclass
class Tally:
    """What one case took."""

    case: str
    target_s: float
    """0: none is set."""
    keys: Counter[str] = field(default_factory=Counter)
    thoughts: int = 0
    sheets: int = 0
    reused: int = 0
    system_s: float = 0.0

    @property
    def typed(self) -> int:
        """Keys of all kinds."""
        return sum(self.keys.values())

    def seconds(self, key_s: float) -> float:
        """Return the estimate for a typist of this speed."""
        hands = self.sheets * HANDS_A_SHEET * H_S
        return self.typed * key_s + self.thoughts * M_S + hands + self.system_s

    def figures(self) -> dict[str, object]:
        """Return everything as plain values."""
        return {
            "case": self.case,
            "keys": dict(self.keys),
            "thoughts": self.thoughts,
            "sheets": self.sheets,
            "reused": self.reused,
            "system_s": round(self.system_s, 1),
            "target_s": self.target_s,
            "typed": self.typed,
            "average_s": round(self.seconds(K_S), 1),
            "good_s": round(self.seconds(K_GOOD_S), 1),
            "ratio_to_target": round(self.seconds(K_S) / self.target_s, 2) if self.target_s else None,
        }


class CountingClerk(Clerk):
    """A clerk whose keys and moments of thought are counted."""

    tally: Tally

    async def press(self, *keys: str) -> None:
        """Count the keys by kind, then press them."""
        for key in keys:
            self.tally.keys[_kind(key)] += 1
        await super().press(*keys)

    async def enter_text(self, text: str) -> None:
        """Count text as it is typed: a Chinese character costs several keys of an input method."""
        for character in text:
            self.tally.keys["character"] += 1 if character.isascii() else KEYS_A_CHARACTER
        await super().enter_text(text)

    async def retype(self, row: FieldRow, text: str) -> None:
        """Put right only what is wrong, as a person does: go there, delete, type."""
        before = row.text
        row.query_one(Input).focus()
        await self.pilot.pause()
        if not text or before == text:
            return
        start = len(commonprefix((before, text)))
        end = len(commonprefix((before[start:][::-1], text[start:][::-1])))
        self.tally.thoughts += 1
        await self.press("end", *["left"] * end, *["backspace"] * (len(before) - start - end))
        if middle := text[start : len(text) - end]:
            await self.enter_text(middle)

    async def open_first(self, words: str, title: str) -> None:
        """Type words until the item stands first, and open it; think of the item once."""
        self.tally.thoughts += 1
        await self.press("f2")
        await self.on_screen(ItemPicker)
        await self.press(*words)
        await self.until(lambda: title in _first_match(self.app.screen), f"{title} first")
        await self.press("enter")
        await self.case_shown()

    async def name_applicant(self, person: SpecimenPerson, **other: str) -> None:
        """It is the citizen whose papers lie on the glass; wait until both sides of the card are read."""
        for name in READ_FIRST:
            await self.until(lambda name=name: name in self.view.case.fields, name)  # type: ignore[misc]
        await self.idle()
        known = self.view.known_before
        new = [name for name in COMPARED if SOURCES[name] not in known]
        # The telephone number is asked for or read out in any case; one look takes in all that is known.
        self.tally.thoughts += len(new) + bool(known) + 1
        await super().name_applicant(by_name(CITIZEN), **other)

    async def scan(self) -> None:
        """Think of the paper once: the other side of a card follows from the first (the model's rule 1)."""
        slot = self.case.current_slot
        self.tally.thoughts += not self.view.case.slot(slot).pages
        self.tally.sheets += 1
        await super().scan()

    async def reuse(self) -> None:
        """Ask the citizen, once for all that is offered."""
        before = self._copies()
        self.tally.thoughts += 1
        await super().reuse()
        self.tally.reused += self._copies() - before

    async def take(self, words: str, title: str) -> None:
        """Take a whole case up to its papers."""
        begun = time.monotonic()
        await self.open_first(words, title)
        await self.receive()
        self.tally.system_s = time.monotonic() - begun
        questions = len(self.view.case.answers) - len(self.view.case.derived)
        self.tally.thoughts += questions + 1
        await self.to_home()

    def _copies(self) -> int:
        return sum(slot.reuse is not None for slot in self.view.case.slots.values())


def _kind(key: str) -> str:
    if key.startswith("f") and key[1:].isdigit():
        return "function"
    return "character" if len(key) == 1 else "other"


SCENES: tuple[tuple[str, str, str, float], ...] = (
    ("敬老优待证: card, receipt, one material reused", "jlyd", "敬老优待证", 60.0),
    ("高龄老人津贴, same citizen: all that may be reused is", "gljt", "高龄老人津贴", 30.0),
    ("一件事 我要开理发店: three approvals", "wyklfd", "我要开理发店", 0.0),
)


def _first_match(screen: Screen[object]) -> str:
    matches = screen.query_one("#matches", OptionList)
    return str(matches.get_option_at_index(0).prompt) if matches.option_count else ""


def _handed_over(practice: Practice) -> tuple[Path, ...]:
    """Return what the citizen lays on the glass: card, receipt, then papers no two of which are alike."""
    folder = practice.settings.data_folder
    couple = write_case(COUPLE[0], folder / "couple")
    others = ("lease-contract", "household-register-page", "marriage-certificate", "photo-receipt")
    return first_papers(folder) + tuple(couple[kind] for kind in others)


async def _play(practice: Practice, scenes: tuple[tuple[str, str, str, float], ...]) -> list[Tally]:
    app = StationApp(practice.gate, Terminal())
    papers = _handed_over(practice)
    tallies = []
    try:
        async with app.run_test(size=SIZE) as pilot:
            clerk = CountingClerk(pilot, app)
            clerk.tally = Tally("", 1.0)
            await clerk.unlock()
            for name, words, title, target in scenes:
                clerk.tally = Tally(name, target)
                practice.scanner.load(papers)
                await clerk.take(words, title)
                tallies.append(clerk.tally)
    finally:
        app.shut()
    return tallies


def measure(folder: Path) -> list[Tally]:
    """Take the cases in a practice folder of their own."""
    settings = Settings(data_folder=folder / "ws", config_file=folder / "workstation.toml")
    practice = open_practice(settings, fresh=True, subfolder="klm")
    try:
        return asyncio.run(_play(practice, SCENES))
    finally:
        practice.close()


def table(tallies: list[Tally]) -> list[str]:
    """Return the figures as the rows of a Markdown table."""
    rows = [
        "| case | keys (F + characters + other) | M | sheets | reused | measured system time | "
        "estimate, average typist | good typist | target |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for tally in tallies:
        keys, target = tally.keys, f"{tally.target_s:.0f} s" if tally.target_s else "–"
        rows.append(
            f"| {tally.case} | {tally.typed} ({keys['function']} + {keys['character']} + {keys['other']}) "
            f"| {tally.thoughts} | {tally.sheets} | {tally.reused} | {tally.system_s:.1f} s "
            f"| {tally.seconds(K_S):.0f} s | {tally.seconds(K_GOOD_S):.0f} s | {target} |"
        )
    return rows


def waits(times: PrefillTimes) -> list[str]:
    """Return a line for each kind of document: from the page on disk to the form filled."""
    return [
        f"{kind}: {of['whole_ms']:.0f} ms from kept to filled (checked {of['checked_ms']:.0f}, "
        f"read {of['read_ms']:.0f}, shown {of['shown_ms']:.0f}), median of {of['pages']:.0f}"
        for kind, of in times.figures().items()
    ]


PAGES = ("keystrokes.md", "keystrokes.zh-CN.md")
FIRST, LAST = "<!-- measured -->", "<!-- end -->"


def write_pages(tallies: list[Tally], day: date) -> None:
    """Renew the table and its day between the marks of the pages."""
    measured = "\n".join([FIRST, "", f"{day}", "", *table(tallies), "", LAST])
    for name in PAGES:
        path = ROOT / "docs" / name
        before, rest = path.read_text("utf-8").split(FIRST)
        path.write_text(before + measured + rest.split(LAST)[1], "utf-8")


def main() -> int:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", action="store_true", help="renew docs/keystrokes.md")
    given = parser.parse_args()
    i18n.install("zh_CN")
    with tempfile.TemporaryDirectory() as folder, PrefillTimes() as times:
        tallies = measure(Path(folder))
    sys.stdout.write("\n".join([*table(tallies), *waits(times)]) + "\n")
    cases = [tally.figures() for tally in tallies]
    text = json.dumps({"cases": cases, "filled": times.figures()}, ensure_ascii=False)
    if given.json is None:
        sys.stdout.write(text + "\n")
    else:
        given.json.write_text(text + "\n", encoding="utf-8")
    if given.write:
        write_pages(tallies, datetime.now(CHINA).date())
    return 0


if __name__ == "__main__":
    sys.exit(main())
