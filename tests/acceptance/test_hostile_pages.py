"""Files that are no pages, a card that is read wrong, and a disk without space."""

from __future__ import annotations

import random
import resource
import struct
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sync.port import LineState
from tests.acceptance.seat import delivered, offline, online, played, seated, take
from workstation.cli import main
from workstation.cli.practice import Practice
from workstation.cli.wiring import StationGate
from workstation.domain.case import CaseState
from workstation.training.specimens import cards
from workstation.training.specimens.glass import on_glass
from workstation.training.specimens.people import ZHAO

SIDE = 40_000
FULL_BYTES = 16 * 1024
"""Largest file that may still grow: a page does not fit, a short line of a log may."""


def huge_png(path: Path) -> None:
    """Write a sound black and white PNG of 1.6 thousand million px, a few hundred kB long."""
    packer = zlib.compressobj(1)
    row = bytes(1 + SIDE // 8)
    data = b"".join(packer.compress(row * 1000) for _ in range(SIDE // 1000)) + packer.flush()
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)), (b"IDAT", data), (b"IEND", b""))
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, body in chunks:
            file.write(
                struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
            )


def lay_files(folder: Path) -> dict[str, str]:
    """Put hostile files and one good one into a folder, in the order of their names; return code by name."""
    folder.mkdir()
    good = Image.effect_noise((600, 800), 60).convert("RGB")
    huge_png(folder / "1-huge.png")
    good.save(folder / "2-whole.jpg")
    (folder / "2-[bold]cut.jpg").write_bytes((folder / "2-whole.jpg").read_bytes()[:20_000])
    (folder / "2-whole.jpg").unlink()
    (folder / "3-paper.png").write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n" * 40)
    good.save(folder / "4-good.jpg")
    return {"1-huge.png": "S111", "2-[bold]cut.jpg": "S112", "3-paper.png": "S112"}


def from_folder(practice: Practice, folder: Path) -> StationGate:
    """Return the gate of this window with a scan folder instead of the practice scanner."""
    settings = replace(practice.settings, scan_folder=str(folder), sane=False)
    return StationGate(settings, on_open=practice.prepare, practice=True)


@pytest.mark.usefixtures("unread")
@played
async def test_hostile_files_of_a_scan_folder_are_put_aside_one_by_one(
    practice: Practice, tmp_path: Path
) -> None:
    folder = tmp_path / "scans"
    bad = lay_files(folder)
    async with seated(practice, from_folder(practice, folder)) as clerk:
        await clerk.open_new()
        await clerk.prepare(lambda view: not view.questions)
        for name, code in bad.items():
            await clerk.idle()
            await clerk.press("f2")
            await clerk.until(lambda n=name, c=code: f"[{c}]" in clerk.notice and n in clerk.notice, name)  # type: ignore[misc]
            await clerk.until(lambda: clerk.shows("rejected"), "where it is now")
            assert (folder / "rejected" / name).exists()
        await clerk.idle()
        await clerk.scan()
        assert len(clerk.view.case.slot("id-card").pages) == 1
        await clerk.until(lambda: not (folder / "4-good.jpg").exists(), "removed once it is safe")
        assert not list((folder / "done").iterdir())


def test_reading_command_says_what_is_wrong_with_each_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_files(tmp_path / "scans")
    names = ("1-huge.png", "2-[bold]cut.jpg", "3-paper.png")
    files = [str(tmp_path / "scans" / name) for name in names]
    assert main(["ocr", *files, "--document", "id-card-front"]) == 1
    said = capsys.readouterr().err.splitlines()
    codes = ("O106", "O105", "O105")
    assert len(said) == 3
    for line, name, code in zip(said, names, codes, strict=True):
        assert name in line and f"[{code}]" in line and "请" in line


@played
async def test_card_with_a_bad_check_digit_is_shown_as_such_and_not_taken(
    practice: Practice, tmp_path: Path
) -> None:
    wrong = ZHAO.id_number[:-1] + ("1" if ZHAO.id_number[-1] != "1" else "2")
    card = cards.id_card_front(replace(ZHAO, id_number=wrong))
    front = tmp_path / "front.png"
    on_glass(card, dpi=200).save(front, dpi=(200, 200))
    practice.scanner._sheet = lambda number: front  # type: ignore[attr-defined]
    async with seated(practice) as clerk:
        await clerk.open_new()
        await clerk.prepare(lambda view: len(view.case.slot("id-card").pages) == 1)
        await clerk.until(lambda: "id-card-front.id_number" in clerk.view.case.fields, "read")
        await clerk.idle()
        read = clerk.view.case.fields["id-card-front.id_number"]
        assert not read.valid
        await clerk.until(lambda: clerk.shows("校验位不符"), "beside the number")
        await clerk.fill_applicant(ZHAO, id_number=wrong)
        await clerk.press("enter")
        await clerk.until(lambda: clerk.shows("D109"), "refused")
        assert clerk.view.case.applicant is None


