"""One fault in a pack: where it is, what it is, what to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from workstation.texts import Message, words

WARNINGS = frozenset({"C171", "C173", "C174", "C178", "C179", "C180", "C189", "C192", "C198", "C199"})
"""What practice does deviate in, or a person must judge: told, and no reason to refuse a pack."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault with its place; `code` is stable, the words follow the installed language."""

    file: str
    line: int
    """1 is the first line; 0 when the fault is about the whole file."""
    code: str
    details: dict[str, object] = field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        """True when the pack may be used all the same."""
        return self.code in WARNINGS

    @property
    def message(self) -> str:
        """What is wrong."""
        return self._words.what

    @property
    def remedy(self) -> str:
        """What to do."""
        return self._words.todo

    @property
    def _words(self) -> Message:
        return words(self.code, self.details)

    def __str__(self) -> str:
        """`items/a.yaml:12 [C120] what is wrong`."""
        return f"{self.file}:{self.line} [{self.code}] {self.message}"
