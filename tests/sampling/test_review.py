"""From a plan to a sample: what would be drawn, the commitment, the draw, and a register nobody here made."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_toolkit.errors import DesignError, RegisterError
from audit_toolkit.files import digest_of
from audit_toolkit.sampling import (
    commitment_bytes,
    draw_round,
    plan_review,
    read_receipt,
    sample_bytes,
    speaks_for,
    ticket,
    verify_receipt,
)
from audit_toolkit.scoring import plan_frameworks

MakeRound = Callable[..., Path]
SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"


def without_seed(folder: Path) -> str:
    plan = folder / "plan.yaml"
    text = plan.read_text(encoding="utf-8").replace('seed: "1 2 3 4"\n', "")
    plan.write_text(text, encoding="utf-8")
    return text


def test_a_review_is_planned_without_a_draw(make_round: MakeRound) -> None:
    review = plan_review(make_round())
    assert dict(review.allocation) == {"North": 8, "Süd": 4}
    assert [(each.stratum, each.population, each.cases) for each in review.shares] == [
        ("North", 39, 8),
        ("Süd", 20, 4),
    ]
    assert [round(each.share, 4) for each in review.shares] == [7.9322, 4.0678]
    assert review.frame.exclusions == (("outside the window", 1), ("audited in earlier", 1))
    assert str(review).splitlines()[:2] == [
        "Small round: 12 of 59 eligible cases, 61 in the register",
        "left out: outside the window: 1; audited in earlier: 1",
    ]


def test_a_commitment_says_what_is_fixed_before_the_seed(make_round: MakeRound) -> None:
    folder = make_round()
    without_seed(folder)
    review = plan_review(folder)
    content = json.loads(commitment_bytes(review))
    assert content["plan_sha256"] == digest_of((folder / "plan.yaml").read_bytes())
    assert content["frame_digest"] == review.frame.digest
    assert content["allocation"] == {"North": 8, "Süd": 4}
    assert content["seed"] == "to be given at the draw"


def test_a_seed_given_later_is_bound_to_the_commitment(make_round: MakeRound) -> None:
    folder = make_round()
    without_seed(folder)
    review = plan_review(folder)
    commitment = commitment_bytes(review)
    sample = draw_round(review, seed="dice", seed_source="thrown", commitment=commitment)
    assert sample.receipt.commitment == digest_of(commitment)
    assert (sample.receipt.seed, sample.receipt.seed_source) == ("dice", "thrown")
    assert verify_receipt(sample.receipt, folder.parent / "register.csv") == []
    (folder / "receipt.json").write_bytes(sample.receipt.to_bytes())
    assert verify_receipt(folder / "receipt.json", folder.parent / "register.csv") == []


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("plan.yaml", "# The", "# A"),
        ("plan.yaml", "size: 12", "size: 13"),
        ("../register.csv", "C004,North", "C004,Süd"),
    ],
)
def test_a_draw_after_plan_or_register_changed_is_refused(
    make_round: MakeRound, name: str, before: str, after: str
) -> None:
    folder = make_round()
    commitment = commitment_bytes(plan_review(folder))
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(DesignError) as refused:
        draw_round(plan_review(folder), commitment=commitment)
    assert str(refused.value) == (
        "commitment.json: the plan or the register changed after plan was run. "
        "Run plan again with --force, before a seed is chosen."
    )


def test_one_seed_and_only_one(make_round: MakeRound) -> None:
    folder = make_round()
    with pytest.raises(DesignError) as refused:
        draw_round(plan_review(folder), seed="another")
    assert str(refused.value) == "plan.yaml: the plan has a seed already. Leave --seed out."
    without_seed(folder)
    with pytest.raises(DesignError) as refused:
        draw_round(plan_review(folder))
    assert str(refused.value) == "plan.yaml: there is no seed. Give one with --seed, or write it in the plan."


def test_every_column_the_plan_names_must_be_there(make_round: MakeRound) -> None:
    folder = make_round()
    path = folder / "plan.yaml"
    text = path.read_text(encoding="utf-8").replace("carry: [worker]", "carry: [wroker]")
    path.write_text(text.replace("column: received", "column: recieved"), encoding="utf-8")
    with pytest.raises(RegisterError) as refused:
        plan_review(folder)
    assert str(refused.value).splitlines() == [
        'register.csv: there is no column "recieved". Did you mean "received"?',
        'register.csv: there is no column "wroker". Did you mean "worker"?',
    ]


def test_thin_strata_and_unknown_collapses_are_told(make_round: MakeRound) -> None:
    folder = make_round()
    path = folder / "plan.yaml"
    text = path.read_text(encoding="utf-8").replace("size: 12\nminimum: 2", "size: 2\nminimum: 1")
    path.write_text(text, encoding="utf-8")
    assert plan_review(folder).notes == (
        "Only one case is drawn from North, Süd: no spread can be measured there. Set minimum: 2, or declare collapse.",
    )
    path.write_text(text + "collapse: {North: East}\n", encoding="utf-8")
    with pytest.raises(DesignError) as refused:
        plan_review(folder)
    assert str(refused.value) == (
        'plan.yaml: collapse names "East", which is not a stratum. Use the labels as drawn: North, Süd.'
    )


def test_two_earlier_rounds_of_one_name_are_both_stayed_clear_of(make_round: MakeRound) -> None:
    folder = make_round()
    other = folder.parent / "other" / "earlier"
    other.mkdir(parents=True)
    text = (folder.parent / "earlier" / "sample.csv").read_text(encoding="utf-8")
    (other / "sample.csv").write_text(text.replace("C001", "C004"), encoding="utf-8")
    path = folder / "plan.yaml"
    plan = path.read_text(encoding="utf-8").replace("[../earlier]", "[../earlier, ../other/earlier]")
    path.write_text(plan, encoding="utf-8")
    review = plan_review(folder)
    assert sorted(case for cases in review.stay_clear_of.values() for case in cases) == ["C001", "C004"]
    assert len(review.stay_clear_of) == 2
    assert len(review.frame) == 58


def test_the_looked_after_children_of_another_register() -> None:
    review = plan_review(SAMPLES / "looked_after")
    assert review.frame.register_size == 2675
    assert review.frame.exclusions == (("no open episode", 1267),)
    assert (len(review.frame), len(review.frame.population)) == (1408, 16)
    sample = draw_round(review)
    assert len(sample.sampled()) == 60
    assert sample.sampled()["design_weight"].sum() == pytest.approx(1408, rel=1e-12)
    seed = sample.receipt.seed
    assert all(
        number == ticket(seed, case)
        for case, number in zip(sample.cases["case_id"], sample.cases["ticket"], strict=True)
    )
    assert "episodes.csv: 1,413 rows count, for 1,408 cases of the register." in sample.notes
    assert [each["name"] for each in sample.receipt.files] == ["header.csv", "episodes.csv"]
    assert verify_receipt(sample.receipt, review.frame) == []


@pytest.mark.parametrize("name", ["retrospective-2009", "february-2010"])
def test_the_sample_rounds_come_out_again_byte_for_byte(name: str) -> None:
    folder = SAMPLES / name
    receipt, problems = read_receipt(folder / "receipt.json")
    committed = folder / "commitment.json"
    review = plan_review(folder)
    named = {name: (each.version, each.digest) for name, each in plan_frameworks(review.plan).items()}
    commitment = committed.read_bytes() if committed.exists() else None
    sample = draw_round(review, commitment=commitment, frameworks=named)
    assert problems == []
    assert sample_bytes(sample.cases) == (folder / "sample.csv").read_bytes()
    assert sample.receipt == receipt


NUMBERS = "spread: {North: 0.5, Süd: 0.25}\n"


def with_keys(folder: Path, more: str, *, size: str = "size: 12") -> Path:
    """Write a plan of the small round with other keys about its allocation."""
    text = (folder / "plan.yaml").read_text(encoding="utf-8").replace("size: 12", size)
    (folder / "plan.yaml").write_text(text + more, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ("allocation: equal\n", {"North": 6, "Süd": 6}),
        ("allocation: neyman\n" + NUMBERS, {"North": 10, "Süd": 2}),
        ("allocation: optimal\n" + NUMBERS + "cost: {North: 16, Süd: 1}\n", {"North": 6, "Süd": 6}),
        ("allocation: bankier\npower: 0\n" + NUMBERS, {"North": 8, "Süd": 4}),
        ("allocation: bankier\n" + NUMBERS, {"North": 9, "Süd": 3}),
        ("take_all: [Süd]\n", {"North": 4, "Süd": 20}),
        ("maximum: 6\n", {"North": 6, "Süd": 6}),
    ],
)
def test_a_plan_is_allocated_by_every_method(make_round: MakeRound, more: str, counts: dict[str, int]) -> None:
    size = "size: 24" if "take_all" in more else "size: 12"
    review = plan_review(with_keys(make_round(), more, size=size))
    assert dict(review.allocation) == counts
    assert [(each.stratum, each.cases) for each in review.shares] == list(counts.items())
    assert sum(each.share for each in review.shares) == pytest.approx(sum(counts.values()), rel=1e-9)
    assert verify_receipt(draw_round(review).receipt, review.plan.register_file) == []


def test_targets_give_the_size(make_round: MakeRound) -> None:
    more = """allocation: multivariate
