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
    set of positions: every row with fewer cases in a round, and, where the subgroups kept back of one set could
    be worked out from the total and the others, the next smallest too.

    Source: Department for Education statistics, small counts shown as c with secondary suppression.
    Checked against: tests/reporting/test_disclosure.py.
    """
    sizes = [(row.change.n_earlier, row.change.n_later) for row in rows]
    hidden = {index for index, size in enumerate(sizes) if min(size) < fewest}
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.domain != ALL_CASES:
            groups[row.measure.id, row.domain.split(": ")[0]].append(index)
    for members in groups.values():
        within = [index for index in members if index in hidden]
        shown = sorted(
            (index for index in members if index not in hidden), key=lambda index: (min(sizes[index]), index)
        )
        while within and shown and _given_away([sizes[index] for index in within], fewest):
            within.append(shown.pop(0))
        hidden |= set(within)
    return hidden


def _given_away(kept: Sequence[tuple[int, int]], fewest: int) -> bool:
    """Say whether the total and the shown would give away a few cases, of one subgroup or of several together."""
    return bool(min(sum(side) for side in zip(*kept, strict=True)) < fewest)


def kept_back_counts(counts: Sequence[int], fewest: int = FEWEST_CASES) -> set[int]:
    """Give the positions of counts of children that are not shown beside their total; none is shown as 0.

    Parameters
    ----------
    counts : the parts of a total that is shown. fewest : the least number shown.
    """
    hidden = {index for index, count in enumerate(counts) if 0 < count < fewest}
    rest = sorted(
        (index for index, count in enumerate(counts) if count >= fewest), key=lambda index: (counts[index], index)
    )
    while hidden and rest and sum(counts[index] for index in hidden) < fewest:
        hidden.add(rest.pop(0))
    return hidden


def kept_back_reasons(counts: Sequence[int], fewest: int = FEWEST_CASES) -> set[int]:
    """Give the positions of reasons that are not shown beside their total, where one of them has a few cases.

    A reason with a few cases hides those without any as well: otherwise the total would say which it was. Where the
    hidden ones still come to a few, the smallest others follow.

    Parameters
    ----------
    counts : the cases of each reason. fewest : the least number shown.
    """
    if not any(0 < count < fewest for count in counts):
        return set()
    hidden = {index for index, count in enumerate(counts) if count < fewest}
    rest = sorted(set(range(len(counts))) - hidden, key=lambda index: (counts[index], index))
    while rest and (len(hidden) < 2 or sum(counts[index] for index in hidden) < fewest):
        hidden.add(rest.pop(0))
    return hidden
