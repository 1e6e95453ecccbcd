"""Numbers at the window: who is called when, what a booking brings, and what a file may not bring."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.conftest import ELDER_CARD, NOW, ZHAO, MakeWindow, Window
from workstation.domain.clock import local_date
from workstation.domain.errors import IllegalTicketMove
from workstation.domain.handling import Stage, handling
from workstation.domain.tickets import Booking, Lane, TicketState
from workstation.services.booking_file import COLUMNS, Imported, keep_bookings, read_bookings
from workstation.services.ticket_errors import (
    BadBooking,
    BadBookingFile,
    BookingTaken,
    NobodyCalled,
    NobodyWaits,
    NotGreeted,
    NotToday,
    UnknownBooking,
    UnknownTicket,
)
from workstation.services.tickets import TicketDesk, waits_s


@pytest.fixture
def desk(window: Window) -> TicketDesk:
    return window.desk.tickets


def booked(window: Window, number: str = "YY-1", *, minutes: float = 0, **facts: str) -> Booking:
    booking = Booking(
        number=number,
        item_code=window.item(ELDER_CARD).code,
        booked_for=NOW + timedelta(minutes=minutes),
        name=facts.get("name", ZHAO.name),
        id_number=ZHAO.id_number,
        phone=ZHAO.phone,
        address=ZHAO.address,
    )
    keep_bookings(window.store, [booking])
    return booking


# --- numbers -------------------------------------------------------------------------------------------


def test_each_lane_counts_for_itself_and_a_new_day_begins_anew(window: Window, desk: TicketDesk) -> None:
    numbers = [desk.take(lane).number for lane in (Lane.LOCAL, Lane.LOCAL, Lane.COLLECT_FOR_HOME, Lane.JOINT)]
    assert numbers == ["A001", "A002", "B001", "C001"]
    window.clock.forward(days=1)
    assert desk.board().waiting == ()
    ticket = desk.take(Lane.LOCAL)
    assert (ticket.number, ticket.ticket_id) == ("A001", "20261121-A001")


def test_the_next_number_finishes_who_sat_here(window: Window, desk: TicketDesk) -> None:
    desk.take(Lane.LOCAL)
    desk.take(Lane.COLLECT_FOR_HOME)
    assert desk.call_next().number == "A001"
    desk.greet()
    window.clock.forward(minutes=3)
    assert desk.call_next().number == "B001"
    board = desk.board()
    assert board.at_window is not None and board.at_window.number == "B001"
    assert (board.finished, board.waiting, board.wait_s) == (1, (), 90.0)
    first = window.store.tickets(local_date(NOW))[0]
    assert first.finished_at == NOW + timedelta(minutes=3)
    assert waits_s(window.store, local_date(NOW)) == (0.0, 180.0)


def test_a_called_number_must_come_or_be_passed_over_first(window: Window, desk: TicketDesk) -> None:
    for _ in range(2):
        desk.take(Lane.LOCAL)
    desk.call_next()
    with pytest.raises(NotGreeted):
        desk.call_next()
    assert desk.skip().state is TicketState.SKIPPED
    assert desk.call_next().number == "A002"
    with pytest.raises(NotGreeted):
        desk.recall(desk.board().skipped[0].ticket_id)
    assert desk.recall().calls == 2
    desk.greet()
    with pytest.raises(IllegalTicketMove):
        desk.skip()
    back = desk.recall(desk.board().skipped[0].ticket_id)
    assert (back.number, desk.board().finished) == ("A001", 1)
    assert desk.greet() == desk.greet()
    assert desk.finish().state is TicketState.FINISHED


def test_with_nobody_here_there_is_nothing_to_do(desk: TicketDesk) -> None:
    with pytest.raises(NobodyWaits):
        desk.call_next()
    for act in (desk.skip, desk.greet, desk.finish, desk.recall):
        with pytest.raises(NobodyCalled):
            act()
    with pytest.raises(UnknownTicket):
        desk.recall("20261120-A999")
    assert desk.booked_item() == ""


def test_numbers_survive_a_restart(make_window: MakeWindow) -> None:
    before = make_window().desk.tickets
    before.take(Lane.LOCAL)
    before.call_next()
    after = make_window().desk.tickets
    assert after.take(Lane.LOCAL).number == "A002"
    present = after.board().at_window
    assert present is not None and present.number == "A001"


# --- the case opened with a number -----------------------------------------------------------------------


def test_the_case_keeps_the_number_and_its_times_and_counts_from_the_call(
    window: Window, desk: TicketDesk
) -> None:
    desk.take(Lane.LOCAL)
    window.clock.forward(minutes=6)
    desk.call_next()
    window.clock.forward(seconds=20)
    desk.greet()
    window.clock.forward(seconds=10)
    case = desk.begin(window.item(ELDER_CARD).code)
    assert case.ticket == "A001" and case.arrival is not None
    assert case.arrival.taken_at == NOW and case.arrival.called_at == NOW + timedelta(minutes=6)
    assert desk.board().at_window is not None
    while questions := window.desk.view(case.case_id).questions:
        window.desk.intake.answer(case.case_id, questions[0].id, questions[0].options[0].id)
    desk.leave()
    assert desk.board().finished == 0, "the case is not received yet"
    done = window.desk.decisions.receive(window.filled(window.with_materials(window.named(case))).case_id)
    spent = handling(window.store.log(done.case_id))
    assert spent is not None and spent.stages == {Stage.GREETING: 30.0}
    desk.leave()
    desk.leave()
    assert (desk.board().finished, desk.board().at_window) == (1, None)


def test_a_booking_brings_its_item_and_its_citizen(window: Window, desk: TicketDesk) -> None:
    booking = booked(window)
    assert [one.number for one in desk.board().bookings] == ["YY-1"]
    assert desk.take_booked(" YY-1 ").number == "Y001"
    assert desk.board().bookings == ()
    desk.call_next()
    code = desk.booked_item()
    assert code == booking.item_code
    case = desk.begin(code)
    assert case.applicant is not None and case.applicant.name == ZHAO.name
    assert case.arrival is not None and case.arrival.booking == "YY-1"
    with pytest.raises(BookingTaken):
        desk.take_booked("YY-1")


def test_a_booking_for_another_day_or_of_nobody_is_refused(window: Window, desk: TicketDesk) -> None:
    booked(window, minutes=24 * 60)
    with pytest.raises(NotToday) as caught:
        desk.take_booked("YY-1")
    assert caught.value.details["day"] == "2026-11-21"
    with pytest.raises(UnknownBooking):
        desk.take_booked("YY-2")


def test_a_booking_that_was_missed_yesterday_may_come_without_a_time(
    window: Window, desk: TicketDesk
) -> None:
    keep_bookings(window.store, [Booking(number="YS-1", item_code=window.item(ELDER_CARD).code)])
    desk.take_booked("YS-1")
    window.clock.forward(days=1)
    assert desk.take_booked("YS-1").number == "Y001"


def test_an_item_that_left_the_catalogue_must_be_chosen(window: Window, desk: TicketDesk) -> None:
    keep_bookings(window.store, [Booking(number="YS-1", item_code="999999999999")])
    desk.take_booked("YS-1")
    desk.call_next()
    assert desk.booked_item() == ""


# --- files ---------------------------------------------------------------------------------------------


def knows(code: str) -> bool:
    return code == "440320001W00"


GOOD = {"number": "YY-1", "item": "440320001W00", "booked_for": "2026-11-20T10:30", "name": "赵样本"}


def as_csv(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = tuple(GOOD)) -> Path:
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", "utf-8")
    return path


def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps([GOOD], ensure_ascii=False), "utf-8")
    from_csv = read_bookings(as_csv(tmp_path / "b.csv", GOOD), knows)
    assert from_csv == read_bookings(tmp_path / "b.json", knows)
    (booking,) = from_csv
    assert booking.booked_for is not None and booking.booked_for.isoformat() == "2026-11-20T10:30:00+08:00"


def test_the_same_file_again_changes_nothing_and_a_new_time_replaces_the_old(
    window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "b.csv"
    kept = [
        keep_bookings(window.store, read_bookings(as_csv(path, row), knows))
        for row in (GOOD, GOOD, {**GOOD, "booked_for": "2026-11-20T14:00"})
    ]
    assert kept == [Imported(1, 0, 0), Imported(0, 0, 1), Imported(0, 1, 0)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "x"),
        ("number", "YY 1"),
        ("item", "440320009W00"),
        ("booked_for", "morgen"),
        ("booked_for", "2026-13-01T10:00"),
        ("id_number", "44030419400101999X"),
        ("pre_examined", "maybe"),
        ("name", "样" * 201),
        ("name", "样\u0007本"),
    ],
)
def test_one_bad_value_refuses_the_whole_file_and_is_not_repeated(
    tmp_path: Path, column: str, value: str
) -> None:
    row = {**GOOD, "number": "YY-2", column: value}
    path = as_csv(tmp_path / "b.csv", GOOD, row, columns=COLUMNS)
    with pytest.raises(BadBooking) as caught:
        read_bookings(path, knows)
    assert (caught.value.details["line"], caught.value.details["column"]) == (3, column)
    assert value not in str(caught.value.details)


def test_a_number_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBooking):
        read_bookings(as_csv(tmp_path / "b.csv", GOOD, GOOD), knows)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.csv", None),
        ("empty.csv", b""),
        ("latin.csv", "number,item\nYY-1,预约".encode("gbk")),
        ("more.csv", b"number,item,secret\n"),
        ("less.csv", b"number\n"),
        ("twice.csv", b"number,item,item\n"),
        ("quote.csv", b'number,item\n"YY-1,x\n'),
        ("b.json", b"{}"),
        ("c.json", b"[1]"),
        ("d.json", b"[" * 100_000),
        ("big.csv", b"number,item\n" + b"x" * 5_000_000),
        ("long.csv", b"number,item\n" + b"YY-1,440320001W00\n" * 5001),
    ],
)
def test_what_is_no_booking_file_says_what_one_looks_like(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises((BadBookingFile, BadBooking)) as caught:
        read_bookings(tmp_path / name, knows)
    assert caught.value.details["reason"]


@pytest.mark.parametrize("rows", [[["x"]], [{"number": 1, "item": "x"}], [{"number": "YY-1"}]])
def test_json_of_another_shape_is_refused(tmp_path: Path, rows: list[object]) -> None:
    (tmp_path / "b.json").write_text(json.dumps(rows), "utf-8")
    with pytest.raises((BadBookingFile, BadBooking)):
        read_bookings(tmp_path / "b.json", knows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    suffix=st.sampled_from(["csv", "json"]),
)
def test_no_file_of_any_content_is_more_than_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"any.{suffix}"
    path.write_bytes(b"number,item\n" + content if suffix == "csv" else content)
    with contextlib.suppress(BadBooking, BadBookingFile):
        read_bookings(path, knows)
