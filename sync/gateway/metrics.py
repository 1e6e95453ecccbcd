"""What the gateway counts, in the text form that Prometheus reads.

Labels are calls, statuses and codes: never a window, a case or a person. Each process counts for itself; of
several each leaves its sums in a file of the run, and whichever is asked adds them up, so that it does not
matter which answers, and a process that ended keeps its share.
"""

from __future__ import annotations

import json
import os
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Labels = tuple[tuple[str, str], ...]
Key = tuple[str, Labels]

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
FEED_BUCKETS = (0.5, 1.0, 2.0, 5.0, 30.0, 300.0, 3600.0, 86400.0)
"""A window that was off for the night takes its changes in the morning."""
SHARE_S = 2.0
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

HELP = {
    "gateway_calls_total": ("counter", "Calls answered, by call and status."),
    "gateway_call_seconds": ("histogram", "Time from a call's first byte to its answer's last."),
    "gateway_problems_total": (
        "counter",
        "Refusals, by stable code; busy and storage-full are the database's.",
    ),
    "gateway_feed_delay_seconds": ("histogram", "Age of a change when it is handed to its window."),
    "gateway_waiting_calls": ("gauge", "Calls of this process that wait for news."),
    "gateway_windows": ("gauge", "Windows enrolled and not revoked."),
    "gateway_bundles": ("gauge", "Bundles held, by state."),
    "gateway_conflicts": ("gauge", "Manifests set aside for a person to compare."),
    "gateway_matters": ("gauge", "Cases and bags, by state."),
    "gateway_oldest_undecided_seconds": ("gauge", "Age of the oldest case that waits for a first decision."),
}


class _Histogram:
    """How often a value fell between two bounds; one sum per bound is made when somebody reads."""

    __slots__ = ("_bounds", "_counts", "_total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds, self._total = bounds, 0.0
        self._counts = [0] * (len(bounds) + 1)

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._total += value

    def sums(self, name: str, labels: Labels) -> Iterator[tuple[Key, float]]:
        names = [*map(str, self._bounds), "+Inf"]
        for bound, below in zip(names, accumulate(self._counts), strict=True):
            yield (f"{name}_bucket", _labels({**dict(labels), "le": bound})), below
        yield (f"{name}_sum", labels), self._total
        yield (f"{name}_count", labels), sum(self._counts)


class Metrics:
    """The sums of one process."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._sums: Counter[Key] = Counter()
        self._histograms: dict[Key, _Histogram] = {}
        self._lock = threading.Lock()
        self._folder: Path | None = None

    def add(self, name: str, value: float = 1.0, **labels: str) -> None:
        """Add to a counter."""
        with self._lock:
            self._sums[name, _labels(labels)] += value  # type: ignore[assignment]

    def observe(self, name: str, value: float, buckets: tuple[float, ...] = BUCKETS, **labels: str) -> None:
        """Add to a histogram; its bounds are those of the first value."""
        key = (name, _labels(labels))
        with self._lock:
            histogram = self._histograms.get(key)
            if histogram is None:
                histogram = self._histograms[key] = _Histogram(buckets)
            histogram.add(value)

    def call(self, call: str, status: int, seconds: float) -> None:
        """Count a call that was answered; without a status it was cut."""
        self.add("gateway_calls_total", call=call, status=str(status) if status else "cut")
        self.observe("gateway_call_seconds", seconds, call=call)

    def share(self, folder: Path) -> None:
        """Leave the sums in a folder from now on, and add up what others left there."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        threading.Thread(target=self._leave, args=(folder,), name="metrics", daemon=True).start()

    def text(self, gauges: Iterable[tuple[str, Mapping[str, str], float]]) -> str:
        """Return everything as Prometheus reads it."""
        sums = self._all()
        for name, labels, value in gauges:
            sums[name, _labels(labels)] = value  # type: ignore[assignment]
        lines: list[str] = []
        for family, (kind, words) in HELP.items():
            lines += [f"# HELP {family} {words}", f"# TYPE {family} {kind}"]
            lines += [
                _line(key, value) for key, value in sorted(sums.items()) if _is_of(key[0], family, kind)
            ]
        return "\n".join([*lines, ""])

    def _all(self) -> Counter[Key]:
        sums = self._own()
        for file in self._folder.glob("*.json") if self._folder else ():
            if file.stem != str(os.getpid()):
                # One that is being replaced is read at the next look.
                with suppress(OSError, ValueError):
                    sums.update(_read(file))
        return sums

    def _own(self) -> Counter[Key]:
        with self._lock:
            sums = self._sums.copy()
            for (name, labels), histogram in self._histograms.items():
                sums.update(dict(histogram.sums(name, labels)))
        return sums

    def _leave(self, folder: Path) -> None:
        file, left = folder / f"{os.getpid()}.json", None
        while folder.is_dir():
            sums = [[name, labels, value] for (name, labels), value in self._own().items()]
            if sums != left:
                temporary = file.with_suffix(".new")
                with suppress(OSError):
                    temporary.write_text(json.dumps(sums), "utf-8")
                    temporary.replace(file)
                left = sums
            time.sleep(SHARE_S)


class Measure:
    """Counts every call, outermost of all, so that refusals of bodies and faults of our own count too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap the application."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        began = time.perf_counter()
        await self._app(scope, receive, watched)
        self._count(scope, status, time.perf_counter() - began)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        call = f"{scope['method']} {getattr(route, 'path', 'other')}" if route is not None else "other"
        self._metrics.call(call, status, seconds)
        code = scope.get("problem_code")
        if code:
            self._metrics.add("gateway_problems_total", code=str(code))


def _labels(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def _is_of(name: str, family: str, kind: str) -> bool:
    if kind == "histogram":
        return name in (f"{family}_bucket", f"{family}_sum", f"{family}_count")
    return name == family


def _line(key: Key, value: float) -> str:
    name, labels = key
    inside = ",".join(f'{label}="{text}"' for label, text in labels)
    return f"{name}{{{inside}}} {value:.15g}" if inside else f"{name} {value:.15g}"


def _read(file: Path) -> dict[Key, int]:
    found = json.loads(file.read_text("utf-8"))
    return {(name, tuple((label, text) for label, text in labels)): value for name, labels, value in found}
