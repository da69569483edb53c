"""Grades a panel set aside the rule for: each with its reason, both grades kept, none of them ever in a verdict."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, did_you_mean, raise_if
from audit_toolkit.files import read_table
from audit_toolkit.scoring.likeness import Likeness
from audit_toolkit.scoring.moderated import moderated_scores
from audit_toolkit.scoring.rated_round import RatedRound, read_rated_round

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final = list(terms.OVERRIDE_COLUMNS)
BAND_BY_RULE, BAND, BY, DATE = "band_by_rule", "band", "by", "date"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Overrides:
    """Every override of a round in the order they were made: `table` has OVERRIDE_COLUMNS. The last of a case stands.

    `new` is the one just made, if any.
    """

    table: pd.DataFrame
    new: Mapping[str, str] | None = None

    def standing(self) -> dict[tuple[str, str], Mapping[str, str]]:
        """Give the override that stands, by case and framework."""
        rows = self.table.to_dict(orient="records")
        return {(str(row[terms.CASE_ID]), str(row[terms.FRAMEWORK])): _text(row) for row in rows}

    def to_dict(self) -> dict[str, Any]:
        """Give the overrides as plain values."""
        return {"overrides": self.table.to_dict(orient="records"), "standing": len(self.standing())}

    def __str__(self) -> str:
        if self.new is not None:
            told = self.new
            return (
                f"Case {told[terms.CASE_ID]}, {told[terms.FRAMEWORK]}: {told[BAND_BY_RULE]} by rule, {told[BAND]} by "
                f"override of {told[BY]}. Both are kept."
            )
        count = len(self.standing())
        return f"{count} override{'' if count == 1 else 's'} stand{'s' if count == 1 else ''}"

    def __repr__(self) -> str:
        return str(self)


def _text(row: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in row.items()}


def read_overrides(folder: str | Path) -> Overrides:
    """Read a round's overrides.csv; none where there is no such file.

    Raises
    ------
    FileError if a column is missing; RatingError naming each row without case, framework, grade or reason.
    """
    import pandas as pd

    path = Path(folder) / terms.OVERRIDES_FILE
    if not path.exists():
        return Overrides(pd.DataFrame(columns=COLUMNS, dtype=object))
    table = read_table(path, required=terms.OVERRIDE_COLUMNS)
    needed = (terms.CASE_ID, terms.FRAMEWORK, BAND, terms.REASON, BY)
    problems = [
        Problem(f"{name} is empty", table.place(position, name), "An override needs it: put it back.")
        for position, row in enumerate(table.cells.to_dict(orient="records"))
        for name in needed
        if not str(row[name]).strip()
    ]
    raise_if(problems, RatingError)
    return Overrides(table.cells[COLUMNS].reset_index(drop=True))


def override_band(
    round_: str | Path | RatedRound,
    case_id: str,
    *,
    framework: str,
    to: str,
    reason: str,
    by: str,
    date: datetime.date,
    again: bool = False,
) -> Overrides:
    """Record that a panel gives a case another grade than the rule does; nothing is written.

    Parameters
    ----------
    round_ : a round folder whose ratings were collected. case_id : exactly as in the sample.
    framework, to : whose grade, and which one. reason : in words. by : the role of who decided. date : the day.
    again : let it stand in the place of an earlier override of this case, which is kept as history.

    Returns
    -------
    Overrides, the new one last. The grade by rule is that of the ratings as they stand, settled ones included.

    Raises
    ------
    RatingError naming everything that is wrong at once: no reason, no role, a case, framework or grade that is not
    known, no grade by rule, the grade the rule gives anyway, or an override that stands already.

    Checked against: tests/scoring/test_overrides.py.
    """
    import pandas as pd

    read = round_ if isinstance(round_, RatedRound) else read_rated_round(round_)
    before = read_overrides(read.folder)
    problems = _spoken(reason, by)
    grades = {(case, name): (first, moderated) for case, name, first, moderated in _bands(read)}
    band, found = _by_rule(grades, read, case_id, framework, to)
    problems += found
    standing = before.standing().get((case_id, framework))
    if standing is not None and not again:
        what = f"an override stands already: {standing[BAND]}, by {standing[BY]}, because {standing[terms.REASON]}"
        mend = "Use --force to put this one in its place; the earlier row is kept as history."
        problems.append(Problem(what, f"case {case_id}, {framework}", mend))
    raise_if(problems, RatingError)
    new = dict(zip(COLUMNS, (case_id, framework, band, to, reason.strip(), by.strip(), date.isoformat()), strict=True))
    table = pd.concat([before.table, pd.DataFrame([new], dtype=object)], ignore_index=True)
    return Overrides(table, new)


def _spoken(reason: str, by: str) -> list[Problem]:
    problems = []
    if not reason.strip():
        mend = 'Say why in words: --reason "The plan was made and not filed".'
        problems.append(Problem("an override needs a reason", mend=mend))
    if not by.strip():
        problems.append(Problem("an override needs the role of who decided", mend='Say it: --by "panel chair".'))
    return problems


def _bands(read: RatedRound) -> list[tuple[str, str, str, str]]:
    table = moderated_scores(read)
    names = [terms.CASE_ID, terms.FRAMEWORK, "first_band", "moderated_band"]
    return [(str(a), str(b), str(c), str(d)) for a, b, c, d in table[names].itertuples(index=False, name=None)]


def _by_rule(
    grades: Mapping[tuple[str, str], tuple[str, str]], read: RatedRound, case_id: str, framework: str, to: str
) -> tuple[str, list[Problem]]:
    """Give the grade by rule, and what is wrong with the case, the framework or the new grade."""
    problems = []
    cases = list(dict.fromkeys(case for case, _ in grades))
    if case_id not in cases:
        meant = Likeness(cases).meant(case_id)
        mend = f'Did you mean "{meant}"?' if meant else "Write the id exactly as in sample.csv."
        problems.append(Problem(f'"{case_id}" is not a scored case of this round', mend=mend))
    if framework not in read.frameworks:
        mend = did_you_mean(framework, read.frameworks)
        return "", [*problems, Problem(f'"{framework}" is not a framework of this round', mend=mend)]
    ratings = read.frameworks[framework].ratings
    if to not in ratings:
        problems.append(Problem(f'"{to}" is not a grade of {framework}', mend=did_you_mean(to, ratings)))
    first, moderated = grades.get((case_id, framework), ("", ""))
    band = moderated or first
    if case_id in cases and not band:
        mend = "Complete its ratings first: an override stands beside a grade by rule."
        problems.append(Problem(f"case {case_id} has no grade by rule on {framework}", mend=mend))
    elif band == to and case_id in cases:
        problems.append(Problem(f"{to} is the grade by rule already", f"case {case_id}, {framework}", "Leave it."))
    return band, problems
