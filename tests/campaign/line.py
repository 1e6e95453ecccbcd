"""The line between windows and gateway, in a process of its own, with everything that can go wrong on it.

It understands just enough HTTP to know which request it holds: faults hit the n-th request of a window,
whatever the time. A cut is a reset, as of a broken line.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.contract.models import SignedReceipt
from sync.contract.signing import key_id, new_key, sign
from tests.campaign.plan import LineFault

LOGIN = "<html><title>上网认证</title><form>样本</form></html>".encode()
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BUNDLE = re.compile(rb"PUT /v1/bundles/([0-9a-f-]+) ")
RECEIPTS = frozenset({"forged-receipt", "wrong-signature", "receipt-of-another", "refused-content"})
"""Faults of the answer to a manifest; they wait for one."""
LIE_ABOUT = (b"POST /v1/blobs/missing", b"PUT /v1/blobs/")
CLOSELY = 10
DRIP_S = 0.05
LONGEST_DRIP_S = 3.0


@dataclass
class Asked:
    """One whole request."""

    number: int
    raw: bytes

    @property
    def call(self) -> str:
        """Method and path, without the query and without hashes."""
        method, path, _ = self.raw.split(b" ", 2)
        path = re.sub(rb"/[0-9a-f-]{36,}", b"", path.partition(b"?")[0])
        return f"{method.decode()} {path.decode()}"


@dataclass
class Line:
    """All windows' lines to one gateway."""

    gateway_port: int
    faults: list[LineFault]
    say: Callable[..., None]
    counts: dict[int, int] = field(default_factory=dict)
    receipts: dict[int, bytes] = field(default_factory=dict)
    """The last honest receipt of each window, as an answer."""
    manifests: dict[int, bytes] = field(default_factory=dict)
    """The first manifest request of each window."""

    async def serve(self, sockets: Sequence[socket.socket], orders: int) -> None:
        """Listen on one socket a window until the pipe of orders closes; `clear` ends all faults."""
        servers = []
        for window, listening in enumerate(sockets):
            servers.append(await asyncio.start_server(self._caller(window), sock=listening))
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(orders, "rb"))
        while order := await reader.readline():
            if order.strip() == b"clear":
                # What the office itself refuses, it goes on to refuse: each once.
                self.faults = [fault for fault in self.faults if fault.kind == "refused-content"]
                self.say("clear")
        os._exit(0)

    def _caller(self, window: int) -> Any:
        async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                while raw := await _request(reader):
                    self.counts[window] = number = self.counts.get(window, 0) + 1
                    asked = Asked(number, raw)
                    fault = self._fault(window, asked)
                    self.say("request", window=window, n=number, call=asked.call, fault=_kind(fault))
                    if not await Passage(self, window, asked, fault, reader, writer).pass_on():
                        break
            _reset(writer)

        return called

    def _fault(self, window: int, asked: Asked) -> LineFault | None:
        for fault in self.faults:
            if fault.window != window or asked.number < fault.first:
                continue
            if fault.kind in RECEIPTS:
                if BUNDLE.match(asked.raw):
                    self.faults.remove(fault)
                    return fault
            elif fault.kind == "lying-box":
                # It too waits for what it lies about, and then for all of it that follows closely.
                if asked.number <= fault.last + CLOSELY and asked.raw.startswith(LIE_ABOUT):
                    return fault
            elif asked.number <= fault.last:
                return fault
        return None


def _kind(fault: LineFault | None) -> str:
    return fault.kind if fault else ""


