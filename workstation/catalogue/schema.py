"""How YAML becomes a checked model: every fault is told with its line, and unknown keys are refused.

A misspelt `requierd` must not silently mean "not required".
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workstation.catalogue.errors import PackInvalid
from workstation.catalogue.findings import Finding
from workstation.catalogue.source import Document

Word = Annotated[str, Field(min_length=1, max_length=100, strict=True)]
Sentence = Annotated[str, Field(min_length=1, max_length=600, strict=True)]
Note = Annotated[str, Field(max_length=600, strict=True)]
"""May be empty."""
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", strict=True)]
Code = Annotated[str, Field(pattern=r"^[0-9A-Z]{12}$", strict=True)]
Condition = dict[Id, list[Id]]
"""Question -> options; all keys must hold."""
Conditions = list[Condition] | Condition | None

M = TypeVar("M", bound=BaseModel)


class Strict(BaseModel):
    """Frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse(model: type[M], document: Document) -> M:
    """Return the validated model of a document.

    Raises:
        PackInvalid: with a finding for every fault, each at its line.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise PackInvalid(tuple(_findings(model, document, error))) from error


def _findings(model: type[BaseModel], document: Document, error: ValidationError) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for fault in error.errors(include_url=False):
        # A union reports each of its members; what stands after a member's tag is not part of the path.
        path = tuple(part for part in fault["loc"] if not str(part).startswith(("list[", "dict[")))
        finding = _finding(model, document, path, fault)
        key = (finding.line, finding.code, str(path))
        if key not in seen:
            seen.add(key)
            yield finding


def _finding(model: type[BaseModel], document: Document, path: tuple[Any, ...], fault: Any) -> Finding:
    name = ".".join(str(part) for part in path)
    match fault["type"]:
        case "extra_forbidden":
            near = _nearest(str(path[-1]), _keys(model, path[:-1]))
            return document.finding(path, "C130", key=path[-1], near=near)
        case "missing":
            return document.finding(path, "C131", key=name)
        case "enum":
            expected = str(fault["ctx"]["expected"]).replace(" or ", ", ")
            return document.finding(path, "C132", key=name, value=fault["input"], allowed=expected)
    return document.finding(path, "C133", key=name, value=_short(fault["input"]), problem=fault["type"])


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _nearest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return close[0] if close else ", ".join(known)


def _keys(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """Return the keys that the mapping at `path` may have."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = _nested(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _nested(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside `X`, `X | None` or `list[X]`."""
    if (
        isinstance(annotation, type)
        and issubclass(annotation, BaseModel)
        and not issubclass(annotation, Enum)
    ):
        return annotation
    return next((model for part in get_args(annotation) if (model := _nested(part))), None)
