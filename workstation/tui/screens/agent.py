"""代办 (F8): who acts for the applicant, with which paper, for what and until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from workstation.domain.agents import DOCUMENTS, POWERS, USUAL_POWERS
from workstation.domain.facts import Agent
from workstation.domain.kinds import AgentKind
from workstation.i18n import N_, _
from workstation.services.agents import AgentIncomplete, AgentNotAllowed, PowerExpired
from workstation.texts import describe
from workstation.tui.theme import GREEN, QUIET, RED

IN_PERSON: Literal["in-person"] = "in-person"
KIND_WORDS = {
    AgentKind.AUTHORISED: N_("授权代理 (持委托书)"),
    AgentKind.RELATIVE: N_("亲友代办"),
    AgentKind.GUARDIAN: N_("监护人"),
    AgentKind.COMMITTEE: N_("村 (居) 民委员会代办"),
}
ROWS = (
    ("id_number", N_("身份号码"), 18),
    ("name", N_("姓名"), 50),
    ("relation", N_("与申请人关系"), 30),
    ("phone", N_("联系电话"), 20),
    ("document", N_("证明文书"), 60),
    ("document_number", N_("文书编号"), 40),
    ("valid_until", N_("授权有效期至"), 10),
)
Judge = Callable[[Agent], Exception | None]
Scan = Callable[[Callable[[], bool]], Mapping[str, str]]


class AgentScreen(ModalScreen[Agent | Literal["in-person"] | None]):
    """Asks for the agent; gives back who acts, `in-person` when nobody does any more, None when given up."""

    DEFAULT_CSS = """
    AgentScreen {
        #kinds { height: auto; max-height: 4; margin-bottom: 1; }
        .agent-row { height: 1; }
        .agent-row Label { width: 15; color: $quiet; }
        .agent-row Input { width: 1fr; }
        #powers { height: 5; margin-top: 1; }
        #fault { height: auto; min-height: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "取消", id="agent.no", show=False),
        Binding("f10", "confirm", "确定", id="agent.yes", show=False),
        Binding("f2", "scan", "扫描", id="agent.scan", show=False),
        Binding("f9", "clear", "本人到场", id="agent.clear", show=False),
    ]

    @dataclass
    class CardRead(Message):
        """The agent's card was scanned: what it says, or why nothing is known."""

        values: Mapping[str, str]
        error: Exception | None

    def __init__(
        self, kinds: Sequence[AgentKind], judge: Judge, *, present: Agent | None, scan: Scan | None
    ) -> None:
        """Ask for one of `kinds`.

        Args:
            kinds: those the item allows, at least one.
            judge: says what bars an agent; None when nothing does.
            present: the agent named before.
            scan: scans and reads the agent's identity card, in a thread; None: the item has no place for it.
        """
        super().__init__()
        self._kinds, self._judge, self._present, self._scan_card = kinds, judge, present, scan
        self._scanning = False
        self._scope = set(present.scope if present else USUAL_POWERS)

    def compose(self) -> ComposeResult:
        """Kind, rows, powers, what is wrong."""
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = Content(_("代办人"))
            box.border_subtitle = self._keys()
            yield OptionList(
                *(
                    Option(f"{n}  {_(KIND_WORDS[kind])}", id=kind.value)
                    for n, kind in enumerate(self._kinds, 1)
                ),
                id="kinds",
                markup=False,
            )
            for name, title, longest in ROWS:
                with Horizontal(classes="agent-row"):
                    yield Label(_(title), markup=False)
                    yield Input(self._text_of(name), max_length=longest, id=name, select_on_focus=False)
            yield OptionList(*(Option(self._power(power), id=power) for power in POWERS), id="powers")
            yield Static("", id="fault", markup=False)

    def on_mount(self) -> None:
        """Cursor on the kind, or where only one is allowed on the number."""
        kinds = self.query_one("#kinds", OptionList)
        named = self._present.kind if self._present else self._kinds[0]
        kinds.highlighted = self._kinds.index(named) if named in self._kinds else 0
        self.query_one("#valid_until", Input).placeholder = _("只限本次办件的留空, 如 2027-01-31")
        self.query_one("#powers", OptionList).highlighted = 0
        self._show_document()
        if len(self._kinds) == 1 or self._present is not None:
            self.query_one("#id_number", Input).focus()
        else:
            kinds.focus()

    def _keys(self) -> str:
        words = [_("回车 下一项"), *([_("F2 扫描代办人身份证")] if self._scan_card else [])]
        words += [_("Tab 选权限"), _("F10 确定")]
        words += [_("F9 本人到场")] if self._present else []
        return " · ".join([*words, "Esc"])

    def _power(self, power: str) -> Text:
        """Return a power with a glyph that tells without colour whether it is given."""
        is_given = power in self._scope
        return Text(f"{'✔' if is_given else '·'}  {power}", Style(color=GREEN if is_given else QUIET))

    def _text_of(self, name: str) -> str:
        if self._present is None:
            return ""
        value = getattr(self._present, name)
        return "" if value is None else str(value)

    @property
    def kind(self) -> AgentKind:
        """The kind under the cursor."""
        return self._kinds[self.query_one("#kinds", OptionList).highlighted or 0]

    def on_key(self, event: Key) -> None:
        """A digit chooses a kind, a blank toggles a power, while the cursor is on them."""
        kinds, key = self.query_one("#kinds", OptionList), event.key
        powers = self.query_one("#powers", OptionList)
        if powers.has_focus and key == "space":
            powers.action_select()
        if kinds.has_focus and key.isdigit() and 1 <= int(key) <= len(self._kinds):
            kinds.highlighted = int(key) - 1
            kinds.action_select()

    @on(OptionList.OptionHighlighted, "#kinds")
    def _show_document(self) -> None:
        """Offer the usual paper of the kind, unless another was typed."""
        box = self.query_one("#document", Input)
        usual = {document for documents in DOCUMENTS.values() for document in documents}
        if not box.value or box.value in usual:
            box.value = DOCUMENTS[self.kind][0]
        if self._present and self.kind is self._present.kind:
            box.value = self._present.document

    @on(OptionList.OptionSelected, "#powers")
    def _toggle(self, event: OptionList.OptionSelected) -> None:
        """Give a power or take it away."""
        event.stop()
        power = event.option_id or ""
        self._scope ^= {power}
        event.option_list.replace_option_prompt(power, self._power(power))

    @on(OptionList.OptionSelected, "#kinds")
    def _kind_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one("#id_number", Input).focus()

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        names = [name for name, _title, _longest in ROWS]
        place = names.index(event.input.id or names[0])
        if place + 1 < len(names):
            self.query_one(f"#{names[place + 1]}", Input).focus()
        else:
            self.action_confirm()

    def action_confirm(self) -> None:
        """Give the agent back, or say what bars it and stay."""
        texts = {name: self.query_one(f"#{name}", Input).value.strip() for name, _title, _longest in ROWS}
        try:
            until = date.fromisoformat(texts["valid_until"]) if texts["valid_until"] else None
        except ValueError:
            self._say(_("授权有效期应为 年-月-日, 如 2027-01-31; 只限本次办件的留空"))
            self.query_one("#valid_until", Input).focus()
            return
        # Powers of a letter from elsewhere may be in other words than ours: they stay.
        scope = tuple(sorted(self._scope, key=lambda p: POWERS.index(p) if p in POWERS else len(POWERS)))
        agent = Agent(**{**texts, "kind": self.kind, "valid_until": until, "scope": scope})  # type: ignore[arg-type]
        error = self._judge(agent)
        if error is None:
            self.dismiss(agent)
        else:
            message = describe(error)
            self._say(f"[{message.code}] {message.what}; {message.todo}")
            self._go_to_fault(error, agent)

    def _go_to_fault(self, error: Exception, agent: Agent) -> None:
        """Put the cursor where the error can be put right."""
        wanted = {"name": agent.name, "relation": agent.relation, "document": agent.document}
        if agent.kind is AgentKind.AUTHORISED:
            del wanted["relation"]
        empty = next((name for name, text in wanted.items() if not text), "powers")
        places: dict[type[Exception], str] = {
            AgentIncomplete: empty,
            PowerExpired: "valid_until",
            AgentNotAllowed: "kinds",
        }
        self.query_one(f"#{places.get(type(error), 'id_number')}").focus()

    def action_clear(self) -> None:
        """Say that nobody acts any more; what was scanned stays."""
        if self._present is not None:
            self.dismiss(IN_PERSON)

    def action_scan(self) -> None:
        """Scan the agent's card and take over name and number."""
        if self._scan_card is not None and not self._scanning:
            self._scanning = True
            self._say(_("正在扫描…"), is_fault=False)
            self._read(self._scan_card)

    @work(thread=True, exit_on_error=False, group="scan")
    def _read(self, scan: Scan) -> None:
        values: Mapping[str, str] = {}
        fault: Exception | None = None
        try:
            values = scan(lambda: not self.is_attached)
        except Exception as error:  # noqa: BLE001 - the outermost rim: told to the clerk by the handler
            fault = error
        self.post_message(self.CardRead(values, fault))

    @on(CardRead)
    def _fill(self, event: CardRead) -> None:
        event.stop()
        self._scanning = False
        for name in ("id_number", "name"):
            if event.values.get(name):
                self.query_one(f"#{name}", Input).value = event.values[name]
        if event.error is not None:
            message = describe(event.error)
            self._say(f"[{message.code}] {message.what}; {message.todo}")
        elif event.values:
            self._say(_("已识别, 请对照身份证核对姓名和号码"), is_fault=False)
            self.query_one("#relation", Input).focus()
        else:
            self._say(_("已扫描存盘, 没有认出身份证, 请录入"), is_fault=False)

    def _say(self, words: str, *, is_fault: bool = True) -> None:
        self.query_one("#fault", Static).update(Text(words, Style(color=RED if is_fault else GREEN)))