@dataclass
class Passage:
    """One request on its way; each `_kind` method is a fault and says whether the connection lives on."""

    line: Line
    window: int
    asked: Asked
    fault: LineFault | None
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def pass_on(self) -> bool:
        """Treat the request."""
        if self.fault is None:
            return await self._answer(await self._honest())
        treat = getattr(self, "_" + self.fault.kind.replace("-", "_"))
        return bool(await treat(self.fault.value))

    async def _honest(self) -> bytes:
        """Ask the gateway; an empty answer when it is not there or the caller left."""
        asking = asyncio.create_task(_exchange(self.line.gateway_port, self.asked.raw))
        leaving = asyncio.create_task(self.reader.read(1))
        await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in (asking, leaving):
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if asking.cancelled() or asking.exception() is not None:
            return b""
        answer = asking.result()
        if BUNDLE.match(self.asked.raw) and answer.split(b" ", 2)[1:2] in ([b"200"], [b"201"]):
            self.line.receipts[self.window] = answer
            self.line.manifests.setdefault(self.window, self.asked.raw)
        return answer

    async def _answer(self, answer: bytes) -> bool:
        if not answer:
            return False
        self.writer.write(answer)
        await self.writer.drain()
        return True

    async def _cut_request(self, byte: int) -> bool:
        with contextlib.suppress(OSError):
            _up, down = await asyncio.open_connection("127.0.0.1", self.line.gateway_port)
            down.write(self.asked.raw[:byte] if byte < len(self.asked.raw) else self.asked.raw[:-1])
            await down.drain()
            _reset(down)
        return False

    async def _cut_answer(self, byte: int) -> bool:
        answer = await self._honest()
        self.writer.write(answer[: min(byte, len(answer) - 1)])
        await self.writer.drain()
        return False

    async def _lost_reply(self, _value: int) -> bool:
        await self._honest()
        return False

    async def _refused(self, _value: int) -> bool:
        return False

    async def _black_hole(self, _value: int) -> bool:
        while await self.reader.read(4096):
            continue
        return False

    async def _slow(self, milliseconds: int) -> bool:
        await asyncio.sleep(milliseconds / 1000)
        return await self._answer(await self._honest())

    async def _drip(self, _value: int) -> bool:
        answer = await self._honest()
        for step in range(int(LONGEST_DRIP_S / DRIP_S)):
            self.writer.write(answer[step : step + 1])
            await self.writer.drain()
            await asyncio.sleep(DRIP_S)
        return False

    async def _log_in_page(self, _value: int) -> bool:
        return await self._answer(_reply(200, LOGIN, "text/html"))

    async def _redirect(self, _value: int) -> bool:
        return await self._answer(_reply(302, b"", "text/html", location="https://login.example/"))

    async def _server_error(self, status: int) -> bool:
        return await self._answer(_reply(status, b"<h1>error</h1>", "text/html"))

    async def _busy(self, seconds: int) -> bool:
        more = {"retry-after": str(seconds)} if seconds else {}
        return await self._answer(_reply(429 if seconds % 2 else 503, b"", "text/plain", **more))

    async def _too_large(self, _value: int) -> bool:
        return await self._answer(_reply(413, b"", "text/html"))

    async def _refused_content(self, _value: int) -> bool:
        """The office's own word that it will not take this bundle."""
        problem = {"title": "样本", "status": 422, "code": "G422", "detail": "样本: 内容不符"}
        return await self._answer(_reply(422, json.dumps(problem).encode(), "application/problem+json"))

    async def _bad_json(self, _value: int) -> bool:
        return await self._answer(_reply(200, b'{"receipt": {"contract": 1,', "application/json"))

    async def _other_json(self, _value: int) -> bool:
        return await self._answer(_reply(200, b'{"status": "ok", "data": []}', "application/json"))

    async def _forged_receipt(self, _value: int) -> bool:
        """A stranger takes the bundle and signs for it; the gateway never sees it."""
        manifest = json.loads(self.asked.raw.partition(b"\r\n\r\n")[2])["manifest"]
        key = new_key()
        from sync.contract.models import Manifest, Receipt
        from sync.contract.signing import manifest_sha256

        read = Manifest.model_validate(manifest)
        receipt = Receipt(
            bundle_id=read.bundle_id,
            manifest_sha256=manifest_sha256(read),
            received_at=read.created_at,
            gateway_id="gw-stranger",
            number="R99999999",
        )
        signed = SignedReceipt(receipt=receipt, key_id=key_id(key.public_key()), signature=sign(receipt, key))
        return await self._answer(_reply(201, signed.model_dump_json().encode(), "application/json"))

    async def _wrong_signature(self, _value: int) -> bool:
        answer = await self._honest()
        head, _, body = answer.partition(b"\r\n\r\n")
        if not body.startswith(b'{"receipt"'):
            return await self._answer(answer)
        told = json.loads(body)
        told["receipt"]["number"] = "R99999998"
        return await self._answer(_reply(201, json.dumps(told).encode(), "application/json"))

    async def _receipt_of_another(self, _value: int) -> bool:
        """An honest receipt, but an older one: a cache that does not look at the path."""
        before = self.line.receipts.get(self.window)
        return await self._answer(before if before is not None else await self._honest())

    async def _lying_box(self, _value: int) -> bool:
        """Something in between says that all pages are there."""
        if self.asked.raw.startswith(b"POST"):
            return await self._answer(_reply(200, b'{"missing":[]}', "application/json"))
        return await self._answer(_reply(201, b"", ""))

    async def _twice(self, _value: int) -> bool:
        """The request reaches the gateway twice at the same time."""
        again = asyncio.create_task(_exchange(self.line.gateway_port, self.asked.raw))
        answer = await self._honest()
        await asyncio.gather(again, return_exceptions=True)
        return await self._answer(answer)

    async def _stale_repeat(self, _value: int) -> bool:
        """The window's first manifest arrives once more, out of an old buffer."""
        first = self.line.manifests.get(self.window)
        if first is not None:
            await asyncio.gather(_exchange(self.line.gateway_port, first), return_exceptions=True)
        return await self._answer(await self._honest())


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Return a whole request, empty when the caller closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = LENGTH.search(head)
    return head + (await reader.readexactly(int(length.group(1))) if length else b"")


async def _exchange(port: int, raw: bytes) -> bytes:
    """Return the gateway's whole answer; one connection each."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        with contextlib.suppress(OSError):
            await writer.drain()
        answer = await reader.read()
        # The line's connection to the window lives on, whatever the one to the gateway does.
        return answer.replace(b"\r\nconnection: close", b"", 1) if _is_whole(answer) else b""
    finally:
        writer.close()


def _is_whole(answer: bytes) -> bool:
    head, separator, body = answer.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    return bool(separator) and (length is None or len(body) == int(length.group(1)))


def _reply(status: int, body: bytes, media_type: str, **headers: str) -> bytes:
    """Return an answer that keeps the connection."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
    lines += [f"content-type: {media_type}"] if media_type else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode() + body


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, AttributeError):
        raw: socket.socket = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
