"""The plan: every key known, every fault named at once with its line."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from audit_toolkit.errors import AuditError, DesignError, FileError
from audit_toolkit.files import digest_of
from audit_toolkit.sampling import plan_path, read_plan
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_file import PLAN_KEYS, REGISTER_KEYS, parse_plan

MINIMAL = "round: A round\nregister: {file: r.csv}\nstrata: area\nsize: 10\n"


def parse(text: str) -> Plan:
    return parse_plan(text, "plan.yaml", Path("rounds/one"))


def refusal(text: str, error: type[AuditError] = DesignError) -> list[str]:
    with pytest.raises(error) as refused:
        parse(text)
    return str(refused.value).splitlines()


def complaints(text: str) -> list[str]:
    try:
        parse(text)
    except AuditError as refused:
        return [str(problem) for problem in refused.problems]
    return []


def test_a_short_plan_is_enough() -> None:
    plan = parse(MINIMAL)
    assert (plan.size, plan.minimum, plan.reserves, plan.allocation) == (10, 2, 0, "proportional")
    assert (plan.purpose, plan.seed, plan.double_rated, plan.domains) == ("improvement", None, 0, ("area",))
    assert plan.register_file == Path("rounds/one/r.csv")
    assert str(plan) == "Plan of A round (improvement): 10 cases by area, proportional allocation"


def test_a_full_plan_is_read() -> None:
    plan = parse(
        MINIMAL
        + "exclude: [{column: a, is: x}]\nminimum: 3\nmaximum: 5\nseed: '0041'\nallocation: equal\n"
        + "double_rated: 0.2\nmargin: 10%\nreview_date: 2010-02-15\nframeworks: [one, two]\nprimary: two\n"
        + "clock: {report_publication: 2009-11-24}\ncollapse: {a: b}\nstay_clear_of: ../zero\npurpose: dip\n"
        + "auditors: ../auditors.csv\ncompare_with: ../zero\n"
    )
    assert (plan.seed, plan.minimum, plan.maximum, plan.allocation) == ("0041", 3, 5, "equal")
    assert (plan.double_rated, plan.margin) == (Fraction(1, 5), Fraction(1, 10))
    assert (plan.clock, plan.clock_start) == ("report_publication", datetime.date(2009, 11, 24))
    assert (plan.primary, plan.stay_clear_of) == ("two", (Path("rounds/one/../zero"),))
    assert (plan.review_date, plan.purpose) == (datetime.date(2010, 2, 15), "dip")
    assert (plan.auditors, plan.compare_with) == (Path("rounds/one/../auditors.csv"), Path("rounds/one/../zero"))


@pytest.mark.parametrize("key", PLAN_KEYS)
def test_every_misspelt_key_is_refused_with_the_nearest(key: str) -> None:
    wrong = key[:-1] + ("x" if key[-1] != "x" else "y") if len(key) < 6 else key[:2] + key[3:]
    said = refusal(f"{wrong}: 1\n{MINIMAL}")
    assert f'plan.yaml, line 1, column 1: "{wrong}" is not a key of a plan. Did you mean "{key}"?' in said


@pytest.mark.parametrize("key", REGISTER_KEYS)
def test_every_misspelt_key_of_the_register_is_refused_with_the_nearest(key: str) -> None:
    wrong = key[:-1] + "x"
    said = refusal(MINIMAL.replace("{file: r.csv}", f"{{file: r.csv, {wrong}: 1}}"))
    assert said == [f'plan.yaml, line 2, column 25: "register.{wrong}" is not a key of a plan. Did you mean "{key}"?']


def test_everything_wrong_is_said_at_once_with_its_line() -> None:
    text = (
        "round: 7\nregister: {columns: [a]}\nstrata: []\nsize: sixty\nallocaton: equal\nminimum: 0\nseed: 0041\n"
        "double_rated: 120%\nprimary: x\nframeworks: [y]\nclock: [z]\nreview_date: '2010-02-15'\nmaximum: true\n"
        "purpose: improvment\neligible: [{column: a}]\n"
    )
    assert refusal(text) == [
        'plan.yaml, line 1, column 1: round: 7 is not text. Put it in quotation marks: round: "7".',
        "plan.yaml, line 2, column 1: register.file is missing. Add file: and its value.",
        "plan.yaml, line 2, column 12: columns is not a mapping of names. Write columns: {case_id: Child reference}.",
        "plan.yaml, line 3, column 1: strata names no column. Write it as strata: [area, outcome].",
        "plan.yaml, line 4, column 1: size: sixty is not a whole number of at least 1. Write size: 1, or more.",
        'plan.yaml, line 5, column 1: "allocaton" is not a key of a plan. Did you mean "allocation"?',
        "plan.yaml, line 6, column 1: minimum: 0 is not a whole number of at least 1. Write minimum: 1, or more.",
        'plan.yaml, line 7, column 1: seed: 0041 is not text. Put it in quotation marks: seed: "0041".',
        "plan.yaml, line 8, column 1: double_rated: 120% is not a share. "
        "Write double_rated: 20%, or another share from 0% to 100%.",
        'plan.yaml, line 9, column 1: primary: "x" is not one of the frameworks. Use one of: y.',
        "plan.yaml, line 11, column 1: clock names no event. "
        "Write clock: inspection_end, or clock: {report_publication: 2009-11-24}.",
        "plan.yaml, line 12, column 1: review_date: 2010-02-15 is not a date. "
        "Write it as 2010-01-31, without quotation marks.",
        "plan.yaml, line 13, column 1: maximum: True is not a whole number of at least 1. Write maximum: 1, or more.",
        'plan.yaml, line 14, column 1: purpose: "improvment" is not known. Did you mean "improvement"?',
        'plan.yaml, line 15, column 1: the rule on "a" says nothing about it. Add from and to, is, is_not or blank.',
    ]


def test_what_is_missing_is_said() -> None:
    assert sorted(refusal("purpose: dip\n")) == [
        "plan.yaml, line 1, column 1: register is missing. Add register: {file: register.csv}.",
        "plan.yaml, line 1, column 1: round is missing. Add round: and its value.",
        "plan.yaml, line 1, column 1: size is missing. Add size: 60, or as many cases as can be read.",
        "plan.yaml, line 1, column 1: strata names no column. Write it as strata: [area, outcome].",
    ]


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ("41352", 'seed: 41352 is not text. Put it in quotation marks: seed: "41352".'),
        ("00_7", 'seed: 00_7 is not text. Put it in quotation marks: seed: "00_7".'),
        ("2010-01-31", 'seed: 2010-01-31 is not text. Put it in quotation marks: seed: "2010-01-31".'),
        ("[1, 2]", "seed: [1, 2] is not text. Write seed: and one text."),
        ('""', 'the seed "" is empty, has a comma or a control character. Use digits and words, such as the faces of '),
        ("1,2", 'the seed "1,2" is empty, has a comma or a control character. Use digits and words, such as the faces'),
    ],
)
def test_a_seed_that_is_not_text_is_refused_with_how_to_write_it(seed: str, said: str) -> None:
    (line,) = refusal(f"{MINIMAL}seed: {seed}\n")
    assert line.startswith(f"plan.yaml, line 5, column 1: {said}")


@pytest.mark.parametrize("key", PLAN_KEYS)
@pytest.mark.parametrize("value", ["{a: {b: [c]}}", "[[1], {a: b}]", "true", "1.5", "2010-01-31", "null"])
def test_no_value_of_any_kind_is_a_traceback(key: str, value: str) -> None:
    lines = [line for line in MINIMAL.splitlines() if not line.startswith(f"{key}:")]
    assert all(said.startswith("plan.yaml, line ") for said in complaints("\n".join([*lines, f"{key}: {value}"])))


def test_joins_are_read_and_their_faults_named() -> None:
    def with_join(text: str) -> str:
        return MINIMAL.replace("{file: r.csv}", f"{{file: r.csv, join: {text}}}")

    (join,) = parse(with_join("[{file: e.csv, on: CHILD, latest: D, where: [{column: X, blank: true}]}]")).joins
    assert (join.source, join.on, join.latest, len(join.where)) == (Path("rounds/one/e.csv"), "CHILD", "D", 1)
    mend = "Write - {file: episodes.csv, on: CHILD}."
    start = "plan.yaml, line 2, column 25: "
    assert refusal(with_join("e.csv")) == [f"{start}join is not a list of files. {mend}"]
    assert refusal(with_join("[{file: e.csv}]")) == [f"{start}an entry of join names no file or no column. {mend}"]
    assert refusal(with_join("[{file: e.csv, on: C, lastest: D}]")) == [
        f'{start}"lastest" is not part of a join. Did you mean "latest"?'
    ]
    assert refusal(with_join("[{file: e.csv, on: C, latest: [D]}]")) == [
        f"{start}latest: ['D'] is not text. Put it in quotation marks: latest: \"name\"."
    ]


def test_bounds_and_truth_values_are_checked() -> None:
    assert refusal(f"{MINIMAL}minimum: 4\nmaximum: 3\n") == [
        "plan.yaml, line 6, column 1: maximum: 3 is below minimum: 4. Raise the one or lower the other."
    ]
    wrong = MINIMAL.replace("{file: r.csv}", "{file: r.csv, ids_differ_by_case: maybe}")
    assert refusal(wrong) == [
        "plan.yaml, line 2, column 25: ids_differ_by_case: maybe is neither true nor false. "
        "Write ids_differ_by_case: true or ids_differ_by_case: false."
    ]
    assert parse(MINIMAL.replace("{file: r.csv}", "{file: r.csv, ids_differ_by_case: true}")).fold_case is False


def test_the_digest_is_that_of_the_bytes_whatever_they_begin_and_end_with(tmp_path: Path) -> None:
    digests = set()
    for data in (
        MINIMAL.encode(),
        b"\xef\xbb\xbf" + MINIMAL.encode(),
        MINIMAL.replace("\n", "\r\n").encode(),
        (MINIMAL + "# é\n").encode(),
    ):
        (tmp_path / "plan.yaml").write_bytes(data)
        plan = read_plan(tmp_path)
        assert plan.sha256 == digest_of(data)
        assert (plan.round, plan.size) == ("A round", 10)
        digests.add(plan.sha256)
    assert len(digests) == 4
    assert plan_path(tmp_path / "other.yaml") == tmp_path / "other.yaml"


def test_a_plan_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_bytes(MINIMAL.encode() + b"# \xe9\n")
    with pytest.raises(FileError) as refused:
        read_plan(tmp_path)
    assert str(refused.value) == "plan.yaml, line 5: this line is not UTF-8 text. Save the file as UTF-8."
