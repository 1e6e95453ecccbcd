"""How fast the queue catches up after an outage, against a raw httpx loop that sends the same bytes.

Ours is a real store with sealed bundles, the real loop in a process of its own, and a real gateway; the raw
loop puts the same pages one after the other over a kept connection to a server that throws them away, and
sends a page again from its beginning when it was cut. Both go through the same kind of shaped line, in turns,
in one run. `goodput` is payload (pages and manifests) a second; `wire` what passed the line, both ways, for
each byte of payload.

Then keys are typed into the real program, idle and while its sender works; the line of the second is so wide
that bundles go before the first key, between the keys and behind the last one, or the figures are refused.

    python tests/bench/bench_sync.py [--rounds 1] [--lines fast,cut,clean] [--keys 400] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

SIZES = (60_000, 120_000, 200_000, 300_000, 400_000)
"""Of the pages, in turns: what a scanned sheet takes as a page file."""
PATIENCE_S = 300
WANTED, WANTED_WIRE, WANTED_MS = 0.85, 1.1, 50
BUSY_KBIT_S = 8_000
"""Eight bundles a second: a good line, and a queue of three bundles a key outlasts the keys."""
BUNDLES_A_KEY = 3


@dataclass(frozen=True)
class Shape:
    """A line, and what is sent over it."""

    what: str
    kbit_s: float
    rtt_ms: float
    cut_every_s: float
    bundles: int
    pages: int

    @property
    def options(self) -> list[str]:
        """Arguments of the line's program."""
        return [f"--kbit-s={self.kbit_s}", f"--rtt-ms={self.rtt_ms}", f"--cut-every-s={self.cut_every_s}"]

    @property
    def sizes(self) -> list[int]:
        """Bytes of each page, bundle by bundle."""
        return [SIZES[number % len(SIZES)] for number in range(self.bundles * self.pages)]


SHAPES = {
    "fast": Shape("20 Mbit/s, 40 ms", 20_000, 40, 0, 30, 4),
    "cut": Shape("2 Mbit/s, 40 ms, cut every 2 s", 2_000, 40, 2, 6, 3),
    "clean": Shape("no limit", 0, 0, 0, 30, 4),
}


class Child:
    """A program of the benchmark; it ends when its input does."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, question: str = "") -> str:
        """Write a line and read one."""
        assert self._process.stdin is not None
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        return self.read()

    def read(self) -> str:
        """Read the next line."""
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError("a part of the benchmark ended")
        return answer

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def child(*command: str) -> Iterator[Child]:
    """Start a program and end it."""
    started = Child(*command)
    try:
        yield started
    finally:
        started.close()


def main() -> int:
    """Measure and print, or be one of the parts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--lines", default=",".join(SHAPES))
    parser.add_argument("--keys", type=int, default=400, help="0: none")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part:
        return PARTS[args.part[0]](*args.part[1:])
    report = {name: measured(SHAPES[name], args.rounds) for name in args.lines.split(",") if name}
    verdicts = [is_good(SHAPES[name], figures) for name, figures in report.items()]
    sys.stdout.write(table(report) + "\n")
    keys = keys_painted(args.keys) if args.keys else {}
    verdicts += [figures["p99_ms"] <= WANTED_MS for figures in keys.values()]
    for name, figures in keys.items():
        cells = "  ".join(f"{what} {value:.0f}" for what, value in figures.items())
        sys.stdout.write(f"key painted, {name}: {cells}\n")
    if args.json:
        shapes = {name: asdict(SHAPES[name]) for name in report}
        document = {"benchmark": "sync", "lines": shapes, "figures": report, "keys": keys}
        args.json.write_text(json.dumps(document, indent=1))
    return 0 if all(verdicts) else 1


def measured(shape: Shape, rounds: int) -> dict[str, float]:
    """Send the same amount both ways in turns; return the medians."""
    runs = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            runs.append({**_sent("raw", shape, folder), **_sent("ours", shape, folder)})
    found = {name: median(run[name] for run in runs) for name in runs[0]}
    found["ratio"] = found["ours_goodput"] / found["raw_goodput"]
    return found


def keys_painted(keys: int) -> dict[str, dict[str, float]]:
    """Return how long keys take, idle and while sending."""
    from tests.bench.painted_keys import painted, window

    line = str(Path(__file__).with_name("shaped_line.py"))
    found = {}
    for name, bundles in (("idle", 0), ("sending", keys * BUNDLES_A_KEY)):
        with (
            tempfile.TemporaryDirectory() as place,
            child(str(Path(__file__)), "--part", "gateway", place) as far,
        ):
            port, code = far.read().split()
            with child(line, port, f"--kbit-s={BUSY_KBIT_S}") as near:
                folder = Path(place) / "seat"
                folder.mkdir()
                window(folder, f"http://127.0.0.1:{near.read()}", code, bundles)
                typed = painted(folder, keys)
        if bundles and not (typed.sent_before and typed.sent and typed.pending):
            raise RuntimeError(
                f"not busy through all keys: {typed.sent_before}, {typed.sent}, {typed.pending}"
            )
        ordered = sorted(seconds * 1000 for seconds in typed.seconds)
        found[name] = {
            "p50_ms": median(ordered),
            "p95_ms": ordered[int(len(ordered) * 0.95)],
            "p99_ms": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
            "largest_ms": ordered[-1],
            "sent_before": typed.sent_before,
            "sent": typed.sent,
            "pending": typed.pending,
        }
    return found


