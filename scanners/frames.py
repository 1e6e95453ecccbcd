"""The messages between this process and its scanning or decoding child: a JSON header and raw bytes.

A frame is two big-endian unsigned 32-bit lengths (header, body), the header as JSON in ASCII, the body.
The child side works with blocking file descriptors; the parent's side is `scanners.child`.
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any

from scanners.port import MAX_PAGE_PIXELS

Header = dict[str, Any]

LENGTHS = struct.Struct(">II")
MAX_HEADER_BYTES = 1 << 20
MAX_BODY_BYTES = MAX_PAGE_PIXELS * 3


class BadFrame(Exception):
    """The other side sent something that is not a frame, or one that is too long."""


def pack(header: Header, body_bytes: int = 0) -> bytes:
    """Return lengths and header of a frame whose body of `body_bytes` follows."""
    text = json.dumps(header).encode("ascii")
    return LENGTHS.pack(len(text), body_bytes) + text


def unpack_lengths(data: bytes) -> tuple[int, int]:
    """Return the lengths of header and body.

    Raises:
        BadFrame: a length above its limit.
    """
    header_bytes, body_bytes = LENGTHS.unpack(data)
    if header_bytes > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
        raise BadFrame(f"lengths {header_bytes} and {body_bytes}")
    return header_bytes, body_bytes


def unpack_header(data: bytes) -> Header:
    """Return the header.

    Raises:
        BadFrame: it is not a JSON object.
    """
    try:
        header = json.loads(data)
    except ValueError as error:
        raise BadFrame(str(error)) from error
    if not isinstance(header, dict):
        raise BadFrame("header is not an object")
    return header


def write_frame(file: int, header: Header, body: bytes | bytearray = b"") -> None:
    """Write a whole frame to a blocking file descriptor."""
    for part in (pack(header, len(body)), body):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(file, rest) :]


def read_header(file: int) -> Header | None:
    """Read a frame without a body from a blocking file descriptor; None at its end."""
    frame = read_frame(file)
    return None if frame is None else frame[0]


def read_frame(file: int) -> tuple[Header, bytearray] | None:
    """Read a frame from a blocking file descriptor; None at its end."""
    lengths = _read(file, LENGTHS.size)
    if lengths is None:
        return None
    header_bytes, body_bytes = unpack_lengths(bytes(lengths))
    text, body = _read(file, header_bytes), _read(file, body_bytes)
    return None if text is None or body is None else (unpack_header(bytes(text)), body)


def _read(file: int, size: int) -> bytearray | None:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = os.readv(file, [rest])
        if not count:
            return None
        rest = rest[count:]
    return data
