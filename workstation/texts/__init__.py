"""What each error code says to the clerk: what happened, and what to do next.

Each module of this package holds the table of one package's codes:
`TEXTS = {"S101": (N_("what happened"), N_("what to do"))}` with `{name}` placeholders filled from the
error's `details`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from workstation.i18n import N_, _

TABLES = (
    "agents",
    "archive",
    "carry",
    "catalogue",
    "cli",
    "decisions",
    "domain",
    "gateway",
    "ocr",
    "people",
    "printing",
    "proofs",
    "readers",
    "scanners",
    "services",
    "store",
    "sync",
    "tickets",
)
UNKNOWN = (N_("出现未预料的错误"), N_("请记下时间和编号, 联系信息技术人员; 已保存的内容不会丢失"))


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for what happened and one for what to do."""

    code: str
    what: str
    todo: str

    def __str__(self) -> str:
        """Both sentences with the code, for a line on the terminal."""
        return f"[{self.code}] {self.what}。{self.todo}。"


@cache
def tables() -> dict[str, tuple[str, str]]:
    """All code tables joined; codes are unique, a test holds it."""
    joined: dict[str, tuple[str, str]] = {}
    for name in TABLES:
        joined.update(import_module(f"{__name__}.{name}").TEXTS)
    return joined


def describe(error: BaseException) -> Message:
    """Return the words for an error of any package, in the installed language."""
    code = getattr(error, "code", "")
    if not isinstance(code, str):
        code = ""
    return words(code, getattr(error, "details", {}))


def words(code: str, details: dict[str, object] | None = None) -> Message:
    """Return the words for a code; missing placeholders are left as they stand."""
    what, todo = tables().get(code, UNKNOWN)
    filled = _Keep({key: str(value) for key, value in (details or {}).items()})
    return Message(code or "X000", _(what).format_map(filled), _(todo).format_map(filled))


class _Keep(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"
