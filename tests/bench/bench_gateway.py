"""Many windows reconnect at once after an outage: what the gateway takes a second, and whether one starves.

The gateway is the real command over a real PostgreSQL that waits for the disk, with 1, 2 and 4 processes;
the windows are one process that costs little (see `crowd_windows`): each has its own connection, asks for
its token and which pages are missing, and sends for each bundle its page and its manifest. `floor` is the
same rows by the database alone, see `gateway_floor`, measured before the first run and after the last. What
gateway, database and windows cost is told for each bundle, because the three share the cores and the floor
has them alone: where other work keeps the cores busy, the ratio of processor time is what can be compared.
`--long` is every bundle of the acceptance (20 a window); without it 4 a window, in under four minutes.
`--bucket` lets the pages go to a double of a bucket: what the gateway spends is worth telling, its speed not.

    python tests/bench/bench_gateway.py [--long | --windows N --bundles N] [--workers 1 2 4] [--bucket]
        [--json FILE]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import pickle
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import mean, median
from typing import Any

from sync.gateway.office import Office
from tests.bench.bucket_double import bucket
from tests.bench.crowd_work import loads_of, seats_of
from tests.bench.gateway_floor import floors
from tests.bench.process_times import cpu_seconds, family
from tests.sync.postgres import Server, programs

BUNDLES, LONG_BUNDLES = 4, 20
SETTLED_S = 1.5
"""How long the gateway's processes must have been idle before the crowd comes."""
RECEIPT_LENGTH = 430
FAIR = 3.0
"""Most that the last window may need, in times the median one."""
HALF = 0.5


def measured(server: Server, workers: int, args: argparse.Namespace) -> dict[str, Any]:
    """Run one gateway with so many processes and return its figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "office"
        place = server.place_of(folder, test=str(workers))
        office = Office.open(folder, database=place)
        tail = os.urandom(args.page - 32)
        loads, sent, _length = loads_of(office, seats_of(office, args.windows), args.bundles, tail)
        file = Path(scratch) / "loads"
        file.write_bytes(pickle.dumps((loads, tail)))
        del loads
        options = ["--folder", str(folder), "--database", place, "--workers", str(workers)]
        with bucket(f"pages-{workers}") if args.bucket else nullcontext("") as pages:
            told = _stormed(server, file, [*options, "--blobs", pages] if pages else options)
        arrived = set(office.bundle_ids())
        office.close()
    return _figures(told, workers, sent, arrived)


def _stormed(server: Server, file: Path, options: list[str]) -> dict[str, Any]:
    """Let the crowd come, and return what its process told and what the others spent meanwhile."""
    command = [sys.executable, "-m", "workstation.cli", "gateway", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as gateway:
        assert gateway.stdout is not None
        found = re.search(r"http://([^:]+):(\d+)", gateway.stdout.readline())
        assert found is not None
        crowd = [sys.executable, "-m", "tests.bench.crowd_windows", str(file), *found.groups()]
        with subprocess.Popen(crowd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as windows:
            assert windows.stdin is not None and windows.stdout is not None
            windows.stdout.readline()
            _settled(gateway.pid)
            database = family(_postmaster(server))
            before = cpu_seconds(family(gateway.pid)), cpu_seconds(database)
            windows.stdin.write("\n")
            windows.stdin.flush()
            answer = windows.stdout.readline()
            told: dict[str, Any] = json.loads(answer) if answer else {}
            told["gateway_cpu_s"] = cpu_seconds(family(gateway.pid)) - before[0]
            told["database_cpu_s"] = cpu_seconds(family(_postmaster(server))) - before[1]
        gateway.terminate()
    if "seconds" not in told:
        sys.exit("the windows' process failed")
    return told


def _settled(pid: int) -> None:
    """Wait until every process of the gateway is up: the outage is over, not the start."""
    while True:
        before = cpu_seconds(family(pid))
        time.sleep(SETTLED_S)
        if cpu_seconds(family(pid)) - before < 0.1 * SETTLED_S:
            return


def _figures(told: dict[str, Any], workers: int, sent: set[str], arrived: set[str]) -> dict[str, Any]:
    took, count = sorted(told["took_s"]), len(sent)
    receipted = {receipt["bundle_id"] for receipt in told["receipts"]}
    return {
        "workers": workers,
        "bundles": count,
        "lost": len(sent - arrived) + len(sent - receipted),
        "numbers_met": count - len({receipt["number"] for receipt in told["receipts"]}),
        "told_to_come_again": told["again"],
        "seconds": round(told["seconds"], 1),
        "bundles_a_second": round(count / told["seconds"], 1),
        "window_p50_s": round(median(took), 2),
        "window_p95_s": round(took[int(0.95 * len(took))], 2),
        "window_max_s": round(took[-1], 2),
        "max_to_median": round(took[-1] / median(took), 2),
        "gateway_cpu_ms": round(1000 * told["gateway_cpu_s"] / count, 2),
        "database_cpu_ms": round(1000 * told["database_cpu_s"] / count, 2),
        "windows_cpu_ms": round(1000 * told["cpu_s"] / count, 2),
    }


def _postmaster(server: Server) -> int:
    return int((server.root / "data" / "postmaster.pid").read_text().split()[0])


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--windows", type=int, default=1800)
    parser.add_argument("--bundles", type=int)
    parser.add_argument("--page", type=int, default=20_000)
    parser.add_argument("--bucket", action="store_true", help="pages go to a bucket (moto), not to a folder")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    args.bundles = args.bundles or (LONG_BUNDLES if args.long else BUNDLES)
    found = programs()
    if found is None:
        sys.exit("no PostgreSQL server is installed (Debian package postgresql)")
    _allow_connections(args.windows)
    server = Server.started(found, durable=True)
    try:
        length = _manifest_length(server)
        told = [floors(server, args.windows, length, RECEIPT_LENGTH)]
        runs = []
        for workers in args.workers:
            runs.append(measured(server, workers, args))
            sys.stderr.write(json.dumps(runs[-1]) + "\n")
        told.append(floors(server, args.windows, length, RECEIPT_LENGTH))
    finally:
        server.stop()
    return _report(args, told, runs)


def _manifest_length(server: Server) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "length"
        office = Office.open(folder, database=server.place_of(folder, test="length"))
        _loads, _ids, length = loads_of(office, seats_of(office, 1), 1, bytes(100))
        office.close()
    return length


def _allow_connections(windows: int) -> None:
    """Every window keeps a connection open, here and in the gateway."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * windows + 1000), hard))


