"""The made-up council's two rounds, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

import audit_toolkit as at

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="session")
def earlier() -> at.Round:
    return at.read_round(SAMPLES / "retrospective-2009")


@pytest.fixture(scope="session")
def later() -> at.Round:
    return at.read_round(SAMPLES / "february-2010")


@pytest.fixture(scope="session")
def comparison(earlier: at.Round, later: at.Round) -> at.Comparison:
    return at.compare_rounds(earlier, later)
