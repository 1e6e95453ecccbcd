"""What a stream does about a page that was just cut: it looks back how far it came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sync import courier as courier_module
from sync.client import GatewayClient
from sync.courier import Courier
from sync.errors import NotTheGateway, SyncError, Unreachable
from sync.fake import MemoryOutbox
from sync.streams import Progress
from sync.uploads import RESUMABLE_BYTES, Upload
from tests.sync.office import seal

PAGE = bytes(range(256)) * 1024
SMALL = b"a small page"


@dataclass
class CutLine:
    """A client whose first try is cut, and whose gateway then says how much it has."""

    said: list[Upload | None | SyncError]
    """What is answered each time somebody asks how far the page came."""
    calls: list[tuple[str, int]] = field(default_factory=list)
    whole_fails: bool = True

    def put_blob(self, sha256: str, data: bytes) -> None:
        self.calls.append(("put", len(data)))
        if self.whole_fails:
            raise Unreachable("cut")

    def find(self, sha256: str, length: int) -> Upload | None:
        self.calls.append(("find", length))
        answer = self.said.pop(0)
        if isinstance(answer, SyncError):
            raise answer
        return answer

    def begin(self, sha256: str, length: int) -> Upload:
        self.calls.append(("begin", length))
        return Upload("/u", 0)

    def append(self, upload: Upload, data: bytes) -> int:
        self.calls.append(("append", upload.offset))
        return len(data)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(courier_module, "NOTICED_S", 0.0)
    yield


def courier_of(line: CutLine) -> Courier:
    outbox = MemoryOutbox()
    outbox.add(*seal("a", PAGE, SMALL))
    client: Any = SimpleNamespace(put_blob=line.put_blob, uploads=line)
    return Courier(outbox, cast(GatewayClient, client))


def bring(courier: Courier, progress: Progress, data: bytes = PAGE, *, is_first_try: bool = True) -> None:
    courier.bring_page(hashlib.sha256(data).hexdigest(), progress, is_first_try=is_first_try)


def test_what_came_of_a_cut_page_is_progress_and_the_next_try_goes_on_there_without_asking() -> None:
    line, progress = CutLine([Upload("/u", 100_000)]), Progress()
    courier = courier_of(line)

    with pytest.raises(Unreachable):
        bring(courier, progress)
    assert progress.spend()
    bring(courier, progress)

    assert line.calls == [("put", len(PAGE)), ("find", len(PAGE)), ("append", 100_000)]
    assert progress.spend()


def test_a_cut_page_of_which_nothing_came_is_no_progress_and_is_asked_for_again() -> None:
    line, progress = CutLine([Upload("/u", 0), Upload("/u", 0)]), Progress()
    courier = courier_of(line)

    with pytest.raises(Unreachable):
        bring(courier, progress)
    assert not progress.spend()
    bring(courier, progress)

    assert line.calls == [("put", len(PAGE)), ("find", len(PAGE)), ("find", len(PAGE)), ("append", 0)]


def test_a_cut_page_the_gateway_kept_nothing_of_is_begun_anew() -> None:
    line, progress = CutLine([None, None]), Progress()
    courier = courier_of(line)

    with pytest.raises(Unreachable):
        bring(courier, progress)
    assert not progress.spend()
    bring(courier, progress)

    assert line.calls[-2:] == [("begin", len(PAGE)), ("append", 0)]


def test_a_page_that_came_no_further_the_second_time_is_no_progress() -> None:
    line, progress = CutLine([Upload("/u", 100_000), Upload("/u", 100_000)]), Progress()
    courier = courier_of(line)
    line.append = cut  # type: ignore[method-assign]

    with pytest.raises(Unreachable):
        bring(courier, progress)
    assert progress.spend()
    with pytest.raises(Unreachable):
        bring(courier, progress)

    assert not progress.spend()
    assert progress.ever


def test_a_line_that_stays_dead_is_told_as_cut_and_not_as_what_looking_back_met() -> None:
    line, progress = CutLine([Unreachable("dead")]), Progress()

    with pytest.raises(Unreachable, match="cut"):
        bring(courier_of(line), progress)

    assert not progress.ever


def test_a_stranger_who_answers_after_the_cut_is_told_as_a_stranger() -> None:
    line, progress = CutLine([NotTheGateway("login page")]), Progress()

    with pytest.raises(NotTheGateway):
        bring(courier_of(line), progress)

    assert not progress.ever


def test_nobody_asks_for_the_rest_of_a_page_that_is_quicker_sent_again() -> None:
    line, progress = CutLine([]), Progress()
    assert len(SMALL) < RESUMABLE_BYTES

    with pytest.raises(Unreachable):
        bring(courier_of(line), progress, SMALL)

    assert line.calls == [("put", len(SMALL))]
    assert not progress.ever


def test_a_page_that_arrived_is_begun_from_the_start_the_next_time() -> None:
    line, progress = CutLine([Upload("/u", 100_000)]), Progress()
    courier = courier_of(line)
    with pytest.raises(Unreachable):
        bring(courier, progress)
    bring(courier, progress)
    line.whole_fails = False

    bring(courier, progress)

    assert line.calls[-1] == ("put", len(PAGE))


def cut(upload: Upload, data: bytes) -> int:
    """Break the line while the rest is on its way."""
    raise Unreachable("cut again")
