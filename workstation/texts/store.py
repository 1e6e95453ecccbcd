"""Texts of the error codes of this package."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {}