targets:
  records: {half_width: 20%, spread: {North: 0.5, Süd: 0.5}}
  oversight: {half_width: 30%, spread: {North: 0.4, Süd: 0.2}}
"""
    review = plan_review(with_keys(make_round(), more, size=""))
    assert review.plan.size is None
    total = sum(review.allocation.values())
    assert f"records decides the size: {total} cases." in review.notes
    assert all(abs(each.cases - each.share) < 2 for each in review.shares)
    weights = {label: count / 59 for label, count in review.frame.population.items()}
    variance = sum(
        weights[label] ** 2 * 0.25 / cases * (1 - cases / review.frame.population[label])
        for label, cases in review.allocation.items()
    )
    assert 1.96 * variance**0.5 <= 0.2 + 1e-9
    assert len(draw_round(review).sampled()) == total


def test_labels_that_are_no_strata_are_named_with_the_nearest(make_round: MakeRound) -> None:
    more = (
        "allocation: optimal\nspread: {Nort: 0.5, Süd: 0.25}\ncost: {North: 1, Sud: 2}\n"
        "take_all: [South]\ncollapse: {East: North}\n"
    )
    with pytest.raises(DesignError) as refused:
        plan_review(with_keys(make_round(), more))
    assert str(refused.value).splitlines() == [
        'plan.yaml: collapse names "East", which is not a stratum. Use the labels as drawn: North, Süd.',
        'plan.yaml: spread names "Nort", which is not a stratum. Did you mean "North"?',
        'plan.yaml: cost names "Sud", which is not a stratum. Did you mean "Süd"?',
        'plan.yaml: take_all names "South", which is not a stratum. Did you mean "North"?',
    ]


def test_small_strata_are_joined_before_the_cases_are_shared_out(make_round: MakeRound) -> None:
    folder = make_round()
    register = folder.parent / "register.csv"
    text = register.read_text(encoding="utf-8").replace("C004,North", "C004,West").replace("C005,North", "C005,East")
    register.write_text(text, encoding="utf-8")
    review = plan_review(with_keys(folder, "small_strata: {below: 5, become: Elsewhere}\ntake_all: [Elsewhere]\n"))
    assert dict(review.frame.population) == {"Elsewhere": 2, "North": 37, "Süd": 20}
    assert review.allocation["Elsewhere"] == 2
    assert "2 strata with fewer than 5 units become Elsewhere (2): East (1), West (1)." in review.notes
    sample = draw_round(review)
    joined = sample.cases[sample.cases["stratum"] == "Elsewhere"]
    assert sorted(joined["area"]) == ["East", "West"]
    assert verify_receipt(sample.receipt, register) == []


def test_the_register_is_read_as_the_plan_says(make_round: MakeRound, tmp_path: Path) -> None:
    folder = make_round()
    rows = (folder.parent / "register.csv").read_text(encoding="utf-8")
    plain = plan_review(folder)
    (tmp_path / "titled.csv").write_text("Cases of January,,,,\nfrom the case system,,,,\n" + rows, encoding="utf-8")
    plan = (folder / "plan.yaml").read_text(encoding="utf-8")
    (folder / "plan.yaml").write_text(
        plan.replace("../register.csv", "../titled.csv\n  header_row: 3"), encoding="utf-8"
    )
    titled = plan_review(folder)
    assert titled.frame.digest == plain.frame.digest
    # Another copy of the same kind has its headings in the same row; one of another kind is read as it is.
    assert plan_review(folder, register=tmp_path / "titled.csv").frame.digest == plain.frame.digest
    (tmp_path / "plain.txt").write_text(rows, encoding="utf-8")
    assert plan_review(folder, register=tmp_path / "plain.txt").frame.digest == plain.frame.digest
    with sqlite3.connect(tmp_path / "register.sqlite") as database:
        head, *lines = [line.split(",") for line in rows.splitlines()]
        database.execute(f"create table cases ({', '.join(f'{name} text' for name in head)})")
        database.executemany("insert into cases values (?, ?, ?, ?, ?)", lines)
        database.execute("create table other (x text)")
    (folder / "plan.yaml").write_text(
        plan.replace("../register.csv", "../register.sqlite\n  table: cases"), encoding="utf-8"
    )
    kept = plan_review(folder)
    assert kept.frame.digest == plain.frame.digest
    assert plan_review(folder, register=tmp_path / "register.csv").frame.digest == plain.frame.digest
    assert sample_bytes(draw_round(kept).cases) == sample_bytes(draw_round(plain).cases)


def test_the_receipt_says_what_the_round_was_for(make_round: MakeRound) -> None:
    review = plan_review(make_round())
    sample = draw_round(review, frameworks={"record_keeping": ("1.0.0", "d" * 64)})
    receipt = sample.receipt
    assert (receipt.purpose, receipt.unit, dict(receipt.reaudit)) == ("improvement", "case_id", {})
    assert dict(receipt.frameworks) == {"record_keeping": ["1.0.0", "d" * 64]}
    assert dict(receipt.population_all) == {"North": 40, "Süd": 20}
    assert review.speaks_for == "the 59 eligible cases not audited in earlier, of 60 eligible"


def test_auditors_are_crossed_with_the_round_to_be_compared(make_round: MakeRound) -> None:
    folder = make_round()
    with_keys(folder, "compare_with: ../earlier\n")
    sample = draw_round(plan_review(folder))
    assert any("earlier" in note for note in sample.notes)
    # A round that is not drawn yet cannot be crossed, and is no fault before the comparison.
    (folder.parent / "earlier" / "sample.csv").rename(folder.parent / "kept.csv")
    text = (folder / "plan.yaml").read_text(encoding="utf-8").replace("stay_clear_of: [../earlier]\n", "")
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    assert len(draw_round(plan_review(folder)).sampled()) == 12


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"could_be_drawn": 640, "eligible": 640}, "the 640 eligible cases"),
        (
            {"could_be_drawn": 640, "eligible": 1700, "earlier": ["a", "b", "c"]},
            "the 640 eligible cases not audited in a, b or c, of 1,700 eligible",
        ),
        ({"could_be_drawn": 640, "eligible": 640, "earlier": ["a"]}, "the 640 eligible cases"),
        (
            {"could_be_drawn": 40, "eligible": 50, "earlier": ["a"], "apart": 2, "unit": "family"},
            "the 40 eligible units (family) not audited in a and not on the must-audit list, of 52 eligible",
        ),
    ],
)
def test_whom_an_estimate_speaks_for_is_said(given: dict[str, object], said: str) -> None:
    assert speaks_for(**given) == said
