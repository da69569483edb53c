"""The grades beside each other: first, after moderation, and by override. scores.csv stays what first ratings give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from audit_toolkit import terms
from audit_toolkit.scoring.rated_round import RatedRound
from audit_toolkit.scoring.score import Scores
from audit_toolkit.scoring.settled import Moderation, put_in, read_moderation

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final = list(terms.MODERATED_COLUMNS)


def scores_after(read: RatedRound, moderation: Moderation) -> dict[str, Scores]:
    """Score every framework by first ratings with the settled ones put in."""
    ratings = put_in(read.ratings, moderation.table)
    return {name: read.scores(framework, ratings) for name, framework in read.frameworks.items()}


def moderated_scores(
    read: RatedRound,
    moderation: Moderation | None = None,
    overrides: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """Give first and moderated score and grade of each case and framework side by side, overrides beside them.

    Parameters
    ----------
    read : the round. moderation : what was settled; default what its settled.csv holds.
    overrides : those that stand, by case and framework.

    Returns
    -------
    DataFrame with MODERATED_COLUMNS as text. `moderated_score` and `moderated_band` are given where at least one
    rating of the case was settled, otherwise "".
    """
    import pandas as pd

    state = read_moderation(read) if moderation is None else moderation
    after = {} if state is None else scores_after(read, state)
    standing = overrides or {}
    rows = []
    for name, framework in read.frameworks.items():
        ids = {question.id for question in framework.questions}
        settled = _counts(state, ids)
        second = _by_case(after[name]) if name in after else {}
        for case, (score, band) in _by_case(read.scores(framework)).items():
            count = settled.get(case, 0)
            moderated = second.get(case, ("", "")) if count else ("", "")
            override = standing.get((case, name), {})
            told = (override.get("band", ""), override.get(terms.REASON, ""), override.get("by", ""))
            rows.append((case, name, score, band, str(count), *moderated, *told))
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def _counts(state: Moderation | None, ids: set[str]) -> dict[str, int]:
    """Count by case the settled answers of one framework."""
    counts: dict[str, int] = {}
    if state is not None:
        own = state.table[state.table[terms.CRITERION_ID].isin(list(ids))]
        for case in own[terms.CASE_ID]:
            counts[str(case)] = counts.get(str(case), 0) + 1
    return counts


def _by_case(scores: Scores) -> dict[str, tuple[str, str]]:
    from audit_toolkit.scoring.scores_file import scores_text

    rows = scores_text([scores])[[terms.CASE_ID, "score", "band"]].itertuples(index=False, name=None)
    return {str(case): (str(score), str(band)) for case, score, band in rows}
