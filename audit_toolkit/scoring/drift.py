"""Auditor drift: how severe each auditor was, on cases like those of the others. For panels, never for a board."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, raise_if
from audit_toolkit.scoring.agreement_measures import Interval
from audit_toolkit.scoring.drift_model import Fitted, Floats, fit

if TYPE_CHECKING:
    import pandas as pd

PANEL_ONLY: Final = "For the moderation panel, never for a board."
DRIFT_COLUMNS: Final = (terms.CASE_ID, terms.AUDITOR, terms.STRATUM, "score")
# Fewer readings than this say next to nothing of one auditor.
FEW_READINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Severity:
    """One auditor: points below (+) or above (-) the other auditors' scores, on cases of the same strata.

    `group` numbers the auditors that can be compared with each other.
    """

    auditor: str
    readings: int
    severity: float
    standard_error: float
    ci: Interval
    group: int

    def __str__(self) -> str:
        many = "1 reading" if self.readings == 1 else f"{self.readings} readings"
        if math.isnan(self.severity):
            return f"{self.auditor}: {many}, not estimable"
        limits = f"{self.ci.low:+.1f} to {self.ci.high:+.1f}"
        return f"{self.auditor}: {self.severity:+.1f} points ({limits}), {many}{self.word}"

    @property
    def word(self) -> str:
        """Say which way, where the interval leaves zero out."""
        if self.ci.low > 0:
            return ", stricter"
        return ", kinder" if self.ci.high < 0 else ""


@dataclass(frozen=True, slots=True, eq=False)
class Drift:
    """How severe each auditor was, adjusted for the strata of the cases they had.

    `severity` counts points of score, positive where an auditor scores lower than the others; over the readings of a
    group it sums to zero. `p_value` asks whether chance alone would make auditors differ this much. `shared` is how
    much of the spread within strata two readings of a case have in common.
    """

    title: str
    confidence: float
    auditors: tuple[Severity, ...]
    n_cases: int
    n_twice: int
    p_value: float
    shared: float
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Give one row an auditor, the most severe first."""
        import pandas as pd

        return pd.DataFrame([_row(each) for each in self.auditors])

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values; undefined is None."""
        rows = [{key: _plain(value) for key, value in _row(each).items()} for each in self.auditors]
        return {
            "title": self.title,
            "for": PANEL_ONLY,
            "confidence": self.confidence,
            "auditors": rows,
            "n_cases": self.n_cases,
            "n_twice": self.n_twice,
            "p_value": _plain(self.p_value),
            "shared": _plain(self.shared),
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """Say it whole: a line an auditor, and what a panel must know."""
        cases = "1 case" if self.n_cases == 1 else f"{self.n_cases} cases"
        head = f"{self.title}: severity by auditor, {cases}, {self.n_twice} of them read twice"
        return "\n".join([head, *map(str, self.auditors), *self.notes])

    def __str__(self) -> str:
        lines = self.summary().splitlines()
        return "\n".join(lines if len(lines) <= 12 else [*lines[:11], f"... and {len(lines) - 11} more lines"])


def _row(each: Severity) -> dict[str, Any]:
    return {
        terms.AUDITOR: each.auditor,
        "readings": each.readings,
        "severity": each.severity,
        "standard_error": each.standard_error,
        "ci_low": each.ci.low,
        "ci_high": each.ci.high,
        "group": each.group,
    }


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def auditor_drift(readings: pd.DataFrame, *, title: str = "Scores", confidence: float = 0.95) -> Drift:
    """Say how severe each auditor was, on cases like those of the others.

    Parameters
    ----------
    readings : DataFrame, one row a reading: case_id, auditor, stratum, score (a number). A case rated twice has two
        rows and ties its auditors together. title : what was scored. confidence : float in (0, 1), default 0.95.

    Returns
    -------
    Drift. The model is score = stratum + auditor + case + the rest, fitted by weighted least squares; where every
    auditor has the same number of cases of each stratum and none is rated twice, an auditor's severity is the overall
    mean less the auditor's own. Intervals are t intervals, one auditor at a time.

    Raises
    ------
    RatingError if a column is missing, a score is no number, or a reading stands twice.

    Source: see `drift_model.fit`. Checked against: tests/scoring/test_drift.py.
    """
    import pandas as pd

    _check(readings, confidence)
    known = readings[readings[terms.AUDITOR] != ""]
    unnamed = len(readings) - len(known)
    if known.empty:
        return Drift(title, confidence, (), 0, 0, math.nan, math.nan, ("No reading says who made it.",))
    (auditor, names), (stratum, _), (case, cases) = (
        pd.factorize(known[name].astype(object), sort=True) for name in (terms.AUDITOR, terms.STRATUM, terms.CASE_ID)
    )
    fitted = fit(known["score"].to_numpy(dtype=float), auditor, stratum, case)
    counts = np.bincount(auditor)
    found = _severities([str(name) for name in names], counts, fitted, confidence)
    p_value = _p_value(fitted)
    twice = int(np.sum(np.bincount(case) > 1))
    notes = [*_notes(found, fitted, p_value, twice), *([_unnamed(unnamed)] if unnamed else [])]
    return Drift(title, confidence, tuple(found), len(cases), twice, p_value, fitted.shared, tuple(notes))


def _check(readings: pd.DataFrame, confidence: float) -> None:
    problems = []
    if not 0 < confidence < 1:
        problems.append(Problem(f"{confidence} is not between 0 and 1", "confidence", "Give 0.95 for 95%."))
    missing = [name for name in DRIFT_COLUMNS if name not in readings.columns]
    problems += [Problem(f"{name} is missing", "readings", f'Add a column "{name}".') for name in missing]
    if not missing:
        numbers = readings["score"].map(lambda each: isinstance(each, int | float | np.number) and math.isfinite(each))
        for case in readings.loc[~numbers.astype(bool), terms.CASE_ID]:
            mend = "Leave readings without a score out."
            problems.append(Problem(f"the score of case {case} is no number", "readings", mend))
        again = readings.loc[readings.duplicated([terms.CASE_ID, terms.AUDITOR]), [terms.CASE_ID, terms.AUDITOR]]
        for case, name in again.itertuples(index=False):
            problems.append(Problem(f"{name} stands twice for case {case}", "readings", "Keep one row a reading."))
    raise_if(problems, RatingError)


def _severities(names: list[str], counts: Any, fitted: Fitted, confidence: float) -> list[Severity]:
    """Turn effects into severities, the most severe first."""
    errors = np.sqrt(np.clip(np.diag(fitted.covariance), 0, None))
    half: Floats = errors * float(special.stdtrit(max(fitted.df, 1), (1 + confidence) / 2))
    found = []
    for place, name in enumerate(names):
        alone = int(np.sum(fitted.group == fitted.group[place])) == 1
        value = math.nan if alone else -float(fitted.effects[place])
        error, width = (math.nan, math.nan) if alone else (float(errors[place]), float(half[place]))
        ci = Interval(value - width, value + width)
        found.append(Severity(name, int(counts[place]), value, error, ci, int(fitted.group[place]) + 1))
    return sorted(found, key=lambda each: (each.group, math.isnan(each.severity), -each.severity, each.auditor))


def _p_value(fitted: Fitted) -> float:
    """Ask whether all auditors may be alike: Wald's F test over what can be compared."""
    compared = len(fitted.group) - len(np.unique(fitted.group))
    if compared < 1 or fitted.df < 1 or not np.isfinite(fitted.covariance).all() or fitted.scale <= 0:
        return math.nan
    inverse = np.linalg.pinv(fitted.covariance, rcond=1e-9, hermitian=True)
    ratio = float(fitted.effects @ inverse @ fitted.effects) / compared
    return float(special.fdtrc(compared, fitted.df, ratio))


