"""The kinds of items a window takes, as IT writes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.cli.settings import SettingsError, load_settings, window_categories
from workstation.domain.kinds import WindowCategory


def test_no_kind_named_means_all_and_several_are_parted_by_commas() -> None:
    settings = load_settings()
    assert window_categories(replace(settings, categories="")) == frozenset()
    named = window_categories(replace(settings, categories=" SOCIAL_AFFAIRS, OPERATION,"))
    assert named == {WindowCategory.SOCIAL_AFFAIRS, WindowCategory.OPERATION}


def test_a_misspelt_kind_is_refused_with_the_kinds_there_are() -> None:
    with pytest.raises(SettingsError, match="SOCIAL.*CUSTOMS"):
        window_categories(replace(load_settings(), categories="SOCIAL"))