def _report(args: argparse.Namespace, told: list[dict[str, float]], runs: list[dict[str, Any]]) -> int:
    floor = {name: mean(one[name] for one in told) for name in told[0]}
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.machine()}"
    libraries = [name for name in ("uvloop", "httptools") if importlib.util.find_spec(name)]
    sys.stdout.write(f"{args.windows} windows x {args.bundles} bundles; {machine}; {libraries or 'plain'}\n")
    for name in floor:
        each = " and ".join(f"{one[name]:.4g}" for one in told)
        sys.stdout.write(f"floor, {name}: {each}\n")
    for run in runs:
        spent = sum(run[f"{name}_cpu_ms"] for name in ("gateway", "database", "windows"))
        run["cpu_ms"] = round(spent, 2)
        run["to_psycopg"] = round(run["bundles_a_second"] / floor["psycopg"], 3)
        run["to_pgbench"] = round(run["bundles_a_second"] / floor["pgbench"], 3)
        run["cpu_to_psycopg"] = round(floor["psycopg_cpu_ms"] / spent, 3)
        sys.stdout.write("  ".join(f"{name} {value:g}" for name, value in run.items()) + "\n")
    if args.json:
        report = {"benchmark": "gateway", "windows": args.windows, "machine": machine, "libraries": libraries}
        args.json.write_text(json.dumps({**report, "floors": told, "floor": floor, "runs": runs}, indent=1))
    kept = [not run["lost"] and not run["numbers_met"] and run["max_to_median"] <= FAIR for run in runs]
    is_fast = max(run["to_psycopg"] for run in runs) >= HALF
    sys.stdout.write(f"nothing lost, nobody starved: {all(kept)}; at least half of the floor: {is_fast}\n")
    return 0 if all(kept) and is_fast else 1


if __name__ == "__main__":
    sys.exit(main())
