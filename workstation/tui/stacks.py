"""Whose screens are whose: each person at the window has a stack of screens of their own, the lock has one.

A screen that finishes something in the background, under the lock or while somebody else works, acts on its
own stack and with its own person's services, never on what is in front.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from textual._context import active_message_pump
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.screen import Screen

WINDOW = "window"
"""The stack of whoever opened the program."""


class StackedApp(App[int]):
    """Keeps stacks apart."""

    MODES: ClassVar[dict[str, Any]] = {WINDOW: Screen}
    DEFAULT_MODE = WINDOW

    def stack_of(self, node: object) -> str:
        """Return the stack a screen, or a widget of one, belongs to; the one in front for anything else."""
        while node is not None and not isinstance(node, Screen):
            node = getattr(node, "_parent", None)
        for name, screens in self._screen_stacks.items():
            if node in screens:
                return name
        return self._current_mode

    @property
    def acting_stack(self) -> str:
        """The stack of whoever runs this code now."""
        return self.stack_of(active_message_pump.get(None))

    def push_screen(self, *args: Any, mode: str | None = None, **named: Any) -> Any:
        """Push onto the stack of whoever asks."""
        return super().push_screen(*args, mode=mode or self.acting_stack, **named)

    def pop_screen(self) -> AwaitComplete:
        """Pop from the stack of whoever asks."""
        with self._as_if_in_front(self.acting_stack):
            return super().pop_screen()

    def switch_screen(self, screen: Screen[Any] | str) -> AwaitComplete:
        """Replace the top of the stack of whoever asks."""
        with self._as_if_in_front(self.acting_stack):
            return super().switch_screen(screen)

    @contextmanager
    def _as_if_in_front(self, name: str) -> Iterator[None]:
        before, self._current_mode = self._current_mode, name
        try:
            yield
        finally:
            self._current_mode = before
