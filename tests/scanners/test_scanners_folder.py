from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from scanners import errors
from scanners.arrivals import DAY_S, Patience, is_being_written, look
from scanners.file_errors import EmptyFile, TooManyPages
from scanners.folder import FolderScanner
from scanners.port import Mode, RawPage, ScanJob
from tests.fuzz.specimens import picture, several

Job = Callable[..., ScanJob]
SIZE = (60, 80)
QUICK = Patience(settle_s=0.05, unsure_s=0.2, most_s=0.4)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "扫描"
    folder.mkdir()
    return folder


@pytest.fixture
def scanner(inbox: Path) -> FolderScanner:
    return FolderScanner(inbox, patience=QUICK)


@pytest.fixture
def wish(job: Job, inbox: Path) -> ScanJob:
    return job(str(inbox), resolution_dpi=200)


def drop(path: Path, *, colour: str = "red", size: tuple[int, int] = SIZE, **settings: object) -> Path:
    Image.new("RGB", size, colour).save(path, **settings)  # type: ignore[arg-type]
    return path


def take(scanner: FolderScanner, wish: ScanJob, cancelled: Callable[[], bool] = bool) -> list[RawPage]:
    return list(scanner.scan(wish, cancelled))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_the_folder_is_one_device_and_none_while_it_is_missing(inbox: Path, scanner: FolderScanner) -> None:
    (device,) = scanner.devices()
    assert (device.id, device.driver) == (str(inbox), "folder")
    inbox.rmdir()
    assert scanner.devices() == ()


