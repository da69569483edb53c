"""A drawn sample in memory, with auditors, for the tests of what happens after the draw."""

from __future__ import annotations

import dataclasses
import datetime
import random
from fractions import Fraction

import pandas as pd

from audit_toolkit.errors import DesignError
from audit_toolkit.register import Frame, build_frame, read_register
from audit_toolkit.sampling import LoggedSample, draw_sample, find_case, replace_case, sample_sha256
from audit_toolkit.sampling.drawn_again import drawn_again
from audit_toolkit.sampling.extend import addition, opening
from audit_toolkit.sampling.log import REASSIGNED, LogEntry
from audit_toolkit.sampling.receipt import drawn_cases
from audit_toolkit.terms import DISPOSITIONS, OPENED, RESERVE, SAMPLED

DAY = datetime.date(2010, 2, 12)
NAMES = ("Ann", "Bob", "Cem", "Dee")


def units(size: int = 60) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": [f"C{number:03}" for number in range(size)],
            "area": ["North" if number % 3 else "Süd, alt" for number in range(size)],
            "outcome": ["closed" if number % 5 else "open" for number in range(size)],
            "team": [f"T{number % 4}" for number in range(size)],
        }
    )


def frame_of(size: int = 60) -> Frame:
    return build_frame(read_register(units(size)), strata=["area", "outcome"])


def drawn(frame: Frame, *, size: int = 12, reserves: int = 2, seed: str = "1 2 3") -> LoggedSample:
    """Draw, and give every case an auditor and every third a second one."""
    sample = draw_sample(frame, size=size, seed=seed, reserves=reserves)
    cases = sample.cases.copy()
    names = [
        (NAMES[row % 4], NAMES[(row + 1) % 4] if row % 3 == 0 else "") if status == SAMPLED else ("", "")
        for row, status in enumerate(cases["draw_status"])
    ]
    for index, column in enumerate(("auditor", "second_auditor")):
        cases[column] = pd.Series([pair[index] for pair in names], dtype=object)
    receipt = dataclasses.replace(sample.receipt, cases=drawn_cases(cases), sample_sha256=sample_sha256(cases))
    return LoggedSample(cases, receipt)


def ids(sample: LoggedSample, *statuses: str) -> list[str]:
    return list(sample.cases.loc[sample.cases["draw_status"].isin(statuses), "case_id"])


def anything(sample: LoggedSample, frame: Frame, chance: random.Random, day: datetime.date) -> LoggedSample:
    """Do one valid thing to a sample, chosen by chance."""
    waiting, gone = ids(sample, SAMPLED), ids(sample, *DISPOSITIONS)
    act = chance.choice(["replace", "record", "find", "extend", "reserve", "reassign"])
    if act in ("replace", "record") and waiting:
        try:
            done = replace_case(
                sample,
                chance.choice(waiting),
                reason=chance.choice(DISPOSITIONS),
                date=day,
                note="as told, 'quoted'",
                reserve=act == "replace",
            )
        except DesignError as refused:
            if "no reserve of" not in str(refused):
                raise
            return sample
        return done.sample
    if act == "find" and gone:
        return find_case(sample, chance.choice(gone), date=day).sample
    if act == "reassign" and waiting:
        case = chance.choice(waiting)
        row = sample.cases.set_index("case_id").loc[case]
        event = LogEntry(
            REASSIGNED, case, SAMPLED, row["stratum"], int(row["draw_order"]), "Eve", "Fay", reason="off sick"
        )
        return sample.after([event], day)
    if act == "extend":
        return opened_next(sample, chance)
    return added_next(sample, frame, chance, day)


def opened_next(sample: LoggedSample, chance: random.Random) -> LoggedSample:
    left = sample.cases[sample.cases["draw_status"] == RESERVE]
    if left.empty:
        return sample
    label = chance.choice(sorted(set(left["stratum"])))
    row = left[left["stratum"] == label].iloc[0].to_dict()
    return sample.after([opening(row | {"auditor": "Ann"}, "size 13", "")], last_day(sample))


def added_next(sample: LoggedSample, frame: Frame, chance: random.Random, day: datetime.date) -> LoggedSample:
    label = chance.choice(sorted(frame.population))
    listed = int((sample.cases["stratum"] == label).sum())
    again = drawn_again(sample.receipt, frame, reserves=listed + 1).cases
    rows = again[(again["stratum"] == label) & (again["draw_order"] == listed + 1)].to_dict("records")
    return sample.after([addition(row, ("area", "outcome"), "more") for row in rows], day)


def last_day(sample: LoggedSample) -> datetime.date:
    return datetime.date.fromisoformat(sample.entries[-1].date) if sample.entries else DAY


def check_rules(before: LoggedSample, sample: LoggedSample) -> None:
    """Check what no sequence of events may break."""
    cases, population = sample.cases, sample.receipt.population
    assert set(before.cases["case_id"]) <= set(cases["case_id"])
    for label, part in cases.groupby("stratum"):
        assert list(part["draw_order"]) == list(range(1, len(part) + 1))
        assert list(part["ticket"]) == sorted(part["ticket"])
        opened = [status in OPENED for status in part["draw_status"]]
        assert opened == sorted(opened, reverse=True), "a prefix of the tickets is opened"
        count = sum(opened)
        for weighed, chance, weight in zip(opened, part["inclusion_probability"], part["design_weight"], strict=True):
            assert (chance == chance) == (weight == weight) == weighed
            if weighed:
                assert chance == count / population[label]
                assert weight == population[label] / count
        assert Fraction(population[label], count) * count == population[label]
        assert abs(sum(part["design_weight"].dropna()) - population[label]) < 1e-9 * population[label]
