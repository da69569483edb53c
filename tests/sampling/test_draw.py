"""The draw: the smallest tickets of each stratum, whatever the register looks like."""

from __future__ import annotations

import functools
import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from scipy import stats

from audit_toolkit.errors import AuditError, DesignError
from audit_toolkit.files import csv_bytes
from audit_toolkit.register import build_frame
from audit_toolkit.sampling import allocate, draw_sample, read_sample, sample_bytes, stratum_columns, ticket, tickets

SEED = "41352 60113"
ODD = ["0001", "NA", "é", "1E5", "=1+1", "a b", "案例", 'q"', "\\"]
UNITS = pd.DataFrame(
    {
        "case_id": [*ODD, *[f"C{number:03}" for number in range(191)]],
        "stratum": [("North", "South", "NA")[number % 7 % 3] for number in range(200)],
    },
    dtype=object,
)


def by_hand(units: pd.DataFrame, label: str, count: int, seed: str = SEED) -> list[str]:
    cases = units.loc[units["stratum"] == label, "case_id"]
    return sorted(cases, key=lambda case: (ticket(seed, case), case.encode()))[:count]


def test_the_sample_is_the_smallest_tickets_and_the_reserves_the_next() -> None:
    sample = draw_sample(UNITS, allocation={"North": 9, "South": 5, "NA": 3}, seed=SEED, reserves=4)
    for label, drawn in (("North", 9), ("South", 5), ("NA", 3)):
        rows = sample.cases[sample.cases["stratum"] == label]
        assert rows["case_id"].tolist() == by_hand(UNITS, label, drawn + 4)
        assert rows["draw_status"].tolist() == ["sampled"] * drawn + ["reserve"] * 4
        assert rows["draw_order"].tolist() == list(range(1, drawn + 5))
        assert rows["ticket"].tolist() == [ticket(SEED, case) for case in rows["case_id"]]
        population = int((UNITS["stratum"] == label).sum())
        assert rows["inclusion_probability"].iloc[0] == drawn / population
        assert rows["design_weight"].iloc[0] == population / drawn
        assert rows["design_weight"].iloc[drawn:].isna().all()
    assert sample.cases["stratum"].tolist() == sorted(sample.cases["stratum"])
    assert sample.sampled()["design_weight"].sum() == pytest.approx(200, rel=1e-12)
    assert sample.details["case_id"].tolist() == sample.cases["case_id"].tolist()


def test_a_size_is_shared_out_in_proportion() -> None:
    sample = draw_sample(UNITS, size=40, seed=SEED)
    assert dict(sample.receipt.allocation) == {"NA": 12, "North": 17, "South": 11}
    assert len(sample.sampled()) == 40


def test_a_larger_sample_contains_the_smaller() -> None:
    before: set[str] = set()
    for size in range(6, 120):
        drawn = set(draw_sample(UNITS, size=size, seed=SEED).sampled()["case_id"])
        assert before <= drawn
        assert len(drawn) == size
        before = drawn


def test_drawing_from_a_part_gives_the_part_of_the_draw() -> None:
    whole = draw_sample(UNITS, allocation={"North": 9, "South": 5, "NA": 3}, seed=SEED)
    for label, drawn in (("North", 9), ("NA", 3)):
        part = draw_sample(UNITS[UNITS["stratum"] == label], allocation={label: drawn}, seed=SEED)
        pd.testing.assert_frame_equal(
            part.cases, whole.cases[whole.cases["stratum"] == label].reset_index(drop=True), check_like=False
        )


def test_shuffled_rows_csv_and_workbook_give_the_same_bytes(tmp_path: Path) -> None:
    register = UNITS.rename(columns={"stratum": "area"}).assign(received="2010-01-31")
    shuffled = register.sample(frac=1, random_state=5)
    (tmp_path / "register.csv").write_bytes(csv_bytes(register))
    (tmp_path / "shuffled.csv").write_bytes(csv_bytes(shuffled, byte_order_mark=True))
    semicolons = csv_bytes(shuffled).decode().replace(",", ";").replace("\n", "\r\n").encode("utf-16")
    (tmp_path / "semicolons.csv").write_bytes(semicolons)
    book = xlsxwriter.Workbook(str(tmp_path / "register.xlsx"), {"strings_to_formulas": False})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
    for row, cells in enumerate([register.columns, *shuffled.to_numpy().tolist()]):
        for column, cell in enumerate(cells):
            if column == 2 and row > 0:
                sheet.write_datetime(row, column, pd.Timestamp("2010-01-31"), day)
            else:
                sheet.write_string(row, column, cell)
    book.close()
    found = set()
    for name in ("register.csv", "shuffled.csv", "semicolons.csv", "register.xlsx", "register.csv"):
        frame = build_frame(tmp_path / name, strata=["area"], eligible=[{"column": "received", "from": "2010-01-31"}])
        found.add(sample_bytes(draw_sample(frame, size=30, seed=SEED, reserves=2).cases))
    assert len(found) == 1


