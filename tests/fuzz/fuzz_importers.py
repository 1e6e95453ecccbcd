"""Mutates sound files and decodes them as the child does.

`python tests/fuzz/fuzz_importers.py --seconds 600`; each case is made from its number alone, so a finding
comes again with `--first NUMBER --cases 1`. The decoders are native libraries from wheels without
instrumentation: a fuzzer guided by coverage would see nothing of them.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import resource
import select
import signal
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image

from scanners.decode_child import MEMORY_BYTES, guard_pillow
from scanners.file_pages import open_pages, translated
from scanners.port import Mode
from tests.fuzz import specimens

BATCH = 250
CASE_S = 30.0
"""What the folder waits for a sign of life; longer is a hang."""
DPI = 60
MOST_PAGES = 6
"""Pages decoded of one case: a mutated count must not eat the time of the others."""
NUMBERS = tuple(
    struct.pack(form, value) for form in ("<I", ">I", "<H", ">H") for value in (0, 1, 0x7F, 0xFFFF)
)
TOKENS = (
    b"/JS",
    b"/Launch",
    b" R ",
    b"<<",
    b">>",
    b"endobj",
    b"stream",
    b"/Kids",
    b"\xff\xd8",
    b"IDAT",
    b"IHDR",
)
Mutation = Callable[[random.Random, bytearray], bytearray]


def flip(dice: random.Random, data: bytearray) -> bytearray:
    for _ in range(dice.choice((1, 1, 2, 8, 40))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return data


def overwrite(dice: random.Random, data: bytearray) -> bytearray:
    piece = dice.choice((*NUMBERS, *TOKENS, dice.randbytes(dice.randrange(1, 9))))
    start = dice.randrange(len(data))
    data[start : start + len(piece)] = piece
    return data


def digits(dice: random.Random, data: bytearray) -> bytearray:
    """Replace a printed number by another of the same length: the offsets of a PDF stay right."""
    found = list(re.finditer(rb"\d+", data))
    if found:
        where = dice.choice(found)
        data[where.start() : where.end()] = bytes(dice.choice(b"0123456789") for _ in where.group())
    return data


def cut(dice: random.Random, data: bytearray) -> bytearray:
    start = dice.randrange(len(data))
    del data[start : start + dice.choice((1, 4, 100, len(data)))]
    return data


def repeat(dice: random.Random, data: bytearray) -> bytearray:
    start = dice.randrange(len(data))
    piece = data[start : start + dice.choice((1, 16, 300))]
    data[start:start] = piece * dice.choice((1, 2, 50))
    return data


def splice(dice: random.Random, data: bytearray) -> bytearray:
    other = dice.choice(sorted(SEEDS.values()))
    start = dice.randrange(len(data))
    data[start:] = other[dice.randrange(len(other)) :]
    return data


SEEDS = specimens.seeds()
MUTATIONS: tuple[Mutation, ...] = (flip, flip, overwrite, overwrite, digits, digits, cut, repeat, splice)


def case(number: int) -> tuple[str, bytes]:
    """Return name of the seed and content of a case."""
    dice = random.Random(number)
    name = dice.choice(sorted(SEEDS))
    data = bytearray(SEEDS[name])
    for _ in range(dice.choice((1, 1, 2, 4))):
        data = dice.choice(MUTATIONS)(dice, data) or bytearray(b"\0")
    return name, bytes(data)


def outcome(data: bytes) -> str:
    """Decode a file as the child does; returns `taken` or the code that the clerk would see."""
    try:
        pages = open_pages(io.BytesIO(data))
        for number in range(min(pages.count, MOST_PAGES)):
            pages.check(number)
        for number in range(min(pages.count, MOST_PAGES)):
            picture, _ = pages.page(number, Mode.COLOUR, DPI)
            picture.tobytes()
    except Exception as error:  # noqa: BLE001 - as in the child
        return translated(error).code
    return "taken"


@dataclass
class Findings:
    """What came out of all cases."""

    outcomes: Counter[str] = field(default_factory=Counter)
    crashes: dict[int, int] = field(default_factory=dict)
    """Number of the case -> signal."""
    hangs: list[int] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)

    @property
    def cases(self) -> int:
        return self.outcomes.total() + len(self.crashes) + len(self.hangs)


def run_batch(first: int, count: int, findings: Findings) -> int:
    """Run cases in a process of their own; returns the number of the first that was not run."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(first, count, writing)
    os.close(writing)
    number, patience = first, CASE_S
    with os.fdopen(reading, "rb", buffering=0) as answers:
        while number < first + count:
            started = time.monotonic()
            if not select.select([answers], [], [], patience)[0]:
                os.kill(child, signal.SIGKILL)
                findings.hangs.append(number)
                break
            word = answers.read(8).decode().strip()
            if not word:
                break
            findings.outcomes[word] += 1
            findings.slowest = max(findings.slowest, (time.monotonic() - started, number))
            number += 1
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and number not in findings.hangs:
        findings.crashes[number] = os.WTERMSIG(status)
    return number if number == first + count else number + 1


def _work(first: int, count: int, answers: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    guard_pillow()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for number in range(first, first + count):
        os.write(answers, outcome(case(number)[1]).ljust(8).encode())
    os._exit(0)


def run(*, first: int, cases: int, seconds: float) -> Findings:
    """Run until so many cases or so many seconds are over."""
    findings, number, end = Findings(), first, time.monotonic() + seconds
    Image.init()
    while number < first + cases and time.monotonic() < end:
        number = run_batch(number, min(BATCH, first + cases - number), findings)
    return findings


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--cases", type=int, default=1 << 40)
    parser.add_argument("--keep", type=Path, help="folder for the files that crashed or hung")
    given = parser.parse_args()
    findings = run(first=given.first, cases=given.cases, seconds=given.seconds)
    for word, count in findings.outcomes.most_common():
        sys.stdout.write(f"{count:8} {word}\n")
    sys.stdout.write(
        f"{findings.cases:8} cases, slowest {findings.slowest[0]:.2f} s ({findings.slowest[1]})\n"
    )
    sys.stdout.write(f"crashes {findings.crashes}\nhangs {findings.hangs}\n")
    for number in [*findings.crashes, *findings.hangs] if given.keep else ():
        name, data = case(number)
        (given.keep / f"{number}-{name}").write_bytes(data)
    return 1 if findings.crashes or findings.hangs else 0


if __name__ == "__main__":
    sys.exit(main())
