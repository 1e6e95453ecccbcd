"""The F4 menu: which of the papers that may be printed now, all of them first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workstation.i18n import _, listed
from workstation.services.papers import TITLES, Paper, papers_for
from workstation.services.view import CaseView
from workstation.tui.screens.dialogs import ChoiceDialog

if TYPE_CHECKING:
    from workstation.tui.screens.case_decisions import DecisionKeys

ALL = "all"


def may_print(view: CaseView) -> bool:
    """Return whether the case gives cause for any paper now."""
    return bool(papers_for(view.case, view.item))


def places_words(made: Sequence[tuple[Paper, str]]) -> str:
    """Say which papers went where; those that went the same way are said together, a folder once."""
    places: dict[str, list[str]] = {}
    for paper, where in made:
        places.setdefault(where.replace(paper.path.name, "").rstrip("/"), []).append(paper.form)
    return "; ".join(f"{listed(forms)}: {where}" for where, forms in places.items())


def open_paper_menu(screen: DecisionKeys) -> None:
    """Print the only paper at once; of several, ask which."""
    view = screen.view
    names = papers_for(view.case, view.item) if view is not None else ()
    if len(names) < 2:
        if names:
            screen.print_papers(names)
        return

    def chosen(name: str | None) -> None:
        if name is not None:
            screen.print_papers(names if name == ALL else (name,))

    choices = [(ALL, _("全部 ({n} 份)").format(n=len(names)))]
    choices += [(name, _(TITLES[name])) for name in names]
    screen.app.push_screen(ChoiceDialog(_("打印文书"), _("直接回车打印全部"), choices, numbered=True), chosen)