def test_a_case_that_joins_changes_at_most_one_other_in_its_own_stratum() -> None:
    allocation = {"North": 9, "South": 5, "NA": 3}
    before = draw_sample(UNITS, allocation=allocation, seed=SEED).cases
    changed = 0
    for number in range(60):
        joined = pd.DataFrame({"case_id": [f"N{number}"], "stratum": ["North"]}, dtype=object)
        after = draw_sample(pd.concat([UNITS, joined]), allocation=allocation, seed=SEED).cases
        gone, come = set(before["case_id"]) - set(after["case_id"]), set(after["case_id"]) - set(before["case_id"])
        assert come in (set(), {f"N{number}"})
        assert len(gone) == len(come)
        assert gone <= set(before.loc[before["stratum"] == "North", "case_id"])
        changed += len(come)
    assert 0 < changed < 25


def test_another_stratum_changes_no_ticket_and_no_case_elsewhere() -> None:
    more = pd.DataFrame({"case_id": ["X1", "X2"], "stratum": ["East", "East"]}, dtype=object)
    allocation = {"North": 9, "South": 5, "NA": 3}
    before = draw_sample(UNITS, allocation=allocation, seed=SEED).cases
    after = draw_sample(pd.concat([more, UNITS]), allocation={**allocation, "East": 1}, seed=SEED).cases
    pd.testing.assert_frame_equal(before, after[after["stratum"] != "East"].reset_index(drop=True))


def test_a_census_has_weights_of_one() -> None:
    sample = draw_sample(UNITS, size=200, seed=SEED, reserves=5)
    assert len(sample.cases) == 200
    assert set(sample.cases["design_weight"]) == {1.0}


def test_sample_csv_reads_back_as_it_was(tmp_path: Path) -> None:
    sample = draw_sample(build_frame(UNITS, strata="stratum"), size=100, seed=SEED, reserves=3)
    path = tmp_path / "sample.csv"
    path.write_bytes(sample_bytes(sample.cases))
    again = read_sample(path)
    pd.testing.assert_frame_equal(again, sample.cases)
    assert sample_bytes(again) == path.read_bytes()
    assert stratum_columns(again) == ()
    by_area = build_frame(UNITS.rename(columns={"stratum": "area"}), strata=["area"])
    assert stratum_columns(draw_sample(by_area, size=20, seed=SEED).cases) == ("area",)


