"""The score of each case: answers in, percent, band, and the limits that held it back out."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError
from audit_toolkit.files import Table
from audit_toolkit.scoring.computed import compute_answers
from audit_toolkit.scoring.events import read_events
from audit_toolkit.scoring.facts import read_facts
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework
from audit_toolkit.scoring.ratings import Ratings, Source, answers_frame, read_ratings
from audit_toolkit.scoring.rules import Encoded, cap, encode, itemise, statuses, total
from audit_toolkit.scoring.said import limit_notes, status_notes, summary, unjudged_counts
from audit_toolkit.scoring.timescales import Timescales, as_timescales

RESULT_COLUMNS: Final = ("score", "band_before_limits", "band", "limits_fired", "answered_weight", "status")
COUNT_COLUMNS: Final = ("answered", "not_applicable", "pending", "missing_date", "missing")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scores:
    """The scores of one framework: `table` has SCORE_COLUMNS, one row a case; `answers` what they rest on.

    `score` is percent (0-100), NaN where it does not stand; `answered_weight` the share (0-1) of the
    applicable weight that was answered; bands are "" where there is no score. `answers` has one row a case
    (index case_id) and one column a criterion and item, as text. `facts` are the dates used, if any.
    """

    framework: Framework
    table: pd.DataFrame
    answers: pd.DataFrame
    facts: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the table, one row a case."""
        return self.table.copy()

    def to_dict(self) -> dict[str, object]:
        """Give the scores as plain values; a score that does not stand is None."""
        rows = self.table.astype(object).where(self.table.notna(), None).to_dict(orient="records")
        return {"framework": self.framework.name, "scores": rows, "notes": list(self.notes)}

    def exact_scores(self) -> dict[str, Fraction | None]:
        """Give each case's score in percent as an exact fraction; None where it does not stand."""
        exact = total(encode(self.answers, self.framework)).exact()
        stands = self.table["status"] == terms.COMPLETE
        cases = zip(self.table[terms.CASE_ID], exact, stands, strict=True)
        return {case: score if standing else None for case, score, standing in cases}

    def contributions(self) -> pd.DataFrame:
        """Give the percentage points each criterion adds to each case's score; they sum to it. NaN: not counted."""
        shares, weights = itemise(encode(self.answers, self.framework))
        stands = (self.table["status"] == terms.COMPLETE).to_numpy()[:, None]
        points = np.where(stands, 100 * shares * weights, np.nan)
        return pd.DataFrame(points, index=self.answers.index, columns=list(self.framework.criterion_ids))

    def items(self) -> pd.DataFrame:
        """Give one row a case and criterion: its rating, what it earned, what it stood for, and what it added.

        Columns as terms.ITEM_COLUMNS. `share` is what the answer earns (0-1), `effective_weight` the part of the
        case's score that it stands for (0-1; they sum to 1 over a case), `contribution` the percentage points it
        adds (they sum to the score; NaN where the score does not stand). An answer that does not count has NaN.
        Under all-or-nothing no answer stands for a part of the score.
        """
        shares, weights = itemise(encode(self.answers, self.framework))
        cases, criteria = self.answers.index, list(self.framework.criterion_ids)
        return pd.DataFrame(
            {
                terms.CASE_ID: np.repeat(cases.to_numpy(dtype=object), len(criteria)),
                "framework": pd.Series([self.framework.name] * (len(cases) * len(criteria)), dtype=object),
                terms.CRITERION_ID: pd.Series(criteria * len(cases), dtype=object),
                terms.RATING: self.answers[criteria].to_numpy(dtype=object).ravel(),
                "share": shares.ravel(),
                "effective_weight": weights.ravel(),
                "contribution": self.contributions().to_numpy().ravel(),
            }
        )

    def counts(self) -> pd.DataFrame:
        """Count the answers to each criterion over the cases rated: answered, N/A, pending and missing."""
        rated = (self.table["status"] != terms.NOT_RATED).to_numpy()
        answers = self.answers.loc[rated, list(self.framework.criterion_ids)]
        silent = (terms.NA_RATING, terms.PENDING, terms.MISSING_DATE, terms.MISSING)
        columns = {name: (answers == word).sum() for name, word in zip(COUNT_COLUMNS[1:], silent, strict=True)}
        columns = {"answered": len(answers) - sum(columns.values()), **columns}
        return pd.DataFrame(columns, dtype=int).rename_axis(terms.CRITERION_ID)

    def __str__(self) -> str:
        return summary(self.framework, self.table, self.notes)

    def __repr__(self) -> str:
        return str(self)


