"""F4 in the workspace: e-certificates and data checks for the line under the cursor, and the card's chip."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on, work
from textual.message import Message

from scanners.id_reader import ChipCard
from workstation.domain.case import Case, Proof
from workstation.domain.checklist import Todo
from workstation.domain.identity import mask_id_number
from workstation.domain.kinds import ReplacementKind
from workstation.i18n import _, listed
from workstation.services.identity import is_compared, person_at_counter
from workstation.services.proof_errors import NoCodeSeen
from workstation.services.proof_papers import CERTIFICATES, CHECKS
from workstation.services.proof_pictures import code_in
from workstation.services.proof_places import place_for
from workstation.services.view import CaseView
from workstation.tui.cells import printable
from workstation.tui.proof_words import outcome_words
from workstation.tui.screens.case_decisions import DecisionKeys
from workstation.tui.screens.case_scan import ScanKeys
from workstation.tui.screens.dialogs import ChoiceDialog, TextDialog
from workstation.tui.screens.proof import CHECK, CODE, PICTURE, PRINT, WITHDRAW, ProofChoice, ProofDialog
from workstation.tui.widgets.steps.materials import MaterialsStep

ALIKE, OTHER = "alike", "other"
CONSENT, LAW, SOMEBODY = "consent", "law", "somebody"
GROUNDS = {CONSENT: "申请人当面同意", SOMEBODY: "申请人当面同意, 核验其办理事项所涉的人"}
"""What stands in the record and on paper, so it is Chinese whatever the screens speak."""
BY_LAW = "依法核验: {basis}"


def may_prove(view: CaseView, slot: str) -> bool:
    """Return whether something may stand for the paper of a line, or does."""
    line = view.line(slot)
    if line is None or not view.case.may_fill(slot) or view.case.applicant is None:
        return False
    return bool(line.material.replaced_by) and not line.pages


class ProofKeys(ScanKeys, DecisionKeys):
    """Certificates, checks and chips."""

    @dataclass
    class CodeSeen(Message):
        """A picture was looked at for a code."""

        slot: str
        text: str
        error: Exception | None = None

    def action_papers(self) -> None:
        """Verify instead of scanning where the line allows it, else print."""
        if self.may_read_chip:
            self.read_chip()
        elif self.view is not None and may_prove(self.view, self.current_slot):
            self._prove(self.current_slot)
        else:
            super().action_papers()

    # --- the person -----------------------------------------------------------------------------------

    @property
    def may_read_chip(self) -> bool:
        """True on the step of the applicant, while nobody is named and a reader belongs to the window."""
        return False

    def read_chip(self) -> None:
        """Read the card on the reader into the applicant's values."""
        self.say(_("请把身份证放到读卡器上…"))
        self.job(lambda: self.desk.identity.read_card(self.case_id), self._chip_read)

    def _chip_read(self, card: ChipCard) -> None:
        words = _("已读芯片: {name} {number}").format(
            name=printable(card.name), number=mask_id_number(card.id_number)
        )
        self.job(lambda: self.desk.view(self.case_id), self.show_view)
        self.say(words, _("请核对人证一致后确认申请人"))

    @work(exit_on_error=False)
    async def compare_person(self) -> None:
        """Record whether the person is the one on the document."""
        await self._person_compared()

    async def _person_compared(self) -> bool:
        """Ask the clerk to compare; True when the person is the one on the document."""
        view = self.view
        if view is None or person_at_counter(view.case) is None:
            return False
        case = view.case
        who = case.agent or case.applicant
        body = _("请当面比对来人与证件: {name} {number}").format(
            name=printable(who.name) if who else "", number=mask_id_number(who.id_number) if who else ""
        )
        choices = [(ALIKE, _("人证一致")), (OTHER, _("人证不一致, 不再使用其证照"))]
        answer = await self.app.push_screen_wait(ChoiceDialog(_("核对人证"), body, choices, numbered=True))
        if answer is None:
            return False
        self.change(lambda: self.desk.identity.compare(self.case_id, alike=answer == ALIKE))
        return answer == ALIKE

    # --- the line -------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def _prove(self, slot: str) -> None:
        view = self.view
        line = view.line(slot) if view else None
        if view is None or line is None or not await self._is_right_person(view.case):
            return
        titles = {kind: _titles(view, slot, kind) for kind in ReplacementKind}
        certificates, checks = titles[ReplacementKind.E_CERTIFICATE], titles[ReplacementKind.DATA_CHECK]
        proof = view.case.slot(slot).proof
        body = _("可代替的证照: {titles}").format(titles=listed(certificates)) if certificates else ""
        if proof is not None:
            body = "\n".join(filter(None, (body, outcome_words(proof))))
        dialog = ProofDialog(
            printable(line.material.title),
            body,
            takes_code=bool(certificates),
            choices=_choices(checks, proof),
        )
        choice = await self.app.push_screen_wait(dialog)
        if choice is not None:
            await self._do(slot, choice)

    async def _is_right_person(self, case: Case) -> bool:
        return is_compared(case) or await self._person_compared()

    async def _do(self, slot: str, choice: ProofChoice) -> None:
        if choice.what == CODE:
            self.take_code(slot, choice.text)
        elif choice.what == PICTURE:
            self._look_for_code(slot)
        elif choice.what == CHECK:
            await self._check(slot, choice.text)
        elif choice.what == PRINT:
            self.print_papers((CERTIFICATES, CHECKS))
        elif choice.what == WITHDRAW:
            self.change(lambda: self.desk.proofs.withdraw(self.case_id, slot, why="改收纸质原件"))

    def take_code(self, slot: str, text: str) -> None:
        """Take a code for a slot and say what came of it."""
        self.change(lambda: self.desk.proofs.take_code(self.case_id, slot, text), lambda: self._proved(slot))

    def _proved(self, slot: str) -> None:
        proof = self.view.case.slot(slot).proof if self.view else None
        if proof is None:
            return
        if proof.counts:
            self.go_on()
        elif proof.reason:
            self.wake_line()
        self.say(
            outcome_words(proof),
            "" if proof.counts else _("F4 再核验, 或按 F2 收取纸质原件"),
            _TONE[proof.counts],
        )

    async def _check(self, slot: str, title: str) -> None:
        view = self.view
        basis = view.item.legal_basis[0] if view and view.item.legal_basis else ""
        choices = [(CONSENT, _("申请人同意: 核验申请人本人"))]
        choices += [(LAW, _("依法核验, 不需同意: {basis}").format(basis=basis))] if basis else []
        choices += [(SOMEBODY, _("核验所涉的其他人, 如逝者、子女: 写明姓名和证件号码"))]
        chosen = await self.app.push_screen_wait(
            ChoiceDialog(title, _("核验依据记入办件, 印在数据核验表单上。"), choices, numbered=True)
        )
        if chosen is None:
            return
        subject = await self._subject() if chosen == SOMEBODY else None
        if chosen == SOMEBODY and subject is None:
            return
        ground = BY_LAW.format(basis=basis) if chosen == LAW else GROUNDS[chosen]
        self.change(
            lambda: self.desk.proofs.check(self.case_id, slot, title, ground=ground, subject=subject),
            lambda: self._proved(slot),
        )

    async def _subject(self) -> tuple[str, str] | None:
        answer = await self.app.push_screen_wait(
            TextDialog(_("核验谁"), _("只核验办理本事项所必需的人。"), _("姓名"), _("证件号码"))
        )
        return (answer[0], answer[1]) if answer is not None and answer[1] else None

    # --- codes ----------------------------------------------------------------------------------------

    @on(MaterialsStep.CodeTyped)
    def _code_typed(self, event: MaterialsStep.CodeTyped) -> None:
        """A hand scanner was used with the cursor on the list: the code finds its own line."""
        event.stop()
        self._take_typed(event.text)

    @work(exit_on_error=False)
    async def _take_typed(self, text: str) -> None:
        view = self.view
        if view is None or view.case.applicant is None or not await self._is_right_person(view.case):
            return
        slot = place_for(view.item, view.case, self.desk.proofs.trusted, text, self.current_slot)
        self.take_code(slot, text)

    def _look_for_code(self, slot: str) -> None:
        if not self.scanning:
            self.scanning = True
            self.say(_("正在读取二维码…"))
            self._picture(slot)

    @work(thread=True, exclusive=True, exit_on_error=False, group="scan")
    def _picture(self, slot: str) -> None:
        text, fault = "", _NO_FAULT
        try:
            job = self._scan_job()
            page = next(iter(self.desk.capture.scanner.scan(job, lambda: False)))
            text = code_in(page, self.desk.proofs.screens)
        except StopIteration:
            fault = NoCodeSeen()
        except Exception as error:  # noqa: BLE001 - the outermost rim: told to the clerk by the handler
            fault = error
        self.post_message(self.CodeSeen(slot, text, fault))

    @on(CodeSeen)
    def _code_seen(self, event: CodeSeen) -> None:
        event.stop()
        self.scanning = False
        self.close_camera()
        if event.error is not None:
            self.tell(event.error)
        else:
            self.take_code(event.slot, event.text)


_NO_FAULT: Exception | None = None
_TONE = {True: "information", False: "warning"}


def _titles(view: CaseView, slot: str, kind: ReplacementKind) -> list[str]:
    line = view.line(slot)
    return [each.title for each in line.material.replaced_by if each.kind is kind] if line else []


def _choices(checks: list[str], proof: Proof | None) -> list[tuple[ProofChoice, str]]:
    choices = [(ProofChoice(CHECK, title), _("数据核验: {title}").format(title=title)) for title in checks]
    if proof is not None:
        choices.append((ProofChoice(PRINT), _("打印核验单")))
        choices.append((ProofChoice(WITHDRAW), _("撤销核验, 改收纸质原件")))
    return choices


def awaits_proof(view: CaseView) -> bool:
    """Return whether a line waits for an answer that comes by itself."""
    return any(line.todo is Todo.AWAIT_PROOF for line in view.checklist.lines)