def _notes(found: list[Severity], fitted: Fitted, p_value: float, twice: int) -> list[str]:
    """Say what a panel must know before it reads a line of it."""
    groups = [[each.auditor for each in found if each.group == group + 1] for group in np.unique(fitted.group)]
    notes = []
    if fitted.df < 1:
        notes.append("Too few cases for so many auditors and strata: nothing can be estimated.")
    if len(groups) > 1:
        told = "; ".join(", ".join(each) for each in groups)
        notes.append(
            f"Auditors and strata fall into {len(groups)} groups with no stratum in common ({told}): severity is "
            "measured within each group, and says nothing between them."
        )
    if not math.isnan(p_value):
        chance = "could" if p_value >= 0.05 else "would hardly"
        notes.append(f"Chance alone {chance} make auditors differ this much (p = {p_value:.2f}, all of them together).")
        notes.append("Of 20 intervals one misses by chance: an auditor outside zero is a question, not a finding.")
    if not twice:
        notes.append("No case was rated twice: severity rests on the strata being alike and on nothing else.")
    few = [each.auditor for each in found if each.readings < FEW_READINGS]
    if few:
        notes.append(f"Fewer than {FEW_READINGS} readings: {', '.join(few)}.")
    return notes


def _unnamed(count: int) -> str:
    return f"{count} reading{'' if count == 1 else 's'} left out: nobody is named as auditor."
