"""From a plan to a sample: what would be drawn, the commitment, the draw, and a register nobody here made."""

from __future__ import annotations

import json
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
    ticket,
    verify_receipt,
)

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
    sample = draw_round(plan_review(folder), commitment=committed.read_bytes() if committed.exists() else None)
    assert problems == []
    assert sample_bytes(sample.cases) == (folder / "sample.csv").read_bytes()
    assert sample.receipt == receipt
