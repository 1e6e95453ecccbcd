"""Finds the texts of the interface for `./dev strings`.

Babel's own extractor reads tokens, and before Python 3.12 an f-string is one token: a text inside its braces
would be missed. The syntax tree shows them all.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO

Found = tuple[int, str, str, list[str]]
"""Line, name of the function, text, comments: what Babel expects of an extractor."""


def extract(
    source: IO[bytes], keywords: Collection[str], comments: Collection[str], options: Mapping[str, str]
) -> Iterator[Found]:
    """Yield every text given as a constant to one of `keywords`, in the order of the lines."""
    calls = [node for node in ast.walk(ast.parse(source.read())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: node.lineno):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        first = call.args[0] if call.args else None
        if name in keywords and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield call.lineno, name, first.value, []
