"""我要开理发店: one visit, one checklist, one bundle, three approvers, one answer."""

from __future__ import annotations

import pytest

from sync.contract.models import Change, ChangeKind
from tests.acceptance.clerk import Clerk
from tests.acceptance.seat import delivered, played, seated
from workstation.cli.practice import Practice
from workstation.domain.case import Case, CaseState
from workstation.domain.kinds import OriginalRule
from workstation.tui.screens.home import HomeScreen

pytestmark = pytest.mark.usefixtures("unread")

REGISTRATION, HYGIENE, SIGN = "440790103001", "440190104001", "441090105001"


def say(practice: Practice, case: Case, code: str, kind: ChangeKind) -> Change:
    """Let one approver decide its part at the real back office."""
    return practice.network.office.decide(case.number, kind, actor=f"{code[-3:]}局", branch=code)


async def until_state(clerk: Clerk, case: Case, state: CaseState) -> None:
    """Wait until the back office's word has reached the window."""
    store = clerk.app.station.desk.store
    clerk.app.station.link.kick(eager=True)
    await clerk.until(lambda: store.case(case.case_id).state is state, state.value)


@played
async def test_a_barbers_shop_is_opened_in_one_go(practice: Practice) -> None:
    async with seated(practice) as clerk:
        await clerk.open_new("wyklfd")
        case = await clerk.receive()
        lines = clerk.view.checklist.lines
        standards = [line.material.standard_id for line in lines]
        assert len(set(standards)) == len(standards) and "business-licence" not in standards
        await clerk.to_home()
        await delivered(clerk)

        office = practice.network.office
        manifest = office.bundle(case.bundles[-1].bundle_id).signed.manifest
        asked_for = [line.material for line in lines if line.material.original is not OriginalRule.FORM]
        assert {page.slot for page in manifest.pages} == {material.id for material in asked_for}
        cards = [page for page in manifest.pages if page.slot == "id-card" and page.origin == "scanned"]
        assert len(cards) == 2, "front and back of the one card, scanned once for three approvers"
        parts = office.branches(case.number)
        assert [part.item_code for part in parts] == [REGISTRATION, HYGIENE, SIGN]
        assert all("id-card" in part.slots for part in parts)

        for code in (SIGN, REGISTRATION):
            say(practice, case, code, ChangeKind.ACCEPTED)
        await clerk.until(lambda: len(_branches(clerk, case)) == 2, "two have spoken")
        assert clerk.app.station.desk.store.case(case.case_id).state is CaseState.RECEIVED
        say(practice, case, HYGIENE, ChangeKind.ACCEPTED)
        await until_state(clerk, case, CaseState.ACCEPTED)
        for code in (REGISTRATION, HYGIENE, SIGN):
            say(practice, case, code, ChangeKind.DECIDED)
        await until_state(clerk, case, CaseState.DECIDED)

        assert isinstance(clerk.app.screen, HomeScreen)
        await clerk.open_listed(case.case_id)
        assert [line.words for line in clerk.view.branches] == ["准予"] * 3
        decisions = [
            change for change in office.feed.since(manifest.window_id, 0).changes if not change.branch
        ]
        assert [c.kind for c in decisions if c.subject == case.number] == [
            ChangeKind.ACCEPTED,
            ChangeKind.DECIDED,
        ]


def _branches(clerk: Clerk, case: Case) -> dict[str, object]:
    return dict(clerk.app.station.desk.store.case(case.case_id).branches)
