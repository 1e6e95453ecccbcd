"""A bucket for a bench: moto's server of the S3 protocol in a process of its own, so its cost is its own.

It is written in Python and keeps pages in memory; what it takes a second says nothing of a real store.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

KEYS = {"AWS_ACCESS_KEY_ID": "specimen", "AWS_SECRET_ACCESS_KEY": "specimen"}


@contextmanager
def bucket(name: str) -> Iterator[str]:
    """Yield the place of an empty bucket, as `--blobs` takes it."""
    os.environ.update(KEYS)
    command = [sys.executable, "-m", "tests.bench.bucket_double"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        endpoint = server.stdout.readline().strip()
        boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=name)
        try:
            yield f"s3://{name}/office?endpoint={endpoint}&region=us-east-1"
        finally:
            server.terminate()


def main() -> None:
    """Serve until the end of the input."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
