"""One exchange with one address over HTTPS; the only module that knows the HTTP library."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import httpx

from sync.answers import MAX_ANSWER_BYTES, Answer
from sync.errors import BadAddress, NotTheGateway, SyncError, Unreachable
from sync.gauge import Call, Gauge, RateLimit
from sync.patience import bounded

CHUNK = 64 * 1024
NEVER_THERE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL)
"""Nothing was cut: there was no connection."""
SHARED_BY = 8
"""A call may get this part of a limited line: several streams share it."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a step may take, in seconds."""

    connect_s: float = 5.0
    read_s: float = 20.0
    """Longest silence of a peer that should answer."""
    exchange_s: float = 30.0
    """A whole exchange with a small body."""
    slowest_bytes_per_s: int = 8 * 1024
    """A line slower than this is a dead line; gives large pages their time."""

    def deadline(self, body_bytes: int, wait_s: float) -> float:
        """Return the seconds an exchange may take that carries a body and waits on purpose."""
        return self.exchange_s + body_bytes / self.slowest_bytes_per_s + wait_s


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    `wait_s` is how long the gateway may hold the answer back on purpose, `answer_limit` the most bytes of an
    answer that are read.
    """

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] | None = None
    query: Mapping[str, str] | None = None
    wait_s: float = 0.0
    answer_limit: int = MAX_ANSWER_BYTES


def never() -> bool:
    """Say that nobody asks the call to stop."""
    return False


class Wire:
    """Sends requests to one base address: no redirects, no environment proxies, certificates checked."""

    def __init__(
        self,
        base_url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        timeouts: Timeouts | None = None,
        trust: ssl.SSLContext | None = None,
        proxy: str | None = None,
        allow_plain: bool = False,
        cancelled: Callable[[], bool] = never,
        limit_kbit_s: int = 0,
    ) -> None:
        """Check the address; nothing is sent yet.

        Args:
            base_url: `https://...`; plain http only to this machine, or when `allow_plain`.
            transport: replaces the network in tests.
            timeouts: None takes the usual ones.
            trust: certificate authorities; None takes the system's, where a city installs its own.
            proxy: address of a forward proxy; the environment's is never used.
            allow_plain: policy permits plain http (a closed network that encrypts below).
            cancelled: turns true when waiting calls should end with `Interrupted`.
            limit_kbit_s: most that all bodies together may take of the line; 0: all of it.

        Raises:
            BadAddress: malformed, or plain http to another machine.
        """
        self._timeouts = timeouts or Timeouts()
        self._limit = RateLimit(limit_kbit_s) if limit_kbit_s else None
        if self._limit is not None:
            slowest = min(self._timeouts.slowest_bytes_per_s, int(self._limit.bytes_per_s / SHARED_BY))
            self._timeouts = replace(self._timeouts, slowest_bytes_per_s=max(slowest, 1))
        self.gauge = Gauge(limit_kbit_s=limit_kbit_s)
        self._cancelled = cancelled
        self._client = httpx.Client(
            base_url=checked_url(base_url, allow_plain=allow_plain),
            transport=transport,
            verify=(trust or ssl.create_default_context()) if transport is None else True,
            proxy=proxy,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._timeouts.read_s, connect=self._timeouts.connect_s),
            headers={"accept-encoding": "identity", "user-agent": "window-workstation"},
        )

    def close(self) -> None:
        """Close kept connections."""
        self._client.close()

    def exchange(self, request: Request) -> Answer:
        """Return the whole answer, whatever its status.

        Raises:
            Unreachable: no connection, a cut one, or no whole answer in time.
            NotTheGateway: a foreign certificate, or an answer too large or encoded for this contract.
            Interrupted: told to stop while waiting.
        """
        deadline = self._timeouts.deadline(len(request.body), request.wait_s)
        call, sent, is_timed = self.gauge.begin(), 0, False
        try:
            answer = bounded(
                lambda abandoned: self._translated(request, abandoned, call),
                deadline_s=deadline,
                cancelled=self._cancelled,
            )
            sent, is_timed = len(request.body), not request.wait_s
        finally:
            self.gauge.end(call, sent, is_timed=is_timed)
        return answer

    def _translated(self, request: Request, abandoned: threading.Event, call: Call) -> Answer:
        try:
            return self._send(request, abandoned, call)
        except SyncError:
            raise
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as error:
            if not isinstance(error, NEVER_THERE):
                self.gauge.cut()
            raise _meaning(error) from error

    def _send(self, request: Request, abandoned: threading.Event, call: Call) -> Answer:
        silence = httpx.Timeout(self._timeouts.read_s + request.wait_s, connect=self._timeouts.connect_s)
        headers = dict(request.headers or {})
        if request.body:
            headers["content-length"] = str(len(request.body))
        with self._client.stream(
            request.method,
            request.path,
            content=self._pieces(request.body, abandoned, call) if request.body else None,
            headers=headers,
            params=dict(request.query or {}),
            timeout=silence,
        ) as response:
            whole = self._whole(response, abandoned, request.answer_limit)
            return Answer(response.status_code, response.headers, whole)

    def _pieces(self, body: bytes, abandoned: threading.Event, call: Call) -> Iterator[bytes]:
        """Give the body in pieces, no faster than allowed; an abandoned upload stops within one of them."""
        step = CHUNK if self._limit is None else min(CHUNK, self._limit.piece)
        for start in range(0, len(body), step):
            piece = body[start : start + step]
            if self._limit is not None:
                self._limit.take(len(piece), abandoned)
            if abandoned.is_set():
                raise Unreachable("abandoned")
            yield piece
            # Asked for the next one, the library has given this one to the system.
            self.gauge.passed(call, len(piece))

    def _whole(self, response: httpx.Response, abandoned: threading.Event, limit: int) -> bytes:
        """Read the body up to the limit; an encoded one is refused unread: it could unfold to any size."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise NotTheGateway("an encoded answer")
        kept = bytearray()
        for piece in response.iter_bytes():
            kept += piece
            if len(kept) > limit:
                raise NotTheGateway(f"an answer of more than {limit} bytes")
            if abandoned.is_set():
                raise Unreachable("abandoned")
            self.gauge.on_passed()
        return bytes(kept)


def _meaning(error: Exception) -> SyncError:
    """Return our error; the certificate's fault hides in the chain of causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NotTheGateway(f"certificate: {cause.verify_message}")
        cause = cause.__cause__ or cause.__context__
    return Unreachable(f"{type(error).__name__}: {error}"[:200])


def checked_url(base_url: str, *, allow_plain: bool) -> httpx.URL:
    """Return the address when it may be spoken to.

    Raises:
        BadAddress: malformed, or plain http to another machine.
    """
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise BadAddress(str(error)) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise BadAddress("an address starts with https:// and names a host")
    if url.scheme == "http" and not allow_plain and not _is_loopback(url.host):
        raise BadAddress("plain http is only for this machine")
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
