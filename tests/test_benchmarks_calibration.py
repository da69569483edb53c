"""The calibration measures what it says: nulls are nulls, a run goes on where it stood, a bound can be broken."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import calibration, calibration_r, calibration_toolkit
from benchmarks import calibration_nulls as nulls
from benchmarks import calibration_rounds as rounds
from benchmarks import calibration_stratified as stratified
from benchmarks.__main__ import NAMES, main
from benchmarks.calibration_cells import GRADES, SHARES, Cell, every_cell, measure_chunk
from benchmarks.calibration_designs import DESIGNS, in_proportion, other_allocation
from benchmarks.calibration_figures import BOUNDS, Cover, Rate, broken, covers, rates
from benchmarks.calibration_intervals import every_interval
from benchmarks.calibration_page import BEGIN, END, write_page
from benchmarks.calibration_pooled import check_tables, tables
from benchmarks.calibration_store import Store
from benchmarks.calibration_table import cells_csv, markdown

CELL = Cell(SHARES, "equal", nulls.SAME_POPULATION, "0.8")


def test_every_null_is_one_in_shares_in_points_and_in_theta() -> None:
    points = np.arange(4.0)
    for cell in every_cell(quick=False):
        true = cell.true
        if cell.null in nulls.RISES:
            continue
        assert abs(true.true_change) < 1e-12, cell.name
        w = true.population2 / true.population2.sum()
        mixes = [np.array([rounds.grades_at(p) for p in each]) for each in (true.shares1, true.shares2)]
        assert abs(w @ (mixes[1] - mixes[0]) @ points) < 1e-12, cell.name
        below = np.cumsum(mixes[0], axis=1) - mixes[0] / 2
        assert abs(w @ ((mixes[1] * below).sum(axis=1) - 0.5)) < 1e-12, cell.name


def test_the_nulls_are_not_empty() -> None:
    moved = nulls.scenario("equal", nulls.OPPOSITE, "0.5")
    assert moved is not None
    assert abs(moved.shares2 - moved.shares1).min() > 0.05
    mixed = nulls.scenario("equal", nulls.CASE_MIX, "0.5")
    assert mixed is not None
    assert mixed.shares1 @ mixed.population1 / mixed.population1.sum() < (
        mixed.shares2 @ mixed.population2 / mixed.population2.sum() - 0.05
    )
    assert nulls.scenario("one stratum", nulls.OPPOSITE, "0.5") is None
    assert nulls.scenario("equal", nulls.OPPOSITE, "1") is None


def test_the_designs_can_be_drawn() -> None:
    for name, design in DESIGNS.items():
        population = np.array(design.population, dtype=float)
        for each in (design.first, design.second):
            n = np.array(each)
            assert len(n) == len(population), name
            assert (n >= 2).all(), name
            assert (n <= population).all(), name
        if len(population) > 1:
            other = other_allocation(population, np.array(design.second))
            assert (other != design.second).any(), name
            assert (other >= 2).all(), name
            assert (other <= population).all(), name
    assert in_proportion(60, np.array([300.0, 200, 120, 60, 20])).tolist() == [26, 17, 10, 5, 2]


def test_a_cell_can_be_had_again_and_no_other_is_like_it() -> None:
    first, again = measure_chunk(CELL, 1, 300), measure_chunk(CELL, 1, 300)
    assert first == again
    assert measure_chunk(CELL, 2, 300)["intervals"] != first["intervals"]
    assert len({cell.name for cell in every_cell(quick=False)}) == len(every_cell(quick=False))
    assert {cell.name for cell in every_cell(quick=True)} <= {cell.name for cell in every_cell(quick=False)}


def test_auditors_correlate_as_said() -> None:
    true = nulls.scenario("one stratum", f"{nulls.AUDITORS}, others, 4", "0.5")
    assert true is not None
    thrown = rounds.throw_crewed(true, np.random.default_rng(5), 4000)
    answers, who = thrown.answers1 - 0.5, thrown.auditor1
    one = np.flatnonzero(who == 0)[:2]
    other = [np.flatnonzero(who == 0)[0], np.flatnonzero(who == 1)[0]]
    assert np.mean(answers[:, one[0]] * answers[:, one[1]]) * 4 == pytest.approx(nulls.CORRELATION, abs=0.06)
    assert np.mean(answers[:, other[0]] * answers[:, other[1]]) * 4 == pytest.approx(0, abs=0.06)
    assert not set(thrown.auditor1) & set(thrown.auditor2)


@pytest.mark.parametrize(
    "design", ["one stratum", "proportional", "twenty strata of two", "a stratum drawn completely"]
)
def test_the_twins_are_the_verbs(design) -> None:
    for null, level in ((nulls.SAME_POPULATION, "0.95"), (nulls.SAME_PROCESS, "1")):
        shares, grades = (Cell(kind, design, null, level) for kind in (SHARES, GRADES))
        calibration_toolkit.check_shares(shares.true, *shares.throw(0, 3), 3)
        calibration_toolkit.check_grades(grades.true, *grades.throw(0, 3), 3)


def test_a_twin_that_is_not_the_verb_ends_the_run(monkeypatch) -> None:
    real = calibration_toolkit.limits
    monkeypatch.setattr(calibration_toolkit, "limits", lambda *given: tuple(each - 1e-6 for each in real(*given)))
    with pytest.raises(RuntimeError, match=r"compare_shares gives .* its twin gives"):
        measure_chunk(CELL, 0, 10)
    monkeypatch.undo()
    monkeypatch.setattr(calibration_toolkit, "means", lambda _true, one, _two: (np.ones(len(one)), np.zeros(len(one))))
    with pytest.raises(RuntimeError, match=r"compare_means says \w+, its twin says improved"):
        measure_chunk(Cell(GRADES, "equal", nulls.SAME_PROCESS, "1"), 0, 10)


def test_the_peers_are_their_libraries() -> None:
    rng = np.random.default_rng(3)
    check_tables(20, 31, rng, 30)
    one = Cell(GRADES, "one stratum", nulls.SAME_PROCESS, "0.5")
    stratified.check_ranks(*one.throw(0, 5), 5)
    stratified.check_mantel(CELL.true, *CELL.throw(0, 5), 5)
    tables(20, 31)["Fisher"][:] *= -1
    with pytest.raises(RuntimeError, match="Fisher: "):
        check_tables(20, 31, rng, 60)
    tables.cache_clear()


def test_an_interval_that_cannot_be_had_covers_nothing() -> None:
    true = replace(CELL.true)
    found = every_interval(true, np.array([true.n1, true.n1 - 1], dtype=float))
    assert np.isnan(found["svyciprop logit"][0][0])
    assert np.isfinite(found["toolkit"][0]).all()
    assert not np.isnan(found["svyciprop logit"][0][1])


def test_the_store_goes_on_and_keeps_nothing_twice(tmp_path) -> None:
    store = Store(tmp_path / "kept")
    record = measure_chunk(CELL, 0, 20)
    store.add(record)
    with pytest.raises(RuntimeError, match="measured twice"):
        store.add(record)
    with store.path.open("ab") as file:
        file.write(b'{"cell": "broken o')
    again = Store(tmp_path / "kept")
    assert again.has(CELL.name, 0, 20)
    assert not again.has(CELL.name, 0, 21)
    again.add(measure_chunk(CELL, 1, 20))
    lines = [json.loads(line) for line in store.path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 3
    assert rates(Store(tmp_path / "kept").records.values())[0].times == 40
    store.path.write_text('{"code": "other"}\n', encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"measured with other code. Name another folder, or remove this one\."):
        Store(tmp_path / "kept")


def test_a_broken_promise_is_told() -> None:
    rate = Rate(SHARES, "equal", nulls.SAME_PROCESS, "0.5", "toolkit", 400, 10, 10_000)
    cover = Cover("equal", "0.5", "toolkit", 0.93, 0.0, 0.2, 10_000)
    assert broken([rate], [cover]) == [
        "shares; equal; same process; 0.5: toolkit finds a change in 4.00 ± 0.20 % of rounds without one; "
        "2.60 % is promised.",
        "interval; equal; 0.5: holds the truth in 93.00 ± 0.26 %; 95 % is promised.",
    ]
    assert broken([replace(rate, up=310)], [replace(cover, coverage=0.945)]) == []
    for null in (f"{nulls.AUDITORS}, others, 4", "rise of 15 points"):
        assert broken([replace(rate, null=null)], []) == []
    assert broken([replace(rate, null=f"{nulls.AUDITORS}, the same, 4")], []) != []
    assert broken([replace(rate, method="chi-square")], [replace(cover, method="svyciprop logit")]) == []
    assert broken([], [replace(cover, coverage=1.0, useless=0.01)]) == [
        "interval; equal; 0.5: undefined or of no width."
    ]


def no_r(monkeypatch) -> None:
    monkeypatch.setattr(calibration, "check_r", lambda: "none")
    monkeypatch.setattr(calibration, "wanted", lambda _cell: False)


def test_the_command_resumes_fails_and_writes(tmp_path, monkeypatch) -> None:
    no_r(monkeypatch)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    asked = ["calibration", "--quick", "--only", "shares | equal | same p", "--replicates", "50"]
    kept = ["--store", str(tmp_path / "kept"), "--write-docs", str(page)]
    first = CliRunner().invoke(main, [*asked, *kept, "--json"])
    assert first.exit_code == 0, first.output
    assert json.loads(first.output)["cells"] == 8
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| toolkit |" in text
    assert "\nold\n" not in text
    assert page.with_suffix(".csv").read_text(encoding="utf-8").startswith("measure,design,truth,level,toolkit,")
    before = (tmp_path / "kept" / "cells.jsonl").read_bytes()
    monkeypatch.setattr(calibration, "measure_chunk", None)
    assert CliRunner().invoke(main, [*asked, *kept, "--json"]).output == first.output
    assert (tmp_path / "kept" / "cells.jsonl").read_bytes() == before
    monkeypatch.setitem(BOUNDS, (SHARES, "toolkit"), -1.0)
    monkeypatch.setattr("benchmarks.calibration_figures.standard_error", lambda *_: 0.0)
    refused = CliRunner().invoke(main, [*asked, *kept])
    assert refused.exit_code == 1
    assert (
        "Error: The toolkit exceeds what it promises:\nshares; equal; same population; 0.5: toolkit" in refused.output
    )


def test_what_is_missing_or_misspelt_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    refused = CliRunner().invoke(main, ["calibration", "--quick"])
    assert refused.exit_code == 1
    assert refused.output == (
        "Error: Rscript is not installed, and the calibration compares with R's survey. "
        "Install r-base-core and r-cran-survey: sudo apt-get install r-base-core r-cran-survey.\n"
    )
    no_r(monkeypatch)
    refused = CliRunner().invoke(main, ["calibration", "--only", "shars"])
    assert refused.output == ('Error: --only "shars" leaves no cell. A name is: shares | equal | same process | 0.5\n')
    page = tmp_path / "page.md"
    page.write_text("no markers", encoding="utf-8")
    with pytest.raises(RuntimeError, match="no place for the tables"):
        write_page(page, {}, [], [])
    assert CliRunner().invoke(main, ["nothing"]).exit_code == 2
    assert "calibration" in NAMES


def test_the_tables_hold_every_method_and_cell() -> None:
    cells = [CELL, Cell(GRADES, "equal", nulls.SAME_PROCESS, "0.5"), Cell(SHARES, "equal", "rise of 15 points", "0.5")]
    records = [measure_chunk(cell, 0, 40) for cell in cells]
    found, covered = rates(records), covers(records)
    text = markdown(found, covered)
    for method in {each.method for each in [*found, *covered]}:
        assert method in text
    lines = cells_csv(found, covered).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["shares", "grades", "shares", "interval"]


@pytest.mark.slow
def test_r_itself_agrees_with_the_closed_forms(monkeypatch) -> None:
    cells = [CELL, Cell(SHARES, "a stratum drawn completely", nulls.CASE_MIX, "mixed")]
    first, second = calibration_r.measure_batch(cells, 200, 30, 5)
    assert first["times"] == 30
    assert first["interval_times"] == 5
    assert "intervals" not in second
    real = stratified.survey_mean
    monkeypatch.setattr(stratified, "survey_mean", lambda *given: (real(*given)[0], real(*given)[1] * (1 + 1e-6)))
    with pytest.raises(RuntimeError, match="svymean gives"):
        calibration_r.measure_batch([CELL], 200, 5, 0)
