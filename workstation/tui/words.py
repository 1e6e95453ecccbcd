"""Words and lamps of the screens for values of the domain."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from workstation.domain.agreement import AGREES, APPLICANT
from workstation.domain.case import FieldValue, Origin
from workstation.domain.checklist import ChecklistLine, SlotStatus, Todo
from workstation.domain.covers import TRAY
from workstation.domain.kinds import KnownFrom
from workstation.i18n import N_, _, listed
from workstation.services.view import CaseView
from workstation.tui.cells import printable
from workstation.tui.theme import AMBER, BLUE, GREEN, QUIET, RED

SURE = 0.9
"""Confidence from which a read value is not pointed out as doubtful."""

CHECK_WORDS = {
    "check-digit": N_("校验位"),
    "id-check-digit": N_("校验位不符"),
    "id-length": N_("号码长度不对"),
    "id-birth-date": N_("号码中的出生日期不对"),
    "matches-number": N_("与号码一致"),
    "matches-code": N_("与二维码一致"),
    "second-reading": N_("再次识别一致"),
    "known-before": N_("与以前核过的一致"),
    "name-length": "",
    "address-length": "",
    "known-ethnicity": "",
    "plausible-date": "",
    "police-office": "",
    "span": "",
    "from-number": N_("由号码推出"),
    "from-chip": N_("芯片"),
    "required": N_("必填"),
    "phone": N_("电话号码格式不对"),
    "date": N_("日期格式应为 年-月-日"),
    "uscc": N_("统一社会信用代码不对"),
    "choice": N_("不在可选范围"),
    "money": N_("金额格式不对"),
    "max-length": N_("太长"),
    "control-character": N_("含有不可见字符"),
    "unconfirmed": N_("待确认"),
    "repaired": N_("已订正易混字符"),
    "check-character": N_("校验位"),
    "composite": "",
    "length": "",
    "amount": "",
    "shape": "",
    "known-sex": "",
    "known-kind": "",
    "known-word": "",
    "known-relation": "",
    "known-education": "",
    "known-marital-status": "",
    "date-order": "",
    "number-date": "",
    "role-sex": "",
    "one-of-couple": "",
    "same-province": "",
    "same-year": "",
    "runs-on": "",
    "holder-age": "",
    AGREES: N_("与《{document}》一致"),
}
FAILED_WORDS = {
    "check-digit": N_("校验位不符"),
    "matches-number": N_("与号码不一致"),
    "matches-code": N_("与二维码不一致"),
    "name-length": N_("姓名长度异常"),
    "address-length": N_("住址太短"),
    "known-ethnicity": N_("不是规范民族名"),
    "plausible-date": N_("日期异常"),
    "police-office": N_("签发机关异常"),
    AGREES: N_("与《{document}》上的不一致"),
    "check-character": N_("校验位不符"),
    "composite": N_("机读码总校验不符"),
    "length": N_("内容太短"),
    "amount": N_("金额格式异常"),
    "shape": N_("格式异常"),
    "known-sex": N_("性别异常"),
    "known-kind": N_("不是规范类型"),
    "known-word": N_("不是规范用语"),
    "known-relation": N_("不是规范的户主关系"),
    "known-education": N_("不是规范的文化程度"),
    "known-marital-status": N_("不是规范的婚姻状况"),
    "span": N_("有效期起止不符"),
    "date-order": N_("日期先后不符"),
    "number-date": N_("号码中的出生日期不对"),
    "role-sex": N_("号码中的性别不符"),
    "one-of-couple": N_("持证人不是双方之一"),
    "same-province": N_("证号与单元号不是一个省份"),
    "same-year": N_("证号与登记日期不是一年"),
    "holder-age": N_("有效期与年龄不符"),
    "runs-on": N_("可能混入了别处的字"),
}
DOCUMENT_WORDS = {
    "id-card-front": N_("居民身份证"),
    "household-register-page": N_("户口簿"),
    "marriage-certificate": N_("结婚证"),
    "birth-certificate": N_("出生医学证明"),
    "disability-certificate": N_("残疾人证"),
    "social-security-card": N_("社会保障卡"),
    "residence-permit-front": N_("居住证"),
    APPLICANT: N_("申请人"),
}


def wants_eyes(value: FieldValue) -> bool:
    """Return whether a reading that nobody compared yet is missing, doubtful or fails a check."""
    return value.confirmed_by is None and (not value.valid or value.confidence < SURE)


def check_words(name: str) -> str:
    """Return a check's words; a failed one (`!name`) in its failed form, with the document it speaks of."""
    name, _colon, kind = name.partition(":")
    document = _(DOCUMENT_WORDS[kind]) if kind in DOCUMENT_WORDS else kind
    if name.startswith("!"):
        words = FAILED_WORDS.get(name[1:]) or CHECK_WORDS.get(name[1:], name[1:])
    else:
        words = CHECK_WORDS.get(name, name)
    return _(words).format(document=document) if words else ""


def slot_title(slot: str, title: str) -> str:
    """Return the name of a slot: its material's, or that of the pages of a stack nobody has sorted."""
    return _("待分拣的页") if slot == TRAY else title


