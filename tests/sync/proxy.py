"""A proxy on loopback that spoils connections in the ways a hall's network does."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

CHUNK = 4096
LOGIN = b"<html><title>\xe4\xb8\x8a\xe7\xbd\x91\xe8\xae\xa4\xe8\xaf\x81</title></html>"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(
    LOGIN
)


@dataclass(frozen=True)
class Fault:
    """What happens to each new connection; the defaults let everything through."""

    latency_s: float = 0.0
    """Added before every piece, both ways."""
    cut_after: int | None = None
    """The connection is reset once this many bytes went up."""
    refuse: bool = False
    """Reset at once."""
    black_hole: bool = False
    """Taken, read, never answered."""
    login_page: bool = False
    """Every request is answered with a page of HTML, status 200."""
    lose_reply_to: bytes = b""
    """The first request that contains this reaches the gateway; its answer does not come back."""


class FaultProxy:
    """Listens on a free port in a thread of its own and forwards to `target_port`."""

    def __init__(self, target_port: int) -> None:
        self._target = target_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._fault = Fault()
        self._next: Callable[[], Fault] | None = None
        self.connections = 0
        self.struck = 0
        """Connections that were reset, or answers that were lost."""

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._await(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._await(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(90)
        self._loop.close()

    def set(self, fault: Fault | None = None, *, each: Callable[[], Fault] | None = None) -> None:
        """Use `fault` (or what `each` gives) for new connections, and reset the open ones."""
        self._fault = fault or Fault()
        self._next = each
        self._await(self._reset_all())

    def _await(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _close(self) -> None:
        self._server.close()
        await self._reset_all()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _reset_all(self) -> None:
        for writer in tuple(self._writers):
            _reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._treat(self._next() if self._next else self._fault, reader, writer)
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.close()

    async def _treat(self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault.refuse:
            self._strike(writer)
        elif fault.black_hole:
            while await reader.read(CHUNK):
                continue
        elif fault.login_page:
            await reader.read(CHUNK)
            writer.write(PAGE + LOGIN)
            await writer.drain()
        else:
            await self._forward(fault, reader, writer)

    async def _forward(
        self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers.add(up_writer)
        passage = _Passage(fault, lambda: self._strike(writer))
        try:
            upward = asyncio.create_task(_pump(reader, up_writer, passage.up))
            await _pump(up_reader, writer, passage.down)
            upward.cancel()
            await asyncio.gather(upward, return_exceptions=True)
        finally:
            self._writers.discard(up_writer)
            up_writer.close()

    def _strike(self, writer: asyncio.StreamWriter) -> None:
        self.struck += 1
        _reset(writer)


class _Passage:
    """What one connection has let through."""

    def __init__(self, fault: Fault, strike: Callable[[], None]) -> None:
        self._fault = fault
        self._strike = strike
        self._sent = 0
        self._losing = False

    async def up(self, piece: bytes) -> bytes:
        await asyncio.sleep(self._fault.latency_s)
        if self._fault.lose_reply_to and self._fault.lose_reply_to in piece:
            self._losing = True
        if self._fault.cut_after is not None and self._sent + len(piece) >= self._fault.cut_after:
            piece = piece[: self._fault.cut_after - self._sent]
            self._strike()
        self._sent += len(piece)
        return piece

    async def down(self, piece: bytes) -> bytes:
        await asyncio.sleep(self._fault.latency_s)
        if self._losing:
            self._strike()
            return b""
        return piece


async def _pump(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, passed: Callable[[bytes], Awaitable[bytes]]
) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(CHUNK):
            piece = await passed(piece)
            if not piece:
                break
            sink.write(piece)
            await sink.drain()
    sink.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST, as a broken line or a crashed peer does."""
    with contextlib.suppress(OSError, AttributeError):
        raw: socket.socket = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