def score_answers(answers: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Score answers that are already in order: one row a case, one column a criterion.

    Parameters
    ----------
    answers : DataFrame
        Index case_id; a column for every criterion and, where limits need them, every item. Text: a label,
        "3 of 5", "met", "N/A", "pending", "missing date", or "" for missing.
    framework : Framework

    Returns
    -------
    DataFrame
        On the same index: score (percent, float), band_before_limits, band, limits_fired, answered_weight
        (0-1), status. Limits that fire are listed for every rated case, also where no score stands to be capped.

    Notes
    -----
    score = 100 * sum(weight * earned) / sum(weight), over the answered criteria. Sums are whole numbers over
    a common denominator, so that a case on the edge of a band falls the same way everywhere.

    Raises
    ------
    RatingError
        A criterion without a column, or an answer its criterion cannot get.

    Source: own rule, as the framework states it. Checked against: tests/scoring/test_score.py.
    """
    return score_encoded(encode(answers, framework), answers.index)


def score_encoded(encoded: Encoded, index: pd.Index) -> pd.DataFrame:
    """Score answers that are numbers already, one row a case, on this index; the columns of `score_answers`."""
    framework = encoded.framework
    totals = total(encoded)
    status = statuses(totals, framework)
    standing = status == terms.COMPLETE
    before, after, fired = cap(totals, encoded, standing)
    labels = np.array([*(label for label, _ in framework.bands), ""], dtype=object)
    count = len(index)
    score, weight = np.full(count, np.nan), np.full(count, np.nan)
    score[standing] = (100 * totals.earned[standing] / totals.whole[standing]).astype(float)
    applies = (totals.applicable != 0).astype(bool)
    weight[applies] = (totals.answered[applies] / totals.applicable[applies]).astype(float)
    values = (
        score,
        labels[np.where(standing, before, -1)],
        labels[np.where(standing, after, -1)],
        fired,
        weight,
        status,
    )
    kinds = dict.fromkeys(("score", "answered_weight"), float)
    columns = {
        name: pd.Series(each, index=index, dtype=kinds.get(name, object))
        for name, each in zip(RESULT_COLUMNS, values, strict=True)
    }
    return pd.DataFrame(columns, index=index)


def score_cases(
    ratings: Ratings | Source | list[Source],
    framework: str | Path | Framework,
    *,
    facts: str | Path | pd.DataFrame | Table | None = None,
    events: str | Path | pd.DataFrame | Table | None = None,
    as_of: datetime.date | None = None,
    timescales: Timescales | str | Path | None = None,
    sample: pd.DataFrame | str | Path | None = None,
) -> Scores:
    """Score every rated case against a framework, from what auditors wrote and the dates on file.

    Parameters
    ----------
    ratings : Ratings, or anything `read_ratings` reads
    framework : name, path or Framework
    facts : path, DataFrame or Table, optional
        case_id, fact, value: the dates that timeliness criteria are computed from. Without them a timeliness
        criterion is left out of the score of each case where nobody rated it, and a note names it.
    events : path, DataFrame or Table, optional
        case_id, event, date, entered_date: what repeated criteria that name events are counted from where the
        auditor gave no count. Without them only the auditors count.
    as_of : date, optional
        The day the files were read: a limit that runs out after it is pending. Without it only steps not yet
        done are pending, and a note says so.
    timescales : Timescales or path, optional
        The time limits; the shipped ones by default. A file's own stand before the shipped ones.
    sample : DataFrame or path of a sample.csv, optional
        As in `read_ratings`; only for ratings that are not read yet.

    Returns
    -------
    Scores

    Raises
    ------
    RatingError
        Ratings, facts or events that do not fit: every one, with its place.

    Checked against: tests/scoring/test_score.py.
    """
    limits = as_timescales(timescales)
    framework = load_framework(framework, timescales=limits)
    read = _read(ratings, framework, sample)
    ids = (*framework.criterion_ids, *framework.item_ids)
    rated = answers_frame(read.table, _cases(read, framework), ids)
    dates = None if facts is None else read_facts(facts)
    happened = None if events is None else read_events(events)
    answers, notes = compute_answers(rated, framework, dates, as_of=as_of, timescales=limits, events=happened)
    result = score_answers(answers, framework)
    said = (*notes, *_notes(answers, result, framework))
    return Scores(framework, stamped(result, list(result.index), framework), answers, dates, said)


def _read(
    ratings: Ratings | Source | list[Source], framework: Framework, sample: pd.DataFrame | str | Path | None
) -> Ratings:
    """Give the ratings, reading them where that is still to be done."""
    if not isinstance(ratings, Ratings):
        return read_ratings(ratings, framework, sample)
    if sample is not None:
        raise RatingError(Problem("the ratings were read without this sample", mend="Give it to read_ratings."))
    return ratings


def _cases(ratings: Ratings, framework: Framework) -> list[str]:
    """Give the cases to score: those drawn, rated or not, and any other that was rated for this framework."""
    table = ratings.table
    own = table[terms.CRITERION_ID].isin((*framework.criterion_ids, *framework.item_ids))
    rated = table.loc[own & (table[terms.RATING] != terms.MISSING), terms.CASE_ID]
    return list(dict.fromkeys((*(ratings.sampled or ()), *rated)))


def stamped(result: pd.DataFrame, cases: Sequence[str], framework: Framework) -> pd.DataFrame:
    """Put the case and the framework's name, version and digest beside each result: SCORE_COLUMNS."""
    stamp = {"framework": framework.name, "framework_version": framework.version, "framework_digest": framework.digest}
    ids = np.array(cases, dtype=object)
    named = pd.DataFrame({terms.CASE_ID: ids, **stamp}, index=range(len(result)), dtype=object)
    table = pd.concat([named, result.reset_index(drop=True)], axis=1)
    return table[list(terms.SCORE_COLUMNS)]


def _notes(answers: pd.DataFrame, result: pd.DataFrame, framework: Framework) -> list[str]:
    """Say how many scores do not stand, and which limits could not be judged."""
    encoded = encode(answers, framework)
    return [*status_notes(result), *limit_notes(framework, unjudged_counts(encoded, result))]
