"""扫描封面页 of a draft: one cover for each line of its checklist that may take pages."""

from __future__ import annotations

from workstation.domain.case import Case
from workstation.domain.checklist import ChecklistLine, checklist
from workstation.domain.covers import cover_of
from workstation.domain.items import Item, Material
from workstation.domain.kinds import OriginalRule
from workstation.printing.forms import CoverLine, CoverSheetsForm
from workstation.services.paper_desk import Paper, PaperDesk
from workstation.services.paper_words import on_paper

COVERS = "扫描封面页"


class CoverPapers(PaperDesk):
    """Work papers for the feeder; they say nothing of law and name nobody."""

    def covers(self, case_id: str) -> Paper | None:
        """扫描封面页 for what is still to be scanned; None when nothing is."""
        case, item, _log = self._case(case_id)
        lines = cover_lines(case, item)
        if not lines:
            return None
        form = CoverSheetsForm(
            **self._common(case, item),
            number=f"{case.number}-C",
            lines=tuple(
                CoverLine(
                    title=on_paper(line.material.title),
                    code=cover_of(case.number, item, line.material.id).text,
                    standard=on_paper(line.material.standard),
                    pages=_pages(line.material),
                )
                for line in lines
            ),
        )
        return self._make(case, COVERS, form.number, form)


def cover_lines(case: Case, item: Item) -> tuple[ChecklistLine, ...]:
    """Return the lines that take pages now and hold none yet."""
    return tuple(
        line
        for line in checklist(item, case).lines
        if line.material.original is not OriginalRule.FORM
        and not line.pages
        and case.may_fill(line.material.id)
    )


def _pages(material: Material) -> str:
    least, most = material.pages_min, material.pages_max
    return f"{least} 页" if least == most else f"{least} 至 {most} 页"
