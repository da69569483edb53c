"""A made-up council whose true answer is known: its cases, their real quality, and twelve auditors who differ.

Nothing here is about a real child, worker or council. Each case has a quality of its own for each framework,
drawn once. An auditor's rating of it adds that auditor's severity and a slip of the day. Rating every case with
every auditor gives the true answer, which truth.csv holds.

What is true by design: assessment quality is better in the second register, record keeping is the same, and
managerial oversight is better for child protection only.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

import audit_toolkit as at
from audit_toolkit import terms

SEED = 20100215
AREAS = ("East", "North", "South")
OUTCOMES = {"closed": 0.44, "child in need": 0.34, "child protection": 0.14, "looked after": 0.08}
FRAMEWORKS = ("assessment_quality", "record_keeping", "managerial_oversight")
AUDITORS = 12
# Severity of the twelve auditors in units of case quality; their spread is about an eighth of the variance.
SEVERITY = np.array([-0.55, -0.4, -0.3, -0.2, -0.1, -0.05, 0.05, 0.1, 0.2, 0.3, 0.4, 0.55])
CASE_SPREAD, QUESTION_SPREAD, SLIP_SPREAD = 0.75, 0.7, 0.45


@dataclass(frozen=True)
class Window:
    """One round's referrals: when they came, when the register was taken, and how good the work was."""

    name: str
    first: datetime.date
    last: datetime.date
    snapshot: datetime.date
    quality: dict[str, float]
    protection: dict[str, float]


EARLIER = Window(
    "retrospective-2009",
    datetime.date(2009, 6, 1),
    datetime.date(2009, 8, 15),
    datetime.date(2009, 8, 31),
    {"assessment_quality": -0.42, "record_keeping": -0.3, "managerial_oversight": -0.45},
    {"assessment_quality": 0.0, "record_keeping": 0.0, "managerial_oversight": -0.3},
)
LATER = Window(
    "february-2010",
    datetime.date(2009, 11, 1),
    datetime.date(2010, 1, 15),
    datetime.date(2010, 1, 31),
    {"assessment_quality": 0.24, "record_keeping": -0.3, "managerial_oversight": -0.45},
    {"assessment_quality": 0.0, "record_keeping": 0.0, "managerial_oversight": 0.85},
)

# Where a thing to be judged is often not there: share of cases for which a question does not apply, by outcome
# (closed, child in need, child protection, looked after).
NOT_APPLICABLE = {
    "AQ02": (0.03, 0.02, 0.02, 0.01),
    "AQ03": (0.03, 0.02, 0.02, 0.01),
    "AQ06": (0.10, 0.05, 0.0, 0.0),
    "AQ11": (0.70, 0.0, 0.0, 0.0),
    "AQ12": (0.02, 0.02, 0.05, 0.05),
    "AQ14": (0.85, 0.85, 0.8, 0.8),
    "RK02": (0.05, 0.0, 0.0, 0.0),
    "RK03": (0.15, 0.1, 0.05, 0.05),
    "RK04": (0.15, 0.1, 0.05, 0.05),
    "RK06": (1.0, 0.3, 0.0, 0.0),
    "RK07": (0.03, 0.02, 0.02, 0.01),
    "RK08": (1.0, 0.2, 0.0, 0.0),
    "RK11": (0.0, 1.0, 1.0, 1.0),
    "RK12": (0.95, 0.7, 0.6, 0.5),
    "RK13": (0.3, 0.1, 0.05, 0.05),
    "RK14": (1.0, 0.98, 0.97, 0.8),
    "MO02": (0.05, 0.0, 0.0, 0.0),
    "MO05": (0.4, 0.1, 0.0, 0.0),
    "MO06": (0.4, 0.1, 0.0, 0.0),
    "MO07": (0.6, 0.3, 0.15, 0.15),
    "MO08": (0.05, 0.02, 0.0, 0.0),
    "MO09": (0.6, 0.5, 0.4, 0.4),
    "MO10": (0.9, 0.7, 0.4, 0.4),
    "MO11": (0.8, 0.6, 0.5, 0.5),
    "MO12": (1.0, 1.0, 1.0, 1.0),
}
# Questions that are more often met than the rest: what a limit rests on is seldom missing altogether.
EASIER = {
    "AQ02": 0.9,
    "AQ07": 0.55,
    "AQ08": 0.3,
    "AQ10": 0.7,
    "RK10": 0.9,
    "RK01": 0.4,
    "MO04": 0.4,
    "MO09": 0.4,
    "MO10": 0.9,
}
GRADE_CUTS, PARTLY_CUTS = (0.95, 0.0, -1.05), (0.05, -0.85)


