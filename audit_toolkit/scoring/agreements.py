"""How far two or more auditors of the same cases agree: four measures side by side, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from audit_toolkit.errors import Problem, RatingError, did_you_mean, raise_if
from audit_toolkit.scoring.agreement_measures import (
    ALPHA,
    GWET,
    INTERVAL,
    KAPPA,
    NOMINAL,
    RATIO,
    RAW,
    SCALES,
    AgreementMeasure,
    Floats,
    Together,
    measure_alpha,
    measure_gwet,
    measure_kappa,
    measure_raw,
    undefined_measure,
)
from audit_toolkit.scoring.agreement_table import Codes, grade_codes, grades_in_order, is_number, to_number

# STATISTICS, I: a dozen double ratings carry no claim about drift; below 30 an interval is some 0.3 wide or more.
FEW_CASES: Final = 30
# Feinstein & Cicchetti (1990), J Clin Epidemiol 43:543-549 describe the paradox; where it starts is our choice.
HIGH_AGREEMENT: Final = 0.8
LOW_KAPPA: Final = 0.4
SHOWN_GRADES: Final = 10


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters of the same cases agree: raw agreement, kappa, Gwet's AC and Krippendorff's alpha.

    `n_cases` counts the cases with two ratings or more; `categories` the grades counted with, best first where
    they were given so, else rising.
    """

    scale: str
    confidence: float
    n_cases: int
    n_raters: int
    n_ratings: int
    categories: tuple[object, ...]
    measures: tuple[AgreementMeasure, ...]
    notes: tuple[str, ...] = ()

    @property
    def raw(self) -> AgreementMeasure:
        """The share of pairs of ratings that are the same."""
        return self.measure(RAW)

    @property
    def kappa(self) -> AgreementMeasure:
        """Cohen's kappa, weighted unless the scale is nominal; undefined for other than two raters."""
        return self.measure(KAPPA)

    @property
    def gwet(self) -> AgreementMeasure:
        """Gwet's AC1 (nominal) or AC2."""
        return self.measure(GWET)

    @property
    def alpha(self) -> AgreementMeasure:
        """Krippendorff's alpha."""
        return self.measure(ALPHA)

    def measure(self, key: str) -> AgreementMeasure:
        """Give the measure called raw, kappa, gwet or alpha."""
        found = {each.key: each for each in self.measures}
        if key not in found:
            raise RatingError(Problem(f'"{key}" is not a measure of agreement', "key", did_you_mean(key, found)))
        return found[key]

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values that JSON can hold."""
        return {
            "scale": self.scale,
            "confidence": self.confidence,
            "n_cases": self.n_cases,
            "n_raters": self.n_raters,
            "n_ratings": self.n_ratings,
            "categories": [each if isinstance(each, str | int | float) else str(each) for each in self.categories],
            "measures": [each.to_dict() for each in self.measures],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row a measure: value, standard error, interval, and what it rests on."""
        rows = [
            {
                "measure": each.key,
                "name": each.name,
                "value": each.value,
                "standard_error": each.standard_error,
                "ci_low": each.ci.low,
                "ci_high": each.ci.high,
                "confidence": self.confidence,
                "n_cases": each.n_cases,
                "n_raters": self.n_raters,
                "scale": self.scale,
            }
            for each in self.measures
        ]
        return pd.DataFrame(rows).astype({"measure": object, "name": object, "scale": object})

    def __str__(self) -> str:
        head = f"Agreement of {self.n_raters} raters on {self.n_cases} cases ({self.scale} scale)"
        shown = self.notes[:6]
        rest = [f"... and {len(self.notes) - len(shown)} more notes"] if len(self.notes) > len(shown) else []
        lines = [f"{head}, with {100 * self.confidence:g}% intervals", *map(str, self.measures), *shown, *rest]
        return "\n".join(lines)


