"""The resumable way against programs that are not ours: tuspy to our gateway, our window to tuspyserver."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from sync.errors import Unreachable
from sync.gateway.serve import GatewayServer
from sync.uploads import Uploads
from sync.wire import Timeouts, Wire
from tests.sync.gateway_hall import open_hall
from tests.sync.proxy import Fault, FaultProxy

PAGE = os.urandom(400_000)
NAME = hashlib.sha256(PAGE).hexdigest()

pytestmark = pytest.mark.filterwarnings("ignore")


def test_tuspy_brings_a_page_in_pieces_and_goes_on_after_a_stop(tmp_path: Path) -> None:
    client_module = pytest.importorskip("tusclient.client", reason="tuspy is not installed")
    hall = open_hall(tmp_path / "office")
    server = GatewayServer(hall.office)
    url = server.start()
    window = hall.window()
    try:
        client = client_module.TusClient(f"{url}/v1/uploads", headers=window.headers())
        first = client.uploader(file_stream=io.BytesIO(PAGE), chunk_size=150_000, metadata={"sha256": NAME})
        first.upload_chunk()
        assert first.offset == 150_000
        second = client.uploader(file_stream=io.BytesIO(PAGE), chunk_size=150_000, url=first.url)
        assert second.offset == 150_000
        second.upload()
        assert hall.office.blobs.read(NAME) == PAGE
    finally:
        server.stop()
        hall.office.close()


@contextmanager
def stranger(folder: Path) -> Iterator[int]:
    """Run tuspyserver on a free port."""
    module = pytest.importorskip("tuspyserver", reason="tuspyserver is not installed")
    app = FastAPI()
    app.include_router(module.create_tus_router(prefix="v1/uploads", files_dir=str(folder)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    deadline = time.monotonic() + 90
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(90)


def test_our_window_goes_on_at_a_server_that_is_not_ours(tmp_path: Path) -> None:
    with stranger(tmp_path) as port, FaultProxy(port) as proxy:
        wire = Wire(proxy.url, timeouts=Timeouts(read_s=5))
        uploads = Uploads(wire.exchange, lambda: datetime.now(UTC))
        upload = uploads.begin(NAME, len(PAGE))
        assert upload is not None
        place = upload.path
        proxy.set(Fault(cut_after=250_000))
        with pytest.raises(Unreachable):
            uploads.append(upload, PAGE)
        proxy.set()
        time.sleep(0.2)
        found = uploads.find(NAME, len(PAGE), place)
        assert found is not None
        assert 0 < found.offset < len(PAGE)
        assert uploads.append(found, PAGE) == len(PAGE)
        wire.close()
    whole = [path for path in tmp_path.iterdir() if path.is_file() and path.stat().st_size == len(PAGE)]
    assert [path.read_bytes() for path in whole] == [PAGE]
