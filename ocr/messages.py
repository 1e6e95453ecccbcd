"""What goes between the program and the process that reads: plain values, as JSON takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ocr import errors
from ocr.errors import EngineFailed, OcrError
from ocr.kinds import KindGuess
from ocr.port import FieldReading, Reading

Wire = dict[str, Any]


def reading_to_wire(reading: Reading) -> Wire:
    """Return a reading as a JSON object."""
    wire = _object(reading)
    wire["fields"] = {name: _object(read) for name, read in reading.fields.items()}
    return wire


def reading_from_wire(wire: Wire) -> Reading:
    """Return the reading of a JSON object.

    Raises:
        EngineFailed: it is none.
    """
    try:
        read = {name: FieldReading(**_tuples(one)) for name, one in wire["fields"].items()}
        return Reading(**{**wire, "fields": read})
    except (AttributeError, KeyError, TypeError) as error:
        raise EngineFailed(f"no reading: {type(error).__name__}") from error


def guess_to_wire(guess: KindGuess) -> Wire:
    """Return a guess as a JSON object."""
    return _object(guess)


def guess_from_wire(wire: Wire) -> KindGuess:
    """Return the guess of a JSON object.

    Raises:
        EngineFailed: it is none.
    """
    try:
        return KindGuess(**_tuples(wire))
    except TypeError as error:
        raise EngineFailed("no guess") from error


def error_to_wire(error: Exception) -> Wire:
    """Return an error as a JSON object; of one that is not ours only the class, its words may be personal."""
    if isinstance(error, OcrError):
        return {"code": error.code, "detail": error.detail}
    return {"code": EngineFailed.code, "detail": type(error).__name__}


def error_from_wire(wire: Wire) -> OcrError:
    """Return the error of a JSON object; one that is not known is a failed engine."""
    return _BY_CODE.get(str(wire.get("code")), EngineFailed)(str(wire.get("detail", "")))


def _object(value: Any) -> Wire:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it: numbers may come from numpy, which is not loaded on this side."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.item() if hasattr(value, "item") else value


def _tuples(wire: Wire) -> Wire:
    return {name: _tuple(value) for name, value in wire.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(one) for one in value) if isinstance(value, list) else value


_BY_CODE: Mapping[str, type[OcrError]] = {
    found.code: found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, OcrError)
}
