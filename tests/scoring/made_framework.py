"""Frameworks and answers made by hypothesis: every model, scale and policy, odd weights, and weights past int64."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from hypothesis import strategies as st

from audit_toolkit.scoring import Criterion, Domain, Framework, Limit

GRADES = ("Outstanding", "Good", "Adequate", "Inadequate")
METHODS = ("flat", "flat-unweighted", "domains", "all-or-nothing")
POLICIES = ("incomplete", "worst", "leave-out")
ANSWERS = {
    "graded": GRADES,
    "yes_partly_no": ("Yes", "Partly", "No"),
    "yes_no": ("Yes", "No"),
    "repeated": ("0 of 3", "1 of 3", "2 of 7", "5 of 7", "5 of 5", "12 of 13"),
    "timeliness": ("met", "not met"),
}
WORST = {**{each: answers[-1] for each, answers in ANSWERS.items()}, "repeated": "0 of 3"}
SMALL = st.fractions(min_value=0, max_value=5, max_denominator=21)
LARGE = st.builds(Fraction, st.integers(0, 10**12 - 1), st.sampled_from([1, 7, 10**11 + 3]))


@st.composite
def frameworks(draw: st.DrawFn, methods: tuple[str, ...] = METHODS, policies: tuple[str, ...] = POLICIES) -> Framework:
    """Make a framework that lint would find no fault in."""
    method = draw(st.sampled_from(methods))
    weights = draw(st.sampled_from((SMALL, SMALL, LARGE)))
    ids = [f"D{each}" for each in range(draw(st.integers(1, 4)))] if method == "domains" else []
    points = sorted(draw(st.lists(st.fractions(0, 1, max_denominator=12), min_size=4, max_size=4)), reverse=True)
    if points[0] == points[-1]:
        points = [Fraction(1), Fraction(3, 4), Fraction(1, 2), Fraction(1, 4)]
    criteria = [
        Criterion(
            f"C{each}",
            "q",
            draw(st.sampled_from(sorted(ANSWERS))),
            draw(st.sampled_from((Fraction(1), Fraction(0)))) if method == "flat-unweighted" else draw(weights),
            domain=draw(st.sampled_from(ids)) if ids else "",
        )
        for each in range(draw(st.integers(1, 6)))
    ]
    fixed = {"Yes": Fraction(1), "Partly": draw(st.sampled_from((Fraction(1, 2), Fraction(1, 3))))}
    return Framework(
        "made",
        "1",
        "t",
        GRADES,
        dict(zip(GRADES, points, strict=True))
        | fixed
        | {"No": Fraction(0), "met": Fraction(1), "not met": Fraction(0)},
        tuple(zip(GRADES, map(Fraction, ("87.5", "62.5", "37.5", "0")), strict=True)),
        tuple(criteria),
        limits=(Limit("C0", (WORST[criteria[0].response],), "Adequate", "why"),),
        good="Good",
        method=method,
        scale=draw(st.sampled_from(("share-of-max", "range"))),
        missing_policy=draw(st.sampled_from(policies)),
        complete_at=draw(st.sampled_from((Fraction(1), Fraction(2, 3), Fraction(1, 7)))),
        domains=tuple(Domain(each, "t", draw(weights)) for each in ids),
    )


@st.composite
def answered(draw: st.DrawFn, framework: Framework, *, silent: bool = True) -> pd.DataFrame:
    """Make the answers of one to four cases; without silence every answer earns."""
    beside = ("N/A", "", "") if silent else ()
    rows = [
        [draw(st.sampled_from((*_answers(each), *beside, *_states(each, silent)))) for each in framework.criteria]
        for _ in range(draw(st.integers(1, 4)))
    ]
    return pd.DataFrame(
        rows, columns=list(framework.criterion_ids), index=[f"A{each}" for each in range(len(rows))], dtype=object
    )


def _answers(criterion: Criterion) -> tuple[str, ...]:
    return ANSWERS[criterion.response]


def _states(criterion: Criterion, silent: bool) -> tuple[str, ...]:
    return ("pending", "missing date") if silent and criterion.response == "timeliness" else ()
