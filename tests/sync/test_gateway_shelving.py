"""Pages that come together: durable before they are answered for, with one wait instead of one for each."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from sync.gateway import blobs, lots
from sync.gateway.blobs import BlobStore
from sync.gateway.errors import DigestMismatch

PAGES = [f"page {number}".encode() for number in range(12)]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    folders: list[str] = []
    sync = blobs.sync_folder

    def told(folder: Path | str) -> None:
        sync(folder)
        folders.append(Path(folder).name)

    monkeypatch.setattr(blobs, "sync_folder", told)
    return folders


def keep(store: BlobStore, pages: list[bytes], claimed: list[str] | None = None) -> list[Exception | None]:
    names = claimed or [sha256(page) for page in pages]
    with ExitStack() as stack:
        incoming = [stack.enter_context(store.receive(name, 1000)) for name in names]
        return store.shelving.keep(list(zip(incoming, pages, strict=True)))


def first_names(store: BlobStore, tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "blobs/incoming").iterdir())


def test_pages_of_many_folders_wait_for_one_and_have_their_places(
    store: BlobStore, tmp_path: Path, synced: list[str]
) -> None:
    keep(store, PAGES)
    synced.clear()
    more = [page + b" more" for page in PAGES]
    assert keep(store, more) == [None] * len(more)
    made = {sha256(page)[:2] for page in more} - {sha256(page)[:2] for page in PAGES}
    assert synced == ["incoming", *["blobs"] * len(made)]
    assert [store.read(sha256(page)) for page in more] == more
    assert len(first_names(store, tmp_path)) == len(PAGES) + len(more)


def test_what_was_put_off_is_made_up_for_and_nothing_is_left_over(
    store: BlobStore, tmp_path: Path, synced: list[str]
) -> None:
    keep(store, PAGES)
    synced.clear()
    store.shelving.tidy()
    assert synced == sorted({sha256(page)[:2] for page in PAGES})
    assert not first_names(store, tmp_path) and not store.shelving.is_owing
    assert [store.read(sha256(page)) for page in PAGES] == PAGES


def test_a_folder_that_cannot_be_synced_keeps_the_first_names(
    store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, PAGES)

    def refuse(_folder: Path | str) -> None:
        raise OSError(5, "no")

    with monkeypatch.context() as broken:
        broken.setattr(blobs, "sync_folder", refuse)
        with pytest.raises(OSError, match="no"):
            store.shelving.tidy()
    assert len(first_names(store, tmp_path)) == len(PAGES) and store.shelving.is_owing
    store.shelving.tidy()
    assert not first_names(store, tmp_path)


def test_no_page_is_lost_when_the_power_goes_before_its_place_was_synced(
    store: BlobStore, tmp_path: Path, synced: list[str]
) -> None:
    keep(store, PAGES)
    never_synced = {sha256(page) for page in PAGES if sha256(page)[:2] not in synced}
    assert len(never_synced) == len(PAGES)
    for name in never_synced:
        (tmp_path / "blobs" / name[:2] / name).unlink()
    again = BlobStore(tmp_path / "blobs")
    assert [again.read(sha256(page)) for page in PAGES] == PAGES
    assert not first_names(again, tmp_path)
    assert {sha256(page)[:2] for page in PAGES} <= set(synced)


def test_a_start_leaves_what_is_still_coming_and_sweeps_what_is_old(tmp_path: Path) -> None:
    incoming = tmp_path / "blobs/incoming"
    incoming.mkdir(parents=True)
    coming, old = f"{sha256(b'whole')}.0a", f"{sha256(b'other')}.0b"
    for name in (coming, old):
        (incoming / name).write_bytes(b"who")
    os.utime(incoming / old, (time.time() - 7200, time.time() - 7200))
    store = BlobStore(tmp_path / "blobs")
    assert first_names(store, tmp_path) == [coming]
    assert store.size(sha256(b"whole")) is None


def test_a_page_that_another_start_put_in_place_meanwhile_is_kept(store: BlobStore, tmp_path: Path) -> None:
    link = blobs.IncomingBlob.link

    def overtaken(page: blobs.IncomingBlob) -> str:
        BlobStore(tmp_path / "blobs")
        return link(page)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blobs.IncomingBlob, "link", overtaken)
        assert keep(store, PAGES) == [None] * len(PAGES)
    store.shelving.tidy()
    assert [store.read(sha256(page)) for page in PAGES] == PAGES


def test_where_a_file_has_one_name_only_its_folder_is_waited_for(
    store: BlobStore, tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr("sync.gateway.blobs.os.link", refuse)
    assert keep(store, PAGES) == [None] * len(PAGES)
    assert {sha256(page)[:2] for page in PAGES} <= set(synced)
    assert not first_names(store, tmp_path) and not store.shelving.is_owing


def test_one_page_that_is_not_what_it_says_keeps_no_other_out(store: BlobStore, tmp_path: Path) -> None:
    claimed = [sha256(page) for page in PAGES]
    claimed[3] = sha256(b"something else")
    faults = keep(store, PAGES, claimed)
    assert isinstance(faults[3], DigestMismatch) and faults.count(None) == len(PAGES) - 1
    assert store.size(claimed[3]) is None and len(first_names(store, tmp_path)) == len(PAGES) - 1


def test_the_same_page_twice_in_a_lot_is_one_page(store: BlobStore, tmp_path: Path) -> None:
    assert keep(store, PAGES + PAGES) == [None] * 2 * len(PAGES)
    store.shelving.tidy()
    assert sorted(store.names()) == sorted(sha256(page) for page in PAGES)
    assert not first_names(store, tmp_path)


def test_a_page_that_comes_alone_is_in_its_place_for_good_at_once(
    store: BlobStore, tmp_path: Path, synced: list[str]
) -> None:
    assert keep(store, PAGES[:1]) == [None]
    assert synced[-1] == sha256(PAGES[0])[:2]
    assert not first_names(store, tmp_path) and not store.shelving.is_owing


def test_a_crowds_pages_are_tidied_by_themselves(
    store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lots, "TIDY_S", 0)

    class Desk:
        blobs = store
        issue_together = list

    async def crowd() -> None:
        desk = lots.Lots(Desk(), Desk())  # type: ignore[arg-type]

        async def one(page: bytes) -> None:
            with store.receive(sha256(page), 1000) as incoming:
                await desk.keep(incoming, page)

        async with asyncio.timeout(90):
            await asyncio.gather(*map(one, PAGES))
            while store.shelving.is_owing or first_names(store, tmp_path):
                await asyncio.sleep(0)

    asyncio.run(crowd())
    assert [store.read(sha256(page)) for page in PAGES] == PAGES
