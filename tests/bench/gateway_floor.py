"""What PostgreSQL alone does for the rows of a bundle: the floor that the gateway is measured against.

One process with psycopg and as many connections as a process of the gateway has, a thread each; every bundle
is one durable transaction (each window needs its own receipt), which holds the case's number and the window's
row and writes the bundle and its case, with texts as long as real ones. No HTTP, no checks, no signatures, no
pages; nothing else of ours runs meanwhile, so no share of the cores goes to windows. `pgbench` is the same
transaction from a client written in C, which costs less than Python does.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from sync.gateway.office import Office
from sync.gateway.postgresql import CONNECTIONS
from tests.bench.crowd_work import STREET
from tests.bench.process_times import cpu_seconds, family
from tests.sync.postgres import Server

FLOOR_S = 6.0
HOLD_NAME = "SELECT pg_advisory_xact_lock(1, hashtext(%s))"
HOLD_WINDOW = 'SELECT 1 FROM "window" WHERE window_id = %s FOR NO KEY UPDATE'
WRITE = """
WITH kept AS (
    INSERT INTO bundle (serial, bundle_id, window_id, kind, subject, version, manifest_sha256, manifest,
        receipt, received_at, state)
    SELECT nextval('bundle_serial'), %s, %s, 'case', %s, 1, %s, %s, %s, '2026-11-02T09:00:00', 'accepted'
    RETURNING bundle_id, window_id, subject)
INSERT INTO matter (subject, kind, window_id, home_street, bundle_id, version, state, item, received_at)
SELECT subject, 'case', window_id, 'HF', bundle_id, 1, 'RECEIVED', 'item', '2026-11-02T09:00:00' FROM kept
"""
SCRIPT = """
\\set n random(1, 1000000000)
\\set w random(1, {windows})
BEGIN;
SELECT pg_advisory_xact_lock(1, :n);
SELECT 1 FROM "window" WHERE window_id = 'w' || :w FOR NO KEY UPDATE;
WITH kept AS (
    INSERT INTO bundle (serial, bundle_id, window_id, kind, subject, version, manifest_sha256, manifest,
        receipt, received_at, state)
    SELECT serial, 'p' || serial, 'w' || :w, 'case', 'p' || serial, 1, md5(serial::text) || md5('x'),
        repeat('m', {manifest}), repeat('r', {receipt}), '2026-11-02T09:00:00', 'accepted'
    FROM nextval('bundle_serial') AS serial RETURNING bundle_id, window_id, subject)
INSERT INTO matter (subject, kind, window_id, home_street, bundle_id, version, state, item, received_at)
SELECT subject, 'case', window_id, 'HF', bundle_id, 1, 'RECEIVED', 'item', '2026-11-02T09:00:00' FROM kept;
COMMIT;
"""


def floors(server: Server, windows: int, manifest: int, receipt: int) -> dict[str, float]:
    """Return bundles a second by psycopg (and what each costs in all) and by pgbench; texts so long."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "alone"
        place = server.place_of(folder, test="alone")
        Office.open(folder, database=place).close()
        with psycopg.connect(place) as connection:
            connection.execute(
                "INSERT INTO \"window\" SELECT 'w' || n, '03', %s, 'HF', '', '', 'X' || n, '', NULL"
                " FROM generate_series(1, CAST(%s AS INTEGER)) AS n",
                (STREET, windows),
            )
        server_pid = int((server.root / "data" / "postmaster.pid").read_text().split()[0])
        before = time.process_time(), cpu_seconds(family(server_pid))
        by_psycopg, written = _by_psycopg(place, windows, "m" * manifest, "r" * receipt)
        spent = time.process_time() - before[0] + cpu_seconds(family(server_pid)) - before[1]
        script = Path(scratch) / "alone.sql"
        script.write_text(SCRIPT.format(windows=windows, manifest=manifest, receipt=receipt))
        return {
            "psycopg": by_psycopg,
            "psycopg_cpu_ms": 1000 * spent / written,
            "pgbench": _by_pgbench(server, place, script),
        }


def _by_psycopg(place: str, windows: int, manifest: str, receipt: str) -> tuple[float, int]:
    written = [0] * CONNECTIONS
    began, over = time.perf_counter(), threading.Event()

    def work(lane: int) -> None:
        with psycopg.connect(place, autocommit=True) as connection:
            while not over.is_set():
                number = f"{lane}-{written[lane]}"
                window = f"w{(written[lane] * CONNECTIONS + lane) % windows + 1}"
                with connection.transaction():
                    connection.execute(HOLD_NAME, (number,))
                    connection.execute(HOLD_WINDOW, (window,))
                    connection.execute(WRITE, (number, window, number, f"{number:>064}", manifest, receipt))
                written[lane] += 1

    threads: Sequence[threading.Thread] = [
        threading.Thread(target=work, args=(lane,)) for lane in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    over.wait(FLOOR_S)
    over.set()
    for thread in threads:
        thread.join()
    return sum(written) / (time.perf_counter() - began), sum(written)


def _by_pgbench(server: Server, place: str, script: Path) -> float:
    command = [str(server.programs / "pgbench"), "-n", "-f", str(script), "-c", str(CONNECTIONS), "-j", "2"]
    told = subprocess.run(
        [*command, "-M", "prepared", "-T", f"{FLOOR_S:.0f}", place],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found is not None, told
    return float(found.group(1))
