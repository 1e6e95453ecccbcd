"""What a person can do about a line of the queue, in words; nothing here discards anything."""

from __future__ import annotations

from enum import StrEnum

from sync.errors import Conflict
from sync.port import Line, LineState
from workstation.i18n import N_, _


class Way(StrEnum):
    """One thing to do."""

    CORRECT = "CORRECT"
    """Open the case; the next seal replaces this version."""
    RETRY = "RETRY"
    PUT_BACK = "PUT_BACK"
    """Queue again what could not be read, now that it can."""
    OFFICE_COUNTS = "OFFICE_COUNTS"
    """The back office's copy counts: ours is held, with that reason."""
    HOLD = "HOLD"
    RELEASE = "RELEASE"


OFFICE_COUNTS_WHY = N_("以后台那一份为准: {why}")
_CORRECT = (Way.CORRECT, N_("打开办件更正, 封装为新的一版; 这一版原样保留"))
_RETRY = (Way.RETRY, N_("内容不变, 马上再发一次"))
_HOLD = (Way.HOLD, N_("暂停发送, 写明原因"))
_WAYS: dict[LineState, tuple[tuple[Way, str], ...]] = {
    LineState.QUEUED: (_RETRY, _HOLD),
    LineState.WAITING: (_RETRY, _HOLD),
    LineState.SENDING: (_HOLD,),
    LineState.FIX: (_CORRECT, _RETRY, _HOLD),
    LineState.ASK: (_RETRY, _HOLD),
    LineState.QUARANTINED: (
        (Way.PUT_BACK, N_("文件已恢复: 逐页核对后放回队列")),
        (Way.CORRECT, N_("打开办件, 凭原件重新扫描, 封装为新的一版")),
        _HOLD,
    ),
    LineState.HELD: ((Way.RELEASE, N_("恢复发送")), (Way.CORRECT, N_("打开办件, 继续更正"))),
}
_OF_CONFLICT: tuple[tuple[Way, str], ...] = (
    (Way.RETRY, N_("后台已处理好: 再发一次")),
    (Way.CORRECT, N_("以本机为准: 更正后作为新的一版另发, 这一版原样保留")),
    (Way.OFFICE_COUNTS, N_("以后台为准: 本机这一份暂停发送并保留, 写明是谁定的")),
    _HOLD,
)


def ways_out(line: Line) -> tuple[tuple[Way, str], ...]:
    """Return what may be done about a line, the likeliest first; nothing for what is settled."""
    ways = _WAYS.get(line.state, ())
    if line.state is LineState.ASK and line.code == Conflict.code:
        ways = _OF_CONFLICT
    return tuple((way, _(words)) for way, words in ways)


def both_copies(line: Line) -> str:
    """Say which two contents stand against each other, where that is the trouble."""
    if line.code != Conflict.code:
        return ""
    said = _("本机  {mine}\n后台  {theirs}")
    return said.format(mine=line.manifest_sha256, theirs=line.detail or "?")


_NOTES = {
    "retry": N_("人工立即再试"),
    "release": N_("人工恢复发送"),
    "interrupted": N_("发送中断, 重新排队"),
    "lost by the gateway": N_("后台签收后丢失, 重新排队"),
}
_BEGINNINGS = {
    "put back: ": N_("人工放回队列: {rest}"),
    "pages removed: ": N_("过保留期, 清理 {rest} 页, 记录和回执保留"),
    "carried without ": N_("已拷到 U 盘, 但缺读不出的页 (缺/共: 导出名) {rest}"),
    "carried ": N_("已拷到 U 盘: {rest}"),
}


def note_words(detail: str) -> str:
    """Return a line of the history for people; what is not known stays as it is."""
    if detail in _NOTES:
        return _(_NOTES[detail])
    for beginning, words in _BEGINNINGS.items():
        if detail.startswith(beginning):
            return _(words).format(rest=detail.removeprefix(beginning))
    return detail