def _sent(who: str, shape: Shape, folder: str) -> dict[str, float]:
    """Let one of the two send everything through a line of its own; return its figures."""
    me = str(Path(__file__))
    other_end = {"raw": "sink", "ours": "gateway"}[who]
    with ExitStack() as stack:
        far = stack.enter_context(child(me, "--part", other_end, folder))
        port, code = far.read().split()
        line = stack.enter_context(
            child(str(Path(__file__).with_name("shaped_line.py")), port, *shape.options)
        )
        near = stack.enter_context(
            child(me, "--part", who, folder, code, f"http://127.0.0.1:{port}", json.dumps(asdict(shape)))
        )
        payload = int(near.read())
        here = line.read()
        line.ask()
        took_s = float(near.ask(f"http://127.0.0.1:{here}"))
        passed = json.loads(line.ask())
    return {
        f"{who}_s": took_s,
        f"{who}_goodput": payload / took_s,
        f"{who}_wire": (passed["up"] + passed["down"]) / payload,
        f"{who}_requests": passed["requests"] / shape.bundles,
        f"{who}_cuts": passed["cuts"],
    }


def is_good(shape: Shape, figures: dict[str, float]) -> bool:
    """Return whether the figures are what is wanted: speed on a shaped line, thrift on a clean one."""
    if shape.kbit_s:
        return figures["ratio"] >= WANTED
    return figures["ours_wire"] <= WANTED_WIRE


def table(report: dict[str, dict[str, float]]) -> str:
    """Return the figures as text."""
    heads = ("raw kB/s", "ours kB/s", "ratio", "raw wire", "ours wire", "req/bundle", "cuts")
    lines = [f"{'line':32s}" + "".join(f"{head:>11s}" for head in heads)]
    for name, found in report.items():
        cells = (
            f"{found['raw_goodput'] / 1000:.0f}",
            f"{found['ours_goodput'] / 1000:.0f}",
            f"{found['ratio']:.2f}",
            f"{found['raw_wire']:.3f}",
            f"{found['ours_wire']:.3f}",
            f"{found['ours_requests']:.1f}",
            f"{found['ours_cuts']:.0f}",
        )
        lines.append(f"{SHAPES[name].what:32s}" + "".join(f"{cell:>11s}" for cell in cells))
    return "\n".join(lines)


def tell(text: str) -> None:
    """Write a line to whoever started this part."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def gateway(folder: str) -> int:
    """Be the back office."""
    from sync.gateway.office import Office
    from sync.gateway.serve import GatewayServer

    office = Office.open(Path(folder) / "office", streets={"huafu": "华富街道"})
    server = GatewayServer(office)
    port = server.start().rpartition(":")[2]
    tell(f"{port} {office.new_code('huafu')}")
    sys.stdin.readline()
    server.stop()
    office.close()
    return 0


def sink(_folder: str) -> int:
    """Take pages and throw them away."""
    import uvicorn

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            continue
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def serve() -> None:
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        tell(f"{server.servers[0].sockets[0].getsockname()[1]} none")
        await asyncio.to_thread(sys.stdin.readline)
        server.should_exit = True
        await serving

    asyncio.run(serve())
    return 0


def raw(_folder: str, _code: str, _direct: str, shape_text: str) -> int:
    """Send pages one after the other over a kept connection; one that was cut goes again as a whole."""
    import httpx

    shape = Shape(**json.loads(shape_text))
    chance = Random(7)
    pages = [chance.randbytes(size) for size in shape.sizes]
    tell(str(sum(map(len, pages))))
    url = sys.stdin.readline().strip()
    began = time.monotonic()
    with httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
        for number, page in enumerate(pages):
            while True:
                with suppress(httpx.TransportError):
                    client.put(f"/page/{number}", content=page).raise_for_status()
                    break
                if time.monotonic() - began > PATIENCE_S:
                    raise RuntimeError("the raw loop does not get through")
    tell(str(time.monotonic() - began))
    sys.stdin.readline()
    return 0


def ours(folder: str, code: str, direct: str, shape_text: str) -> int:
    """Send a queue of sealed bundles by the product's own loop."""
    from sync.client import GatewayClient
    from sync.lock import SenderLock
    from sync.loop import SyncLoop
    from sync.sender import Sender
    from tests.bench.sealed_queue import sealed_queue

    shape = Shape(**json.loads(shape_text))
    store, identity, payload = sealed_queue(Path(folder), code, direct, shape.bundles, shape.sizes)
    tell(str(payload))
    url = sys.stdin.readline().strip()

    def make_sender(cancelled: Callable[[], bool]) -> Sender:
        client = GatewayClient(url, identity, cancelled=cancelled)
        return Sender(store.outbox, store.inbox, client, clock=lambda: datetime.now(UTC), random=Random(7))

    stop = threading.Event()
    loop = SyncLoop(make_sender, SenderLock(Path(folder) / "sender.lock"), stop)
    working = threading.Thread(target=loop.run)
    began = time.monotonic()
    working.start()
    while loop.state.delivered < shape.bundles and time.monotonic() - began < PATIENCE_S:
        time.sleep(0.01)
    took_s = time.monotonic() - began
    stop.set()
    loop.kick()
    working.join()
    store.close()
    if loop.state.delivered < shape.bundles:
        raise RuntimeError("the queue does not get through")
    tell(str(took_s))
    sys.stdin.readline()
    return 0


PARTS: dict[str, Callable[..., int]] = {"gateway": gateway, "sink": sink, "raw": raw, "ours": ours}

if __name__ == "__main__":
    sys.exit(main())
