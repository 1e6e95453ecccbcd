"""E-certificates at the counter: each wrong code is refused with its own reason, offline and online."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from sync.contract.libraries import (
    CertificateAnswer,
    CertificateQuery,
    CheckAnswer,
    CheckQuery,
    CheckService,
    CreditAnswer,
    CreditQuery,
)
from sync.contract.models import ChangeKind
from sync.contract.signing import key_id, new_key
from sync.errors import Unreachable
from sync.gateway.libraries import SpecimenLibraries
from tests.services.conftest import ELDER_CARD, PROFILE, QIAN, ZHAO, Clock, MakeWindow, Window
from workstation.domain.audit import Action
from workstation.domain.case import (
    Agent,
    AgentSet,
    Case,
    Move,
    Moved,
    Payload,
    ProofState,
    Reopened,
    SlotProved,
)
from workstation.domain.checklist import SlotStatus, Todo
from workstation.domain.kinds import AgentKind, ReplacementKind
from workstation.services import proof_errors as errors
from workstation.services.errors import CaseSealed, NoApplicant, NotReadyToReceive
from workstation.training import wallet
from workstation.training.specimens.people import by_name

REGISTER, BOOK = "household-register", "户口簿电子证照"
CHECK = "户籍信息核验"


@dataclass
class Line:
    """The specimen libraries, on a line that a test cuts."""

    clock: Clock
    up: bool = True
    asked: list[object] = field(default_factory=list)

    def certificate(self, query: CertificateQuery) -> CertificateAnswer:
        return self._behind(query).certificate(query)

    def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
        return self._behind(query).check(service, query)

    def credit(self, query: CreditQuery) -> CreditAnswer:
        return self._behind(query).credit(query)

    def _behind(self, query: object) -> SpecimenLibraries:
        self.asked.append(query)
        if not self.up:
            raise Unreachable
        return SpecimenLibraries(self.clock)


@dataclass
class Counter:
    """A practice window with one case, and the phone of its citizen."""

    window: Window
    line: Line
    case: Case

    @property
    def slot_proof(self) -> ProofState | None:
        proof = self.now.slot(REGISTER).proof
        return proof.state if proof else None

    @property
    def now(self) -> Case:
        return self.window.store.case(self.case.case_id)

    def code(self, **differing: object) -> str:
        at = self.window.clock()
        return wallet.code_of(ZHAO.name, ZHAO.id_number, BOOK, at, **differing)  # type: ignore[arg-type]

    def take(self, text: str) -> Case:
        return self.window.desk.proofs.take_code(self.case.case_id, REGISTER, text)

    def todo(self) -> Todo:
        line = self.window.desk.view(self.case.case_id).line(REGISTER)
        assert line is not None
        return line.todo


@pytest.fixture
def counter(make_window: MakeWindow) -> Counter:
    clock = Clock()
    line = Line(clock)
    window = make_window(
        profile=replace(PROFILE, practice=True),
        clock=clock,
        libraries=line,
        issuers=wallet.practice_issuers(),
    )
    case = window.named(window.open(ELDER_CARD))
    window.desk.identity.compare(case.case_id, alike=True)
    return Counter(window, line, case)


def test_a_signed_certificate_fills_the_slot_without_any_line(counter: Counter) -> None:
    counter.line.up = False
    case = counter.take(counter.code())
    proof = case.slot(REGISTER).proof
    assert proof is not None and proof.counts and counter.todo() is Todo.NOTHING and not counter.line.asked
    assert (proof.source, proof.key_id) == (wallet.ISSUER_NAME, key_id(wallet.practice_key().public_key()))


@pytest.mark.parametrize(
    ("differing", "refusal"),
    [
        ({"valid_until": "-1d"}, errors.CertificateExpired),
        ({"valid_from": "+1d"}, errors.CertificateNotYetValid),
        ({"shown_at": "-30m", "shown_until": "-25m"}, errors.CodeStale),
        ({"shown_at": "+30m", "shown_until": "+35m"}, errors.CodeStale),
        ({"shown_until": "+1d"}, errors.CodeStale),
        ({"practice": False}, errors.PracticeCertificate),
        ({"issuer": "11110000000000000X"}, errors.ForeignIssuer),
        ({"kind": "11100000000099999Z001"}, errors.ForeignIssuer),
        ({"holder": bytes(16)}, errors.OtherHolder),
    ],
)
def test_a_wrong_code_is_refused_with_its_own_reason(
    counter: Counter, differing: dict[str, object], refusal: type[Exception]
) -> None:
    now = counter.window.clock()
    steps = {"m": "minutes", "d": "days"}
    for name, step in differing.items():
        if isinstance(step, str) and step[0] in "+-":
            moment = now + timedelta(**{steps[step[-1]]: int(step[:-1])})
            differing[name] = moment.date() if name.startswith("valid") else moment
    with pytest.raises(refusal) as raised:
        counter.take(counter.code(**differing))
    assert type(raised.value) is refusal and counter.slot_proof is None


def test_an_altered_code_is_refused_as_altered(counter: Counter) -> None:
    forged = counter.code(key=new_key())
    with pytest.raises(errors.UnknownKey):
        counter.take(forged)
    sound = counter.code()
    bent = sound[:-4] + ("A" if sound[-4] != "A" else "B") + sound[-3:]
    with pytest.raises((errors.CodeAltered, errors.CodeUnreadable)):
        counter.take(bent)


def test_the_wrong_persons_and_the_wrong_kind_of_certificate_are_refused(counter: Counter) -> None:
    at = counter.window.clock()
    with pytest.raises(errors.OtherHolder):
        counter.take(wallet.code_of(QIAN.name, QIAN.id_number, BOOK, at))
    with pytest.raises(errors.WrongCertificate):
        counter.take(wallet.code_of(ZHAO.name, ZHAO.id_number, "结婚证电子证照", at))


def test_a_code_is_taken_once_even_after_the_clock_was_set_back(counter: Counter) -> None:
    code = counter.code()
    counter.take(code)
    counter.take(code)
    other = counter.window.named(counter.window.open(ELDER_CARD))
    counter.window.desk.identity.compare(other.case_id, alike=True)
    counter.window.clock.forward(minutes=-2)
    with pytest.raises(errors.CodeReplayed):
        counter.window.desk.proofs.take_code(other.case_id, REGISTER, code)


def test_a_revoked_certificate_and_one_of_a_revoked_key_are_refused(counter: Counter) -> None:
    number = wallet.presentation(ZHAO.name, ZHAO.id_number, BOOK, counter.window.clock()).number
    counter.window.tell(ChangeKind.CERTIFICATE_REVOKED, number)
    with pytest.raises(errors.CertificateRevoked):
        counter.take(counter.code())
    counter.take(counter.code(number="样本00000001"))
    counter.window.tell(ChangeKind.CERTIFICATE_REVOKED, key_id(wallet.practice_key().public_key()))
    with pytest.raises(errors.CertificateRevoked):
        counter.take(counter.code(number="样本00000002"))


def test_a_certificate_revoked_after_it_was_shown_bars_receiving(counter: Counter) -> None:
    window, case = counter.window, counter.case
    counter.take(counter.code())
    window.filled(window.with_materials(window.store.case(case.case_id), except_for=(REGISTER,)))
    number = wallet.presentation(ZHAO.name, ZHAO.id_number, BOOK, window.clock()).number
    window.tell(ChangeKind.CERTIFICATE_REVOKED, number)
    with pytest.raises(errors.CertificateRevoked):
        window.desk.decisions.receive(case.case_id)


def test_old_revocations_are_said_and_do_not_bar(counter: Counter) -> None:
    first = counter.take(counter.code()).slot(REGISTER).proof
    assert first is not None and first.warnings == (errors.REVOCATIONS_NEVER,)
    counter.window.desk.silence.heard(counter.window.clock())
    counter.window.clock.forward(hours=1)
    fresh = counter.take(counter.code()).slot(REGISTER).proof
    assert fresh is not None and fresh.warnings == ()
    counter.window.clock.forward(hours=30)
    old = counter.take(counter.code()).slot(REGISTER).proof
    assert old is not None and old.warnings == (errors.REVOCATIONS_OLD,) and old.counts


def test_an_identifier_is_asked_of_the_library_and_a_wrong_check_character_only_warns(
    counter: Counter,
) -> None:
    text = wallet.identifier_of(ZHAO.id_number, BOOK)
    bent = text[:-1] + ("A" if text[-1] != "A" else "B")
    proof = counter.take(bent).slot(REGISTER).proof
    assert proof is not None and proof.counts and proof.warnings == (errors.CHECK_CHARACTER,)
    query = counter.line.asked[0]
    assert isinstance(query, CertificateQuery) and query.scene.case_number == counter.case.number


@pytest.mark.parametrize(
    ("version", "refusal"),
    [
        ("002", errors.CertificateExpired),
        ("003", errors.CertificateRevoked),
        ("077", errors.CertificateUnknown),
    ],
)
def test_what_the_library_refuses_fills_nothing(
    counter: Counter, version: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        counter.take(wallet.identifier_of(ZHAO.id_number, BOOK, version=version))
    with pytest.raises(errors.OtherHolder):
        counter.take(wallet.identifier_of(QIAN.id_number, BOOK))
    assert counter.slot_proof is None


def test_offline_an_identifier_stays_pending_bars_the_case_and_comes_back_by_itself(counter: Counter) -> None:
    counter.line.up = False
    counter.take(wallet.identifier_of(ZHAO.id_number, BOOK))
    proof = counter.now.slot(REGISTER).proof
    assert proof is not None and proof.reason == Unreachable.code and counter.todo() is Todo.AWAIT_PROOF
    window = counter.window
    window.filled(window.with_materials(counter.now))
    with pytest.raises(NotReadyToReceive):
        window.desk.decisions.receive(counter.case.case_id)
    window.desk.proofs.settle(counter.line)
    assert counter.todo() is Todo.AWAIT_PROOF
    counter.line.up = True
    window.clock.forward(minutes=2)
    window.desk.proofs.settle(counter.line)
    assert counter.slot_proof is ProofState.VERIFIED and counter.todo() is Todo.NOTHING
    assert window.desk.decisions.receive(counter.case.case_id).received_at


def test_what_was_pending_and_is_refused_says_why(counter: Counter) -> None:
    counter.line.up = False
    counter.take(wallet.identifier_of(ZHAO.id_number, BOOK, version="003"))
    counter.line.up = True
    counter.window.desk.proofs.settle(counter.line)
    proof = counter.now.slot(REGISTER).proof
    assert proof is not None and proof.reason == errors.CertificateRevoked.code and not proof.counts
    assert counter.todo() is Todo.SCAN


def test_a_library_that_is_down_behind_a_living_line_leaves_the_slot_pending(counter: Counter) -> None:
    counter.take(wallet.identifier_of(ZHAO.id_number, BOOK, version="009"))
    proof = counter.now.slot(REGISTER).proof
    assert proof is not None and (proof.state, proof.reason) == (ProofState.PENDING, "E130")


def test_pages_taken_meanwhile_are_kept_when_the_answer_comes(counter: Counter) -> None:
    counter.line.up = False
    counter.take(wallet.identifier_of(ZHAO.id_number, BOOK))
    counter.window.desk.proofs.withdraw(counter.case.case_id, REGISTER, why="交来原件")
    counter.line.up = True
    counter.window.desk.proofs.settle(counter.line)
    assert counter.slot_proof is None


def test_nobody_compared_the_person_so_nothing_is_taken(counter: Counter) -> None:
    window = counter.window
    fresh = window.open(ELDER_CARD)
    with pytest.raises(NoApplicant):
        window.desk.proofs.take_code(fresh.case_id, REGISTER, counter.code())
    window.named(fresh)
    with pytest.raises(errors.IdentityNotCompared):
        window.desk.proofs.take_code(fresh.case_id, REGISTER, counter.code())
    window.desk.identity.compare(fresh.case_id, alike=False)
    with pytest.raises(errors.NotAlike):
        window.desk.proofs.take_code(fresh.case_id, REGISTER, counter.code())


def test_another_applicant_loses_what_was_proved_for_the_first(counter: Counter) -> None:
    counter.take(counter.code())
    counter.window.named(counter.now, QIAN)
    assert counter.slot_proof is None
    with pytest.raises(errors.IdentityNotCompared):
        counter.take(counter.code())


@pytest.mark.parametrize("text", ["", "   ", "440304", "ZZ1:", "https://example.invalid/", "\x00\x1b[2J"])
def test_anything_else_a_scanner_types_is_unreadable(counter: Counter, text: str) -> None:
    with pytest.raises(errors.CodeUnreadable):
        counter.take(text)


def test_a_material_that_nothing_replaces_takes_no_code(counter: Counter) -> None:
    with pytest.raises(errors.NotReplaceable):
        counter.window.desk.proofs.take_code(counter.case.case_id, "photo-receipt", counter.code())


def test_the_bundle_says_what_was_verified_and_a_sealed_case_takes_nothing_more(counter: Counter) -> None:
    window = counter.window
    counter.take(counter.code())
    window.filled(window.with_materials(counter.now))
    case = window.desk.decisions.receive(counter.case.case_id)
    body = window.manifest(case).body
    told = body["slots"][REGISTER]["proof"]
    assert told["state"] == "VERIFIED" and told["code"].startswith("ZZ1:") and told["key_id"]
    assert body["identity"]["alike"] is True
    with pytest.raises(CaseSealed):
        counter.take(counter.code())


# --- data checks ------------------------------------------------------------------------------------------


def check(counter: Counter, **differing: object) -> Case:
    words: dict[str, object] = {"ground": "申请人当面同意", **differing}
    return counter.window.desk.proofs.check(counter.case.case_id, REGISTER, CHECK, **words)  # type: ignore[arg-type]


def test_a_data_check_that_agrees_stands_for_the_paper(counter: Counter) -> None:
    proof = check(counter).slot(REGISTER).proof
    assert proof is not None and proof.counts and proof.service == "population"
    assert {value.name for value in proof.compared} >= {"name", "id_number", "address"}
    assert counter.todo() is Todo.NOTHING


def test_a_contradiction_is_kept_beside_the_slot_and_the_paper_is_still_wanted(counter: Counter) -> None:
    person = by_name("吴样本")
    counter.case = counter.window.named(counter.now, person)
    counter.window.desk.identity.compare(counter.case.case_id, alike=True)
    proof = check(counter).slot(REGISTER).proof
    assert proof is not None and proof.state is ProofState.MISMATCH and len(proof.differing) == 1
    assert counter.todo() is Todo.SCAN


def test_a_library_that_sums_up_wrongly_is_not_believed(counter: Counter) -> None:
    class Flattering(Line):
        def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
            answer = super().check(service, query)
            return answer.model_copy(
                update={"fields": tuple(f.model_copy(update={"agrees": False}) for f in answer.fields)}
            )

    counter.window.desk.proofs.libraries = Flattering(counter.window.clock)
    proof = check(counter).slot(REGISTER).proof
    assert proof is not None and proof.state is ProofState.MISMATCH


def test_a_check_wants_a_ground_and_one_the_item_names(counter: Counter) -> None:
    with pytest.raises(errors.NoGround):
        check(counter, ground="  ")
    with pytest.raises(errors.NotReplaceable):
        counter.window.desk.proofs.check(counter.case.case_id, REGISTER, "纳税信息核验", ground="同意")


def test_offline_a_check_waits_and_settles(counter: Counter) -> None:
    counter.line.up = False
    check(counter)
    assert counter.todo() is Todo.AWAIT_PROOF
    counter.line.up = True
    counter.window.desk.proofs.settle(counter.line)
    line = counter.window.desk.view(counter.case.case_id).line(REGISTER)
    assert line is not None and line.status is SlotStatus.PROVED


def test_a_check_that_waits_is_not_forgotten_while_its_case_is_sealed_and_may_come_back(
    counter: Counter,
) -> None:
    """A version the office does not take is opened again; what waited in it is asked for then."""
    counter.line.up = False
    check(counter)
    case_id, desk = counter.case.case_id, counter.window.desk

    def record(payload: Payload) -> None:
        with counter.window.store.transaction() as tx:
            tx.record(case_id, payload, actor="王样本", at=counter.window.clock())

    record(Moved(move=Move.RECEIVE, number=counter.case.number))
    counter.line.up = True
    asked = len(counter.line.asked)
    desk.proofs.settle(counter.line)
    assert counter.slot_proof is ProofState.PENDING and len(counter.line.asked) == asked
    record(Reopened(bundle_id="b", code="Y201"))
    counter.window.clock.forward(minutes=2)
    desk.proofs.settle(counter.line)
    assert counter.now.slot(REGISTER).is_proved
    assert desk.proofs._pending() == ()


def test_a_check_that_waits_goes_with_its_case(counter: Counter) -> None:
    counter.line.up = False
    check(counter)
    desk = counter.window.desk
    assert desk.proofs._pending() == (counter.case.case_id,)
    desk.decisions.withdraw(counter.case.case_id, why="申请人撤回")
    desk.proofs.settle(counter.line)
    assert desk.proofs._pending() == ()


def test_another_persons_check_sends_nothing_of_the_applicants(counter: Counter) -> None:
    check(counter, subject=(QIAN.name, QIAN.id_number))
    query = counter.line.asked[-1]
    assert isinstance(query, CheckQuery) and query.subject.number == QIAN.id_number and not query.fields


def test_the_log_keeps_who_asked_with_what_ground(counter: Counter) -> None:
    check(counter)
    entry = counter.window.store.log(counter.case.case_id)[-1]
    assert isinstance(entry.payload, SlotProved)
    assert (entry.payload.proof.ground, entry.actor) == ("申请人当面同意", PROFILE.clerk)


def test_the_papers_say_what_was_verified_and_mask_the_numbers(counter: Counter) -> None:
    counter.take(counter.code())
    papers = counter.window.desk.papers
    proof = papers.certificate_proofs(counter.case.case_id)
    assert proof is not None and proof.path.exists() and papers.data_checks(counter.case.case_id) is None
    check(counter)
    form = papers.data_checks(counter.case.case_id)
    assert form is not None and form.number.endswith("-H") and form.pages == 1


def test_the_audit_chain_says_who_was_compared_asked_about_and_refused(counter: Counter) -> None:
    counter.take(counter.code())
    with pytest.raises(errors.CodeReplayed):
        other = counter.window.named(counter.window.open(ELDER_CARD))
        counter.window.desk.identity.compare(other.case_id, alike=True)
        code = counter.now.slot(REGISTER).proof
        assert code is not None
        counter.window.desk.proofs.take_code(other.case_id, REGISTER, code.code)
    actions = [entry.action for entry in counter.window.store.audit.entries()]
    assert {Action.COMPARED, Action.PROVED, Action.PROOF_REFUSED} <= set(actions)
    written = " ".join(entry.detail for entry in counter.window.store.audit.entries())
    assert '"code":"E108"' in written and ZHAO.id_number not in written and ZHAO.name not in written


def test_a_key_counts_on_its_own_days_only(counter: Counter) -> None:
    issuer = wallet.practice_issuers()[0]
    ended = replace(issuer.keys[0], valid_until=counter.window.clock().date() - timedelta(days=1))
    counter.window.desk.proofs.issuers = (replace(issuer, keys=(ended,)),)
    with pytest.raises(errors.UnknownKey):
        counter.take(counter.code())


def test_a_line_that_is_down_is_asked_once_and_not_for_every_case(counter: Counter) -> None:
    window = counter.window
    counter.line.up = False
    cases = [counter.case]
    for _ in range(3):
        cases.append(window.named(window.open(ELDER_CARD)))
        window.desk.identity.compare(cases[-1].case_id, alike=True)
    for case in cases:
        window.desk.proofs.take_code(case.case_id, REGISTER, wallet.identifier_of(ZHAO.id_number, BOOK))
    counter.line.asked.clear()
    window.desk.proofs.settle(counter.line)
    assert len(counter.line.asked) == 1
    window.clock.forward(minutes=2)
    counter.line.up = True
    window.desk.proofs.settle(counter.line)
    proofs = [window.store.case(case.case_id).slot(REGISTER).proof for case in cases]
    assert all(proof is not None and proof.counts for proof in proofs)


@pytest.mark.parametrize("subject", [("", ""), ("钱样本", "\x00"), ("钱样本", "  ")])
def test_nobody_is_asked_about_without_a_number(counter: Counter, subject: tuple[str, str]) -> None:
    with pytest.raises(NoApplicant):
        check(counter, subject=subject)


def test_names_of_any_length_and_with_odd_characters_are_asked_about(counter: Counter) -> None:
    proof = check(counter, subject=("长" * 900 + "\x00\x1b", QIAN.id_number)).slot(REGISTER).proof
    assert proof is not None and proof.counts


def test_what_was_proved_of_an_agent_ends_with_the_agent(counter: Counter) -> None:
    agent_slot = "agent-id"
    agent = Agent(kind=AgentKind.AUTHORISED, name=QIAN.name, id_number=QIAN.id_number)
    asked = counter.window.desk.proofs._asked(
        QIAN.name, QIAN.id_number, ReplacementKind.E_CERTIFICATE, "申请人当面出示"
    )
    proof = replace(asked, state=ProofState.VERIFIED, title="居民身份证电子证照")
    with counter.window.store.transaction() as tx:
        at = counter.window.clock()
        payloads = AgentSet(agent=agent), SlotProved(slot=agent_slot, proof=proof)
        tx.record(counter.case.case_id, *payloads, actor="t", at=at)
        assert tx.case(counter.case.case_id).slot(agent_slot).is_proved
        other = by_name("吴样本")
        replaced = AgentSet(agent=replace(agent, name=other.name, id_number=other.id_number))
        case = tx.record(counter.case.case_id, replaced, actor="t", at=at)
    assert not case.slot(agent_slot).is_proved


def test_a_sealed_case_is_not_asked_for_any_more(counter: Counter) -> None:
    counter.line.up = False
    counter.take(wallet.identifier_of(ZHAO.id_number, BOOK))
    counter.window.desk.decisions.withdraw(counter.case.case_id, why="申请人撤回")
    counter.line.up = True
    counter.line.asked.clear()
    counter.window.desk.proofs.settle(counter.line)
    assert not counter.line.asked
