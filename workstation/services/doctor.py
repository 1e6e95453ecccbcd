"""What IT asks of a window that misbehaves: one finding a line, each with what to do about it.

Nothing here changes anything, and nothing names a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sync.client import LinkState
from sync.contract.suites import Suite
from sync.gauge import LinkQuality
from workstation.domain.deadlines import WorkCalendar
from workstation.i18n import _
from workstation.services.catalogue import Catalogue
from workstation.services.disk import DiskWatch, Space
from workstation.services.poor_line import poor_words
from workstation.services.queue import QueueDesk
from workstation.store.ciphers import SUITE_OF
from workstation.store.database import Store
from workstation.texts import describe

LARGEST_OFFSET = timedelta(seconds=60)
"""A gateway refuses proofs from further in the future."""
OLD_AFTER = timedelta(days=1)
PACK_ENDS_SOON = timedelta(days=14)


class Level(StrEnum):
    """How bad it is."""

    GOOD = "GOOD"
    NOTE = "NOTE"
    """Works; somebody should know."""
    BAD = "BAD"
    """Something does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    """Stable name for machines, e.g. `disk`."""
    level: Level
    what: str
    todo: str = ""


def good(topic: str, what: str) -> Finding:
    """Return a finding that needs nobody."""
    return Finding(topic=topic, level=Level.GOOD, what=what)


def disk(watch: DiskWatch) -> Finding:
    """Judge the space left beside the pages."""
    what = _("磁盘剩余 {gb} GB").format(gb=f"{watch.free_bytes() / (1 << 30):.1f}")
    space = watch.space()
    if space is Space.ENOUGH:
        return good("disk", what)
    todo = _("请腾出空间; 已送达过保留期的页可用 workstation queue clean 清理, 未送达的件不会被删除")
    if space is Space.LOW:
        return Finding(topic="disk", level=Level.NOTE, what=what, todo=todo)
    what = _("{what}, 已停止扫描和封装, 发送照常").format(what=what)
    return Finding(topic="disk", level=Level.BAD, what=what, todo=todo)


def keys(slots: Sequence[str]) -> Finding:
    """Judge the ways in: with one only, a forgotten passphrase is lost work."""
    what = _("解锁方式 {n} 种: {names}").format(n=len(slots), names=", ".join(slots))
    if "recovery" in slots:
        return good("keys", what)
    todo = _("请用 workstation keys recovery 做一个恢复密钥, 写在纸上锁好")
    return Finding(topic="keys", level=Level.NOTE, what=what, todo=todo)


def suite(written: Suite, census: Mapping[int, int]) -> Finding:
    """Tell what new data is written with, and what the pages here were; judge pages nobody can read.

    Args:
        written: the policy.
        census: page files by their algorithm byte.
    """
    pages = {suite: 0 for suite in Suite}
    for number, count in census.items():
        if number in SUITE_OF:
            pages[SUITE_OF[number]] += count
    counts = _("页文件: AES {aes}, SM4 {sm4}").format(aes=pages[Suite.INTERNATIONAL], sm4=pages[Suite.GUOMI])
    policy = _("国密 (SM4, SM3)") if written is Suite.GUOMI else _("国际 (AES, SHA-256)")
    what = _("新数据的算法: {policy}; {counts}").format(policy=policy, counts=counts)
    unknown = sum(census.values()) - sum(pages.values())
    if not unknown:
        return good("suite", what)
    what = _("{what}; 另有 {n} 页的算法不认识").format(what=what, n=unknown)
    todo = _("请安装更新版本的程序; 版本已是最新时, 这些页文件可能损坏, 请联系信息技术人员")
    return Finding(topic="suite", level=Level.BAD, what=what, todo=todo)


def data(store: Store) -> Finding:
    """Judge whether the database and its pages are whole."""
    faults = store.faults()
    if not faults:
        return good("data", _("数据库完整, 登记的页都在"))
    what = _("数据有损坏: {faults}").format(faults=", ".join(faults[:5]))
    return Finding(topic="data", level=Level.BAD, what=what, todo=_("请先备份整个数据文件夹, 再联系开发者"))


def queue(desk: QueueDesk, now: datetime) -> tuple[Finding, ...]:
    """Judge the queue: what waits for a person, and how old the oldest is."""
    standing = desk.standing()
    counts = desk.store.outbox.counts()
    classes = ", ".join(f"{state.value} {n}" for state, n in counts.items() if n)
    found = [good("queue", _("未送达 {n} 件 ({classes})").format(n=standing.waiting, classes=classes or "0"))]
    if standing.stuck:
        what = _("{n} 件等人处理").format(n=standing.stuck)
        todo = _("用 workstation queue list 看每件的原因和办法")
        found.append(Finding(topic="queue-stuck", level=Level.BAD, what=what, todo=todo))
    oldest = desk.store.outbox.oldest()
    if oldest is not None and now - oldest > OLD_AFTER:
        what = _("最早的一件已等 {n} 天").format(n=(now - oldest).days)
        todo = _("请检查网络, 或用 workstation queue export 由人带到后台")
        found.append(Finding(topic="queue-age", level=Level.BAD, what=what, todo=todo))
    return tuple(found)


def news(store: Store) -> Finding:
    """Judge whether the back office speaks of things that only a newer program knows."""
    waiting = store.inbox.kept()
    if not waiting:
        return good("news", _("后台消息都已认识"))
    kinds = ", ".join(sorted({line.kind for line in store.inbox.unknown()}))
    what = _("{n} 条后台消息等新版本: {kinds}").format(n=waiting, kinds=kinds)
    todo = _("请升级本机程序; 升级后这些消息自动记入, 在此之前请与后台电话核实")
    return Finding(topic="news", level=Level.BAD, what=what, todo=todo)


