"""What is wrong, false or altered: the clerk is told what happened and what to do, and nothing is lost."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from sync.contract.models import ChangeDefect, ChangeKind
from sync.port import LineState
from tests.acceptance.clerk import Clerk
from tests.acceptance.seat import delivered, offline, online, played, receive, seated, started
from workstation.catalogue.loader import bundled_pack
from workstation.cli.practice import PASSPHRASE, Practice
from workstation.domain.case import CaseState
from workstation.training.specimens.people import ZHAO
from workstation.tui.screens.courier import CourierScreen
from workstation.tui.screens.queue import QueueScreen
from workstation.tui.screens.unlock import UnlockScreen

pytestmark = pytest.mark.usefixtures("unread")
WRONG = ZHAO.id_number[:-1] + str((int(ZHAO.id_number[-1].replace("X", "0")) + 1) % 10)
MARKUP, MASKED = "[/red]", "[*****"
DEFECT = ChangeDefect(material_id="id-card", material="居民身份证", problem=MARKUP, needed="重新提交")


def spoil(clerk: Clerk, sha256: str) -> bytes:
    """Change one byte of a page's file, as a bad disk or a curious hand does; return the file as it was."""
    path = clerk.app.station.desk.store.vault._path(sha256)
    before = path.read_bytes()
    path.write_bytes(before[:-20] + bytes([before[-20] ^ 1]) + before[-19:])
    return before


@played
async def test_wrong_passphrase_leaves_the_store_closed_and_the_right_one_opens_it(
    practice: Practice,
) -> None:
    async with started(practice) as clerk:
        await clerk.on_screen(UnlockScreen)
        await clerk.enter_text("bushi")
        await clerk.press("enter")
        await clerk.until(lambda: clerk.shows("T101", "口令不正确", "请检查大写锁定"), "refusal")
        assert isinstance(clerk.app.screen, UnlockScreen)
        await clerk.unlock()
        assert clerk.app.station.desk.store.summaries(states=[CaseState.DELIVERED])


@played
async def test_altered_page_is_named_when_it_is_looked_at(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await clerk.open_new()
        await clerk.prepare(lambda view: len(view.case.slot("id-card").pages) == 1)
        case = clerk.view.case
        await clerk.to_home()
        spoil(clerk, case.slot("id-card").pages[0].sha256)
        await clerk.open_listed(case.case_id)
        await clerk.until(lambda: clerk.shows("T105", "请重新扫描这一页"), "the pane says so")
        await clerk.press("f5")
        await clerk.until(lambda: "T105" in clerk.notice, "F5 says so")
        await clerk.scan()
        assert len(clerk.view.case.slot("id-card").pages) == 2


@played
async def test_bundle_with_an_altered_page_is_set_aside_and_the_others_go(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await offline(clerk)
        bad, good = await receive(clerk), await receive(clerk)
        page = bad.slot("photo-receipt").pages[0].kept_sha256
        whole = spoil(clerk, page)
        await online(clerk)
        await delivered(clerk, but=1)
        outbox = clerk.app.station.desk.store.outbox
        assert outbox.line(good.bundles[0].bundle_id).state is LineState.DELIVERED
        assert outbox.line(bad.bundles[0].bundle_id).state is LineState.QUARANTINED
        await clerk.press("f5")
        await clerk.on_screen(QueueScreen)
        await clerk.until(lambda: clerk.shows("已隔离", "其他件照常发送", "已单独隔离"), "the queue says why")
        clerk.app.station.desk.store.vault._path(page).write_bytes(whole)
        await clerk.press("r")
        await delivered(clerk)


# --- item packs -------------------------------------------------------------------------------------------


def lay_pack(folder: Path, name: str, *, forged: bool = False) -> None:
    """Copy the pack that came with the program; a forged one carries a signature of other bytes."""
    shutil.copytree(bundled_pack(), folder / name)
    if forged:
        signature = folder / name / "manifest.sig"
        signature.write_bytes(signature.read_bytes()[::-1])


@played
async def test_pack_with_a_false_signature_is_left_out_and_the_old_one_works(
    practice: Practice, tmp_path: Path
) -> None:
    packs = tmp_path / "packs"
    lay_pack(packs, "2026.11")
    lay_pack(packs, "2026.12", forged=True)
    practice.settings = replace(practice.settings, packs_folder=str(packs))
    async with seated(practice) as clerk:
        await clerk.until(lambda: clerk.shows("事项包2026.12没有启用", "C102", "现有版本继续可用"), "said")
        await clerk.open_new()
        assert clerk.view.case.pack_version == "2026.11"


@played
async def test_start_without_any_sound_pack_is_refused_and_keeps_the_data(
    practice: Practice, tmp_path: Path
) -> None:
    sound = practice.settings
    lay_pack(tmp_path / "packs", "2026.12", forged=True)
    practice.settings = replace(sound, packs_folder=str(tmp_path / "packs"))
    async with started(practice) as clerk:
        await clerk.on_screen(UnlockScreen)
        await clerk.enter_text(PASSPHRASE)
        await clerk.press("enter")
        await clerk.until(lambda: clerk.shows("C102", "签名不是受信任的发布单位所签"), "refused")
    practice.settings = sound
    async with seated(practice) as clerk:
        assert clerk.app.station.desk.store.summaries()


# --- numbers and names ------------------------------------------------------------------------------------


@played
async def test_typed_id_number_with_a_bad_check_digit_is_not_taken(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await clerk.open_new()
        await clerk.prepare(lambda view: not view.questions)
        await clerk.fill_applicant(ZHAO, id_number=WRONG)
        await clerk.press("enter")
        await clerk.until(lambda: clerk.shows("D109", "校验位不符", "逐位核对"), "refused")
        assert clerk.view.case.applicant is None
        await clerk.name_applicant(ZHAO)
        applicant = clerk.view.case.applicant
        assert applicant is not None and applicant.id_number == ZHAO.id_number


@played
async def test_person_whose_name_is_markup_is_shown_as_written(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await offline(clerk)
        case = await receive(clerk, name=MARKUP)
        await clerk.open_taken(case)
        await clerk.until(lambda: clerk.shows(MARKUP), "case head")
        await clerk.press("pageup", "pageup", "pageup")
        await clerk.to_home()
        await clerk.until(lambda: clerk.shown.count(MASKED) >= 2, "home: case and queue, masked")
        await clerk.press("f5")
        await clerk.on_screen(QueueScreen)
        await clerk.until(lambda: clerk.shows(MASKED), "queue, masked")
        await clerk.to_home()
        await clerk.press("f6")
        await clerk.on_screen(CourierScreen)
        await clerk.until(lambda: clerk.shows(MASKED), "originals, masked")
        await clerk.press("f2")
        await clerk.until(lambda: clerk.shows(MASKED), "bag, masked")
        desk = clerk.app.station.desk
        for paper in (desk.papers.receipt(case.case_id), desk.papers.handover(desk.courier.bags()[0])):
            text = subprocess.check_output(["pdftotext", "-raw", paper.path, "-"], text=True)
            assert MARKUP in text or MASKED in text, paper.form
        await online(clerk)
        await delivered(clerk)
        change = practice.network.office.decide(
            case.number, ChangeKind.CORRECTION, actor="[/b]街道", reason=MARKUP, defects=(DEFECT,)
        )
        await clerk.to_home()
        await clerk.until(lambda: clerk.shows("[/b]街道", change.reason), "message")
