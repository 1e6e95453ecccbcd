"""The words of the interface: translations keep the placeholders and the catalogue holds nothing dead."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from workstation import i18n, texts

ROOT = Path(__file__).resolve().parent.parent
CODE = ("workstation", "scanners", "ocr", "sync")
CATALOGUES = sorted(i18n.LOCALES.glob("*/LC_MESSAGES/workstation.po"))
PERCENT = re.compile(r"%(?:\(\w+\))?[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]")


def placeholders(text: str) -> list[str]:
    """Return the `{name}` and `%s` placeholders of a text, sorted.

    Raises:
        ValueError: the braces do not match.
    """
    fields = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    return sorted([*fields, *PERCENT.findall(text)])


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, abort_invalid=True)


def translations(path: Path) -> list[tuple[str, str]]:
    """(source, translation) of every entry; the interface uses no plural forms."""
    return [(str(message.id), str(message.string or "")) for message in catalogue(path) if message.id]


def texts_of_the_code() -> set[str]:
    """Every text that the code marks with `_` or `N_`, as `./dev strings` finds them."""
    extract = runpy.run_path(str(ROOT / "packaging" / "extract_strings.py"))["extract"]
    found: set[str] = set()
    for path in (path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        with path.open("rb") as source:
            found |= {text for _line, _name, text, _comments in extract(source, ("_", "N_"), (), {})}
    return found


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_keep_the_placeholders_of_the_source(path: Path) -> None:
    broken = [
        source
        for source, translation in translations(path)
        if translation and placeholders(translation) != placeholders(source)
    ]
    assert not broken


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_catalogue_holds_no_obsolete_and_no_guessed_translation(path: Path) -> None:
    found = catalogue(path)
    assert not found.obsolete
    assert not [message.id for message in found if message.id and message.fuzzy]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_of_the_catalogue_is_translated(path: Path) -> None:
    assert not [source for source, translation in translations(path) if not translation]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_catalogue_holds_every_text_of_the_code(path: Path) -> None:
    """Where this fails: `./dev strings`, then translate what it added."""
    known = {source for source, _ in translations(path)}
    assert not texts_of_the_code() - known


def test_there_is_a_catalogue_for_every_language_but_the_source() -> None:
    assert {path.parts[-3] for path in CATALOGUES} == {*i18n.LANGUAGES} - {"zh_CN"}


def test_every_sentence_of_the_code_tables_has_sound_braces() -> None:
    for code, sentences in texts.tables().items():
        for sentence in sentences:
            assert all(name.isidentifier() for name in placeholders(sentence)), code


def test_sentences_leave_the_full_stop_to_the_message() -> None:
    ending = {
        code for code, words in texts.tables().items() if any(word.endswith(("。", ".")) for word in words)
    }
    assert not ending


def test_an_unknown_language_falls_back_to_the_chinese_source() -> None:
    i18n.install("xx")
    assert i18n._("目录") == "目录"


def test_an_unknown_error_still_tells_what_to_do() -> None:
    message = texts.describe(RuntimeError("no code"))
    assert message.code == "X000"
    assert message.todo


def test_a_placeholder_without_a_value_stays_visible() -> None:
    code, (what, _) = next((code, words) for code, words in texts.tables().items() if placeholders(words[0]))
    assert texts.words(code).what == i18n._(what)
