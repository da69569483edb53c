"""Reading a round folder whose ratings were collected: only as it was sealed, logged and scored."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import ChangeError, DesignError, Problem, raise_if
from audit_toolkit.files import read_table
from audit_toolkit.improvement.rounds.round import Round
from audit_toolkit.sampling import (
    Plan,
    Receipt,
    check_sample,
    limits_problems,
    parse_plan,
    read_log,
    read_plan,
    read_receipt,
    stratum_columns,
    unread_apart,
)
from audit_toolkit.scoring import (
    Framework,
    Moderation,
    Ratings,
    Scores,
    plan_frameworks,
    plan_timescales,
    provisional_sentence,
    read_moderation,
    read_overrides,
    read_rated_round,
    round_events,
    round_facts,
    round_ratings,
    score_round,
    scores_after,
    scores_text,
    still_out,
)


def read_round(folder: str | Path, *, today: datetime.date | None = None) -> Round:
    """Read a round folder whose ratings were collected, and score it.

    Parameters
    ----------
    folder : a round folder with plan.yaml, sample.csv, receipt.json, ratings.csv and, where computed criteria
        need dates, facts.csv; and, where a panel moderated, settled.csv and overrides.csv.
    today : the day it is read on: a note says what is still out, provisional until the plan's cut-off.

    Returns
    -------
    Round, scored from ratings.csv and facts.csv by first ratings; what was settled stands beside.

    Raises
    ------
    DesignError if the receipt's seal is broken, or plan.yaml or sample.csv is not the one it seals. ChangeError if
    scores.csv is not what the ratings give. RatingError or FileError naming what cannot be read.
    """
    folder = Path(folder)
    plan = read_plan(folder)
    receipt = _sealed_receipt(folder, plan)
    frameworks = plan_frameworks(plan)
    versions = _versions(receipt, frameworks)
    scores = score_round(folder)
    ratings, sampled = round_ratings(folder, frameworks)
    _check_scores(folder, scores)
    cases, certainty, chosen = _parts(folder, receipt, sampled)
    moderation, moderated = _moderated(folder, plan)
    return Round(
        name=plan.round,
        plan=plan,
        receipt=receipt,
        cases=cases,
        certainty=certainty,
        chosen=chosen,
        ratings=ratings,
        scores=dict(zip(frameworks, scores, strict=True)),
        frameworks=frameworks,
        facts=round_facts(folder),
        notes=(*versions, *_notes(cases, ratings), *_provisional(plan, (cases, certainty, chosen), ratings, today)),
        events=round_events(folder),
        timescales=plan_timescales(plan),
        moderation=moderation,
        moderated=moderated,
        overridden=len(read_overrides(folder).standing()),
    )


def _moderated(folder: Path, plan: Plan) -> tuple[Moderation | None, dict[str, Scores]]:
    """Give how far a round was moderated by its plan's rule, and the scores with settled ratings put in."""
    if plan.moderation is None:
        return None, {}
    read = read_rated_round(folder)
    moderation = read_moderation(read)
    return moderation, {} if moderation is None else scores_after(read, moderation)


def _provisional(
    plan: Plan, parts: Sequence[pd.DataFrame], ratings: Ratings, today: datetime.date | None
) -> tuple[str, ...]:
    """Say what is still out, where the plan has a cut-off."""
    issued = pd.concat(list(parts)).rename_axis(terms.CASE_ID).reset_index()
    said = provisional_sentence(plan, *still_out(issued, ratings.cases), today)
    return (said,) if said else ()


def _parts(folder: Path, receipt: Receipt, sampled: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give the opened cases of the random sample, those that had to be read, and those chosen by hand.

    Outside the random sample a case that could not be read keeps its status in sample.csv, and the log tells.
    """
    rows = sampled.set_index(terms.CASE_ID)[[*stratum_columns(sampled), *terms.DRAW_COLUMNS]]
    entries, _ = read_log(folder / terms.LOG_FILE, receipt)
    unread = unread_apart(entries)
    parts = []
    for wanted in (terms.OPENED, (terms.CERTAINTY,), (terms.CHOSEN,)):
        part = rows[rows[terms.DRAW_STATUS].isin(wanted)].copy()
        ended = [unread.get(str(case), status) for case, status in part[terms.DRAW_STATUS].items()]
        part[terms.DRAW_STATUS] = pd.Series(ended, index=part.index, dtype=object)
        parts.append(part)
    return parts[0], parts[1], parts[2]


def _sealed_receipt(folder: Path, plan: Plan) -> Receipt:
    """Give the receipt, or refuse a round whose plan or sample changed after the draw: margins are set before."""
    if not (folder / terms.RECEIPT_FILE).exists():
        where, mend = (
            str(folder / terms.RECEIPT_FILE),
            "The round is not drawn yet: draw it, have it rated and collect. Or check the folder.",
        )
        raise ChangeError(Problem("there is no such file", where, mend))
    receipt, problems = read_receipt(folder / terms.RECEIPT_FILE)
    decided = parse_plan(receipt.plan_text, terms.PLAN_FILE, folder)
    if plan.decides() != decided.decides():
        what = f"the plan of {plan.round} is not the one its sample was drawn by"
        mend = "Run verify to see the difference, and put it back: what decides a verdict is fixed before the draw."
        problems.append(Problem(what, terms.PLAN_FILE, mend))
    raise_if([*problems, *limits_problems(receipt, plan), *check_sample(folder, receipt)], DesignError)
    return receipt


def _versions(receipt: Receipt, frameworks: Mapping[str, Framework]) -> tuple[str, ...]:
    """Refuse a framework that was edited after the draw under the same version; say which has another version now."""
    problems, notes = [], []
    for name, framework in frameworks.items():
        version, digest = (*receipt.frameworks.get(name, ()), "", "")[:2]
        if not digest or digest == framework.digest:
            continue
        if version == framework.version:
            what = f"the framework was edited after the draw, and is still called version {version}"
            mend = "Put back the one the auditors worked with: what a score means is fixed before the draw."
            problems.append(Problem(what, name, mend))
        else:
            notes.append(
                f"{name} is scored by version {framework.version}; the workbooks were written for version {version}."
            )
    raise_if(problems, DesignError)
    return tuple(notes)


def _check_scores(folder: Path, scores: list[Scores]) -> None:
    """Refuse a scores.csv that was changed by hand or made from other ratings."""
    if not (folder / terms.SCORES_FILE).exists():
        return
    table = read_table(folder / terms.SCORES_FILE)
    expected = scores_text(scores)
    written = table.cells[list(terms.SCORE_COLUMNS)] if set(terms.SCORE_COLUMNS) <= set(table.columns) else None
    if written is None or not written.reset_index(drop=True).equals(expected.reset_index(drop=True)):
        what = "the scores are not those the ratings and facts give"
        raise ChangeError(Problem(what, terms.SCORES_FILE, "Run score --force on this round."))


def _notes(cases: pd.DataFrame, ratings: Ratings) -> tuple[str, ...]:
    """Say of which cases that were not to be rated a rating came back all the same; it stays out of every figure."""
    disposed = cases.index[cases[terms.DRAW_STATUS].isin(terms.DISPOSITIONS)]
    back = len(set(disposed) & set(ratings.cases))
    if not back:
        return ()
    noun = "1 case has" if back == 1 else f"{back} cases have"
    return (
        f"{noun} ratings although recorded as ineligible, missing file, restricted or not returned; these ratings are "
        "left out. If the file was found after all, run replace --found.",
    )
