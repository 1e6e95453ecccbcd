"""A line of a chosen rate and round trip, cut now and then, between programs on one machine; it counts.

    python tests/bench/shaped_line.py TARGET_PORT [--kbit-s N] [--rtt-ms N] [--cut-every-s S]

It prints its port. A line of input makes it print what passed since the last one, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import struct
import sys
from dataclasses import dataclass, field

PIECE = 8 * 1024
WINDOW = 64 * 1024
"""Bytes that a peer may have on its way unread, each side; the system's own buffers hide a slow line."""
HEAD = b" HTTP/1.1\r\n"


@dataclass
class Way:
    """One direction: pieces leave one after the other at the rate, and arrive half a round trip later."""

    bytes_per_s: float
    delay_s: float
    passed: int = 0
    _free_at: float = 0.0

    async def pass_on(self, size: int) -> float:
        """Wait until a piece has left; return when it arrives."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + (size / self.bytes_per_s if self.bytes_per_s else 0.0)
        self.passed += size
        if self._free_at > now:
            await asyncio.sleep(self._free_at - now)
        return self._free_at + self.delay_s


@dataclass
class Line:
    """All connections through the line."""

    target: int
    up: Way
    down: Way
    requests: int = 0
    cuts: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection; making it costs a round trip."""
        await asyncio.sleep(self.up.delay_s + self.down.delay_s)
        on_reader, on_writer = await asyncio.open_connection("127.0.0.1", self.target, limit=WINDOW)
        both = {writer, on_writer}
        self.writers |= both
        try:
            await asyncio.gather(
                self._carry(reader, on_writer, self.up, counts=True),
                self._carry(on_reader, writer, self.down, counts=False),
            )
        except asyncio.CancelledError:
            # The bench is over: the stream's own callback would print a traceback for each open line.
            pass
        finally:
            self.writers -= both
            for end in both:
                end.close()

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: Way, *, counts: bool
    ) -> None:
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(_deliver(arriving, sink))
        with contextlib.suppress(OSError):
            while piece := await source.read(PIECE):
                if counts:
                    self.requests += piece.count(HEAD)
                arriving.put_nowait((await way.pass_on(len(piece)), piece))
        arriving.put_nowait((0.0, b""))
        await delivery

    async def cut(self, every_s: float) -> None:
        """Break every connection again and again."""
        while True:
            await asyncio.sleep(every_s)
            self.cuts += 1
            for writer in tuple(self.writers):
                raw: socket.socket = writer.get_extra_info("socket")
                with contextlib.suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()

    def told(self) -> str:
        """Return what passed, and begin anew."""
        told = {
            "up": self.up.passed,
            "down": self.down.passed,
            "requests": self.requests,
            "cuts": self.cuts,
        }
        self.up.passed = self.down.passed = self.requests = self.cuts = 0
        return json.dumps(told)


async def _deliver(arriving: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while True:
            at, piece = await arriving.get()
            if not piece:
                break
            wait_s = at - asyncio.get_running_loop().time()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            sink.write(piece)
            await sink.drain()
    sink.close()


async def serve(args: argparse.Namespace) -> None:
    """Carry until the input ends."""
    rate, delay = args.kbit_s * 1000 / 8, args.rtt_ms / 2000
    line = Line(args.target, Way(rate, delay), Way(rate, delay))
    place = socket.create_server(("127.0.0.1", 0))
    place.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
    await asyncio.start_server(line.accept, sock=place, limit=WINDOW)
    cutting = asyncio.create_task(line.cut(args.cut_every_s)) if args.cut_every_s else None
    sys.stdout.write(f"{place.getsockname()[1]}\n")
    sys.stdout.flush()
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(line.told() + "\n")
        sys.stdout.flush()
    if cutting is not None:
        cutting.cancel()


def main() -> int:
    """Carry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=int)
    parser.add_argument("--kbit-s", type=float, default=0.0)
    parser.add_argument("--rtt-ms", type=float, default=0.0)
    parser.add_argument("--cut-every-s", type=float, default=0.0)
    asyncio.run(serve(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
