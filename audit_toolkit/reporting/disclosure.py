"""What is kept back because too few cases stand behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from audit_toolkit.improvement import ALL_CASES, MeasuredChange

# DOMAIN, section 7: suppress below 6, and a second cell where a total would give it away.
FEWEST_CASES = 6


def kept_back(rows: Sequence[MeasuredChange], fewest: int = FEWEST_CASES) -> set[int]:
    """Give the positions of rows whose figures are not shown.

    Parameters
    ----------
    rows : the rows of a comparison. fewest : the least number of answered cases, in each round, to show a figure.

    Returns
    -------
    set of positions: every row with fewer cases in a round, and, where just one subgroup of a set is kept back,
    the next smallest too, because the total and the others would give it away.

    Source: Department for Education statistics, small counts shown as c with secondary suppression.
    Checked against: tests/reporting/test_disclosure.py.
    """
    hidden = {index for index, row in enumerate(rows) if _cases(row) < fewest}
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.domain != ALL_CASES:
            groups[row.measure.id, row.domain.split(": ")[0]].append(index)
    for members in groups.values():
        within = [index for index in members if index in hidden]
        shown = [index for index in members if index not in hidden]
        if len(within) == 1 and shown:
            hidden.add(min(shown, key=lambda index: _cases(rows[index])))
    return hidden


def _cases(row: MeasuredChange) -> int:
    return min(row.change.n_earlier, row.change.n_later)
