"""Staying clear of earlier rounds: by their folders, by receipts alone, or by a list of cases audited."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import PlannedReview, draw_round, plan_review, read_receipt, sample_bytes, verify_receipt
from audit_toolkit.sampling.earlier import months_before
from audit_toolkit.sampling.pseudonyms import pseudonymise

REGISTER = "Ref,Area,family\n" + "".join(f"{number:04},{'NS'[number % 2]},F{number // 2}\n" for number in range(40))
PLAN = """\
round: {name}
{day}
register: {{file: ../register.csv, snapshot: 2010-01-31, columns: {{case_id: Ref, area: Area}}}}
strata: [area]
size: 8
reserves: 2
seed: "{seed}"
{more}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes the plan of a round, and draws it where asked."""
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")

    def make(name: str, more: str = "", *, day: str = "review_date: 2009-09-15", draw: bool = False) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        text = PLAN.format(name=name, seed=name, more=more, day=day)
        (folder / "plan.yaml").write_text(text, encoding="utf-8")
        if draw:
            sample = draw_round(plan_review(folder))
            (folder / "sample.csv").write_bytes(sample_bytes(sample.cases))
            (folder / "receipt.json").write_bytes(sample.receipt.to_bytes())
        return folder

    return make


def planned(write: Write, more: str) -> PlannedReview:
    return plan_review(write("now", more))


def refused(write: Write, more: str) -> list[str]:
    with pytest.raises(DesignError) as error:
        planned(write, more)
    return str(error.value).splitlines()


def opened(folder: Path) -> set[str]:
    receipt, _ = read_receipt(folder / "receipt.json")
    return {case for case, _, _, _, status, _, _ in receipt.cases if status != "reserve"}


@pytest.mark.parametrize("entry", ["../spring", "../spring/receipt.json", "../spring/sample.csv"])
def test_a_round_is_stayed_clear_of_in_three_ways(write: Write, entry: str) -> None:
    folder = write("spring", draw=True)
    review = planned(write, f"stay_clear_of: [{entry}]")
    name = "a round listed in sample.csv" if entry.endswith(".csv") else "spring"
    assert {label: set(cases) for label, cases in review.stay_clear_of.items()} == {name: opened(folder)}
    assert review.frame.exclusions == ((f"audited in {name}", 8),)
    assert dict(review.frame.population) == {"N": 16, "S": 16}
    assert dict(review.frame.population_all) == {"N": 20, "S": 20}
    assert review.speaks_for == f"the 32 eligible cases not audited in {name}, of 40 eligible"
    assert f"estimates speak for {review.speaks_for}" in str(review).splitlines()
    sample = draw_round(review)
    assert not set(sample.cases["case_id"]) & opened(folder)
    assert dict(sample.receipt.population_all) == {"N": 20, "S": 20}
    assert verify_receipt(sample.receipt, folder.parent / "register.csv") == []


def test_every_opened_case_counts_and_no_reserve(write: Write) -> None:
    folder = write("spring", draw=True)
    lines = (folder / "sample.csv").read_text(encoding="utf-8").splitlines()
    statuses = ["ineligible", "missing file", "restricted", "not returned", "certainty", "chosen"]
    sampled = [number for number, line in enumerate(lines) if ",sampled," in line]
    for number, status in zip(sampled, statuses, strict=False):
        lines[number] = lines[number].replace(",sampled,", f",{status},")
    (folder / "sample.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    # Without its receipt, as rounds of before have none: with it, such a sample is refused.
    assert "sample.csv" in refused(write, "stay_clear_of: [../spring]")[0]
    (folder / "receipt.json").unlink()
    cases = planned(write, "stay_clear_of: [../spring]").stay_clear_of["spring"]
    assert sorted(cases) == sorted(line.split(",")[0] for line in lines[1:] if ",reserve," not in line)
    assert len(cases) == 8


def test_a_list_names_cases_once_for_every_audit(write: Write, tmp_path: Path) -> None:
    (tmp_path / "audited.csv").write_text("case_id,audited_on\n0001,2009-03-01\n0002,\n0001,2009-12-01\n9999,\n")
    review = planned(write, "stay_clear_of: [../audited.csv]")
    assert dict(review.stay_clear_of) == {"a round listed in audited.csv": ("0001", "0002", "9999")}
    assert review.frame.exclusions == (("audited in a round listed in audited.csv", 2),)


def test_only_audits_of_the_last_months_count(write: Write, tmp_path: Path) -> None:
    write("spring", draw=True)
    write("autumn", "", day="review_date: 2009-01-31", draw=True)
    write("winter", "", day="", draw=True)
    (tmp_path / "audited.csv").write_text(
        "case_id,audited_on\n0001,31/01/2009\n0002,01/02/2009\n0003,2009-01-01\n0003,2010-02-01\n"
    )
    entries = "[../spring, ../autumn/receipt.json, ../winter, ../audited.csv]"
    review = planned(write, f"stay_clear_of: {entries}\nstay_clear_months: 12")
    found = {name: len(cases) for name, cases in review.stay_clear_of.items()}
    assert found == {"spring": 8, "autumn": 0, "winter": 8, "a round listed in audited.csv": 2}
    assert review.stay_clear_of["a round listed in audited.csv"] == ("0002", "0003")
    assert review.notes == (
        "autumn was audited on or before 2009-01-31, 12 months before the register: its cases may be drawn again.",
        "audited.csv: 2 of 4 rows are of audits on or before 2009-01-31, 12 months before the register.",
    )
    assert "autumn" not in review.speaks_for
    assert verify_receipt(draw_round(review).receipt, tmp_path / "register.csv") == []


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2010-01-31", 12, "2009-01-31"),
        ("2010-03-31", 1, "2010-02-28"),
        ("2008-03-31", 1, "2008-02-29"),
        ("2010-01-15", 1, "2009-12-15"),
        ("2010-12-31", 18, "2009-06-30"),
        ("2012-02-29", 12, "2011-02-28"),
    ],
)
def test_months_are_counted_back_by_the_calendar(day: str, months: int, before: str) -> None:
    parse = datetime.date.fromisoformat
    assert months_before(parse(day), months) == parse(before)


def test_a_list_that_cannot_be_trusted_is_refused_row_by_row(write: Write, tmp_path: Path) -> None:
    (tmp_path / "audited.csv").write_text(
        "case_id,audited_on\n1,2009-03-01\n,2009-03-01\n0003,\n0004,soon\n0005 ,2009-03-01\n"
    )
    assert refused(write, "stay_clear_of: [../audited.csv]\nstay_clear_months: 12") == [
        'audited.csv, row 2 (case 1), column A "case_id": the case id "1" may be "0001" of the register. '
        "Write the id alike in both files.",
        'audited.csv, row 3, column A "case_id": the case id is empty. Give the case its id, or take the row out.',
        'audited.csv, row 4 (case 0003), column B "audited_on": the day of the audit is empty, and stay_clear_months '
        "needs it. Fill it in, or take the row out.",
        'audited.csv, row 5 (case 0004), column B "audited_on": soon is not a date. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        'audited.csv, row 6 (case 0005 ), column A "case_id": the case id "0005 " may be "0005" of the register. '
        "Write the id alike in both files.",
    ]
    (tmp_path / "audited.csv").write_text("case_id\n0001\n")
    assert refused(write, "stay_clear_of: [../audited.csv]\nstay_clear_months: 12") == [
        'audited.csv, row 1: there is no column "audited_on". The headings are: case_id.'
    ]


def test_what_is_wrong_with_several_entries_is_said_at_once(write: Write, tmp_path: Path) -> None:
    folder = write("spring", draw=True)
    write("undated", day="", draw=True)
    text = (folder / "receipt.json").read_text(encoding="utf-8")
    (folder / "receipt.json").write_text(text.replace("spring", "sprang", 1), encoding="utf-8")
    plan = tmp_path / "undated" / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("snapshot: 2010-01-31, ", ""), encoding="utf-8")
    undated = draw_round(plan_review(tmp_path / "undated")).receipt
    (tmp_path / "undated" / "receipt.json").write_bytes(undated.to_bytes())
    found = refused(write, "stay_clear_of: [../spring/receipt.json, ../gone, ../undated]\nstay_clear_months: 12")
    assert len(found) == 3
    assert found[0].endswith("gone/plan.yaml: there is no such file. Check the folder's name.")
    assert found[1:] == [
        "plan.yaml: it cannot be told when undated was audited. "
        "List its cases with the days they were audited: a CSV with case_id and audited_on.",
        "receipt.json: the receipt was changed after it was sealed. "
        "Find the original receipt; this one can prove nothing.",
    ]


def test_months_need_a_snapshot_and_something_to_stay_clear_of(write: Write) -> None:
    assert refused(write, "stay_clear_months: 12") == [
        "plan.yaml: stay_clear_months is given, and no earlier round to stay clear of. "
        "Add stay_clear_of, or leave stay_clear_months out."
    ]
    write("spring", draw=True)
    folder = write("now", "stay_clear_of: [../spring]\nstay_clear_months: 12")
    plan = folder / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("snapshot: 2010-01-31, ", ""), encoding="utf-8")
    with pytest.raises(DesignError) as error:
        plan_review(folder)
    assert str(error.value) == (
        "plan.yaml: stay_clear_months counts back from the register's day. "
        "Add snapshot: under register, the day the register was taken."
    )


def test_rounds_of_families_and_of_children(write: Write, tmp_path: Path) -> None:
    children = write("children", draw=True)
    families = write("families", "unit: family\n", day="review_date: 2009-06-01")
    plan = families / "plan.yaml"
    text = plan.read_text(encoding="utf-8").replace("strata: [area]", "strata: [zone]")
    lines = REGISTER.splitlines()
    rows = [lines[0] + ",zone", *[f"{line},Z" for line in lines[1:]]]
    (tmp_path / "register.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    plan.write_text(text.replace('seed: "', 'stay_clear_of: [../children]\nseed: "'), encoding="utf-8")
    review = plan_review(families)
    audited = {int(case) // 2 for case in opened(children)}
    assert len(review.frame) == 20 - len(audited)
    assert (
        review.speaks_for == f"the {20 - len(audited)} eligible units (family) not audited in children, of 20 eligible"
    )
    sample = draw_round(review)
    (families / "sample.csv").write_bytes(sample_bytes(sample.cases))
    (families / "receipt.json").write_bytes(sample.receipt.to_bytes())
    assert sample.receipt.unit == "family"
    assert refused(write, "stay_clear_of: [../families]") == [
        "plan.yaml: families drew by family, and this round draws by case_id. "
        "Write unit: family, or list the cases that were audited: a CSV with case_id."
    ]


def test_a_receipt_of_pseudonyms_is_a_list_with_its_key_only(write: Write) -> None:
    folder = write("spring", draw=True)
    cases, key = opened(folder), "ab" * 32
    receipt, _ = read_receipt(folder / "receipt.json")
    (folder / "receipt.json").write_bytes(pseudonymise(receipt, key).to_bytes())
    assert refused(write, "stay_clear_of: [../spring/receipt.json]") == [
        "receipt.json: the receipt holds pseudonyms and no ids. "
        "Put its pseudonyms.key beside it, or give the round's folder, whose sample.csv has the ids."
    ]
    assert set(planned(write, "stay_clear_of: [../spring]").stay_clear_of["spring"]) == cases
    (folder / "pseudonyms.key").write_text(f"{key}\n", encoding="utf-8")
    assert set(planned(write, "stay_clear_of: [../spring/receipt.json]").stay_clear_of["spring"]) == cases
    (folder / "pseudonyms.key").write_text(f"{'cd' * 32}\n", encoding="utf-8")
    assert refused(write, "stay_clear_of: [../spring/receipt.json]")[0].startswith("pseudonyms.key: no case of the ")


def test_ids_written_in_another_way_are_told(write: Write, tmp_path: Path) -> None:
    (tmp_path / "audited.csv").write_text("case_id\nLCS-0001\nLCS-0002\n")
    assert planned(write, "stay_clear_of: [../audited.csv]").notes == (
        "None of the 2 cases audited in a round listed in audited.csv is in the register: "
        "look at how its ids are written.",
    )


def test_a_stratum_that_nothing_is_left_of_is_told(write: Write, tmp_path: Path) -> None:
    rows = "".join(f"{number:04}\n" for number in range(0, 40, 2))
    (tmp_path / "audited.csv").write_text("case_id\n" + rows)
    review = planned(write, "stay_clear_of: [../audited.csv]")
    assert review.notes == ("Nothing is left to draw of N (20): every eligible case was audited before.",)
    assert dict(review.frame.population) == {"S": 20}
    assert dict(review.frame.population_all) == {"N": 20, "S": 20}


def test_two_lists_of_one_name_are_told_apart(write: Write, tmp_path: Path) -> None:
    for name, case in (("north", "0001"), ("south", "0002")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "audited.csv").write_text(f"case_id\n{case}\n")
    review = planned(write, "stay_clear_of: [../north/audited.csv, ../south/audited.csv]")
    assert dict(review.stay_clear_of) == {
        "a round listed in north/audited.csv": ("0001",),
        "a round listed in south/audited.csv": ("0002",),
    }
    assert review.speaks_for == (
        "the 38 eligible cases not audited in a round listed in north/audited.csv or a round listed in "
        "south/audited.csv, of 40 eligible"
    )