def slot_lamp(line: ChecklistLine, *, offered: bool) -> Text:
    """Return glyph and word for a checklist line."""
    if line.done:
        return Text(_done_words(line), Style(color=GREEN if line.status is not SlotStatus.LATER else AMBER))
    if offered and line.todo is Todo.SCAN:
        return Text(_("可复用, 按 F3"), Style(color=BLUE))
    words = {
        Todo.SCAN: _("待扫描, 按 F2"),
        Todo.SCAN_MORE: _("已扫 {n} 页, 还差 {m} 页").format(
            n=line.pages, m=line.pages_expected_min - line.pages
        ),
        Todo.REMOVE_PAGES: _("页数过多, 按 Del 删去"),
        Todo.LOOK: _("扫描有疑点, 按回车查看"),
        Todo.AWAIT_PROOF: _("待核验, 联网后自动完成"),
        Todo.MARK_ORIGINAL: _("已扫 {n} 页, 按回车确认原件").format(n=line.pages),
    }
    return Text(words[line.todo], Style(color=AMBER))


def _done_words(line: ChecklistLine) -> str:
    words = {
        SlotStatus.SEEN_RETURNED: _("已核原件并退还 · {n} 页"),
        SlotStatus.SCANNED: _("原件留存 · {n} 页"),
        SlotStatus.REUSED: _("复用存档 · {n} 页"),
        SlotStatus.PROVED: _("已核验, 免交纸质"),
        SlotStatus.LATER: _("容缺后补"),
        SlotStatus.COMMITTED: _("告知承诺, 打印后签字"),
        SlotStatus.GENERATED: _("由表单生成, 打印后签字"),
    }
    return words.get(line.status, "").format(n=line.pages)


def slot_glyph(line: ChecklistLine, *, offered: bool) -> Text:
    """Return the glyph of a checklist line in its colour."""
    if line.status is SlotStatus.GENERATED:
        return Text("·", Style(color=QUIET))
    if line.status is SlotStatus.LATER:
        return Text("◷", Style(color=AMBER))
    if line.status is SlotStatus.COMMITTED:
        return Text("✎", Style(color=BLUE))
    if line.done:
        return Text("✔", Style(color=GREEN, bold=True))
    if offered and line.todo is Todo.SCAN:
        return Text("◆", Style(color=BLUE, bold=True))
    return Text("✘" if line.todo is Todo.SCAN else "!", Style(color=RED if line.todo is Todo.SCAN else AMBER))


def value_lamp(value: FieldValue | None) -> Text:
    """Return what is known about a form value: origin, checks, confidence."""
    if value is not None and not value.value and value.origin is Origin.OCR and value.confirmed_by is None:
        return Text(f"? {_('没有读出, 请录入')}", Style(color=AMBER))
    if value is None or not value.value:
        return Text(_("未填"), Style(color=QUIET))
    failed = [check_words(c) for c in value.checks if c.startswith("!")]
    if failed:
        return Text(f"✘ {listed(failed)}", Style(color=RED))
    if value.confirmed_by is not None:
        return Text(f"✔ {_origin(value.origin)}", Style(color=GREEN))
    if value.origin is Origin.REUSED:
        return Text(f"? {_('取自以前的办件, 请核对')}", Style(color=AMBER))
    passed = [words for c in value.checks if (words := check_words(c))]
    if value.confidence >= SURE:
        return Text(f"✔ {value.confidence:.2f} {listed(passed)}".rstrip(), Style(color=GREEN))
    compare = _("已订正易混字符, 请核对") if "repaired" in value.checks else _("请核对")
    return Text(f"? {value.confidence:.2f} {compare}", Style(color=AMBER))


def typed_lamp(value: FieldValue) -> Text:
    """Return what is said beside text that differs from the known value."""
    known = printable(value.value)
    told = _("识别为 {value}") if value.origin is Origin.OCR else _("原为 {value}")
    return Text(f"? {told.format(value=known)} · {_('Ctrl+Z 采用')}", Style(color=AMBER))


def _origin(origin: Origin) -> str:
    return {
        Origin.TYPED: _("已录入"),
        Origin.OCR: _("已核对"),
        Origin.CARD: _("取自身份证"),
        Origin.REUSED: _("取自存档"),
        Origin.DERIVED: _("由号码推出"),
    }[origin]


def derived_words(view: CaseView, question: str) -> str:
    """Say which fact gave an answer, e.g. `由身份证得出: 年龄 67 岁`."""
    known = view.known.get(question)
    if known is None:
        return _("由已录信息得出")
    if known.source is KnownFrom.AGE:
        return _("由身份证得出: 年龄 {age} 岁").format(age=known.fact)
    if known.source is KnownFrom.SEX:
        return _("由身份证得出: 性别 {sex}").format(sex=known.fact)
    if known.source is KnownFrom.ADDRESS:
        return _("由住址得出: {address}").format(address=printable(known.fact))
    return _("由存档得出: 已有核过的材料") if known.fact else _("由存档得出: 没有存档材料")
