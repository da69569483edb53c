"""Agreement in a loose table: one row a case and one column a rater, or one row a rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, raise_if
from audit_toolkit.files import Table, read_table, table_from_frame
from audit_toolkit.scoring.agreement_measures import NOMINAL, ORDINAL
from audit_toolkit.scoring.agreement_table import is_number
from audit_toolkit.scoring.agreements import Agreement, agreement

if TYPE_CHECKING:
    import pandas as pd

LONG = (terms.CASE_ID, terms.AUDITOR, terms.RATING)
LONG_KNOWN = (*LONG, terms.CRITERION_ID, terms.COMMENT)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LooseAgreement:
    """Agreement of all ratings of a table, and by criterion where it names criteria."""

    overall: Agreement
    criteria: tuple[tuple[str, Agreement], ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Give one row a measure; `criterion_id` is "" for all together."""
        import pandas as pd

        frames = [
            found.to_frame().assign(**{terms.CRITERION_ID: name})
            for name, found in (("", self.overall), *self.criteria)
        ]
        return pd.concat(frames, ignore_index=True)

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values; undefined is None."""
        return {
            "overall": self.overall.to_dict(),
            "criteria": [{terms.CRITERION_ID: name, "agreement": found.to_dict()} for name, found in self.criteria],
        }

    def __str__(self) -> str:
        return str(self.overall)

    def __repr__(self) -> str:
        return str(self)


def loose_agreement(
    source: str | Path | pd.DataFrame,
    *,
    scale: str | None = None,
    grades: Sequence[str] = (),
    confidence: float = 0.95,
) -> LooseAgreement:
    """Measure agreement in a table of any number of raters, with ratings missing where they are missing.

    Parameters
    ----------
    source : a file or DataFrame. Wide: case_id and one column a rater. Long: case_id, auditor, rating and, optionally,
        criterion_id. The form is told by the headings. N/A counts as no rating.
    scale : nominal, ordinal, interval or ratio; default ordinal where ratings are numbers or grades are given, else
        nominal. grades : every grade there is, best first. confidence : float in (0, 1), default 0.95.

    Returns
    -------
    LooseAgreement. Where there are criteria, intervals of all together leave out whole cases.

    Raises
    ------
    RatingError naming every case, rater and rating that does not fit; FileError if the file cannot be read.

    Source: `agreement`. Checked against: tests/scoring/test_agreement_loose.py.
    """
    table = read_table(source) if isinstance(source, str | Path) else table_from_frame(source, "ratings")
    wide, cases, criteria = _wide(table)
    numeric = not grades and all(_numeric(cell) for cell in wide.to_numpy().ravel() if cell)
    ratings = wide.map(_number).astype(object) if numeric else wide
    chosen = scale or (ORDINAL if numeric or grades else NOMINAL)
    options: dict[str, Any] = {"scale": chosen, "categories": list(grades) or None, "confidence": confidence}
    if not criteria:
        return LooseAgreement(agreement(ratings, **options))
    overall = agreement(ratings, together=cases, **options)
    by_id = []
    for name in dict.fromkeys(criteria):
        rows = [each == name for each in criteria]
        by_id.append((name, agreement(ratings[rows], **options)))
    return LooseAgreement(overall, tuple(by_id))


def _wide(table: Table) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Give one row a case (and criterion), one column a rater; the case and criterion of each row beside."""
    if set(LONG) <= set(table.columns):
        return _spread(table)
    _check_wide(table)
    raters = [name for name in table.columns if name != terms.CASE_ID]
    cells = table.cells.set_index(terms.CASE_ID)[raters].replace(terms.NA_RATING, "")
    return cells, [str(case) for case in cells.index], []


def _check_wide(table: Table) -> None:
    """Refuse a table that is neither form, naming what is missing of each."""
    where = table.heading_place()
    if terms.CASE_ID not in table.columns:
        mend = "Give case_id and a column for each rater, or case_id, auditor and rating."
        raise RatingError(Problem("case_id is missing", where, mend))
    raise_if(_doubled(table, [terms.CASE_ID], "has two rows"), RatingError)
    half = [name for name in (terms.AUDITOR, terms.RATING) if name in table.columns]
    if half:
        other = terms.RATING if half[0] == terms.AUDITOR else terms.AUDITOR
        raise RatingError(Problem(f"{half[0]} is there and {other} is missing", where, f'Add a column "{other}".'))


def _doubled(table: Table, keys: list[str], what: str) -> list[Problem]:
    again = table.cells[table.cells.duplicated(keys)]
    return [
        Problem(f"{' of '.join(map(str, row))} {what}", table.place(position, keys[0]), "Keep one.")
        for position, row in zip(again.index, again[keys[::-1]].itertuples(index=False, name=None), strict=True)
    ]


def _spread(table: Table) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Turn one row a rating into one row a case and criterion, one column a rater."""
    by_criterion = terms.CRITERION_ID in table.columns
    keys = [terms.CASE_ID, *([terms.CRITERION_ID] if by_criterion else [])]
    problems = [
        Problem(f"{name} is empty", table.place(position, name), "Fill it in.")
        for name in (terms.CASE_ID, terms.AUDITOR)
        for position in table.cells.index[table.cells[name] == ""]
    ]
    problems += _doubled(table, [*keys, terms.AUDITOR], "is rated twice by one auditor")
    raise_if(problems, RatingError)
    cells = table.cells[[*keys, terms.AUDITOR, terms.RATING]].replace({terms.RATING: {terms.NA_RATING: ""}})
    spread = cells.set_index([*keys, terms.AUDITOR])[terms.RATING].unstack(fill_value="").fillna("")
    cases = [str(each[0] if by_criterion else each) for each in spread.index]
    criteria = [str(each[1]) for each in spread.index] if by_criterion else []
    flat = [f"{case} {name}" for case, name in zip(cases, criteria, strict=True)] if by_criterion else cases
    return spread.set_axis(flat, axis=0), cases, criteria


def _numeric(cell: str) -> bool:
    try:
        return is_number(float(cell))
    except ValueError:
        return False


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
