"""A framework of every kind of question, small enough to score by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_round import Round

from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring import Framework, framework_from

EVERY_KIND = """\
framework: every_kind
version: "1.0.0"
title: Every kind of question
ratings: [Outstanding, Good, Adequate, Inadequate]
earns: {Outstanding: 1, Good: 3/4, Adequate: 1/2, Inadequate: 1/4, "Yes": 1, Partly: 1/2, "No": 0, met: 1, not met: 0}
bands: {Outstanding: 87.5, Good: 62.5, Adequate: 37.5, Inadequate: 0}
score: {method: flat, not_applicable: leave-out, missing: incomplete, complete_at: 75%}
criteria:
  - {id: G1, ask: Is it good?, response: graded, not_applicable: never}
  - {id: G2, ask: Is it good too?, response: graded, not_applicable: [too early]}
  - {id: Y1, ask: Was the child seen?, response: yes_partly_no, weight: 2, evidences: [S2]}
  - {id: R1, ask: How many visits were in time?, response: repeated}
  - id: T1
    ask: Was it in time?
    response: timeliness
    from: referral_date
    to: initial_assessment_authorised_date
    limit: initial_assessment
items:
  - {id: R1_gap, ask: Was a gap over twice the interval?, after: R1}
limits:
  - {if: Y1, is: ["No"], no_better_than: Inadequate, why: The child was not seen}
  - {if: G2, is: [Inadequate, Adequate], no_better_than: Good, why: The second thing is not good}
  - {if: G1, is: [Inadequate], also: {R1_gap: ["Yes"]}, no_better_than: Adequate, why: A long gap}
"""

BAD_INPUT = """\
framework: bad_input
version: "1.0.0"
title: Three graded criteria
ratings: [Outstanding, Good, Requires improvement, Inadequate]
earns: {Outstanding: 1, Good: 3/4, Requires improvement: 1/2, Inadequate: 1/4}
bands: {Outstanding: 87.5, Good: 62.5, Requires improvement: 37.5, Inadequate: 0}
criteria:
  - {id: C1, ask: First?, response: graded}
  - {id: C2, ask: Second?, response: graded}
  - {id: C3, ask: Third?, response: graded}
"""


@pytest.fixture(scope="session")
def make_framework() -> Callable[[str], Framework]:
    """Read a framework from YAML text."""
    return lambda text: framework_from(parse_yaml(text, "own.yaml"))


@pytest.fixture(scope="session")
def every_kind_text() -> str:
    return EVERY_KIND


@pytest.fixture(scope="session")
def every_kind(make_framework: Callable[[str], Framework]) -> Framework:
    return make_framework(EVERY_KIND)


@pytest.fixture(scope="session")
def three_graded(make_framework: Callable[[str], Framework]) -> Framework:
    return make_framework(BAD_INPUT)


@pytest.fixture
def made(tmp_path: Path, every_kind: Framework, every_kind_text: str) -> Round:
    return Round(tmp_path / "round", every_kind, every_kind_text)