def test_what_is_wrong_with_a_sample_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    cases = draw_sample(UNITS, size=10, seed=SEED).cases
    text = sample_bytes(cases).decode().replace("draw_order", "draw_ordr")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DesignError) as refused:
        read_sample(path)
    assert str(refused.value) == 'sample.csv: there is no column "draw_order". Did you mean "draw_ordr"?'
    lines = sample_bytes(cases).decode().splitlines()
    lines[1] = lines[1].replace(",1,", ",first,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DesignError) as refused:
        read_sample(path)
    assert str(refused.value) == (
        f'sample.csv, row 2 (case {cases["case_id"].iloc[0]}), column D "draw_order": "first" is not a number. '
        "Draw again, or find the original file."
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "draw: one of size and allocation is needed. Give either, not both."),
        ({"size": 5, "allocation": {"a": 1}}, "draw: one of size and allocation is needed. Give either, not both."),
        ({"size": 0}, "allocation: size is 0. Give a whole number of at least 1."),
        ({"size": 10.5}, "allocation: size is 10.5. Give a whole number of at least 1."),
        ({"size": 10, "reserves": -1}, "draw: reserves is -1. Give a whole number, 0 or more."),
        ({"size": 10, "reserves": True}, "draw: reserves is True. Give a whole number, 0 or more."),
        (
            {"allocation": {"North": 2, "South": 999, "East": 1}},
            "draw: the allocation asks for 999 cases of stratum South, which has 57. Ask for 1 to 57.\n"
            "draw: the allocation leaves out stratum NA. Every stratum needs at least 1 case.\n"
            "draw: the allocation names stratum East, which the frame does not have. Use the frame's labels.",
        ),
        (
            {"allocation": {"North": 2.5, "South": 0, "NA": 1}},
            "draw: the allocation asks for 0 cases of stratum South, which has 57. Ask for 1 to 57.\n"
            "draw: the allocation asks for 2.5 cases of stratum North, which has 86. Ask for 1 to 86.",
        ),
    ],
)
def test_an_unfit_draw_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(DesignError) as refused:
        draw_sample(UNITS, seed=SEED, **options)
    assert sorted(str(refused.value).splitlines()) == sorted(said.splitlines())


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({"case": ["1"]}, "frame: the frame has no column case_id and no column stratum. Give one row a unit with "),
        ({"case_id": [1], "stratum": ["a"]}, 'DataFrame, row 2 (case 1), column A "case_id": the case id 1 is of the '),
        ({"case_id": ["1", None], "stratum": ["a", "a"]}, 'DataFrame, row 3, column A "case_id": the case id is empty'),
        ({"case_id": ["1"], "stratum": [None]}, 'DataFrame, row 2 (case 1), column B "stratum": the cell is empty'),
        ({"case_id": ["1", "1"], "stratum": ["a", "b"]}, 'DataFrame, row 2 (case 1), column A "case_id": the case id '),
    ],
)
def test_units_that_cannot_be_drawn_are_refused(units: dict[str, list[object]], said: str) -> None:
    with pytest.raises(AuditError) as refused:
        draw_sample(pd.DataFrame(units), size=1, seed=SEED)
    assert str(refused.value)[: len(said)] == said


def test_notes_and_words_of_a_sample() -> None:
    sample = draw_sample(UNITS, size=10, seed=SEED, reserves=1)
    assert sample.notes[0].startswith("1 case id begins like a formula; it is kept as it is")
    assert str(sample) == 'Sample of 10 cases and 3 reserves, from 200 eligible in 3 strata, seed "41352 60113"'
    assert math.isnan(sample.cases["design_weight"].iloc[-1])
    assert np.issubdtype(sample.cases["draw_order"].dtype, np.integer)


# Sixty uneven strata: from 3 cases to 69.
SIXTY = {f"team {number:02}": 3 + 7 * number * number % 67 for number in range(60)}
SIXTY_UNITS = pd.DataFrame(
    [(f"{label[-2:]}-{number:04}", label) for label, count in SIXTY.items() for number in range(count)],
    columns=["case_id", "stratum"],
    dtype=object,
)


@pytest.mark.parametrize("sizes", [range(120, 132), range(1188, 1201)])
def test_the_samples_of_sixty_strata_themselves_are_nested(sizes: range) -> None:
    frame = build_frame(SIXTY_UNITS, strata="stratum")
    drawn = [set(draw_sample(frame, size=size, seed=SEED).cases["case_id"]) for size in sizes]
    assert [len(each) for each in drawn] == list(sizes)
    assert all(smaller < larger for smaller, larger in itertools.pairwise(drawn))


@pytest.mark.slow
def test_every_sample_of_sixty_strata_from_120_to_1200_contains_the_one_before() -> None:
    frame = build_frame(SIXTY_UNITS, strata="stratum")
    before: set[str] = set()
    for size in range(120, 1201):
        now = set(draw_sample(frame, size=size, seed=SEED).cases["case_id"])
        assert len(now) == size
        assert before < now
        before = now


def test_rows_and_strata_in_another_order_change_nothing() -> None:
    first = sample_bytes(draw_sample(SIXTY_UNITS, size=300, seed=SEED, reserves=2).cases)
    turned = pd.concat([SIXTY_UNITS[SIXTY_UNITS["stratum"] == label] for label in reversed(list(SIXTY))])
    for units in (turned, SIXTY_UNITS.sample(frac=1, random_state=8)):
        assert sample_bytes(draw_sample(units, size=300, seed=SEED, reserves=2).cases) == first
    backwards = dict(reversed(list(allocate(SIXTY, 300).items())))
    again = draw_sample(SIXTY_UNITS, allocation=backwards, seed=SEED, reserves=2)
    assert sample_bytes(again.cases) == first


