"""What lies in a scan folder and is no page: it is named and put aside with the reason; the next is taken."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from scanners import errors, file_errors
from scanners.arrivals import Patience, shown_name
from scanners.folder import FolderScanner
from scanners.port import RawPage, ScanJob
from tests.fuzz import specimens

Job = Callable[..., ScanJob]
QUICK = Patience(settle_s=0.05, unsure_s=0.2, most_s=0.4)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "扫描"
    folder.mkdir()
    return folder


@pytest.fixture
def scanner(inbox: Path) -> FolderScanner:
    return FolderScanner(inbox, patience=QUICK, explain=lambda error: f"因为 {error.code}")


@pytest.fixture
def wish(job: Job, inbox: Path) -> ScanJob:
    return job(str(inbox), resolution_dpi=72)


def drop(path: Path, data: bytes = b"") -> Path:
    path.write_bytes(data or specimens.picture("PNG"))
    time.sleep(0.02)
    return path


def take(scanner: FolderScanner, wish: ScanJob) -> list[RawPage]:
    return list(scanner.scan(wish, bool))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "truncated.jpg": (lambda: specimens.picture("JPEG")[:900], "S112"),
    "a-pdf-called.png": (lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "S112"),
    "moving.gif": (lambda: specimens.several("GIF", 2), "S145"),
    "photo.heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "S146"),
    "bomb.png": (lambda: specimens.bomb_png(40_000, 40_000), "S111"),
    "second-page-cut.tif": (specimens.cut_tiff, "S112"),
    "script.pdf": (specimens.script_pdf, "S143"),
    "three-hundred.pdf": (lambda: specimens.pdf(300), "S140"),
    "dot.png": (lambda: specimens.picture("PNG", Image.new("1", (1, 1))), "S149"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_bad_file_is_named_and_moved_aside_whole_and_the_rest_is_taken(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, name: str
) -> None:
    make, code = HOSTILE[name]
    content = make()
    for file, data in (("good1.png", b""), (name, content), ("good2.png", b"")):
        drop(inbox / file, data)
    pages: list[RawPage] = []
    with pytest.raises(errors.ScannerError) as caught:
        for page in scanner.scan(wish, bool):
            pages.append(page)
    assert [page.source_name for page in pages] == ["good1.png"], "nothing of a bad file is taken"
    assert (caught.value.code, caught.value.details["file"]) == (code, name)
    assert (inbox / "rejected" / name).read_bytes() == content
    assert (inbox / "rejected" / f"{name}.txt").read_text("utf-8") == f"因为 {code}\n"
    assert [page.source_name for page in take(scanner, wish)] == ["good2.png"]


def test_a_name_that_lies_does_no_harm(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    drop(inbox / "a-pdf-called.jpg", specimens.pdf(2))
    drop(inbox / "a-jpeg-called.pdf", specimens.picture("JPEG"))
    assert len(take(scanner, wish)) == 3


@pytest.mark.parametrize("kind", ["link", "dead link", "pipe", "socket", "folder"])
def test_what_is_no_file_is_never_opened(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, tmp_path: Path, kind: str
) -> None:
    elsewhere = drop(tmp_path / "elsewhere.png")
    path = inbox / "x.pdf"
    make: dict[str, Callable[[], object]] = {
        "link": lambda: path.symlink_to(elsewhere),
        "dead link": lambda: path.symlink_to(tmp_path / "nowhere"),
        "pipe": lambda: os.mkfifo(path),
        "socket": lambda: _listen(inbox, path.name),
        "folder": path.mkdir,
    }
    make[kind]()
    with pytest.raises(file_errors.NotAFile) as caught:
        take(scanner, wish)
    assert caught.value.details["file"] == "x.pdf"
    assert os.path.lexists(inbox / "rejected" / "x.pdf")
    assert elsewhere.exists()
    drop(inbox / "page.png")
    assert len(take(scanner, wish)) == 1


def _listen(folder: Path, name: str) -> None:
    """Make a socket file; its address is given relative, since a long path does not fit."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(name)
    finally:
        os.chdir(here)