def agreement(
    ratings: pd.DataFrame,
    *,
    scale: str = "ordinal",
    categories: Sequence[object] | None = None,
    confidence: float = 0.95,
    together: Sequence[object] | None = None,
) -> Agreement:
    """Measure how far auditors who rated the same cases agree, in four ways, each with its interval.

    Parameters
    ----------
    ratings : DataFrame, one row a case, one column a rater; blank (None, NaN or "") where a rater did not rate a case.
        Numbers, or text labels with `categories`.
    scale : "nominal" (labels without order), "ordinal" (grades), "interval" or "ratio" (numbers).
    categories : every grade there is, best first. Needed for text unless the scale is nominal; without it the grades
        that occur are taken as all there are, which moves Gwet's measure and weighted kappa. On the interval scale
        labels count as evenly spaced.
    confidence : float in (0, 1), default 0.95.
    together : the case each row belongs to, where a case has several rows, one a criterion; default each row is a
        case. Rows of one case are no separate evidence: the intervals leave them out together.

    Returns
    -------
    Agreement. `raw`, `kappa`, `gwet` and `alpha`, each with `value`, `standard_error` and `ci`. Kappa needs two
    columns and uses the cases both rated; the rest take any number of raters and missing ratings. Kappa and Gwet's AC
    are weighted quadratically in the distance of two grades unless the scale is nominal. Intervals rest on the
    jackknife over cases: Wilson's for raw agreement, t on the scale log(1 - measure) for the rest, so that none passes
    1. Undefined is nan with a note.

    Raises
    ------
    RatingError if there are fewer than two raters, a case stands twice, a rating is not among the categories, text
    has no order, or a number does not fit the scale. Every problem is named.

    Source: Cohen (1960, 1968); Gwet (2014), Handbook of Inter-Rater Reliability; Krippendorff (2011).
    Checked against: tests/scoring/test_agreement.py.
    """
    _check_arguments(ratings, scale, confidence)
    cases = _cases(ratings, together)
    order = grades_in_order(ratings, scale, categories)
    codes = grade_codes(ratings, order)
    values = _values(order, scale)
    # Where nobody rated anything there is one column of nothing.
    by_grade = [(codes == code).sum(axis=1) for code in range(max(len(order), 1))]
    counts = np.stack(by_grade, axis=1).astype(float)
    measures = (
        measure_raw(counts, confidence, cases),
        _kappa(codes, values, scale, confidence, cases),
        measure_gwet(counts, values, scale, confidence, cases),
        measure_alpha(counts, values, scale, confidence, cases),
    )
    per_case = counts.sum(axis=1)
    double = per_case >= 2
    n_cases = int(double.sum()) if cases is None else len(np.unique(cases[double]))
    notes = [*_notes(per_case, n_cases, measures), *(note for each in measures for note in each.notes)]
    if categories is None and order:
        found = ", ".join(map(str, order)) if len(order) <= SHOWN_GRADES else f"{len(order)} of them"
        notes.append(f"Grades taken from the ratings: {found}. Give categories= if there are more.")
    return Agreement(
        scale=scale,
        confidence=confidence,
        n_cases=n_cases,
        n_raters=ratings.shape[1],
        n_ratings=int(per_case.sum()),
        categories=tuple(categories) if categories is not None else tuple(order),
        measures=measures,
        notes=tuple(dict.fromkeys(notes)),
    )


def _check_arguments(ratings: object, scale: str, confidence: float) -> None:
    """Refuse what is no table of raters, an unknown scale, or a confidence that is no probability."""
    problems = []
    if scale not in SCALES:
        problems.append(Problem(f'"{scale}" is not a scale', "scale", did_you_mean(scale, SCALES)))
    if not 0 < confidence < 1:
        problems.append(Problem(f"{confidence} is not between 0 and 1", "confidence", "Give 0.95 for 95%."))
    if not isinstance(ratings, pd.DataFrame):
        mend = "Give one with a row for each case and a column for each rater."
        problems.append(Problem(f"A {type(ratings).__name__} is not a DataFrame", "ratings", mend))
    else:
        if ratings.shape[1] < 2:
            mend = "Give one column for each rater, two or more."
            problems.append(Problem(f"Agreement needs two raters and there are {ratings.shape[1]}", "ratings", mend))
        for what, labels in (("Case", ratings.index), ("Rater", ratings.columns)):
            for label in labels[labels.duplicated()].unique():
                mend = f"Keep one {'row' if what == 'Case' else 'column'} for each {what.lower()}."
                problems.append(Problem(f"{what} {label} stands more than once", "ratings", mend))
    raise_if(problems, RatingError)


def _cases(ratings: pd.DataFrame, together: Sequence[object] | None) -> Together:
    """Number the case of each row; None where each row is a case."""
    if together is None:
        return None
    if len(together) != len(ratings):
        what = f"{len(together)} cases are named for {len(ratings)} rows"
        raise RatingError(Problem(what, "together", "Name the case of every row."))
    return np.asarray(pd.factorize(pd.Series(list(together), dtype=object))[0], dtype=np.intp)


def _values(order: list[object], scale: str) -> Floats:
    """Give the number each grade counts as: itself on the interval and ratio scales, else its place in the order."""
    if scale in (INTERVAL, RATIO) and all(is_number(each) for each in order):
        return np.array([to_number(each) for each in order], dtype=float)
    return np.arange(1, len(order) + 1, dtype=float)


def _kappa(codes: Codes, values: Floats, scale: str, confidence: float, cases: Together) -> AgreementMeasure:
    """Measure kappa where there are two raters; otherwise say why not."""
    if codes.shape[1] == 2:
        both = (codes >= 0).all(axis=1)
        kept = None if cases is None else cases[both]
        return measure_kappa(codes[both].astype(float), values, scale, confidence, kept)
    name = "Kappa" if scale == NOMINAL else "Weighted kappa"
    note = f"{name} is undefined: it is for two raters and there are {codes.shape[1]}."
    return undefined_measure(KAPPA, name, 0, note)


def _notes(per_case: Floats, double: int, measures: Sequence[AgreementMeasure]) -> list[str]:
    """Say what a reader must know: few cases, cases left aside, and the kappa paradox."""
    notes = []
    if 0 < double < FEW_CASES:
        notes.append(f"{double} cases carry no claim about drift: read the interval.")
    single, none = int(np.sum(per_case == 1)), int(np.sum(per_case == 0))
    if single:
        notes.append(f"Rated once: {single}. They tell how grades are used (Gwet) and nothing of agreement.")
    if none:
        notes.append(f"Rated by nobody: {none}. Left out.")
    raw, corrected = measures[0].value, [each for each in measures if each.key in (KAPPA, ALPHA)]
    low = [each.name for each in corrected if not math.isnan(each.value) and each.value < LOW_KAPPA]
    if raw >= HIGH_AGREEMENT and low:
        notes.append(
            f"Raw agreement is high, and these are low: {', '.join(low)}. Where nearly all ratings are one grade, two "
            "raters agree often by chance (the kappa paradox): read Gwet's measure beside them."
        )
    return notes
