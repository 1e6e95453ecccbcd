"""A crowd of windows that costs little: one process, one connection a window, requests made beforehand.

Reads what to send from a file, waits for a line on its input, sends, and writes what came back as JSON: so
its processor time is its own and can be told. Every window asks for its token and which pages are missing
(of all its bundles in one call, as the workstation does), then sends page and bundle, page and bundle; one
call after the other, all windows at once.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import pickle
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

AGAIN_S = 1.0
"""How long a window waits that was told to come again later."""
AGAIN = (429, 503)
PATIENCE_S = 550


Load = tuple[bytes, list[tuple[bytes, bytes, int]]]
"""What one window sends, see `crowd_work`: the request for its token, then its calls."""


@dataclass
class Fared:
    """How it went for one window."""

    took_s: float = 0.0
    receipts: list[bytes] = field(default_factory=list)
    again: int = 0


class Seat(asyncio.Protocol):
    """One window's connection: sends a request when the answer to the one before is whole."""

    def __init__(self, load: Load, fared: Fared, done: asyncio.Future[None], page: bytes) -> None:
        self._load, self._fared, self._done, self._page = load, fared, done, page
        self._answer = bytearray()
        self._token = b""
        self._asked = self._requests()
        self._now: tuple[bytes, int] = (b"", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # That of uvloop is one in all but its class.
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def _requests(self) -> Iterator[tuple[bytes, int]]:
        yield self._load[0], 200
        for head, rest, status in self._load[1]:
            yield b"%sAuthorization: Bearer %s\r\n%s" % (head, self._token, rest), status

    def _next(self) -> None:
        self._now = next(self._asked, (b"", 0))
        if self._now[0]:
            self._send()
        elif not self._done.done():
            self._transport.close()
            self._done.set_result(None)

    def _send(self) -> None:
        request = self._now[0]
        # The bytes of all pages but the first few are the same, kept once.
        self._transport.writelines([request, self._page] if b"octet-stream" in request[:300] else [request])

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head = self._answer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._answer.lower().find(b"content-length: ", 0, head)
        length = int(self._answer[at + 16 : self._answer.find(b"\r\n", at)]) if at >= 0 else 0
        if len(self._answer) >= head + 4 + length:
            status, body = int(self._answer[9:12]), bytes(self._answer[head + 4 :])
            self._answer.clear()
            self._take(status, body)

    def _take(self, status: int, body: bytes) -> None:
        if status in AGAIN:
            self._fared.again += 1
            asyncio.get_running_loop().call_later(AGAIN_S, self._send)
            return
        if status != self._now[1]:
            self._done.set_exception(RuntimeError(f"{status} {body[:300]!r}"))
            return
        if not self._token:
            self._token = json.loads(body)["access_token"].encode()
        elif body.startswith(b'{"receipt"'):
            self._fared.receipts.append(body)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("cut"))


async def storm(loads: list[Load], page: bytes, host: str, port: int) -> tuple[float, list[Fared]]:
    """Let all windows send at once; return the seconds until the last was done."""
    loop = asyncio.get_running_loop()
    fared = [Fared() for _ in loads]
    began = time.perf_counter()

    async def one(load: Load, fate: Fared) -> None:
        done: asyncio.Future[None] = loop.create_future()
        await loop.create_connection(lambda: Seat(load, fate, done, page), host, port)
        await done
        fate.took_s = time.perf_counter() - began

    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*map(one, loads, fared))
    return time.perf_counter() - began, fared


def main() -> None:
    """Send what the file holds when told to."""
    file, host, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    loads, page = pickle.loads(file.read_bytes())  # noqa: S301 - written by the bench itself
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    before = time.process_time()
    run = importlib.import_module("uvloop").run if importlib.util.find_spec("uvloop") else asyncio.run
    seconds, fared = run(storm(loads, page, host, port))
    told = {
        "seconds": seconds,
        "cpu_s": time.process_time() - before,
        "took_s": [one.took_s for one in fared],
        "again": sum(one.again for one in fared),
        "receipts": [json.loads(receipt)["receipt"] for one in fared for receipt in one.receipts],
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