def test_a_folder_of_another_purpose_is_left_alone(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    (inbox / "2026-11").mkdir()
    with pytest.raises(errors.FeederEmpty):
        take(scanner, wish)
    assert (inbox / "2026-11").is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")
def test_a_device_is_never_opened(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    try:
        os.mknod(inbox / "zero.png", 0o20600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this container makes no device nodes")
    with pytest.raises(file_errors.NotAFile):
        take(scanner, wish)


def test_good_files_come_before_the_complaint_about_strangers(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    (inbox / "a.png").symlink_to("/etc/hostname")
    drop(inbox / "page.png")
    pages = scanner.scan(wish, bool)
    assert next(pages).source_name == "page.png"
    with pytest.raises(file_errors.NotAFile):
        next(pages)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\xb2\xe2\xca\xd4.png", "\ufffd\ufffd\ufffd\ufffd.png"),
        (b"a\nb\r\x1b[2J.png", "a·b··[2J.png"),
        ("\u202egnp.exe.png".encode(), "·gnp.exe.png"),
        (b"x" * 200 + b".png", "x" * 56 + "…" + "x" * 16 + ".png"),
    ],
)
def test_a_name_that_could_fool_a_reader_is_shown_plainly(
    inbox: Path, scanner: FolderScanner, wish: ScanJob, raw: bytes, shown: str
) -> None:
    drop(Path(os.fsdecode(os.fsencode(inbox) + b"/" + raw)))
    (page,) = take(scanner, wish)
    assert page.source_name == shown == shown_name(Path(os.fsdecode(raw)))
    page.source_name.encode("utf-8")


def test_the_longest_name_is_rejected_like_any_other(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    name = "x" * 251 + ".png"
    drop(inbox / name, b"no picture")
    with pytest.raises(errors.UnreadableFile):
        take(scanner, wish)
    assert names(inbox / "rejected") == [name]


def test_two_rejected_files_of_one_name_are_both_kept(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    for content in (b"one", b"two"):
        drop(inbox / "scan.png", content)
        with pytest.raises(errors.UnreadableFile):
            take(scanner, wish)
    kept = sorted(path.read_bytes() for path in (inbox / "rejected").rglob("scan.png"))
    assert kept == [b"one", b"two"]


def test_a_huge_file_is_refused_by_its_length(inbox: Path, scanner: FolderScanner, wish: ScanJob) -> None:
    path = drop(inbox / "huge.pdf", b"%PDF-1.7\n")
    os.truncate(path, 3 << 30)
    with pytest.raises(file_errors.FileTooLarge) as caught:
        take(scanner, wish)
    assert caught.value.details["megabytes"] == 3221


def decoder(fault: str) -> tuple[str, ...]:
    """A decoder that starts well and meets a fault."""
    imports = "import os, signal, time\nimport scanners.decode_child as d\n"
    return (sys.executable, "-c", f"{imports}{fault}\nd.main()")


DENIED = """
def no(*given):
    raise PermissionError(13, 'Permission denied')
os.open = no
"""


@pytest.mark.parametrize("command", [("/bin/false",), ("/no/such/program",)])
def test_a_decoder_that_cannot_start_says_nothing_about_the_file(
    inbox: Path, wish: ScanJob, command: tuple[str, ...]
) -> None:
    drop(inbox / "page.png")
    with pytest.raises(errors.BackendCrashed):
        take(FolderScanner(inbox, patience=QUICK, command=command), wish)
    assert names(inbox) == ["page.png"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("d.serve = lambda _answers: os.kill(os.getpid(), signal.SIGSEGV)", file_errors.FileTooHeavy),
        ("d.serve = lambda _answers: time.sleep(60)", file_errors.FileTooHeavy),
        ("d.open_pages = lambda _file: bytearray(5 << 30)", file_errors.FileTooHeavy),
        (DENIED, file_errors.FileDenied),
    ],
)
def test_a_decoder_that_does_not_survive_a_file_rejects_it(
    inbox: Path, wish: ScanJob, fault: str, kind: type[errors.ScannerError]
) -> None:
    drop(inbox / "killer.png")
    with pytest.raises(kind) as caught:
        take(FolderScanner(inbox, patience=QUICK, timeout_s=2, command=decoder(fault)), wish)
    assert caught.value.details["file"] == "killer.png"
    assert names(inbox / "rejected") == ["killer.png", "killer.png.txt"]


def test_a_pdf_that_is_never_drawn_to_its_end_is_stopped(inbox: Path, wish: ScanJob) -> None:
    drop(inbox / "heavy.pdf", specimens.endless_pdf())
    with pytest.raises(file_errors.FileTooHeavy):
        take(FolderScanner(inbox, patience=QUICK, timeout_s=2), wish)
    assert "heavy.pdf" in names(inbox / "rejected")


def test_three_hundred_pages_are_counted_and_the_limit_is_said(
    inbox: Path, scanner: FolderScanner, wish: ScanJob
) -> None:
    drop(inbox / "book.pdf", specimens.pdf(300))
    with pytest.raises(file_errors.TooManyPages) as caught:
        take(scanner, wish)
    assert (caught.value.details["pages"], caught.value.details["limit"]) == (300, 100)