@dataclass(frozen=True)
class Population:
    """A round's eligible cases: what a register says of each, and how good the work on it really was.

    `quality` (cases x questions) is the real standard of each question's subject; `applies` whether it is
    there to be judged; `counts` how many events a repeated question looks at; `computed` the states of the
    questions worked out from dates.
    """

    window: Window
    cases: pd.DataFrame
    questions: tuple[str, ...]
    quality: np.ndarray
    applies: np.ndarray
    counts: np.ndarray
    computed: pd.DataFrame


def frameworks() -> dict[str, at.Framework]:
    """Load the three shipped frameworks."""
    return {name: at.load_framework(name) for name in FRAMEWORKS}


def make_population(
    window: Window, cases: pd.DataFrame, computed: pd.DataFrame, rng: np.random.Generator
) -> Population:
    """Give every case its real quality on every question that an auditor answers."""
    asked = [(name, each) for name, framework in frameworks().items() for each in framework.criteria]
    asked = [(name, each) for name, each in asked if each.response != terms.TIMELINESS]
    outcome = np.array([list(OUTCOMES).index(each) for each in cases["outcome"]])
    of_case = {name: case_quality(window, name, outcome, rng) for name in FRAMEWORKS}
    quality = np.column_stack(
        [of_case[name] + EASIER.get(each.id, 0.0) + rng.normal(0, QUESTION_SPREAD, len(cases)) for name, each in asked]
    )
    absent = np.array([NOT_APPLICABLE.get(each.id, (0.0,) * 4) for _, each in asked])
    applies = rng.random(quality.shape) >= absent.T[outcome]
    counts = rng.integers(3, 7, quality.shape)
    return Population(window, cases, tuple(each.id for _, each in asked), quality, applies, counts, computed)


def case_quality(window: Window, framework: str, outcome: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw how good the work on each case was, for one framework."""
    protection = np.where(outcome == list(OUTCOMES).index("child protection"), window.protection[framework], 0.0)
    level: np.ndarray = window.quality[framework] + protection + rng.normal(0, CASE_SPREAD, len(outcome))
    return level


def rate(population: Population, rows: np.ndarray, auditors: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Rate some cases, each by one auditor (0-11): a table of answers, one row a case, as labels."""
    seen = population.quality[rows] - SEVERITY[auditors][:, None]
    seen = seen + rng.normal(0, SLIP_SPREAD, seen.shape)
    answers = {}
    for column, question in enumerate(population.questions):
        answers[question] = _labels(question, seen[:, column], population.counts[rows, column], rng)
        answers[question][~population.applies[rows, column]] = terms.NA_RATING
    ids = population.cases[terms.CASE_ID].to_numpy(dtype=object)[rows]
    table = pd.DataFrame(answers, index=pd.Index(ids, name=terms.CASE_ID), dtype=object)
    return _with_items(table, population, rows)


def _labels(question: str, seen: np.ndarray, counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    response = RESPONSES[question]
    if response == terms.GRADED:
        labels = np.array(["Outstanding", "Good", "Adequate", "Inadequate"], dtype=object)
        found = labels[sum((seen < cut).astype(int) for cut in GRADE_CUTS)]
    elif response == terms.REPEATED:
        met = rng.binomial(counts, 1 / (1 + np.exp(-(0.7 + 1.3 * seen))))
        found = np.array([f"{k} of {m}" for k, m in zip(met, counts, strict=True)], dtype=object)
    else:
        labels = np.array([terms.YES, terms.PARTLY, terms.NO], dtype=object)
        found = labels[sum((seen < cut).astype(int) for cut in PARTLY_CUTS)]
    result: np.ndarray = found
    return result


RESPONSES = {each.id: each.response for name in FRAMEWORKS for each in at.load_framework(name).criteria}


def _with_items(table: pd.DataFrame, population: Population, rows: np.ndarray) -> pd.DataFrame:
    """Add the unscored questions that limits rest on, and the questions worked out from dates."""
    for framework in frameworks().values():
        for item in framework.items:
            table[item.id] = _item(item.id, table)
    computed = population.computed.iloc[rows]
    for name in computed.columns:
        table[name] = computed[name].to_numpy(dtype=object)
    return table


def _item(item: str, table: pd.DataFrame) -> np.ndarray:
    """Answer an unscored question from what was found: a gap shows where little was done."""
    beside = ITEM_BESIDE.get(item)
    if beside is None:
        return np.full(len(table), terms.NO, dtype=object)
    answers = table[beside]
    if RESPONSES[beside] == terms.REPEATED:
        poor = answers.str.match(r"0 of")
    else:
        poor = (answers == terms.NO) & (pd.util.hash_array(table.index.to_numpy(dtype=object)) % 2 == 0)
    found: np.ndarray = np.where(poor, terms.YES, terms.NO).astype(object)
    return found


ITEM_BESIDE = {"RK06_gap": "RK06", "RK12_gap": "RK12"}
