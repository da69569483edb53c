"""The parts of a plan that shape the draw: each read exactly, each fault named with its line and its remedy."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from audit_toolkit.errors import AuditError
from audit_toolkit.register import SmallStrata, Unit
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_design import METHOD_KEYS, Reaudit, Target
from audit_toolkit.sampling.plan_file import parse_plan

START = "round: A round\nregister: {file: r.csv}\nstrata: area\n"
SIZED = START + "size: 10\n"


def parse(text: str) -> Plan:
    return parse_plan(text, "plan.yaml", Path("rounds/one"))


def complaints(text: str) -> list[str]:
    with pytest.raises(AuditError) as refused:
        parse(text)
    return [str(problem) for problem in refused.value.problems]


def test_without_the_keys_a_plan_is_plain() -> None:
    plan = parse(SIZED)
    assert (plan.unit, plan.small_strata, plan.reaudit, plan.must_audit, plan.chosen) == (None,) * 5
    assert (plan.stay_clear_months, plan.hours_a_case, plan.restricted) == (None,) * 3
    assert (plan.conflicts, plan.inputs.take_all, plan.inputs.targets) == (("team",), (), {})
    assert (plan.header_row, plan.register_table, plan.register_url, plan.preset) == (1, None, None, None)


def test_the_register_may_be_a_table_a_workbook_with_a_title_or_a_known_export() -> None:
    plan = parse(SIZED.replace("{file: r.csv}", "{file: 'postgresql://reader@db/cases', table: public.cases}"))
    assert (plan.register_url, plan.register_table) == ("postgresql://reader@db/cases", "public.cases")
    plan = parse(SIZED.replace("{file: r.csv}", "{file: a.xlsx, header_row: 3, preset: annex-a-4}"))
    assert (plan.header_row, plan.preset, plan.register_url) == (3, "annex-a-4", None)


def test_an_address_with_a_password_or_without_a_table_is_refused() -> None:
    said = complaints(SIZED.replace("{file: r.csv}", "{file: 'postgresql://reader:hush@db/cases'}"))
    assert said == [
        "plan.yaml, line 2, column 1: a database needs the name of a table. Add table: cases.",
        "plan.yaml, line 2, column 12: the address of the database holds a password. Leave it out: put it in the "
        "environment or the password file that the database's own tools read.",
    ]


def test_units_small_strata_and_earlier_rounds_are_read() -> None:
    plan = parse(
        SIZED
        + "unit: {column: Family, one_child: true}\nsmall_strata: {below: 5, become: Other}\n"
        + "reaudit: {round: ../old, share: 30%}\nstay_clear_of: [../old, ../list.csv]\nstay_clear_months: 12\n"
        + "must_audit: ../must.csv\nhours_a_case: 1.5\nconflicts: [team, manager]\nrestricted: Restricted\n"
    )
    assert (plan.unit, plan.small_strata) == (Unit("Family", True), SmallStrata(5, "Other"))
    assert plan.reaudit == Reaudit(Path("rounds/one/../old"), Fraction(3, 10))
    assert (plan.stay_clear_months, plan.hours_a_case) == (12, Fraction(3, 2))
    assert (plan.must_audit, plan.restricted) == (Path("rounds/one/../must.csv"), "Restricted")
    assert plan.conflicts == ("team", "manager")
    assert parse(SIZED + "unit: Family\n").unit == Unit("Family", False)


def test_what_is_half_said_is_named() -> None:
    said = complaints(
        SIZED + "unit: {one_child: yes please}\nsmall_strata: {below: 1, becom: Other}\nreaudit: {share: 200%}\n"
        "hours_a_case: [1]\nstay_clear_months: 0\n"
    )
    assert said == [
        "plan.yaml, line 5, column 1: unit.column is missing. Add column: and its value.",
        "plan.yaml, line 5, column 8: one_child: yes please is neither true nor false. "
        "Write one_child: true or one_child: false.",
        "plan.yaml, line 6, column 1: small_strata.become is missing. Add become: and its value.",
        "plan.yaml, line 6, column 16: below: 1 is not a whole number of at least 2. Write below: 2, or more.",
        'plan.yaml, line 6, column 26: "small_strata.becom" is not a key of a plan. Did you mean "become"?',
        "plan.yaml, line 7, column 1: reaudit.round is missing. Add round: and its value.",
        "plan.yaml, line 7, column 11: share: 200% is not a share. Write share: 20%, or another share from 0% to 100%.",
        "plan.yaml, line 8, column 1: hours_a_case: [1] is not a number of 0 or more. "
        "Write hours_a_case as a number such as 0.5.",
        "plan.yaml, line 9, column 1: stay_clear_months: 0 is not a whole number of at least 1. "
        "Write stay_clear_months: 1, or more.",
    ]


def test_a_list_of_cases_is_for_rounds_that_are_no_sample() -> None:
    assert complaints(SIZED + "cases: chosen.csv\n") == [
        "plan.yaml, line 4, column 1: size is given, and the list of cases gives it. Leave size out.",
        "plan.yaml, line 5, column 1: cases: names a list chosen by hand, and purpose: improvement needs a random "
        "sample. Write purpose: dip, thematic or multi-agency, or leave cases out.",
    ]
    plan = parse("round: A dip\nregister: {file: r.csv}\npurpose: dip\ncases: chosen.csv\n")
    assert (plan.chosen, plan.size, plan.strata) == (Path("rounds/one/chosen.csv"), None, ())


def test_numbers_by_stratum_are_exact() -> None:
    plan = parse(SIZED + "allocation: optimal\nspread: {North: 0.1, South: 20%}\ncost: {North: 1, South: 2.5}\n")
    assert plan.inputs.spread == {"North": Fraction(1, 10), "South": Fraction(1, 5)}
    assert plan.inputs.cost == {"North": Fraction(1), "South": Fraction(5, 2)}
    plan = parse(SIZED + "allocation: bankier\nspread: {North: 1, South: 2}\npower: 0.5\ntake_all: [North]\n")
    assert (plan.inputs.power, plan.inputs.take_all) == (Fraction(1, 2), ("North",))


def test_targets_give_the_size() -> None:
    plan = parse(START + "allocation: multivariate\ntargets: {records: {half_width: 8%, spread: {North: 0.5}}}\n")
    assert plan.inputs.targets == {"records": Target(Fraction(2, 25), {"North": Fraction(1, 2)})}
    assert plan.size is None
    assert complaints(SIZED + "allocation: multivariate\ntargets: {records: {spread: [1], x: 1}}\n") == [
        "plan.yaml, line 4, column 1: size is given, and the targets give it. Leave size out.",
        "plan.yaml, line 6, column 11: the target records has no half_width. Add half_width: 8%.",
        "plan.yaml, line 6, column 21: spread is not a mapping of strata to numbers. "
        "Write spread: {North / closed: 0.5}.",
        'plan.yaml, line 6, column 34: "targets.records.x" is not a key of a plan. Use one of: half_width, spread.',
    ]


@pytest.mark.parametrize("method", METHOD_KEYS)
def test_each_method_says_what_it_needs_and_what_it_cannot_use(method: str) -> None:
    said = " ".join(complaints(f"{START}allocation: {method}\n"))
    for key in ("spread", "cost", "targets"):
        needed = key in METHOD_KEYS[method] and not (key == "cost" and method != "optimal")
        assert (f"{method} allocation needs {key}." in said) == needed
    given = "spread: {N: 1}\ncost: {N: 1}\npower: 0.5\ntargets: {m: {half_width: 8%, spread: {N: 1}}}\n"
    if set(METHOD_KEYS[method]) != {"spread", "cost", "power", "targets"}:
        said = " ".join(complaints(f"{SIZED}allocation: {method}\n{given}"))
    for key in ("spread", "cost", "power", "targets"):
        assert (f"{method} allocation does not use {key}." in said) == (key not in METHOD_KEYS[method])


def test_a_number_that_is_none_is_named() -> None:
    assert complaints(SIZED + "allocation: neyman\nspread: {North: true, South: -1, East: many}\n") == [
        f"plan.yaml, line 6, column 1: spread of {each} is not a number of 0 or more. "
        "Write spread as a number such as 0.5."
        for each in ("North: True", "South: -1", "East: many")
    ]
