"""Read YAML into plain values and remember the line of each, without the parts of YAML that bite.

No aliases (they blow up), no merge keys, no tags, no duplicate keys; `yes` and `12:30` are text. What comes
out is None, str, int, bool, date, list and dict. The event stream is read, not PyYAML's node graph: building
that graph recurses in C and some ten thousand open brackets end the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding

MAX_DEPTH = 12
"""A pack needs 7 levels."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}

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
    try:
        return _Reader(text, file).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 0
        raise PackInvalid((Finding(file, line, "C120", {"problem": str(error.problem)}),)) from error
    except yaml.YAMLError as error:
        raise PackInvalid((Finding(file, 0, "C120", {"problem": type(error).__name__}),)) from error


class _Reader:
    """Turns the events of one document into values; never deeper than `MAX_DEPTH` calls."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self._lines: dict[Path, int] = {}

    def read(self) -> Document:
        next(self._events)  # start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise PackInvalid((Finding(self._file, 0, "C120", {"problem": "empty"}),))
        value = self._value(next(self._events), ())
        next(self._events)  # end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._fault(after, "C120", problem="more than one document")
        return Document(self._file, value, self._lines)

    def _fault(self, event: Any, code: str, **details: object) -> PackInvalid:
        return PackInvalid((Finding(self._file, _line(event), code, details),))

    def _value(self, event: Any, path: Path) -> Any:
        self._refuse(event, path)
        self._lines.setdefault(path, _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return _scalar(event)

    def _refuse(self, event: Any, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._fault(event, "C122")
        if event.tag is not None:
            raise self._fault(event, "C121", tag=event.tag)
        if len(path) > MAX_DEPTH:
            raise self._fault(event, "C123")

    def _sequence(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.value == "<<":
                raise self._fault(event, "C122")
            key = str(event.value)
            self._refuse(event, path)
            if key in mapping:
                raise self._fault(event, "C124", key=key)
            self._lines[(*path, key)] = _line(event)
            mapping[key] = self._value(next(self._events), (*path, key))
        return mapping


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> Any:
    """Return the value of a scalar; only a plain one, without quotes, may be other than text."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
