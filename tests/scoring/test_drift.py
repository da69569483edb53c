"""Auditor drift against differences of means, least squares by hand, and simulated rounds whose truth is known."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import RatingError
from audit_toolkit.scoring.drift import Drift, auditor_drift
from audit_toolkit.scoring.drift_model import connected, fit


def readings(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["case_id", "auditor", "stratum", "score"])


def severities(drift: Drift) -> dict[str, float]:
    return {each.auditor: each.severity for each in drift.auditors}


def made_round(rng, auditors: int, cases: int, strata: int, *, twice: float, shared: float, spread: float):
    """Make a round with auditors of known severity; give the readings and what each auditor's severity is."""
    stratum = rng.integers(0, strata, cases)
    first = np.resize(rng.permutation(auditors), cases)[rng.permutation(cases)]
    again = rng.permutation(cases)[: int(twice * cases)]
    second = (first[again] + rng.integers(1, auditors, len(again))) % auditors
    case, who = np.concatenate([np.arange(cases), again]), np.concatenate([first, second])
    severity = spread * rng.normal(size=auditors)
    score = 60 + 5.0 * stratum[case] - severity[who]
    score += 15 * np.sqrt(shared) * (rng.exponential(size=cases) - 1)[case]
    score += 15 * np.sqrt(1 - shared) * rng.normal(size=len(case))
    true = severity - np.bincount(who, minlength=auditors) @ severity / len(who)
    frame = pd.DataFrame(
        {"case_id": case.astype(str), "auditor": who.astype(str), "stratum": stratum[case].astype(str)}
    )
    return frame.assign(score=score), {str(number): true[number] for number in range(auditors)}


def test_in_a_balanced_round_it_is_the_difference_of_means() -> None:
    scores = {"A": [50, 60, 80, 70], "B": [40, 44, 61, 75], "C": [90, 56, 77, 90]}
    rows = [
        (f"{name}{number}", name, "East" if number < 2 else "West", float(score))
        for name, own in scores.items()
        for number, score in enumerate(own)
    ]
    found = auditor_drift(readings(rows))
    overall = np.mean([score for own in scores.values() for score in own])
    assert severities(found) == pytest.approx({name: overall - np.mean(own) for name, own in scores.items()})
    assert [each.auditor for each in found.auditors] == ["B", "A", "C"]
    assert sum(each.severity * each.readings for each in found.auditors) == pytest.approx(0)


def test_without_double_ratings_it_is_ordinary_least_squares_with_its_standard_errors() -> None:
    rng = np.random.default_rng(7)
    frame, _ = made_round(rng, 5, 40, 3, twice=0, shared=0.5, spread=4)
    found = auditor_drift(frame)
    # By hand: dummies for strata and auditors, the constraint as a row of its own of great weight.
    x = np.column_stack([pd.get_dummies(frame["stratum"]), pd.get_dummies(frame["auditor"])]).astype(float)
    counts = frame["auditor"].value_counts().sort_index().to_numpy()
    constraint = np.concatenate([np.zeros(3), counts])
    normal = np.block([[x.T @ x, constraint[:, None]], [constraint[None, :], np.zeros((1, 1))]])
    solved = np.linalg.solve(normal, np.concatenate([x.T @ frame["score"], [0]]))
    residual = frame["score"].to_numpy() - x @ solved[:8]
    variance = residual @ residual / (40 - 7)
    errors = np.sqrt(variance * np.diag(np.linalg.inv(normal))[3:8])
    by_name = {each.auditor: each for each in found.auditors}
    assert [by_name[str(n)].severity for n in range(5)] == pytest.approx(list(-solved[3:8]), rel=1e-9)
    assert [by_name[str(n)].standard_error for n in range(5)] == pytest.approx(list(errors), rel=1e-9)


def test_the_f_test_is_the_ratio_of_residual_sums_of_squares() -> None:
    rng = np.random.default_rng(11)
    frame, _ = made_round(rng, 4, 30, 2, twice=0, shared=0.5, spread=6)
    small = pd.get_dummies(frame["stratum"]).to_numpy(dtype=float)
    large = np.column_stack([small, pd.get_dummies(frame["auditor"]).to_numpy(dtype=float)])
    left = [
        float(np.sum((frame["score"] - x @ np.linalg.lstsq(x, frame["score"], rcond=None)[0]) ** 2))
        for x in (small, large)
    ]
    ratio = (left[0] - left[1]) / 3 / (left[1] / (30 - 5))
    from scipy.stats import f

    assert auditor_drift(frame).p_value == pytest.approx(float(f.sf(ratio, 3, 25)), rel=1e-9)


