"""Joining a back office and the line to it, over a real gateway on a loopback port."""

from __future__ import annotations

import argparse
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.client import LinkState
from sync.contract.models import ChangeKind
from sync.contract.signing import public_text
from sync.errors import FailureClass, SyncError
from sync.gauge import LinkQuality
from sync.lock import Owner, SenderLock
from sync.loop import LISTEN_S, SyncState
from sync.port import LineState
from tests.services.conftest import DEFECT, PROFILE, Clock, MakeWindow, Window
from workstation.cli.queue_results import results
from workstation.domain.case import CaseState
from workstation.domain.clock import now
from workstation.domain.courier import BagState
from workstation.services import link as link_module
from workstation.services.enrolment import Membership, join, membership, window_key
from workstation.services.errors import NotEnrolled, PracticeMixed
from workstation.services.link import Light, Link
from workstation.services.overview import overview
from workstation.services.station import Station
from workstation.store.database import Group, Recovery, Store

pytest.importorskip("uvicorn")
from sync.gateway.office import Office  # noqa: E402 - needs the optional extra
from sync.gateway.serve import GatewayServer  # noqa: E402

PATIENCE_S = 90.0


class SystemClock(Clock):
    """The real time: a real server's answers carry it too."""

    def __call__(self) -> datetime:
        return now()


