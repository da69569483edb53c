"""The sample rounds compared once, and the page they give."""

from __future__ import annotations

import pytest
from page_reader import SAMPLES

from audit_toolkit.improvement import Comparison, compare_rounds
from audit_toolkit.reporting import report_html


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    return compare_rounds(SAMPLES / "retrospective-2009", SAMPLES / "february-2010")


@pytest.fixture(scope="session")
def page(comparison: Comparison) -> str:
    return report_html(comparison)
