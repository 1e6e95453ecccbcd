"""Screens, one a file, each with its sheet beside it."""
