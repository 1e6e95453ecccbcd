"""The parts of an item in the words of a supervisor: what `show`, `diff` and the table of items print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from workstation.domain.items import (
    AgentRule,
    Item,
    Limit,
    Material,
    Overlay,
)
from workstation.domain.kinds import (
    AgentKind,
    Channel,
    CorrectionRule,
    FieldKind,
    HandlingMode,
    ItemFlag,
    KnownFrom,
    LimitUnit,
    MaterialOrigin,
    Need,
    OriginalRule,
    Reach,
    ReplacementKind,
    Routing,
    RuleKind,
    Stage,
    WindowCategory,
)
from workstation.domain.situations import Question, When
from workstation.i18n import N_, _

NOTHING = N_("无")

TITLES: tuple[tuple[StrEnum, str], ...] = (
    (HandlingMode.LOCAL, N_("收件地办理")),
    (HandlingMode.COLLECT_FOR_HOME, N_("代收代办(属地决定)")),
    (HandlingMode.JOINT, N_("多地联办")),
    (Routing.HOUSEHOLD, N_("户籍地街道")),
    (Routing.RESIDENCE, N_("居住地街道")),
    (Routing.PROPERTY, N_("房屋所在地街道")),
    (Routing.RECEIVING, N_("收件街道")),
    (Routing.BOTH_HOUSEHOLDS, N_("双方户籍地街道")),
    (WindowCategory.ENTERPRISE_SETUP, N_("企业开办")),
    (WindowCategory.OPERATION, N_("经营许可")),
    (WindowCategory.SOCIAL_AFFAIRS, N_("社会事务")),
    (WindowCategory.INVESTMENT, N_("投资建设")),
    (WindowCategory.CUSTOMS, N_("海关口岸")),
    (Reach.NATION, N_("全国通办")),
    (Reach.PROVINCE, N_("全省通办")),
    (Reach.CITY, N_("全市通办")),
    (Reach.DISTRICT, N_("全区通办")),
    (Reach.FIXED, N_("定点办理")),
    (Channel.WINDOW, N_("窗口办理")),
    (Channel.ONLINE, N_("网上办理")),
    (Channel.KIOSK, N_("自助终端")),
    (Channel.MOBILE, N_("移动端")),
    (Channel.POST, N_("邮寄申请")),
    (ItemFlag.AT_ONCE, N_("马上办")),
    (ItemFlag.NEARBY, N_("就近办")),
    (ItemFlag.ONE_VISIT, N_("一次办")),
    (ItemFlag.ONLINE, N_("网上办")),
    (ItemFlag.ZERO_MATERIAL, N_("零材料")),
    (ItemFlag.ZERO_TIME, N_("零时限")),
    (ItemFlag.ZERO_DISTANCE, N_("零距离")),
    (ItemFlag.ZERO_FEE, N_("零收费")),
    (AgentKind.AUTHORISED, N_("授权代理")),
    (AgentKind.RELATIVE, N_("亲友代办")),
    (AgentKind.GUARDIAN, N_("监护人")),
    (AgentKind.COMMITTEE, N_("村(居)民委员会")),
    (OriginalRule.SIGHTED, N_("核验原件")),
    (OriginalRule.KEPT, N_("收原件")),
    (OriginalRule.FORM, N_("窗口生成")),
    (Need.REQUIRED, N_("必要")),
    (Need.TOLERABLE, N_("可容缺")),
    (MaterialOrigin.APPLICANT, N_("申请人自备")),
    (MaterialOrigin.GOVERNMENT, N_("政府部门核发")),
    (MaterialOrigin.OTHER, N_("其他来源")),
    (ReplacementKind.E_CERTIFICATE, N_("电子证照")),
    (ReplacementKind.DATA_CHECK, N_("数据核验")),
    (KnownFrom.AGE, N_("年龄")),
    (KnownFrom.SEX, N_("性别")),
    (KnownFrom.ADDRESS, N_("住址")),
    (KnownFrom.ARCHIVE, N_("归档材料")),
    (CorrectionRule.ON_SPOT, N_("当场告知, 逾期视为受理")),
    (CorrectionRule.ON_SPOT_OR_5_WORKDAYS, N_("当场或五个工作日内一次告知, 逾期视为受理")),
    (Stage.APPLICATION, N_("申请")),
    (Stage.UNDERTAKING, N_("承诺")),
    (Stage.HANDLING, N_("办理")),
    (Stage.COMPLETION, N_("办结")),
    (FieldKind.TEXT, N_("文字")),
    (FieldKind.DATE, N_("日期")),
    (FieldKind.ID_NUMBER, N_("身份号码")),
    (FieldKind.USCC, N_("统一社会信用代码")),
    (FieldKind.PHONE, N_("电话")),
    (FieldKind.CHOICE, N_("选项")),
    (FieldKind.MONEY, N_("金额")),
    (RuleKind.NOT_AFTER, N_("先后")),
    (RuleKind.EQUAL, N_("相同")),
    (RuleKind.DIFFERENT, N_("不同")),
    (RuleKind.ANY_OF, N_("至少一项")),
    (RuleKind.SUM, N_("合计")),
)
"""The closed sets of an item; pairs, because members of two sets may be equal as text."""

_BY_MEMBER = {(type(member), member.value): title for member, title in TITLES}


def named(member: StrEnum) -> str:
    """Return the words for a member of one of the closed sets."""
    return _(_BY_MEMBER[type(member), member.value])


def listed(values: Iterable[str]) -> str:
    """Return values side by side; 无 when there are none."""
    return "; ".join(values) or _(NOTHING)


def yes_no(value: bool) -> str:
    """Return 是 or 否."""
    return _("是") if value else _("否")


def limit_words(limit: Limit | None) -> str:
    """Return a limit with its unit, never a bare number."""
    if limit is None:
        return _("未规定")
    units = {LimitUnit.WORKDAY: _("{number} 个工作日"), LimitUnit.CALENDAR_DAY: _("{number} 日")}
    return units[limit.unit].format(number=limit.number)


def condition_words(questions: Sequence[Question], when: When) -> str:
    """Return a condition as `情形: 补办 或 换证`; empty when it always holds."""
    known = {question.id: question for question in questions}
    groups = []
    for group in when.any_of:
        clauses = [_clause(known.get(c.question), c.question, c.options) for c in group]
        groups.append(_(" 且 ").join(clauses))
    return _("; 或 ").join(groups)


def _clause(question: Question | None, question_id: str, options: frozenset[str]) -> str:
    if question is None:
        return f"{question_id}: {', '.join(sorted(options))}"
    titles = [option.title for option in question.options if option.id in options]
    return f"{question.title}: {_(' 或 ').join(titles)}"


def material_words(item: Item, material: Material) -> str:
    """Return a material in one line: title, original, need, pages and when it is asked for."""
    parts = [named(material.original), named(material.need)]
    condition = condition_words(item.questions, material.when)
    return f"{material.title} [{', '.join(parts)}]" + (f" ({condition})" if condition else "")


def pages_words(material: Material) -> str:
    """Return the number of pages asked for, e.g. `1-2`."""
    low, high = material.pages_min, material.pages_max
    return str(low) if low == high else f"{low}-{high}"


def question_words(question: Question) -> str:
    """Return the options of a question."""
    return " / ".join(option.title for option in question.options)


def known_words(question: Question) -> str:
    """Return how facts answer a question, e.g. `由年龄得出: 七十岁以下 0-69`."""
    if question.known is None:
        return _("由窗口询问")
    titles = {option.id: option.title for option in question.options}
    parts = []
    for one in question.known.options:
        years = f"{one.years_min}-{one.years_max}"
        facts = years if question.known.source is KnownFrom.AGE else ", ".join(one.words)
        parts.append(f"{titles.get(one.option, one.option)} {facts or _('其余情况')}")
    return _("由{fact}得出: {answers}").format(fact=named(question.known.source), answers=listed(parts))


def agent_words(rule: AgentRule) -> str:
    """Return who may act for the applicant."""
    if not rule.kinds:
        return _("须本人办理")
    words = _("{kinds}, 代办人满 {age} 岁").format(
        kinds=", ".join(named(kind) for kind in rule.kinds), age=rule.min_age
    )
    return f"{words}, {rule.note}" if rule.note else words


def overlay_words(item: Item, overlay: Overlay) -> str:
    """Return what a district changes, in one line."""
    until = overlay.effective_until.isoformat() if overlay.effective_until else "…"
    parts = [f"{', '.join(sorted(overlay.districts))} {overlay.effective_from} - {until}"]
    parts += [_("行使层级 {level}").format(level=overlay.level)] if overlay.level is not None else []
    parts += [overlay.authority] if overlay.authority is not None else []
    parts += [_("承诺 {limit}").format(limit=limit_words(overlay.promised))] if overlay.promised else []
    if overlay.acceptance_delegated is not None:
        parts.append(_("窗口受理: {yes}").format(yes=yes_no(overlay.acceptance_delegated)))
    if overlay.without_materials:
        titles = [one.title for one in item.materials if one.id in overlay.without_materials]
        parts.append(_("不再要求 {titles}").format(titles=", ".join(titles)))
    parts += (
        [_("受理条件: {list}").format(list=listed(overlay.conditions))]
        if overlay.conditions is not None
        else []
    )
    return ", ".join([*parts, overlay.basis])


def second_street_words(item: Item) -> str:
    """Return when a second street verifies too."""
    if item.second_street is None:
        return _("从不")
    return condition_words(item.questions, item.second_street) or _("总是")
