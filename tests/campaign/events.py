"""What the campaign's processes tell their driver: one JSON object a line, through a pipe."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from typing import Any

Say = Callable[..., None]


def teller(handle: int, source: str) -> Say:
    """Return a function that writes one event; a line is written in one piece, so that none is torn."""
    guard = threading.Lock()

    def say(word: str, /, **facts: Any) -> None:
        event = {"is": word, "source": source, "pid": os.getpid(), "at": time.monotonic(), **facts}
        data = (json.dumps(event, ensure_ascii=False) + "\n").encode()
        with guard:
            while data:
                data = data[os.write(handle, data) :]

    return say