# --- a full disk ------------------------------------------------------------------------------------------


@contextmanager
def no_space() -> Iterator[None]:
    """Let no file of this process grow beyond a few kB, as on a full disk (the write fails)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files_of(practice: Practice) -> list[str]:
    """Return the names of all page files, finished or not."""
    return sorted(
        path.name for path in (practice.settings.data_folder / "pages").rglob("*") if path.is_file()
    )


@pytest.mark.usefixtures("unread")
@played
async def test_disk_that_fills_up_while_scanning_keeps_the_sheets(practice: Practice, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(2):
        Image.effect_noise((600, 800), 50 + number).convert("RGB").save(folder / f"{number}.jpg")
    async with seated(practice, from_folder(practice, folder)) as clerk:
        await offline(clerk)
        await clerk.open_new()
        await clerk.prepare(lambda view: not view.questions)
        await clerk.idle()
        before, log = files_of(practice), clerk.view.case.length
        with no_space():
            await clerk.press("f2")
            await clerk.until(lambda: clerk.shows("T107", "磁盘已满", "请先不要交还原件"), "said")
            await clerk.idle()
        assert files_of(practice) == before
        assert clerk.app.station.desk.store.case(clerk.view.case.case_id).length == log
        assert sorted(path.name for path in folder.glob("*.jpg")) == ["0.jpg", "1.jpg"]
        await clerk.press("f2")
        await clerk.until(lambda: len(clerk.view.case.slot("id-card").pages) == 2, "both pages")


@pytest.mark.usefixtures("unread")
@played
async def test_disk_that_is_full_at_f10_seals_nothing_and_everything_later(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await offline(clerk)
        case, store = await take(clerk), clerk.app.station.desk.store
        await clerk.open_taken(case)
        with no_space():
            await clerk.press("f10")
            # SQLite reports the limit as a fault of the disk; the text is the same but for its first words.
            await clerk.until(lambda: clerk.shows("磁盘", "没有保存", "请先不要交还原件"), "said")
            await clerk.idle()
            assert store.case(case.case_id).length == case.length
            assert store.case(case.case_id).state is CaseState.DRAFT
            assert not [line for line in store.outbox.lines() if line.subject == case.number]
        await clerk.press("f10")
        await clerk.until(lambda: clerk.view.case.state is CaseState.RECEIVED, "received")
        lines = [line.state for line in store.outbox.lines() if line.subject == case.number]
        assert len(lines) == 1 and LineState.DELIVERED not in lines
        await online(clerk)
        await delivered(clerk)


@pytest.mark.rooted
@pytest.mark.usefixtures("unread")
@played
async def test_disk_of_its_own_that_is_really_full(practice: Practice, tmp_path: Path) -> None:
    data = practice.settings.data_folder
    kept = data.rename(data.with_name("kept"))
    data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=240m", "tmpfs", str(data)], check=True)
    try:
        subprocess.run(["cp", "-a", f"{kept}/.", str(data)], check=True)
        ballast = data / "ballast"
        async with seated(practice) as clerk:
            await offline(clerk)
            case = await take(clerk)
            ballast.write_bytes(bytes(80 * 1024 * 1024))
            await clerk.open_new()
            await clerk.prepare(lambda view: not view.questions)
            await clerk.press("f2")
            await clerk.until(lambda: clerk.shows("V107", "已停止收件", "腾出空间"), "refused before feeding")
            await clerk.to_home()
            await clerk.open_taken(case)
            _fill(data / "rest")
            await clerk.press("f10")
            await clerk.until(lambda: clerk.shows("T107", "磁盘已满"), "said")
            (data / "rest").unlink()
            ballast.unlink()
            await clerk.idle()
            await clerk.press("f10")
            await clerk.until(lambda: clerk.view.case.state is CaseState.RECEIVED, "received")
            await online(clerk)
            await delivered(clerk)
    finally:
        subprocess.run(["umount", str(data)], check=True)


def _fill(path: Path) -> None:
    dice = random.Random(1)
    try:
        with path.open("wb", buffering=0) as file:
            while file.write(dice.randbytes(4096)):
                pass
    except OSError:
        pass
