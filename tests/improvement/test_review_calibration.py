"""The samples' own truth, 2,000 times over: rounds drawn and rated again from the made-up council's populations.

Record keeping is the same in both registers, so every verdict on it is a false alarm; assessment quality is
really better, so every other verdict on it is a miss.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.improvement import adjusted_verdict, compare_grades, holm
from audit_toolkit.sampling import tickets
from audit_toolkit.scoring import score_answers

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PAIRS = 2000


@pytest.fixture(scope="module")
def council():
    sys.path.insert(0, str(SAMPLES))
    try:
        import made_up_council
        import make_samples
    finally:
        sys.path.remove(str(SAMPLES))
    _, made = make_samples.populations()
    return made_up_council, made


class Redrawn:
    """One round's population, drawn and rated again as often as wanted."""

    def __init__(self, council, population) -> None:
        self.council, self.population = council, population
        self.strata = (population.cases["area"] + " / " + population.cases["outcome"]).to_numpy()
        self.counts = pd.Series(self.strata).value_counts().to_dict()
        self.allocation = at.allocate(self.counts, 60)
        self.ids = population.cases[terms.CASE_ID].tolist()
        self.frameworks = council.frameworks()

    def drawn(self, seed: str) -> np.ndarray:
        order = np.argsort(np.array(tickets(seed, self.ids)))
        return np.concatenate([order[self.strata[order] == label][:n] for label, n in self.allocation.items()])

    def bands(self, seed: str, rng) -> tuple[dict[str, pd.Series], pd.Series, dict[str, int]]:
        rows = self.drawn(seed)
        dealt = np.arange(len(rows)) % self.council.AUDITORS
        auditors = rng.permutation(self.council.AUDITORS)[dealt]
        answers = self.council.rate(self.population, rows, auditors, rng)
        grades = {}
        for name, framework in self.frameworks.items():
            order = {label: float(code) for code, label in framework.codes.items()}
            grades[name] = score_answers(answers, framework)["band"].map(lambda band, order=order: order.get(band))
        return grades, pd.Series(self.strata[rows], index=answers.index), self.counts


def verdicts(earlier, later) -> dict[str, str]:
    changes = {
        name: compare_grades((earlier[0][name], *earlier[1:]), (later[0][name], *later[1:])) for name in earlier[0]
    }
    others = list(changes)[1:]
    adjusted = holm([changes[name].p_two_sided for name in others])
    words = {name: adjusted_verdict(changes[name], p) for name, p in zip(others, adjusted, strict=True)}
    return {next(iter(changes)): next(iter(changes.values())).verdict, **words}


@pytest.mark.slow
@pytest.mark.long
def test_2000_pairs_of_rounds_are_called_right_as_often_as_promised(council) -> None:
    model, made = council
    rounds = [Redrawn(model, population) for population in made.values()]
    rng = np.random.default_rng(20100215)
    called = []
    for number in range(PAIRS):
        pair = [each.bands(f"pair {number} round {side}", rng) for side, each in enumerate(rounds)]
        called.append(verdicts(*pair))
    shares = pd.DataFrame(called).apply(lambda words: words.value_counts(normalize=True)).fillna(0.0)
    print(shares.round(4).to_string())
    keeping = shares["record_keeping"].reindex([terms.IMPROVED, terms.WORSENED], fill_value=0.0)
    assert keeping.sum() <= 0.06
    assert keeping.max() <= 0.04
    assert shares.loc[terms.IMPROVED, "assessment_quality"] >= 0.60
