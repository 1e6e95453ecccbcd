"""The closed sets of words an item is described with; every one has its Chinese term beside it."""

from __future__ import annotations

from enum import StrEnum


class LimitUnit(StrEnum):
    """The unit a time limit is counted in; the two must never be mixed (行政许可法 art. 82)."""

    WORKDAY = "WORKDAY"
    CALENDAR_DAY = "CALENDAR_DAY"


class CorrectionRule(StrEnum):
    """When silence about missing material means acceptance."""

    ON_SPOT_OR_5_WORKDAYS = "ON_SPOT_OR_5_WORKDAYS"
    """行政许可法 art. 32(4): on the spot or within five working days, else accepted from receipt."""
    ON_SPOT = "ON_SPOT"
    """On the spot, else accepted from receipt (不动产登记暂行条例 art. 17 and local rules)."""


class HandlingMode(StrEnum):
    """通办 mode: who decides and where the paper goes."""

    LOCAL = "LOCAL"
    COLLECT_FOR_HOME = "COLLECT_FOR_HOME"
    JOINT = "JOINT"


class Routing(StrEnum):
    """Which street is the home street (属地街道) of a case."""

    HOUSEHOLD = "HOUSEHOLD"
    RESIDENCE = "RESIDENCE"
    PROPERTY = "PROPERTY"
    RECEIVING = "RECEIVING"
    BOTH_HOUSEHOLDS = "BOTH_HOUSEHOLDS"
    """The household streets of applicant and spouse both verify, e.g. birth registration in Guangdong."""


class WindowCategory(StrEnum):
    """The kind of comprehensive window an item belongs to (五类综合窗口)."""

    ENTERPRISE_SETUP = "ENTERPRISE_SETUP"
    OPERATION = "OPERATION"
    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"
    INVESTMENT = "INVESTMENT"
    CUSTOMS = "CUSTOMS"


class Reach(StrEnum):
    """通办范围: how far away a window may be that still takes the item."""

    NATION = "NATION"
    PROVINCE = "PROVINCE"
    CITY = "CITY"
    DISTRICT = "DISTRICT"
    FIXED = "FIXED"
    """One named place only."""


class Channel(StrEnum):
    """办理形式: where an item can be handled."""

    WINDOW = "WINDOW"
    ONLINE = "ONLINE"
    KIOSK = "KIOSK"
    MOBILE = "MOBILE"
    POST = "POST"


class ItemFlag(StrEnum):
    """The published marks of an item: four lists (四张清单) and four zeroes (四零)."""

    AT_ONCE = "AT_ONCE"
    """马上办"""
    NEARBY = "NEARBY"
    """就近办"""
    ONE_VISIT = "ONE_VISIT"
    """一次办"""
    ONLINE = "ONLINE"
    """网上办"""
    ZERO_MATERIAL = "ZERO_MATERIAL"
    ZERO_TIME = "ZERO_TIME"
    ZERO_DISTANCE = "ZERO_DISTANCE"
    ZERO_FEE = "ZERO_FEE"


class AgentKind(StrEnum):
    """Who may act for the applicant."""

    AUTHORISED = "AUTHORISED"
    """授权代理: with a written power (民法典 art. 165)."""
    RELATIVE = "RELATIVE"
    """亲友代办: a close relative or helper."""
    GUARDIAN = "GUARDIAN"
    """监护人: by law, with proof of the relation."""
    COMMITTEE = "COMMITTEE"
    """村(居)民委员会, e.g. for low-income families (社会救助暂行办法 art. 11)."""


class MaterialOrigin(StrEnum):
    """来源渠道: where the citizen has the material from."""

    APPLICANT = "APPLICANT"
    GOVERNMENT = "GOVERNMENT"
    OTHER = "OTHER"


class ReplacementKind(StrEnum):
    """What may stand in for a paper."""

    E_CERTIFICATE = "E_CERTIFICATE"
    """电子证照, equal to the paper."""
    DATA_CHECK = "DATA_CHECK"
    """数据核验 by the counterpart's library."""


class KnownFrom(StrEnum):
    """What may answer a question before anybody asks it."""

    AGE = "AGE"
    """Age in full years on the day, from a valid identity number."""
    SEX = "SEX"
    """From a valid identity number."""
    ADDRESS = "ADDRESS"
    """The confirmed address begins with, or holds, certain words: household place."""
    ARCHIVE = "ARCHIVE"
    """A usable archived copy of a standard material exists."""


class Stage(StrEnum):
    """At which stage a form is filled (定制表单)."""

    APPLICATION = "APPLICATION"
    UNDERTAKING = "UNDERTAKING"
    HANDLING = "HANDLING"
    COMPLETION = "COMPLETION"


class RuleKind(StrEnum):
    """How fields of a form must agree."""

    NOT_AFTER = "NOT_AFTER"
    """Dates: the first is not later than the second."""
    EQUAL = "EQUAL"
    DIFFERENT = "DIFFERENT"
    ANY_OF = "ANY_OF"
    """At least one is filled."""
    SUM = "SUM"
    """Money: the last is the sum of the others."""


class OriginalRule(StrEnum):
    """What happens to the citizen's original."""

    SIGHTED = "SIGHTED"
    """Shown, scanned, handed back at once; no copy is collected."""
    KEPT = "KEPT"
    """Handed in: it travels to the home street in a numbered bag."""
    FORM = "FORM"
    """Made at the window from the form and signed there."""


class Need(StrEnum):
    """Whether a material may be missing at acceptance."""

    REQUIRED = "REQUIRED"
    TOLERABLE = "TOLERABLE"
    """May follow later under tolerated acceptance (容缺受理)."""


class FieldKind(StrEnum):
    """How a form field is typed and checked."""

    TEXT = "TEXT"
    DATE = "DATE"
    ID_NUMBER = "ID_NUMBER"
    USCC = "USCC"
    PHONE = "PHONE"
    CHOICE = "CHOICE"
    MONEY = "MONEY"
