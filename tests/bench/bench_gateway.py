"""Many windows reconnect at once after an outage: what the gateway takes a second, and whether one starves.

Each window has a connection of its own and sends its bundles one after the other as the workstation does
(which pages are missing, the page, the bundle), all windows from the same moment. The gateway is the real
command over a real PostgreSQL that waits for the disk, with 1, 2 and 4 processes; gateway, server and windows
share this machine's cores. `database alone` is the same rows by pgbench, without HTTP, signatures or pages.

    python tests/bench/bench_gateway.py [--windows 1800] [--bundles 20] [--page 20000] [--workers 1 2 4]
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.ids import uuid7
from sync.contract.models import BundleKind, EnrolmentRequest, Manifest, SignedManifest
from sync.contract.signing import key_id, new_key, public_text, sign
from sync.gateway.office import Office, system_clock
from sync.gateway.tokens import ASSERTION_TYPE
from tests.sync.gateway_hall import assertion, page
from tests.sync.postgres import Server, programs

STREET = "HF"
PATIENCE_S = 600
ALONE_S = 6
CLIENTS = 10
FAIR = 3.0
"""Most that the last window may need, in times the median one."""
ALONE = """
\\set w random(1, {windows})
BEGIN;
SELECT pg_advisory_xact_lock(1, (random() * 1000000000)::int);
SELECT 1 FROM "window" WHERE window_id = 'w' || :w FOR NO KEY UPDATE;
WITH taken AS (SELECT nextval('bundle_serial') AS serial),
kept AS (
    INSERT INTO bundle SELECT serial, 'b' || serial, 'w' || :w, 'case', 's' || serial, 1, NULL,
        md5(serial::text), repeat('m', {manifest}), repeat('r', {receipt}), '2026-11-02T09:00:00', 'accepted'
    FROM taken RETURNING bundle_id, subject)
INSERT INTO matter SELECT subject, 'case', 'w' || :w, 'HF', bundle_id, 1, 'RECEIVED', 'item',
    '2026-11-02T09:00:00' FROM kept;
COMMIT;
"""


@dataclass
class Seat:
    """One window, with what it has to send, made before the clock runs."""

    window_id: str
    key: Ed25519PrivateKey
    bundles: list[tuple[Manifest, bytes, bytes]] = field(default_factory=list)
    took_s: float = 0.0
    answers: list[bytes] = field(default_factory=list)


class Line:
    """A connection that is kept, and as little of HTTP as it takes."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes, kind: str, token: str = "") -> tuple[int, bytes]:
        """Ask until the answer is neither 429 nor 503."""
        while True:
            status, answer = await self._ask(method, path, body, kind, token)
            if status not in (429, 503):
                return status, answer
            await asyncio.sleep(1)

    async def _ask(self, method: str, path: str, body: bytes, kind: str, token: str) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._place)
        reader, writer = self._streams
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: gateway",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
        ]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)content-length: (\d+)", head)
        return int(head.split(" ", 2)[1]), await reader.readexactly(int(length.group(1)) if length else 0)


def prepared(office: Office, args: argparse.Namespace) -> list[Seat]:
    """Enrol the windows and seal what they will send."""
    seats = []
    for _ in range(args.windows):
        key = new_key()
        code = office.new_code(STREET)
        enrolled = office.enrol(
            EnrolmentRequest(code=code, public_key=public_text(key), window_name="03", street=STREET)
        )
        seat = Seat(enrolled.window_id, key)
        seat.bundles = [
            _bundle(seat, enrolled.number_prefix, number, args.page) for number in range(args.bundles)
        ]
        seats.append(seat)
    return seats


def _bundle(seat: Seat, prefix: str, number: int, size: int) -> tuple[Manifest, bytes, bytes]:
    scan = os.urandom(size)
    manifest = Manifest(
        bundle_id=uuid7(system_clock()),
        kind=BundleKind.CASE,
        version=1,
        subject=f"{prefix}-20261102-{number:03d}",
        window_id=seat.window_id,
        receiving_street=STREET,
        home_street=STREET,
        created_at=system_clock(),
        pages=(page(scan),),
        body={
            "item": {"code": "440304-001", "title": "样本事项"},
            "state": "RECEIVED",
            "form": {"note": "样" * 300},
        },
    )
    signed = SignedManifest(
        manifest=manifest, key_id=key_id(seat.key.public_key()), signature=sign(manifest, seat.key)
    )
    return manifest, signed.model_dump_json().encode(), scan