class Hall:
    """A back office that can be switched off and on at the same address."""

    def __init__(self, folder: Path) -> None:
        streets = {"HF": "华富街道", "XMH": "香蜜湖街道"}
        self.office = Office.open(folder, streets=streets, practice=False)
        self._server: GatewayServer | None = None
        self._port = 0
        self.url = ""
        self.on()

    def on(self) -> None:
        self._server = GatewayServer(self.office, port=self._port)
        self.url = self._server.start()
        self._port = int(self.url.rsplit(":", 1)[1])

    def off(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def enrolled(self, store: Store) -> Membership:
        code = self.office.new_code("HF")
        return join(store, self.url, code=code, window_name="综合窗口 03", street="HF", practice=False)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = Hall(tmp_path / "office")
    yield opened
    opened.off()
    opened.office.close()


@dataclasses.dataclass
class Wired:
    """A window with its line."""

    window: Window
    link: Link

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, (self.link.light, self.window.desk.queue.page(Group.EVERY))
            time.sleep(0.01)


@pytest.fixture
def wired(tmp_path: Path, hall: Hall, store: Store, make_window: MakeWindow) -> Iterator[Wired]:
    member = hall.enrolled(store)
    profile = dataclasses.replace(
        PROFILE, window_id=member.enrolment.window_id, number_prefix=member.enrolment.number_prefix
    )
    window = make_window(profile=profile, key=member.key, clock=SystemClock())
    link = Link(window.desk, member, tmp_path / "sender.lock")
    yield Wired(window, link)
    link.stop()


def test_joining_leaves_number_block_street_and_the_gateways_key(hall: Hall, store: Store) -> None:
    member = hall.enrolled(store)
    assert member.enrolment.number_prefix and member.enrolment.street_name == "华富街道"
    assert member.identity.window_id == member.enrolment.window_id
    assert member.identity.gateway_id == hall.office.gateway_id
    assert (member.url, member.practice) == (hall.url, False)


def test_the_membership_and_the_key_survive_a_restart(hall: Hall, store: Store) -> None:
    first, again = hall.enrolled(store), membership(store)
    assert again.enrolment == first.enrolment
    assert public_text(again.key.public_key()) == public_text(first.key.public_key())


def test_a_window_has_one_key_from_its_first_use_on(store: Store) -> None:
    first, second = window_key(store), window_key(store)
    assert public_text(first.public_key()) == public_text(second.public_key())


def test_a_window_that_never_joined_says_so(store: Store) -> None:
    with pytest.raises(NotEnrolled):
        membership(store)


def test_a_code_works_once_and_a_failed_try_leaves_nothing(hall: Hall, store: Store) -> None:
    with pytest.raises(SyncError):
        join(store, hall.url, code="wrong", window_name="03", street="HF", practice=False)
    with pytest.raises(NotEnrolled):
        membership(store)
    assert hall.enrolled(store)


def test_practice_and_real_data_never_share_a_folder(hall: Hall, store: Store) -> None:
    member = hall.enrolled(store)
    with pytest.raises(PracticeMixed):
        join(store, hall.url, code="any", window_name="03", street="HF", practice=True)
    assert membership(store).enrolment == member.enrolment


def test_a_received_case_arrives_and_its_decision_comes_home(hall: Hall, wired: Wired) -> None:
    told = threading.Event()
    wired.link.subscribe(told.set)
    case = wired.window.received()
    wired.link.kick()
    wired.link.start()
    wired.until(lambda: wired.link.light.is_up and wired.link.waiting == 0)
    assert hall.office.bundle_ids() == (case.bundles[0].bundle_id,)
    assert told.is_set()
    assert wired.window.desk.balance().delivered == 1
    hall.office.decide(case.number, ChangeKind.CORRECTION, actor="香蜜湖街道", defects=(DEFECT,))
    wired.until(lambda: wired.window.store.case(case.case_id).state is CaseState.CORRECTION)
    wired.window.desk.decisions.receive(case.case_id)
    wired.link.kick()
    wired.until(lambda: wired.link.waiting == 0)
    assert [matter.version for matter in hall.office.cases()] == [2]


def test_a_result_file_comes_home_and_is_fetched(
    hall: Hall, wired: Wired, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, data = wired.window.received(), b"%PDF-1.7 specimen"
    wired.link.kick()
    wired.link.start()
    wired.until(lambda: wired.link.light.is_up and wired.link.waiting == 0)
    for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED):
        hall.office.decide(case.number, kind, actor="香蜜湖街道")
    hall.office.results.issue(case.number, data, name="敬老优待证.pdf", actor="香蜜湖街道")
    store = wired.window.store
    wired.until(lambda: any(a.change.kind is ChangeKind.RESULT for a in store.inbox.recent()))
    home = wired.window.desk.results
    wired.until(lambda: len(home.papers(case.case_id)) == 1)
    (paper,) = home.papers(case.case_id)
    assert paper.path.read_bytes() == data and paper.path.stat().st_mode & 0o077 == 0
    assert store.faults() == ()
    assert any("敬老优待证.pdf" in line.words for line in overview(wired.window.desk).messages)
    assert results(store, argparse.Namespace(number=case.number, to=None)) == 0
    assert results(store, argparse.Namespace(number="", to=tmp_path / "out", reason="", by="")) == 0
    (saved,) = (tmp_path / "out").iterdir()
    assert saved.read_bytes() == data and saved.name.startswith(case.number)
    assert str(saved) in capsys.readouterr().out


def test_a_bag_is_announced_counted_and_settled(hall: Hall, wired: Wired) -> None:
    wired.window.received()
    courier = wired.window.desk.courier
    bag = courier.close(courier.pack(courier.waiting()[0]).number, seal_number="F-1")
    wired.link.kick()
    wired.link.start()
    wired.until(lambda: wired.link.waiting == 0)
    hall.office.check_bag(bag.number, (), actor="香蜜湖街道")
    wired.until(lambda: wired.window.store.bags()[0].state is BagState.CHECKED)
    assert wired.window.desk.balance().balances


def test_a_withdrawal_reaches_the_back_office(hall: Hall, wired: Wired) -> None:
    case = wired.window.received()
    wired.window.desk.decisions.withdraw(case.case_id, why="申请人撤回")
    wired.link.kick()
    wired.link.start()
    wired.until(lambda: wired.link.waiting == 0 and wired.link.light.is_up)
    assert [matter.state.value for matter in hall.office.cases()] == ["WITHDRAWN"]


def test_the_light_follows_the_line_and_nothing_is_lost_meanwhile(hall: Hall, wired: Wired) -> None:
    assert wired.link.light is Light.UNKNOWN
    wired.link.start()
    wired.until(lambda: wired.link.light.is_up)
    hall.off()
    wired.link.kick()
    wired.until(lambda: wired.link.light is Light.OFFLINE)
    wired.window.received()
    wired.link.kick()
    (line,) = wired.window.desk.queue.page(Group.EVERY)
    assert (line.state, line.why) == ("等待网络", "网络不通, 连不上后台")
    assert (wired.link.waiting, wired.link.earliest) == (1, line.legal)
    hall.on()
    wired.link.kick(eager=True)
    wired.until(lambda: wired.link.light.is_up and wired.link.waiting == 0)
    assert wired.window.desk.queue.outage is None
    assert len(hall.office.bundle_ids()) == 1


def test_the_line_stops_quickly_while_it_listens(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "STOP_TIMEOUT_S", PATIENCE_S)
    wired.link.start()
    wired.until(lambda: wired.link.light.is_up)
    started = time.monotonic()
    wired.link.stop()
    assert time.monotonic() - started < LISTEN_S / 2
    assert not [thread for thread in threading.enumerate() if thread.name == "sync"]


def test_a_line_that_never_started_stops_too(wired: Wired) -> None:
    wired.link.stop()


def test_a_window_that_never_joined_has_a_line_that_only_counts(window: Window, tmp_path: Path) -> None:
    link = Link(window.desk, None, tmp_path / "sender.lock")
    told: list[int] = []
    link.subscribe(lambda: told.append(link.waiting))
    link.start()
    window.received()
    link.kick()
    link.stop()
    assert told == [1] and link.light is Light.UNKNOWN


def test_another_sender_of_this_machine_is_shown(wired: Wired, tmp_path: Path) -> None:
    other = SenderLock(tmp_path / "sender.lock")
    assert other.acquire()
    try:
        wired.link.start()
        wired.until(lambda: wired.link.light is Light.OTHER_SENDER)
    finally:
        other.release()


OWNER = Owner(pid=1, host="window-03", started_at=datetime(2026, 11, 20, tzinfo=UTC), beat_age_s=1.0)


@pytest.mark.parametrize(
    ("state", "light"),
    [
        (SyncState(), Light.UNKNOWN),
        (SyncState(link=LinkState.UP), Light.ONLINE),
        (SyncState(link=LinkState.UP, poor=LinkQuality(320, 900, 4)), Light.POOR),
        (SyncState(link=LinkState.DOWN, poor=LinkQuality(320)), Light.OFFLINE),
        (SyncState(link=LinkState.DOWN), Light.OFFLINE),
        (SyncState(link=LinkState.NOT_THE_GATEWAY, code="Y102"), Light.NOT_THE_GATEWAY),
        (SyncState(offline_since=OWNER.started_at, code="Y101"), Light.OFFLINE),
        (SyncState(other_sender=OWNER), Light.OTHER_SENDER),
    ],
)
def test_the_light_says_what_the_loop_knows(wired: Wired, state: SyncState, light: Light) -> None:
    wired.link._changed(state)
    assert wired.link.light is light
    assert (wired.window.desk.queue.outage is not None) is (light in (Light.OFFLINE, Light.NOT_THE_GATEWAY))


def test_a_poor_line_is_told_with_its_figures(wired: Wired) -> None:
    wired.link._changed(SyncState(link=LinkState.UP, poor=LinkQuality(320, 900, 4)))
    assert wired.link.poor == "上行 320 kbit/s · 应答 900 毫秒 · 两分钟内断线 4 次"
    wired.link._changed(SyncState(link=LinkState.UP))
    assert wired.link.poor == ""


def test_the_most_urgent_day_and_what_is_stuck_stand_in_the_bar(wired: Wired) -> None:
    case = wired.window.received()
    wired.window.store.outbox.mark_failed(
        case.bundles[0].bundle_id,
        state=LineState.ASK,
        failure=FailureClass.ASK,
        code="Y301",
        detail="",
        next_try_at=None,
        now=now(),
    )
    wired.link.kick()
    assert wired.link.earliest.endswith("1 !")


def station_of(wired: Wired, folder: Path, opened: list[Path]) -> Station:
    def view(path: Path) -> bool:
        opened.append(path)
        return True

    recovery = Recovery(interrupted_sends=0, orphan_pages=0, open_drafts=0, queued=0, was_alone=True)
    return Station(wired.window.desk, wired.link, recovery, str, view, 200, folder)


def test_a_page_leaves_the_vault_only_into_a_private_folder_that_goes_at_the_end(
    wired: Wired, tmp_path: Path
) -> None:
    opened: list[Path] = []
    station = station_of(wired, tmp_path / "private", opened)
    case = wired.window.scan(wired.window.open(), "id-card")
    page = case.slot("id-card").pages[0]
    assert station.open_page(page)
    (path,) = opened
    assert path.read_bytes() == wired.window.store.vault.get(page.sha256)
    assert station.page_folder.stat().st_mode & 0o077 == 0
    wired.link.start()
    station.close()
    assert not station.page_folder.exists()


def test_the_line_remembers_when_the_back_office_was_heard(wired: Wired) -> None:
    wired.link.start()
    wired.until(lambda: wired.window.store.setting("line.heard_at") is not None)