def sender(owner_age_s: float | None) -> Finding:
    """Judge whether somebody sends: the sign of life of the holder of the sender's lock."""
    if owner_age_s is None:
        todo = _("打开工作站, 或运行 workstation sync --watch, 下班后也能继续发送")
        return Finding(topic="sender", level=Level.NOTE, what=_("本机现在没有程序在发送"), todo=todo)
    what = _("本机有程序在发送, {n} 秒前有动静").format(n=round(owner_age_s))
    if owner_age_s < 600:
        return good("sender", what)
    return Finding(topic="sender", level=Level.BAD, what=what, todo=_("该程序可能已卡住, 请结束后重新打开"))


def poor_line(quality: LinkQuality) -> Finding:
    """Tell what the program that sends has measured of a line that holds and is poor."""
    what = _("链路差 {figures}").format(figures=poor_words(quality))
    todo = _("件照常发送, 只是慢; 请检查网线、无线信号, 或看谁占用带宽")
    return Finding(topic="link", level=Level.NOTE, what=what, todo=todo)


def link(state: LinkState, url: str) -> Finding:
    """Judge what stands at the back office's address."""
    if state is LinkState.UP:
        return good("gateway", _("后台 {url} 应答正常").format(url=url))
    if state is LinkState.NOT_THE_GATEWAY:
        what = _("{url} 应答的不是本窗口的后台").format(url=url)
        todo = _("请完成上网登录, 或检查代理、证书和地址")
        return Finding(topic="gateway", level=Level.BAD, what=what, todo=todo)
    what = _("连不上后台 {url}").format(url=url)
    return Finding(
        topic="gateway", level=Level.BAD, what=what, todo=_("请检查网线、地址和防火墙; 收件不受影响")
    )


def clock(offset: timedelta) -> Finding:
    """Judge this machine's clock against the back office's."""
    seconds = round(offset.total_seconds())
    if abs(offset) <= LARGEST_OFFSET:
        return good("clock", _("时钟与后台相差 {n} 秒").format(n=abs(seconds)))
    what = _("时钟比后台{which} {n} 秒").format(which=_("慢") if seconds > 0 else _("快"), n=abs(seconds))
    return Finding(
        topic="clock", level=Level.BAD, what=what, todo=_("请打开自动对时 (NTP); 法定期限按时钟计算")
    )


def packs(catalogue: Catalogue, today: date) -> tuple[Finding, ...]:
    """Judge the item packs: what is current and until when, and what was not taken."""
    pack = catalogue.current
    what = _("事项目录 {id} {version}, 有效至 {day}").format(
        id=pack.id, version=pack.version, day=pack.valid_until
    )
    todo = _("请向目录管理部门索取新版")
    if pack.is_stale(today):
        found = [Finding(topic="pack", level=Level.BAD, what=what, todo=todo)]
    elif pack.valid_until - today < PACK_ENDS_SOON:
        found = [Finding(topic="pack", level=Level.NOTE, what=what, todo=todo)]
    else:
        found = [good("pack", what)]
    for name, error in catalogue.refused:
        message = describe(error)
        refused = _("目录 {name} 没有启用: {what}").format(name=name, what=message.what)
        found.append(Finding(topic="pack-refused", level=Level.BAD, what=refused, todo=message.todo))
    return tuple(found)


def calendar(table: WorkCalendar, today: date) -> Finding:
    """Judge whether the working days ahead are known."""
    years = ", ".join(str(year) for year in sorted(table.years)[-3:])
    what = _("工作日历含 {years} 年").format(years=years)
    soon = today + timedelta(days=60)
    if soon.year in table.years:
        return good("calendar", what)
    todo = _("明年放假通知公布后, 请在设置 calendar_file 中换上新的工作日历")
    level = Level.NOTE if today.year in table.years else Level.BAD
    return Finding(topic="calendar", level=level, what=what, todo=todo)


def devices(names: Iterable[str], failures: Iterable[Exception]) -> tuple[Finding, ...]:
    """Judge what can be scanned from."""
    listed = tuple(names)
    found = [good("scanner", _("扫描设备: {names}").format(names=", ".join(listed)))] if listed else []
    for error in failures:
        message = describe(error)
        level = Level.NOTE if listed else Level.BAD
        found.append(Finding(topic="scanner", level=level, what=message.what, todo=message.todo))
    if not found:
        todo = _("请接好扫描仪或高拍仪, 再运行 workstation scan --list")
        found.append(Finding(topic="scanner", level=Level.BAD, what=_("没有找到扫描设备"), todo=todo))
    return tuple(found)


def reading(models: Sequence[str]) -> Finding:
    """Judge what reads documents: Tesseract with Chinese always, the line recogniser reads better."""
    has_chinese = any(name.endswith("/chi_sim") for name in models)
    has_lines = any(not name.startswith("tesseract/") for name in models)
    what = _("识别模型: {models}").format(models=", ".join(models) or "-")
    if has_chinese and has_lines:
        return good("reading", what)
    if has_chinese or has_lines:
        todo = _("可用, 但少一种识别程序, 准确率较低; 请装齐安装包")
        return Finding(topic="reading", level=Level.NOTE, what=what, todo=todo)
    return Finding(topic="reading", level=Level.BAD, what=what, todo=_("请安装 tesseract-ocr-chi-sim"))