async def send(seat: Seat, line: Line, gateway_id: str) -> None:
    """Send all of a window's bundles."""
    now = int(time.time())
    claims = {"iss": seat.window_id, "sub": seat.window_id, "aud": gateway_id, "iat": now, "exp": now + 500}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(seat.key, {**claims, "jti": uuid7(system_clock())}),
    }
    status, answer = await line.ask(
        "POST", "/v1/token", urlencode(form).encode(), "application/x-www-form-urlencoded"
    )
    assert status == 200, answer
    token = json.loads(answer)["access_token"]
    for manifest, body, scan in seat.bundles:
        digest = hashlib.sha256(scan).hexdigest()
        asked = json.dumps({"sha256": [digest]}).encode()
        status, answer = await line.ask("POST", "/v1/blobs/missing", asked, "application/json", token)
        assert (status, json.loads(answer)["missing"]) == (200, [digest]), answer
        status, answer = await line.ask("PUT", f"/v1/blobs/{digest}", scan, "application/octet-stream", token)
        assert status == 201, answer
        status, answer = await line.ask(
            "PUT", f"/v1/bundles/{manifest.bundle_id}", body, "application/json", token
        )
        assert status == 201, answer
        seat.answers.append(answer)


async def storm(seats: list[Seat], url: str, gateway_id: str) -> float:
    """Let all windows send at once; return the seconds until the last was done."""
    host, _colon, port = url.removeprefix("http://").partition(":")
    began = time.perf_counter()

    async def one(seat: Seat) -> None:
        await send(seat, Line(host, int(port)), gateway_id)
        seat.took_s = time.perf_counter() - began

    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(one(seat) for seat in seats))
    return time.perf_counter() - began


def measured(server: Server, workers: int, args: argparse.Namespace) -> dict[str, float]:
    """Run one gateway with so many processes and return its figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "office"
        place = server.place_of(folder, test=str(workers))
        office = Office.open(folder, database=place)
        seats = prepared(office, args)
        command = [sys.executable, "-m", "workstation.cli", "gateway", "serve", "--port", "0"]
        options = ["--folder", str(folder), "--database", place, "--workers", str(workers)]
        spent = cpu_seconds()
        with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            time.sleep(3 + 2 * workers)  # until every process is up: the outage is over, not the start
            seconds = asyncio.run(storm(seats, found.group(), office.gateway_id))
            process.terminate()
        spent = cpu_seconds() - spent
        arrived = set(office.bundle_ids())
        office.close()
    sent = {manifest.bundle_id for seat in seats for manifest, _body, _scan in seat.bundles}
    receipts = {json.loads(answer)["receipt"]["number"] for seat in seats for answer in seat.answers}
    took = sorted(seat.took_s for seat in seats)
    return {
        "workers": workers,
        "bundles": len(sent),
        "lost": len(sent - arrived),
        "numbers_met": len(sent) - len(receipts),
        "seconds": round(seconds, 1),
        "bundles_a_second": round(len(sent) / seconds, 1),
        "gateway_cpu_ms_a_bundle": round(1000 * spent / len(sent), 1),
        "last_to_median": round(took[-1] / median(took), 2),
    }


def cpu_seconds() -> float:
    """Return what children that have ended spent, with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def database_alone(server: Server, seats: int, manifest: int, receipt: int) -> float:
    """Return how many such bundles a second the server takes by itself."""
    with tempfile.TemporaryDirectory() as scratch:
        place = server.place_of(Path(scratch) / "alone", test="alone")
        office = Office.open(Path(scratch) / "alone", database=place)
        office.database.write(
            lambda rows: rows.execute(
                "INSERT INTO \"window\" SELECT 'w' || n, '03', 'HF', 'HF', '', '', 'X' || n, '', NULL"
                " FROM generate_series(1, CAST(? AS INTEGER)) AS n",
                (seats,),
            )
        )
        office.close()
        script = Path(scratch) / "alone.sql"
        script.write_text(ALONE.format(windows=seats, manifest=manifest, receipt=receipt))
        command = [str(server.programs / "pgbench"), "-n", "-f", str(script), "-c", str(CLIENTS), "-j", "2"]
        told = subprocess.run(
            [*command, "-T", str(ALONE_S), place], check=True, capture_output=True, text=True
        ).stdout
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found is not None, told
    return float(found.group(1))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--windows", type=int, default=1800)
    parser.add_argument("--bundles", type=int, default=20)
    parser.add_argument("--page", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    found = programs()
    if found is None:
        sys.exit("no PostgreSQL server is installed (Debian package postgresql)")
    server = Server.started(found, durable=True)
    try:
        alone = database_alone(server, args.windows, 2000, 500)
        sys.stdout.write(f"database alone: {alone:.0f} bundles/s\n")
        rows = [measured(server, workers, args) for workers in args.workers]
    finally:
        server.stop()
    for row in rows:
        row["to_database_alone"] = round(row["bundles_a_second"] / alone, 3)
        sys.stdout.write("  ".join(f"{name} {value:g}" for name, value in row.items()) + "\n")
    if args.json:
        report = {"benchmark": "gateway", "windows": args.windows, "database_alone": alone, "runs": rows}
        args.json.write_text(json.dumps(report))
    is_kept = all(
        not row["lost"] and not row["numbers_met"] and row["last_to_median"] <= FAIR for row in rows
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
