"""Read YAML into plain values and remember the line of each, without the parts of YAML that bite.

No aliases (they blow up), no merge keys, no tags, no duplicate keys; `yes` and `12:30` are text. What comes
out is None, str, int, bool, date, list and dict.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding

MAX_DEPTH = 12
"""A pack needs 6 levels."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_OPENERS = re.compile(r"[\[{]")
_MAX_OPENERS_A_LINE = 40
_TAG = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]
"""Keys and list positions from the root to a value."""


@dataclass(frozen=True, slots=True)
class Document:
    """The values of one file and where each stands."""

    file: str
    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, path: Path, code: str, **details: object) -> Finding:
        """Return a finding at a value's line."""
        return Finding(self.file, self.line(path), code, details)


def read_document(text: str, file: str) -> Document:
    """Parse one YAML document.

    Raises:
        PackInvalid: the text is not YAML, or uses a part of YAML that packs may not use.
    """
    _refuse_deep_flow(text, file)
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 0
        raise PackInvalid((Finding(file, line, "C120", {"problem": str(error.problem)}),)) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PackInvalid((Finding(file, 0, "C120", {"problem": type(error).__name__}),)) from error
    if root is None:
        raise PackInvalid((Finding(file, 0, "C120", {"problem": "empty"}),))
    return _Reader(file).read(root)


def _refuse_deep_flow(text: str, file: str) -> None:
    """Thousands of opening brackets would exhaust the parser's own stack before any check of ours."""
    for number, line in enumerate(text.splitlines(), start=1):
        if len(_OPENERS.findall(line)) > _MAX_OPENERS_A_LINE or len(line) - len(line.lstrip()) > 200:
            raise PackInvalid((Finding(file, number, "C123"),))


class _Reader:
    """Turns a node graph into values; a node met twice is an alias."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._seen: set[int] = set()
        self._lines: dict[Path, int] = {}

    def read(self, root: yaml.Node) -> Document:
        value = self._value(root, ())
        return Document(self._file, value, self._lines)

    def _fail(self, node: yaml.Node, code: str, **details: object) -> PackInvalid:
        return PackInvalid((Finding(self._file, node.start_mark.line + 1, code, details),))

    def _value(self, node: yaml.Node, path: Path) -> Any:
        if id(node) in self._seen:
            raise self._fail(node, "C122")
        self._seen.add(id(node))
        if len(path) > MAX_DEPTH:
            raise self._fail(node, "C123")
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*path, n)) for n, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == f"{_TAG}merge":
                raise self._fail(key_node, "C122")
            key = str(key_node.value)
            if key in mapping:
                raise self._fail(key_node, "C124", key=key)
            self._lines[(*path, key)] = key_node.start_mark.line + 1
            mapping[key] = self._value(child, (*path, key))
        return mapping

    def _scalar(self, node: yaml.Node) -> Any:
        text = str(node.value)
        match node.tag.removeprefix(_TAG):
            case "null":
                return None
            case "bool" if text.lower() in ("true", "false"):
                return text.lower() == "true"
            case "int" if _INT.fullmatch(text):
                return int(text)
            case "timestamp":
                return _date_or_text(text)
            case "str" | "bool" | "int" | "float" | "value":
                return text
        raise self._fail(node, "C121", tag=node.tag)


def _date_or_text(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