def test_given_what_readings_share_it_is_generalised_least_squares() -> None:
    """Averaged over the values that two readings may share, each weighed by its restricted likelihood."""
    rng = np.random.default_rng(3)
    frame, _ = made_round(rng, 4, 24, 2, twice=0.5, shared=0.7, spread=4)
    codes = [pd.factorize(frame[name], sort=True)[0] for name in ("auditor", "stratum", "case_id")]
    found = fit(frame["score"].to_numpy(), *codes)
    auditor, stratum, case = codes
    x = np.column_stack([np.eye(2)[stratum], np.eye(4)[auditor][:, 1:]])
    counts = np.bincount(auditor)
    likelihoods, effects = [], []
    for shared in np.arange(50) / 50:
        v = (case[:, None] == case[None, :]) * shared + np.eye(len(case)) * (1 - shared)
        inverse = np.linalg.inv(v)
        beta = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ frame["score"])
        left = frame["score"].to_numpy() - x @ beta
        free = len(case) - x.shape[1]
        parts = np.linalg.slogdet(v)[1] + np.linalg.slogdet(x.T @ inverse @ x)[1]
        likelihoods.append(-(parts + free * np.log(left @ inverse @ left)) / 2)
        plain = np.concatenate([[0], beta[2:]])
        effects.append(plain - counts @ plain / counts.sum())
    weight = np.exp(np.array(likelihoods) - max(likelihoods))
    weight /= weight.sum()
    assert found.effects == pytest.approx(weight @ np.array(effects), rel=1e-8)
    assert found.shared == pytest.approx(float(weight @ (np.arange(50) / 50)), rel=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("auditors", [4, 8, 12])
def test_intervals_cover_the_true_severity_as_often_as_they_say(auditors: int) -> None:
    """150 rounds of 60 skewed cases, 12 strata, a fifth read twice: 600 to 1,800 intervals at 95 %."""
    rng = np.random.default_rng(20100215 + auditors)
    held, asked, alarms = 0, 0, 0
    for _ in range(150):
        frame, true = made_round(rng, auditors, 60, 12, twice=0.2, shared=0.6, spread=6)
        for each in auditor_drift(frame).auditors:
            held += each.ci.low <= true[each.auditor] <= each.ci.high
            asked += 1
        alike, _ = made_round(rng, auditors, 60, 12, twice=0.2, shared=0.6, spread=0)
        alarms += auditor_drift(alike).p_value < 0.05
    # Intervals of one round depend on each other: about 150 rounds' worth, a standard error of 1.3 points.
    assert 0.925 < held / asked < 0.98
    assert alarms / 150 < 0.12


def test_auditors_who_share_no_stratum_are_not_compared() -> None:
    rng = np.random.default_rng(5)
    rows = [
        (f"{number}", name, stratum, float(rng.integers(30, 90)))
        for number, (name, stratum) in enumerate(
            [("Ann", "East"), ("Ben", "East"), ("Cem", "West"), ("Dee", "West")] * 6
        )
    ]
    found = auditor_drift(readings(rows))
    assert {each.auditor: each.group for each in found.auditors} == {"Ann": 1, "Ben": 1, "Cem": 2, "Dee": 2}
    note = next(note for note in found.notes if "groups" in note)
    assert note.startswith("Auditors and strata fall into 2 groups with no stratum in common (")
    assert note.endswith("severity is measured within each group, and says nothing between them.")
    tied = auditor_drift(readings([*rows, ("x", "Ann", "West", 50.0)]))
    assert {each.group for each in tied.auditors} == {1}
    assert list(connected(np.array([0, 1, 2]), np.array([0, 0, 1]))) == [0, 0, 1]


def test_an_auditor_alone_in_a_group_has_no_severity() -> None:
    rows = [(f"{n}", "AB"[n % 2], "East", float(n * 7 % 40)) for n in range(12)] + [("x", "C", "West", 40.0)]
    alone = next(each for each in auditor_drift(readings(rows)).auditors if each.auditor == "C")
    assert math.isnan(alone.severity)
    assert str(alone) == "C: 1 reading, not estimable"


def test_too_few_cases_say_so_and_give_nothing() -> None:
    found = auditor_drift(readings([("1", "A", "East", 50.0), ("2", "B", "East", 60.0)]))
    assert found.notes[0] == "Too few cases for so many auditors and strata: nothing can be estimated."
    assert all(math.isnan(each.severity) for each in found.auditors)
    assert auditor_drift(readings([("1", "", "East", 50.0)])).notes == ("No reading says who made it.",)


def test_what_is_wrong_with_readings_is_told_at_once() -> None:
    rows = readings([("1", "A", "East", 50.0), ("1", "A", "East", 60.0), ("2", "B", "East", float("nan"))])
    with pytest.raises(RatingError) as refused:
        auditor_drift(rows, confidence=95)
    assert str(refused.value) == (
        "confidence: 95 is not between 0 and 1. Give 0.95 for 95%.\n"
        "readings: the score of case 2 is no number. Leave readings without a score out.\n"
        "readings: A stands twice for case 1. Keep one row a reading."
    )
    with pytest.raises(RatingError) as refused:
        auditor_drift(rows.drop(columns="stratum"))
    assert str(refused.value) == 'readings: stratum is missing. Add a column "stratum".'


def test_it_prints_and_turns_into_json_and_a_frame() -> None:
    rng = np.random.default_rng(2)
    frame, _ = made_round(rng, 12, 60, 4, twice=0.2, shared=0.6, spread=10)
    found = auditor_drift(frame, title="Record keeping")
    assert len(str(found).splitlines()) == 12
    assert found.summary().splitlines()[0] == ("Record keeping: severity by auditor, 60 cases, 12 of them read twice")
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["for"] == (
        "For the moderation panel, never for a board."
    )
    assert list(found.to_frame()["severity"]) == sorted(found.to_frame()["severity"], reverse=True)


def test_one_case_is_said_as_one() -> None:
    table = pd.DataFrame({"case_id": ["A"], "auditor": ["Ann"], "stratum": ["North"], "score": [50.0]})
    assert auditor_drift(table, title="Records").summary().splitlines()[:2] == [
        "Records: severity by auditor, 1 case, 0 of them read twice",
        "Ann: 1 reading, not estimable",
    ]
