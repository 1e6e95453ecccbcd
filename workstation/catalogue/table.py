"""The table of items x situations x materials that the documentation shows, as Markdown.

Made from the pack alone and in one order, so that a test can tell when the page is out of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from workstation.catalogue.contents import Contents
from workstation.catalogue.situations import situations
from workstation.catalogue.words import condition_words, limit_words
from workstation.domain.items import Item, Material, Matter
from workstation.domain.kinds import Need, OriginalRule
from workstation.domain.matters import join
from workstation.domain.situations import ALWAYS, Answers

MOST_SITUATIONS = 24
"""An item with more is shown by materials, each with its condition."""

CHINESE = {
    "title": "事项、情形与材料对照表",
    "note": "本页由 `workstation catalogue table docs` 生成, 请勿手改。"
    "样例数据: 使用前请向当地主管部门核实。",
    "marks": "〔收〕收原件, 〔表〕窗口按表单生成, 〔容〕可容缺后补, 未注明的核验原件后当场退还。",
    "items": "事项",
    "matters": "一件事",
    "situation": "情形",
    "materials": "材料",
    "material": "材料",
    "when": "何时需要",
    "always": "总是",
    "members": "成员事项",
    "promised": "承诺",
    "many": "情形较多, 按材料列出何时需要。",
    "only": "(无需选择)",
    "joined": "合并后的材料清单, 同一材料只收一次:",
}
ENGLISH = {
    "title": "Items, situations and materials",
    "note": "Made by `workstation catalogue table docs`; do not edit. Sample data: check with the local "
    "authority before use. Names are in Chinese, as on the clerk's screen.",
    "marks": "〔收〕the original is handed in, 〔表〕made at the window from the form, 〔容〕may follow "
    "later; all others are shown and handed back at once.",
    "items": "Items",
    "matters": "Matters (一件事)",
    "situation": "Situation",
    "materials": "Materials",
    "material": "Material",
    "when": "Asked for when",
    "always": "always",
    "members": "Member items",
    "promised": "Promised",
    "many": "Many situations: shown by material, with the condition of each.",
    "only": "(nothing to choose)",
    "joined": "The joined checklist, where each document is asked for once:",
}
PAGES = {"items-table.zh-CN.md": CHINESE, "items-table.md": ENGLISH}


def pages(contents: Contents) -> dict[str, str]:
    """Return the pages by file name."""
    return {name: table(contents, headings) for name, headings in PAGES.items()}


def table(contents: Contents, headings: dict[str, str]) -> str:
    """Return the page; `headings` is `CHINESE` or `ENGLISH`, everything else is as the pack has it."""
    items = sorted(contents.items, key=lambda item: (item.city, item.main_item, item.code))
    lines = [f"# {headings['title']}", "", headings["note"], "", headings["marks"], ""]
    lines += [f"## {headings['items']} ({len(items)})", ""]
    for item in items:
        lines += [*_item(item, headings), ""]
    if contents.matters:
        lines += [f"## {headings['matters']} ({len(contents.matters)})", ""]
    by_code = {item.code: item for item in items}
    for matter in sorted(contents.matters, key=lambda one: one.id):
        lines += [*_matter(matter, [by_code[code] for code in matter.items], headings), ""]
    return "\n".join(lines).rstrip() + "\n"


def _item(item: Item, headings: dict[str, str]) -> Iterator[str]:
    yield f"### {item.title} `{item.code}`"
    yield ""
    yield f"{item.city} · {item.sub_item} · {headings['promised']} {limit_words(item.promised)}"
    yield ""
    walked = list(islice(situations(item), MOST_SITUATIONS + 1))
    if len(walked) > MOST_SITUATIONS:
        yield headings["many"]
        yield ""
        yield from _by_material(item, headings)
    else:
        yield from _by_situation(item, walked, headings)


def _by_situation(item: Item, walked: list[dict[str, str]], headings: dict[str, str]) -> Iterator[str]:
    yield f"| {headings['situation']} | {headings['materials']} |"
    yield "|---|---|"
    for answers in walked:
        options = " · ".join(item.question(name).option(chosen).title for name, chosen in answers.items())
        materials = ", ".join(map(_marked, _asked(item, answers)))
        yield f"| {_cell(options or headings['only'])} | {_cell(materials)} |"


def _by_material(item: Item, headings: dict[str, str]) -> Iterator[str]:
    yield f"| {headings['material']} | {headings['when']} |"
    yield "|---|---|"
    for material in item.materials:
        condition = condition_words(item.questions, material.when) or headings["always"]
        yield f"| {_cell(_marked(material))} | {_cell(condition)} |"


def _matter(matter: Matter, members: list[Item], headings: dict[str, str]) -> Iterator[str]:
    yield f"### {matter.title} `{matter.id}`"
    yield ""
    yield f"{headings['promised']} {limit_words(matter.promised)}"
    yield ""
    yield f"| {headings['members']} | {headings['when']} |"
    yield "|---|---|"
    for item in members:
        condition = condition_words(matter.questions, matter.when.get(item.code, ALWAYS))
        yield f"| {_cell(item.title)} | {_cell(condition or headings['always'])} |"
    yield ""
    yield headings["joined"]
    yield ""
    yield from _by_material(join(matter, members), headings)


def _asked(item: Item, answers: Answers) -> list[Material]:
    return [material for material in item.materials if material.when.holds(answers)]


def _marked(material: Material) -> str:
    marks = {OriginalRule.KEPT: "〔收〕", OriginalRule.FORM: "〔表〕", OriginalRule.SIGHTED: ""}
    later = "〔容〕" if material.need is Need.TOLERABLE else ""
    return f"{material.title}{marks[material.original]}{later}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
