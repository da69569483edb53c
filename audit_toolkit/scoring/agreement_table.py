"""The table of raters as agreement reads it: grades in order, and each rating as a place in that order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from audit_toolkit.errors import Place, Problem, RatingError, raise_if
from audit_toolkit.scoring.agreement_measures import NOMINAL, RATIO

Codes = NDArray[np.int64]


def grades_in_order(ratings: pd.DataFrame, scale: str, categories: Sequence[object] | None) -> list[object]:
    """Give the grades from lowest to highest: those given (best first), or the numbers or labels found."""
    if categories is not None:
        problems = _category_problems(categories, scale)
        raise_if(problems or _misfits(ratings, list(categories)), RatingError)
        numeric = all(is_number(each) for each in categories)
        return sorted(categories, key=to_number) if numeric else list(reversed(categories))
    cells = ratings.to_numpy(dtype=object)
    found = list(dict.fromkeys(cell for cell in cells.ravel() if not _is_blank(cell)))
    if scale == NOMINAL and not all(is_number(each) for each in found):
        raise_if(_space_problems(ratings), RatingError)
        return sorted(found, key=str)
    raise_if(_number_problems(ratings, scale), RatingError)
    return sorted(found, key=to_number)


def _category_problems(categories: Sequence[object], scale: str) -> list[Problem]:
    """Refuse categories that repeat, are too few, or are no numbers where the scale needs numbers."""
    problems = []
    if len(categories) < 2:
        problems.append(Problem("Fewer than two grades are given", "categories", "Give every grade, best first."))
    for each in dict.fromkeys(each for each in categories if list(categories).count(each) > 1):
        problems.append(Problem(f"{each} stands more than once", "categories", "Give each grade once."))
    if scale == RATIO:
        bad = [each for each in categories if not is_number(each) or to_number(each) < 0]
        mend = "Give numbers of 0 or more, or use another scale."
        problems += [Problem(f"{each} has no place on the ratio scale", "categories", mend) for each in bad]
    return problems


def _misfits(ratings: pd.DataFrame, categories: list[object]) -> list[Problem]:
    """Name each rating that is not among the categories."""
    mend = f"Use {', '.join(map(str, categories))}, or leave the cell blank."
    known = set(categories)
    return [
        Problem(f"{cell} is not among the categories", place, mend)
        for place, cell in _cells(ratings)
        if cell not in known
    ]


def _number_problems(ratings: pd.DataFrame, scale: str) -> list[Problem]:
    """Name each rating that is no number, or does not fit the scale."""
    problems = []
    for place, cell in _cells(ratings):
        if not is_number(cell):
            mend = f"Give categories=, every grade best first, so that the {scale} scale has an order."
            problems.append(Problem(f'"{cell}" is not a number and no order of grades is given', place, mend))
        elif scale == RATIO and to_number(cell) < 0:
            problems.append(Problem(f"{cell} is below 0", place, "Use the interval scale."))
    return problems


def _space_problems(ratings: pd.DataFrame) -> list[Problem]:
    """Name each rating that is nothing but spaces."""
    blank = [place for place, cell in _cells(ratings) if isinstance(cell, str) and not cell.strip()]
    return [Problem("The rating is nothing but spaces", place, "Leave the cell blank, or rate.") for place in blank]


def _cells(ratings: pd.DataFrame) -> list[tuple[Place, object]]:
    """Give every rating that is there, with its place."""
    names = [str(name) for name in ratings.columns]
    rows = zip(ratings.index, ratings.to_numpy(dtype=object), strict=True)
    return [
        (Place("ratings", case=str(case), column=name), cell)
        for case, row in rows
        for name, cell in zip(names, row, strict=True)
        if not _is_blank(cell)
    ]


def grade_codes(ratings: pd.DataFrame, order: list[object]) -> Codes:
    """Give each rating as its position in the order, -1 where there is none."""
    position = {grade: code for code, grade in enumerate(order)}
    cells = ratings.to_numpy(dtype=object)
    flat = [-1 if _is_blank(cell) else position[cell] for cell in cells.ravel()]
    return np.array(flat, dtype=np.int64).reshape(cells.shape)


def _is_blank(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or cell == "" or cell != cell


def is_number(cell: object) -> bool:
    """Tell whether a rating is a finite number, fractions and numpy's numbers included."""
    return isinstance(cell, Real) and math.isfinite(cell)


def to_number(cell: Any) -> float:
    """Give a rating's number."""
    return float(cell)
