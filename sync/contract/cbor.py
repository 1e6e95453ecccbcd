"""The part of CBOR (RFC 8949) that signed codes are made of, in its one deterministic spelling.

Integers, byte strings, texts, arrays, maps with integer or text keys, and null. What is not spelled as
`dumps` spells it is refused, so that a signed code has a single form.
"""

from __future__ import annotations

Value = int | bytes | str | list["Value"] | dict[int | str, "Value"] | None

MAX_DEPTH = 4
_NULL = 0xF6
_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}


def dumps(value: Value) -> bytes:
    """Return the deterministic bytes (RFC 8949, 4.2.1)."""
    match value:
        case None:
            return bytes([_NULL])
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            text = value.encode()
            return _head(3, len(text)) + text
        case list():
            return _head(4, len(value)) + b"".join(map(dumps, value))
        case dict():
            pairs = sorted((dumps(key), dumps(item)) for key, item in value.items())
            return _head(5, len(pairs)) + b"".join(key + item for key, item in pairs)


def loads(data: bytes) -> Value:
    """Return the value.

    Raises:
        ValueError: cut off, of another kind, too deep, or not in the deterministic spelling.
    """
    reader = _Reader(data)
    value = reader.value(0)
    if reader.left or dumps(value) != data:
        raise ValueError("not deterministic CBOR")
    return value


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for mark, size in _SIZES.items():
        if number < 256**size:
            return bytes([major << 5 | mark]) + number.to_bytes(size)
    raise ValueError("number too large")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        first = self._take(1)[0]
        if first == _NULL:
            return None
        major, number = first >> 5, self._number(first & 31)
        match major:
            case 0:
                return number
            case 1:
                return -1 - number
            case 2:
                return self._take(number)
            case 3:
                return self._take(number).decode()
            case 4:
                return [self.value(depth + 1) for _ in range(self._count(number))]
            case 5:
                return dict(self._pair(depth + 1) for _ in range(self._count(number)))
        raise ValueError("a kind of CBOR that is not used")

    def _pair(self, depth: int) -> tuple[int | str, Value]:
        key = self.value(depth)
        if not isinstance(key, int | str):
            raise ValueError("not a key")
        return key, self.value(depth)

    def _count(self, number: int) -> int:
        if number > self.left:
            raise ValueError("cut off")
        return number

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info not in _SIZES:
            raise ValueError("of no stated length")
        return int.from_bytes(self._take(_SIZES[info]))

    def _take(self, count: int) -> bytes:
        if count > self.left:
            raise ValueError("cut off")
        self._at += count
        return self._data[self._at - count : self._at]
