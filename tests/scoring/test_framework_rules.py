"""Numbers as a quality lead writes them: with the sign of percent or without, and what then happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import HERE

from audit_toolkit.scoring import Framework

TEXT = (HERE / "domains.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{Good: 50, ", "{Good: 50%, "),
        ("{Good: 50, ", "{Good: 50.0 %, "),
        ("{Good: 50, ", "{Good: 100/2, "),
        ("earns: {Good: 1, ", "earns: {Good: 100%, "),
        ("weight: 2}", "weight: 200%}"),
        ("score: {method: domains}", "score: {method: domains, complete_at: 100%}"),
    ],
)
def test_a_percentage_means_what_it_says(make_framework: Callable[[str], Framework], old: str, new: str) -> None:
    assert old in TEXT
    assert make_framework(TEXT.replace(old, new, 1)).digest == make_framework(TEXT).digest