def test_pages_come_in_the_order_of_arrival_then_of_numbers_in_names(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    for name in ("page10.png", "page2.png"):
        drop(inbox / name)
        time.sleep(0.02)
    assert [page.source_name for page in take(scanner, wish)] == ["page10.png", "page2.png"]


def test_a_file_is_put_away_only_when_the_next_page_is_asked_for(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    drop(inbox / "a.png")
    time.sleep(0.02)
    drop(inbox / "b.png")
    pages = scanner.scan(wish, bool)
    next(pages)
    assert names(inbox) == ["a.png", "b.png"]
    next(pages)
    assert names(inbox) == ["b.png"]
    pages.close()  # type: ignore[attr-defined]
    assert names(inbox) == ["b.png"], "the caller never said that page b is safe"
    assert [page.source_name for page in take(scanner, wish)] == ["b.png"]
    assert [path for path in inbox.rglob("*") if path.is_file()] == [], "a picture of a person stayed"


def test_files_are_kept_only_if_that_is_asked_for_and_only_so_long(inbox: Path, wish: ScanJob) -> None:
    drop(inbox / "王样本.png")
    take(FolderScanner(inbox, patience=QUICK, keep_days=1), wish)
    (kept,) = (inbox / "done").iterdir()
    assert len(kept.stem) == 32
    (inbox / "done" / "note.txt").write_text("not ours")
    for keep_days, left in ((1, 2), (0, 1)):
        with pytest.raises(errors.FeederEmpty):
            take(FolderScanner(inbox, patience=QUICK, keep_days=keep_days), wish)
        assert len(names(inbox / "done")) == left


def test_a_file_is_kept_until_its_days_are_over(
    inbox: Path, wish: ScanJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(inbox / "page.png")
    scanner = FolderScanner(inbox, patience=QUICK, keep_days=2)
    take(scanner, wish)
    now = time.time()
    for days, left in ((1.9, 1), (2.1, 0)):
        monkeypatch.setattr("scanners.arrivals.time.time", lambda later=days * DAY_S: now + later)
        with pytest.raises(errors.FeederEmpty):
            take(scanner, wish)
        assert len(names(inbox / "done")) == left


def test_pixels_resolution_and_mode_come_from_the_file(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, job: Job
) -> None:
    drop(inbox / "page.png", colour="#102030", dpi=(300, 300))
    (page,) = take(scanner, wish)
    assert page.pixels == bytes([0x10, 0x20, 0x30]) * (SIZE[0] * SIZE[1])
    assert (page.width_px, page.height_px, page.resolution_dpi, page.mode) == (*SIZE, 300, Mode.COLOUR)
    drop(inbox / "photo.jpg", dpi=(72, 72))
    (page,) = take(scanner, job(str(inbox), mode=Mode.GREY, resolution_dpi=200))
    assert (page.resolution_dpi, page.mode, len(page.pixels)) == (200, Mode.GREY, SIZE[0] * SIZE[1])


def test_a_tiff_with_three_pages_is_three_pages(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    sheets = [Image.new("L", SIZE, shade) for shade in (10, 20, 30)]
    sheets[0].save(inbox / "batch.tif", save_all=True, append_images=sheets[1:])
    pages = take(scanner, wish)
    assert [(page.number, page.pixels[0]) for page in pages] == [(1, 10), (2, 20), (3, 30)]
    assert names(inbox) == []


def test_a_file_with_more_pages_than_left_waits_whole_for_the_next_scan(
    inbox: Path, scanner: FolderScanner, job: Job
) -> None:
    drop(inbox / "first.png")
    time.sleep(0.02)
    sheets = [Image.new("L", SIZE, shade) for shade in (10, 20, 30)]
    sheets[0].save(inbox / "batch.tif", save_all=True, append_images=sheets[1:])
    assert len(take(scanner, job(str(inbox), max_pages=3))) == 1
    assert names(inbox) == ["batch.tif"]
    with pytest.raises(TooManyPages) as caught:
        take(scanner, job(str(inbox), max_pages=2))
    assert (caught.value.details["pages"], caught.value.details["limit"]) == (3, 2)
    assert names(inbox) == ["batch.tif"]
    assert len(take(scanner, job(str(inbox), max_pages=3))) == 3


def test_cancel_leaves_the_rest_in_the_folder(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    for name in ("a.png", "b.png", "c.png"):
        drop(inbox / name)
        time.sleep(0.02)
    pages: list[RawPage] = []
    for page in scanner.scan(wish, lambda: bool(pages)):
        pages.append(page)
    assert len(pages) == 1
    assert names(inbox) == ["b.png", "c.png"]


def test_an_empty_folder_is_an_empty_feeder_and_a_missing_one_is_gone(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    with pytest.raises(errors.FeederEmpty):
        take(scanner, wish)
    with pytest.raises(errors.DeviceGone):
        take(FolderScanner(inbox / "missing"), wish)


@pytest.mark.parametrize("name", [".hidden.png", "~a.png", "a.png.part", "a.tmp", "Thumbs.db", "a.png~"])
def test_temporary_names_are_left_alone(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, name: str
) -> None:
    Image.new("L", SIZE).save(inbox / name, format="PNG")
    with pytest.raises(errors.FeederEmpty):
        take(scanner, wish)
    assert names(inbox) == [name]


def test_a_file_that_is_open_for_writing_is_left_alone(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    drop(inbox / "whole.png")
    path = drop(inbox / "growing.png")
    with path.open("ab"):
        assert is_being_written(path)
        assert [page.source_name for page in take(scanner, wish)] == ["whole.png"]
        with pytest.raises(errors.DeviceBusy):
            take(scanner, wish)
    assert not is_being_written(path)
    assert [page.source_name for page in take(scanner, wish)] == ["growing.png"]


def test_a_file_that_grows_by_reopening_is_taken_once_and_whole(
    inbox: Path, wish: ScanJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    Image.effect_noise(SIZE, 50).save(buffer, format="PNG")
    data, path = buffer.getvalue(), inbox / "slow.png"
    step = len(data) // 8 + 1
    parts = [data[start : start + step] for start in range(0, len(data), step)]
    path.touch()
    monkeypatch.setattr("scanners.folder._pause", lambda seconds, _cancelled: _grow(path, parts, seconds))
    pages = take(FolderScanner(inbox, patience=Patience(settle_s=0.02, most_s=90)), wish)
    assert not parts
    assert len(pages) == 1
    assert not (inbox / "rejected").exists() or names(inbox / "rejected") == []


def test_a_file_of_several_pages_goes_on_where_the_last_scan_ended(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    (inbox / "batch.tif").write_bytes(several("TIFF", 5))
    pages: list[RawPage] = []
    for page in scanner.scan(wish, lambda: len(pages) == 2):
        pages.append(page)
    cut_short = scanner.scan(wish, bool)
    pages.append(next(cut_short))
    cut_short.close()  # type: ignore[attr-defined]
    pages += take(scanner, wish)
    assert [page.pixels[0] for page in pages] == [10, 20, 30, 30, 40, 50], "page 3 was never said to be safe"
    assert [path for path in inbox.rglob("*") if path.is_file()] == []


def test_another_file_of_the_same_name_starts_at_its_own_first_page(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    (inbox / "batch.tif").write_bytes(several("TIFF", 3))
    pages: list[RawPage] = []
    for page in scanner.scan(wish, lambda: bool(pages)):
        pages.append(page)
    (inbox / "new.part").write_bytes(several("TIFF", 4))
    (inbox / "new.part").rename(inbox / "batch.tif")
    assert [page.pixels[0] for page in take(scanner, wish)] == [10, 20, 30, 40]


def test_a_file_replaced_while_it_is_read_is_read_to_its_end_and_the_new_one_next(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    (inbox / "batch.tif").write_bytes(several("TIFF", 3))
    pages = scanner.scan(wish, bool)
    shades = [next(pages).pixels[0]]
    (inbox / "new.part").write_bytes(several("TIFF", 2))
    (inbox / "new.part").rename(inbox / "batch.tif")
    shades += [page.pixels[0] for page in pages]
    assert shades == [10, 20, 30]
    assert len(take(scanner, wish)) == 2


def test_a_file_written_to_while_it_is_read_stops_the_scan_and_stays(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    (inbox / "batch.tif").write_bytes(several("TIFF", 3))
    pages = scanner.scan(wish, bool)
    next(pages)
    with (inbox / "batch.tif").open("ab") as file:
        file.write(b"more")
    with pytest.raises(errors.DeviceBusy) as caught:
        list(pages)
    assert caught.value.details["file"] == "batch.tif"
    assert "batch.tif" in names(inbox)


def test_where_nobody_can_say_who_writes_a_file_must_hold_still_longer(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanners.arrivals.is_being_written", lambda _path: None)
    drop(inbox / "page.png")
    started = time.monotonic()
    assert len(take(scanner, wish)) == 1
    assert time.monotonic() - started >= QUICK.unsure_s


def test_a_file_that_stopped_in_the_middle_and_goes_on_is_not_rejected(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = picture("PNG")
    path = inbox / "slow.png"
    path.write_bytes(data[:-500])
    monkeypatch.setattr("scanners.arrivals.is_being_written", lambda _path: None)
    monkeypatch.setattr("scanners.folder._pause", lambda seconds, _cancelled: _finish(path, data, seconds))
    with pytest.raises(errors.DeviceBusy):
        take(scanner, wish)
    assert len(take(scanner, wish)) == 1


def _grow(path: Path, parts: list[bytes], seconds: float) -> bool:
    """Wait as the scanner wants; meanwhile the next part is written, if any is left."""
    time.sleep(seconds)
    if parts:
        with path.open("ab") as file:
            file.write(parts.pop(0))
    return False


def _finish(path: Path, data: bytes, seconds: float) -> bool:
    """Wait as the scanner wants; the writer comes back during its last, longest pause."""
    if seconds == QUICK.unsure_s:
        path.write_bytes(data)
    else:
        time.sleep(seconds)
    return False


def test_a_file_that_stays_empty_is_said_to_be_empty_but_not_before_others(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    (inbox / "empty.png").touch()
    drop(inbox / "page.png")
    assert [page.source_name for page in take(scanner, wish)] == ["page.png"]
    with pytest.raises(EmptyFile):
        take(scanner, wish)
    assert names(inbox / "rejected") == ["empty.png", "empty.png.txt"]


def test_a_file_that_grows_for_ever_ends_the_wait_and_stays(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inbox / "endless.png"
    path.touch()
    parts = [b"x"] * 1000
    monkeypatch.setattr("scanners.folder._pause", lambda seconds, _cancelled: _grow(path, parts, seconds))
    with pytest.raises(errors.DeviceBusy):
        take(scanner, wish)
    assert names(inbox) == ["endless.png"]


def test_a_file_that_changes_while_it_is_read_is_not_taken(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(inbox / "page.png")
    ready = look(inbox)
    drop(path, colour="blue", size=(50, 50))
    monkeypatch.setattr("scanners.arrivals.wait_until_settled", lambda *_args, **_kwargs: ready)
    with pytest.raises(errors.DeviceBusy):
        take(scanner, wish)
    assert names(inbox) == ["page.png"]


def test_looking_for_writers_survives_a_writer_that_comes_at_that_moment(inbox: Path) -> None:
    path = drop(inbox / "page.png")
    stop = threading.Event()

    def write_often() -> None:
        while not stop.is_set():
            with path.open("ab"):
                pass

    writer = threading.Thread(target=write_often)
    writer.start()
    end = time.monotonic() + 0.4
    while time.monotonic() < end:
        is_being_written(path)
    stop.set()
    writer.join()
