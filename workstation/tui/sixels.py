"""Sixel pictures with all colours defined before the first pixel.

The image library defines each colour where it is first used. xterm (seen with 379) then paints what was
drawn just before in the new colour: white paper turns grey and small print breaks up. With the
definitions in front, which every sixel terminal takes, the page is drawn as it is.
"""

from __future__ import annotations

import re

_DEFINITION = re.compile(r"#(\d+);2;\d+;\d+;\d+")
_HEAD = re.compile(r'\x1bP[0-9;]*q(?:"[0-9;]+)?')


def colours_first(picture: str) -> str:
    """Return the same picture (DECSIXEL, from DCS to ST) with its colour definitions moved to the front."""
    head = _HEAD.match(picture)
    if head is None:
        return picture
    definitions = "".join(match[0] for match in _DEFINITION.finditer(picture))
    pixels = _DEFINITION.sub(r"#\1", picture[head.end() :])
    return head[0] + definitions + pixels
