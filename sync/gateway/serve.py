"""Running the gateway: in a thread beside the demo and the tests, or as the command's own process."""

from __future__ import annotations

import gc
import signal
import socket
import threading
import time
from pathlib import Path
from types import FrameType

import uvicorn

from sync.gateway.app import create_app
from sync.gateway.errors import CannotListen
from sync.gateway.office import Office

BACKLOG = 1024
"""Callers that wait to be let in: after an outage every window comes at once."""
START_S = 15.0
STOP_S = 8.0
COLLECT_AFTER = (20_000, 20, 50)
"""Python begins to look for circles of objects after 700 new ones, which a crowd makes in five calls."""
GRACE_S = 3
"""How long running calls may finish; waiting ones are ended at once."""


class _Server(uvicorn.Server):
    """A server whose stop signal also ends waiting calls."""

    def __init__(self, config: uvicorn.Config, stopping: threading.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)


class GatewayServer:
    """One office on one address; `start` and `stop` for a thread, `serve` to block."""

    def __init__(
        self,
        office: Office,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        taken: socket.socket | None = None,
        metrics_token: str = "",
        shared: Path | None = None,
        locales: Path | None = None,
    ) -> None:
        """Keep the address.

        Args:
            office: what is served.
            host: address to listen on.
            port: 0 takes a free one.
            taken: a socket that listens already.
            metrics_token: who names it may read the metrics; nothing: only this machine.
            shared: folder where processes of one gateway leave what they counted.
            locales: translations of the review page; None shows it in Chinese.
        """
        self._host = host
        self._port = port
        app = create_app(office, metrics_token=metrics_token, locales=locales)
        if shared is not None:
            app.state.metrics.share(shared)
        self._stopping: threading.Event = app.state.stopping
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        self._server = _Server(config, self._stopping)
        self._thread: threading.Thread | None = None
        self._socket = taken

    def listen(self) -> str:
        """Take the port and return the base URL; calls are answered once the server runs.

        Raises:
            CannotListen: the port is taken or the address is not this machine's.
        """
        if self._socket is None:
            self._socket, _url = listening(self._host, self._port)
            self._port = int(self._socket.getsockname()[1])
        return _url_of(self._host, self._port)

    def start(self) -> str:
        """Serve in a thread, without signal handlers, and return the base URL when it answers.

        Raises:
            CannotListen: the address cannot be taken, or the server did not come up in time.
        """
        url = self.listen()
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_S
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                self.stop()
                raise CannotListen(host=self._host, port=self._port)
            time.sleep(0.01)
        return url

    def stop(self) -> None:
        """End the thread within a bounded time; harmless when it does not run."""
        self._stopping.set()
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(STOP_S)
            if self._thread.is_alive():
                self._server.force_exit = True
                self._thread.join(STOP_S)
            self._thread = None
        self._close()

    def serve(self) -> None:
        """Serve in the main thread until SIGINT or SIGTERM, then return.

        Raises:
            CannotListen: see `listen`.
        """
        self.listen()
        # What lives as long as the process need not be looked through again and again for what nobody holds.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        # uvicorn raises the signal again once it has stopped; it must find a handler that lets us return.
        kept = {number: signal.signal(number, self._asked) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._run()
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
            self._close()

    def _asked(self, _signal: int, _frame: FrameType | None) -> None:
        """Heed a signal that comes before uvicorn listens to it; afterwards this changes nothing."""
        self._stopping.set()
        self._server.should_exit = True

    def _run(self) -> None:
        assert self._socket is not None
        self._server.run(sockets=[self._socket])

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def listening(host: str, port: int) -> tuple[socket.socket, str]:
    """Take an address and return its socket and base URL; port 0 takes a free one.

    Raises:
        CannotListen: the port is taken or the address is not this machine's.
    """
    taken = _bound(host, port)
    return taken, _url_of(host, int(taken.getsockname()[1]))


def _url_of(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        # From here on callers wait in the queue instead of being refused while the server starts.
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        raise CannotListen(host=host, port=port) from error
    return taken
