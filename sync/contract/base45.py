"""Base45 (RFC 9285): bytes in the characters that a QR code packs tightest and any keyboard can type."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Return three characters for each pair of bytes, two for a last single one."""
    pairs = (int.from_bytes(data[at : at + 2]) for at in range(0, len(data) - 1, 2))
    text = "".join(_digits(pair, 3) for pair in pairs)
    return text + _digits(data[-1], 2) if len(data) % 2 else text


def decode(text: str) -> bytes:
    """Return the bytes.

    Raises:
        ValueError: a foreign character, an impossible length, or a group that names no bytes.
    """
    groups = [text[at : at + 3] for at in range(0, len(text), 3)]
    return b"".join(_bytes(group) for group in groups)


def _digits(value: int, count: int) -> str:
    return "".join(ALPHABET[value // 45**place % 45] for place in range(count))


def _bytes(group: str) -> bytes:
    size = len(group) - 1
    if size < 1 or any(character not in _VALUES for character in group):
        raise ValueError("not base45")
    value: int = sum(_VALUES[character] * 45**place for place, character in enumerate(group))
    if value >= 256**size:
        raise ValueError("not base45")
    return value.to_bytes(size, "big")
