"""The rules of the house that no single package can hold: what loads what, sizes, codes, addresses."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import workstation
from workstation.texts import tables

ROOT = Path(workstation.__file__).parents[1]
PACKAGES = ("workstation", "scanners", "ocr", "sync")
LEAVES = ("scanners", "ocr", "sync")
CODE_FOR_PEOPLE = re.compile(r"[A-Z]\d{3}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Not importable on their own: a starter and what only Alembic runs.
STARTERS = re.compile(r"__main__$|\.migrations\.")
LONGEST_FILE = 600
# Folders that hold no work of ours; the rest of the tree is searched, in Git or not.
PASSED_OVER = {"build", "dist", "htmlcov"}
TEXT_FILES = {
    ".py",
    ".sh",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    ".json",
    ".tcss",
    ".po",
    ".spec",
    ".desktop",
    "",
}


def tree() -> Iterator[Path]:
    """All text files of the work tree, without generated and private folders."""
    for path in sorted(ROOT.iterdir()):
        if path.name in PASSED_OVER or (path.name.startswith(".") and path.name != ".ci"):
            continue
        inside = [path] if path.is_file() else path.rglob("*")
        yield from (file for file in inside if file.is_file() and file.suffix in TEXT_FILES)


def loaded_by(module: str) -> set[str]:
    """Return the names in `sys.modules` after a fresh interpreter has imported `module`."""
    program = f"import sys, {module}; print(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", program], text=True, timeout=300).split())


def loaded_packages(module: str) -> set[str]:
    return {name.partition(".")[0] for name in loaded_by(module)}


def modules() -> Iterator[str]:
    for package in PACKAGES:
        folder = Path(package)
        for found in pkgutil.walk_packages([str(ROOT / folder)], f"{package}."):
            if not STARTERS.search(found.name):
                yield found.name


def own_error_classes() -> list[type[BaseException]]:
    """Every exception class that one of the packages defines, once."""
    classes = set()
    for name in modules():
        for _, value in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(value, BaseException) and value.__module__.partition(".")[0] in PACKAGES:
                classes.add(value)
    return sorted(classes, key=lambda found: (found.__module__, found.__qualname__))


def own_codes() -> list[tuple[str, str]]:
    """(code, class) of every error class that states a code of its own."""
    return [
        (found.__dict__["code"], f"{found.__module__}.{found.__qualname__}")
        for found in own_error_classes()
        if isinstance(found.__dict__.get("code"), str)
    ]


def test_use_cases_load_no_screen_library() -> None:
    assert "textual" not in loaded_packages("workstation.services")


def test_command_line_starts_light() -> None:
    assert not loaded_packages("workstation.cli") & {"textual", "sqlmodel", "sqlalchemy", "httpx", "PIL"}


def test_the_first_frame_waits_for_nothing_heavy() -> None:
    first = "workstation.cli.screens, workstation.tui.app, workstation.tui.screens.unlock"
    heavy = {"sqlmodel", "sqlalchemy", "httpx", "PIL", "pydantic", "cryptography", "stdnum", "reportlab"}
    assert not loaded_packages(first) & heavy


@pytest.mark.parametrize("leaf", LEAVES)
def test_leaf_loads_no_other_package_of_the_house(leaf: str) -> None:
    others = {*PACKAGES} - {leaf}
    assert not loaded_packages(leaf) & others


def test_no_module_of_a_leaf_loads_another_package_of_the_house() -> None:
    for leaf in LEAVES:
        names = [name for name in modules() if name.startswith(f"{leaf}.")]
        # Reading works on pages with the darkroom's tools; the contract of the imports says so.
        allowed = {leaf, "scanners"} if leaf == "ocr" else {leaf}
        assert not loaded_packages(", ".join(names)) & ({*PACKAGES} - allowed), leaf


def test_every_module_can_be_imported_by_itself() -> None:
    for name in modules():
        importlib.import_module(name)


def test_error_codes_are_unique_over_all_packages() -> None:
    counted = Counter(code for code, _ in own_codes())
    twice = {code for code, count in counted.items() if count > 1}
    assert not [entry for entry in own_codes() if entry[0] in twice]


def test_each_code_that_people_see_has_chinese_words() -> None:
    table = tables()
    wordless = [
        (code, name)
        for code, name in own_codes()
        if CODE_FOR_PEOPLE.fullmatch(code) and not all(map(CHINESE.search, table.get(code, ("", ""))))
    ]
    assert not wordless


def test_python_files_stay_readable_in_length() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in tree()
        if path.suffix == ".py"
    }
    assert not {name: length for name, length in lengths.items() if length >= LONGEST_FILE}


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    forbidden = re.compile(
        r"py[p]i\.org|python[h]osted|deb\.[d]ebian\.org|registry\.[n]pm|(?<![\w.])/wor[k]/|(?<![\w.])/opt/py[p]i"
    )
    hits = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tree()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not hits


def test_lock_files_carry_hashes_and_no_address() -> None:
    for lock in (ROOT / "packaging" / "locks").glob("*.txt"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        assert len(re.findall(r"^\S+==", text, re.MULTILINE)) == len(
            re.findall(r"^\S.*\\$", text, re.MULTILINE)
        )


def test_changelog_has_a_section_for_the_version() -> None:
    assert f"## {workstation.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_both_languages_of_a_guide_exist() -> None:
    guides = [path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]]
    english = {path for path in guides if not path.name.endswith(".zh-CN.md")} - {ROOT / "CHANGELOG.md"}
    assert not [path.name for path in english if not path.with_suffix(".zh-CN.md").exists()]