def test_a_case_that_leaves_makes_room_for_one_of_its_own_stratum() -> None:
    allocation = {"North": 9, "South": 5, "NA": 3}
    before = draw_sample(UNITS, allocation=allocation, seed=SEED, reserves=1).cases
    sampled = before[before["draw_status"] == "sampled"]
    for case, label in zip(sampled["case_id"], sampled["stratum"], strict=True):
        after = draw_sample(UNITS[UNITS["case_id"] != case], allocation=allocation, seed=SEED).cases
        reserve = before.loc[(before["stratum"] == label) & (before["draw_status"] == "reserve"), "case_id"].tolist()
        assert set(after["case_id"]) == set(sampled["case_id"]) - {case} | set(reserve)


# Frequencies: two strata and one taken whole, over 20,000 seeds.
SEEDS = 20_000
STRATA = {"north": (13, 4), "south": (7, 3), "all": (2, 2)}
NAMES = [f"{label} {number}" for label, (count, _) in STRATA.items() for number in range(count)]
LABELS = np.repeat(list(STRATA), [count for count, _ in STRATA.values()])


@functools.cache
def drawn_by_seed() -> np.ndarray:
    """Mark the n_h smallest tickets of each stratum for every seed; the first 64 bits of a ticket order it."""
    drawn = np.zeros((SEEDS, len(NAMES)), dtype=bool)
    heads = [[int(each[:16], 16) for each in tickets(f"seed {number}", NAMES)] for number in range(SEEDS)]
    numbers = np.array(heads, dtype=np.uint64)
    for label, (_, size) in STRATA.items():
        inside = np.flatnonzero(label == LABELS)
        ranks = numbers[:, inside].argsort(axis=1).argsort(axis=1)
        drawn[:, inside] = ranks < size
    return drawn


def z_of(rates: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return (rates - expected) / np.sqrt(expected * (1 - expected) / SEEDS)


def test_the_marks_are_the_cases_that_draw_sample_gives() -> None:
    units = pd.DataFrame({"case_id": NAMES, "stratum": LABELS}, dtype=object)
    allocation = {label: size for label, (_, size) in STRATA.items()}
    for number in range(0, SEEDS, 400):
        sample = draw_sample(units, allocation=allocation, seed=f"seed {number}")
        assert set(sample.cases["case_id"]) == set(np.array(NAMES)[drawn_by_seed()[number]])


def test_over_20_000_seeds_every_case_is_drawn_as_often_as_designed() -> None:
    drawn = drawn_by_seed()
    share = np.array([STRATA[label][1] / STRATA[label][0] for label in LABELS])
    z = z_of(drawn.mean(axis=0)[share < 1], share[share < 1])
    bound = stats.norm.isf(0.001 / 2 / len(z))
    assert np.abs(z).max() < bound
    assert NAMES[0] == "north 0"
    assert abs(z[0]) < bound, "the first case"
    assert NAMES[len(z) - 1] == "south 6"
    assert abs(z[-1]) < bound, "the last case that chance draws"
    assert drawn[:, share == 1].all()


def test_over_20_000_seeds_pairs_come_as_designed_and_strata_apart() -> None:
    drawn = drawn_by_seed()
    pairs = [(one, other) for one, other in itertools.combinations(range(20), 2)]
    rates = np.array([(drawn[:, one] & drawn[:, other]).mean() for one, other in pairs])
    expected = []
    for one, other in pairs:
        (first, n), (second, m) = STRATA[LABELS[one]], STRATA[LABELS[other]]
        same = LABELS[one] == LABELS[other]
        # In one stratum n (n - 1) / (N (N - 1)); in two, the product of the shares.
        expected.append(n * (n - 1) / (first * (first - 1)) if same else n * m / (first * second))
    z = z_of(rates, np.array(expected))
    assert np.abs(z).max() < stats.norm.isf(0.001 / 2 / len(pairs))
    # The cases of one stratum say nothing about those of the other, all together.
    north, south = (drawn[:, label == LABELS][:, 0] for label in ("north", "south"))
    table = [[int(((north == a) & (south == b)).sum()) for b in (False, True)] for a in (False, True)]
    assert stats.chi2_contingency(table).pvalue > 0.001
