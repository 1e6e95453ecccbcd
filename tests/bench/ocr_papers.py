"""Whose papers a bench reads: those of the house's own generator, or those that a stranger drew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from workstation.training.specimens import counter, every


@dataclass(frozen=True, slots=True)
class Papers:
    """A generator: what it draws, and how its papers come to the counter."""

    kinds: tuple[str, ...]
    ways: tuple[str, ...]
    specimen: Callable[[str, int, int], every.Specimen]
    """From a kind, a seed and the dpi."""
    dpi_for: Callable[[int], int]
    way_for: Callable[[int], str]
    as_it_comes: Callable[[Image.Image, int, str], Image.Image]


def _ours() -> Papers:
    return Papers(
        tuple(every.KINDS),
        tuple(counter.WAYS),
        every.specimen,
        counter.dpi_for,
        counter.way_for,
        counter.as_it_comes,
    )


def _strangers() -> Papers:
    # Here, because it loads numpy and OpenCV.
    from tests.bench.strangers import arrival, papers

    return Papers(
        papers.KINDS,
        tuple(arrival.WAYS),
        papers.specimen,
        arrival.dpi_for,
        arrival.way_for,
        arrival.as_it_comes,
    )


PAPERS: dict[str, Callable[[], Papers]] = {"ours": _ours, "strangers": _strangers}
"""By the name on the command line."""
