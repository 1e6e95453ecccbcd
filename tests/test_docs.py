"""The guides: what they point at exists, what they promise is a command, and their pictures stay small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workstation.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = sorted((ROOT / "docs").glob("*-guide.md"))
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.png"))
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
COMMAND = re.compile(r"workstation ([a-z]+)(?= |`|$)", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
NAMED_TEST = re.compile(r"`(test_\w+)(?:::(test_\w+))?`")
LARGEST_BYTES, ALL_BYTES = 120_000, 3_000_000


def links(page: Path) -> list[str]:
    return LINK.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert not [link for link in links(page) if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_a_page_names_exists(page: Path) -> None:
    code = "\n".join(CODE.findall(page.read_text(encoding="utf-8")))
    assert not set(COMMAND.findall(code)) - set(COMMANDS)


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "threats").glob("*.md")), ids=lambda page: page.name)
def test_every_test_that_holds_a_threat_exists(page: Path) -> None:
    modules = {path.stem: path for path in (ROOT / "tests").rglob("test_*.py")}
    named = NAMED_TEST.findall(page.read_text(encoding="utf-8"))
    assert not [module for module, _ in named if module not in modules]
    told = {module: modules[module].read_text(encoding="utf-8") for module, _ in named}
    assert not [f"{module}::{name}" for module, name in named if name and f"def {name}(" not in told[module]]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_guide_shows_the_same_pictures_in_both_languages(guide: Path) -> None:
    shown = [[link for link in links(page) if link.endswith(".png")] for page in (guide, chinese(guide))]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_guide_has_the_same_sections_in_both_languages(guide: Path) -> None:
    levels = [
        re.findall(r"^(#+) ", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
        for page in (guide, chinese(guide))
    ]
    assert levels[0] == levels[1]


def test_pictures_are_small_and_all_of_them_are_shown() -> None:
    sizes = [path.stat().st_size for path in PICTURES]
    assert max(sizes) <= LARGEST_BYTES
    assert sum(sizes) < ALL_BYTES
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    assert not [path.name for path in PICTURES if path not in shown]


def chinese(guide: Path) -> Path:
    return guide.with_suffix(".zh-CN.md")
