from __future__ import annotations

import io
import os
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from scanners import errors
from scanners.arrivals import is_being_written, look
from scanners.folder import FolderScanner
from scanners.port import MAX_PAGE_PIXELS, Mode, RawPage, ScanJob

Job = Callable[..., ScanJob]
SIZE = (40, 60)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "扫描"
    folder.mkdir()
    return folder


@pytest.fixture
def scanner(inbox: Path) -> FolderScanner:
    return FolderScanner(inbox, settle_s=0.05, patience_s=0.4)


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


def bomb_png(width: int, height: int) -> bytes:
    """A PNG whose header promises a huge black picture and whose data are real but compress to little."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(200)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


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
    assert len(names(inbox / "done")) == 2
    assert not {"a.png", "b.png"} & set(names(inbox / "done"))


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
    with pytest.raises(errors.BadSetting):
        take(scanner, job(str(inbox), max_pages=2))
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


def test_a_link_is_left_alone(inbox: Path, scanner: FolderScanner, wish: ScanJob, tmp_path: Path) -> None:
    (inbox / "link.png").symlink_to(drop(tmp_path / "elsewhere.png"))
    with pytest.raises(errors.FeederEmpty):
        take(scanner, wish)


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


def test_a_file_that_grows_by_reopening_is_taken_once_and_whole(inbox: Path, wish: ScanJob) -> None:
    buffer = io.BytesIO()
    Image.effect_noise(SIZE, 50).save(buffer, format="PNG")
    data, path = buffer.getvalue(), inbox / "slow.png"

    def write_slowly() -> None:
        step = len(data) // 8 + 1
        for start in range(0, len(data), step):
            with path.open("ab") as file:
                file.write(data[start : start + step])
            time.sleep(0.04)

    path.touch()
    writer = threading.Thread(target=write_slowly)
    writer.start()
    pages = take(FolderScanner(inbox, settle_s=0.15, patience_s=5), wish)
    writer.join()
    assert len(pages) == 1
    assert not (inbox / "rejected").exists() or names(inbox / "rejected") == []


def hostile() -> dict[str, bytes]:
    noise = io.BytesIO()
    Image.effect_noise((200, 200), 80).save(noise, format="JPEG")
    moving = io.BytesIO()
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "blue")]
    frames[0].save(moving, format="GIF", save_all=True, append_images=frames[1:])
    moving_png = io.BytesIO()
    frames[0].save(moving_png, format="PNG", save_all=True, append_images=frames[1:])
    return {
        "truncated.jpg": noise.getvalue()[: len(noise.getvalue()) // 2],
        "document.png": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
        "document.pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
        "moving.gif": moving.getvalue(),
        "moving.png": moving_png.getvalue(),
        "noise.tif": b"II*\x00" + os.urandom(64),
        "words.txt": "样本".encode(),
    }


@pytest.mark.parametrize("name", sorted(hostile()))
def test_a_bad_file_is_named_and_moved_aside_and_the_rest_stays_readable(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, name: str
) -> None:
    content = hostile()[name]
    drop(inbox / "good1.png")
    time.sleep(0.02)
    (inbox / name).write_bytes(content)
    time.sleep(0.02)
    drop(inbox / "good2.png")
    pages: list[RawPage] = []
    with pytest.raises(errors.UnreadableFile) as caught:
        for page in scanner.scan(wish, bool):
            pages.append(page)
    assert [page.source_name for page in pages] == ["good1.png"]
    assert caught.value.details["file"] == name
    assert (inbox / "rejected" / name).read_bytes() == content
    assert [page.source_name for page in take(scanner, wish)] == ["good2.png"]


def test_a_bomb_is_refused_by_its_header(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    (inbox / "bomb.png").write_bytes(bomb_png(40_000, 40_000))
    started = time.monotonic()
    with pytest.raises(errors.PageTooLarge) as caught:
        take(scanner, wish)
    assert time.monotonic() - started < 3
    assert caught.value.details["file"] == "bomb.png"
    assert names(inbox / "rejected") == ["bomb.png"]


def test_a_picture_just_above_the_limit_is_refused_too(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    (inbox / "large.png").write_bytes(bomb_png(14_000, MAX_PAGE_PIXELS // 14_000 + 1))
    with pytest.raises(errors.PageTooLarge):
        take(scanner, wish)


def test_a_tiff_whose_second_page_is_broken_gives_its_first_and_is_kept(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    sheets = [Image.effect_noise((200, 200), 80) for _ in range(2)]
    path = inbox / "batch.tif"
    sheets[0].save(path, save_all=True, append_images=sheets[1:])
    with Image.open(path) as image:
        image.seek(1)
        offset = image.tag_v2[273][0]  # type: ignore[attr-defined]
    os.truncate(path, offset + 1000)
    pages: list[RawPage] = []
    with pytest.raises(errors.UnreadableFile):
        for page in scanner.scan(wish, bool):
            pages.append(page)
    assert [page.pixels for page in pages] == [sheets[0].tobytes()]
    assert names(inbox / "rejected") == ["batch.tif"]


def test_two_rejected_files_of_one_name_are_both_kept(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    for content in (b"one", b"two"):
        (inbox / "scan.png").write_bytes(content)
        with pytest.raises(errors.UnreadableFile):
            take(scanner, wish)
    kept = sorted(path.read_bytes() for path in (inbox / "rejected").rglob("scan.png"))
    assert kept == [b"one", b"two"]


def test_one_pixel_is_a_page(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    drop(inbox / "dot.png", size=(1, 1))
    (page,) = take(scanner, wish)
    assert page.pixels == b"\xff\x00\x00"


def test_a_cmyk_jpeg_becomes_rgb(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    Image.new("CMYK", SIZE, (0, 0, 0, 0)).save(inbox / "print.jpg")
    (page,) = take(scanner, wish)
    assert page.mode is Mode.COLOUR
    assert set(page.pixels) == {255}


def test_the_rotation_a_camera_noted_is_applied(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    drop(inbox / "photo.jpg", exif=exif)
    (page,) = take(scanner, wish)
    assert (page.width_px, page.height_px) == (SIZE[1], SIZE[0])


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("RGBA", (10, 20, 30, 0), b"\xff\xff\xff"),
        ("LA", (10, 0), b"\xff"),
        ("I;16", 0x4080, b"\x40"),
        ("1", 1, b"\xff"),
    ],
)
def test_transparency_becomes_white_and_deep_grey_eight_bits(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, mode: str, colour: object, expected: bytes
) -> None:
    Image.new(mode, (3, 2), colour).save(inbox / "odd.png")  # type: ignore[arg-type]
    (page,) = take(scanner, wish)
    assert page.pixels == expected * 6


def decoder(fault: str) -> tuple[str, ...]:
    """A decoder that starts well and meets a fault in the file."""
    imports = "import os, signal, time\nimport scanners.decode_child as d\n"
    return (sys.executable, "-c", f"{imports}d.serve = lambda _answers: {fault}\nd.main()")


@pytest.mark.parametrize("command", [("/bin/false",), ("/no/such/program",)])
def test_a_decoder_that_cannot_start_says_nothing_about_the_file(
    inbox: Path, wish: ScanJob, command: tuple[str, ...]
) -> None:
    drop(inbox / "page.png")
    with pytest.raises(errors.BackendCrashed):
        take(FolderScanner(inbox, settle_s=0.05, command=command), wish)
    assert names(inbox) == ["page.png"]


def test_a_decoder_that_dies_rejects_the_file(inbox: Path, wish: ScanJob) -> None:
    drop(inbox / "killer.png")
    scanner = FolderScanner(inbox, settle_s=0.05, command=decoder("os.kill(os.getpid(), signal.SIGSEGV)"))
    with pytest.raises(errors.UnreadableFile) as caught:
        take(scanner, wish)
    assert caught.value.details["file"] == "killer.png"
    assert names(inbox / "rejected") == ["killer.png"]


def test_a_decoder_that_never_ends_rejects_the_file(inbox: Path, wish: ScanJob) -> None:
    drop(inbox / "endless.png")
    scanner = FolderScanner(inbox, settle_s=0.05, timeout_s=0.3, command=decoder("time.sleep(60)"))
    with pytest.raises(errors.UnreadableFile):
        take(scanner, wish)
    assert names(inbox / "rejected") == ["endless.png"]


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


def test_a_file_name_that_is_no_text_is_read_all_the_same(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    drop(inbox / "page.png").rename(os.fsdecode(os.fsencode(inbox) + b"/\xb2\xe2.png"))
    assert len(take(scanner, wish)) == 1


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
