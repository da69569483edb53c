"""Lists beside the register: cases that must be audited, and cases chosen by hand."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from audit_toolkit.errors import AuditError, DesignError
from audit_toolkit.files import digest_of
from audit_toolkit.sampling import (
    PlannedReview,
    Sample,
    commitment_bytes,
    draw_round,
    plan_review,
    read_sample,
    sample_bytes,
    ticket,
    verify_receipt,
    verify_round,
)
from audit_toolkit.sampling.chosen import take_chosen
from audit_toolkit.scoring import load_framework
from audit_toolkit.scoring.issue import facts_needed, known_facts, workbook_files

REGISTER = "Ref,Area,team,family,worker\n" + "".join(
    f"{number:04},{'NS'[number % 2]},T{number % 4},F{number % 2}{number // 4},W{number}\n" for number in range(40)
)
TOP = """\
round: Winter
register: {file: ../register.csv, columns: {case_id: Ref, area: Area}}
exclude: [{column: Area, is: [closed], why: closed}]
""".replace("column: Area", "column: area")
DRAWN = "strata: [area]\nsize: 8\nreserves: 1\nseed: '7 7 7'\n"
MUST = "must_audit: ../must.csv\n"
CHOSEN = "purpose: thematic\ncases: ../chosen.csv\n"
Review = Callable[[str], PlannedReview]


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """Give a function that writes a plan below TOP and works it out."""
    (tmp_path / "register.csv").write_text(REGISTER.replace("0039,S", "0039,closed"), encoding="utf-8")
    (tmp_path / "must.csv").write_text("case_id,reason\n0039,serious case\n0002,complaint\n", encoding="utf-8")
    (tmp_path / "chosen.csv").write_text("case_id\n0008\n0003\n0001\n", encoding="utf-8")
    (tmp_path / "auditors.csv").write_text(
        "auditor,team,hours\nAnn,T0,1\nBob,T1,1\nCem,T2,1\nDee,T3,1\n", encoding="utf-8"
    )
    folder = tmp_path / "winter"
    folder.mkdir()

    def make(more: str) -> PlannedReview:
        (folder / "plan.yaml").write_text(TOP + more, encoding="utf-8")
        return plan_review(folder)

    return make


def written(review: PlannedReview, sample: Sample) -> Path:
    folder = review.plan.folder
    (folder / "sample.csv").write_bytes(sample_bytes(sample.cases))
    (folder / "receipt.json").write_bytes(sample.receipt.to_bytes())
    return folder


def refused(review: Review, more: str) -> list[str]:
    with pytest.raises(AuditError) as error:
        review(more)
    return str(error.value).splitlines()


def test_what_must_be_audited_stands_beside_the_random_sample(review: Review) -> None:
    planned = review(DRAWN + MUST + "auditors: ../auditors.csv\n")
    assert dict(planned.frame.population) == {"N": 19, "S": 19}
    assert planned.frame.exclusions == (("closed", 1), ("on the must-audit list", 1))
    assert str(planned).splitlines()[1:4] == [
        "left out: closed: 1; on the must-audit list: 1",
        "estimates speak for the 38 eligible cases not on the must-audit list, of 39 eligible",
        "beside the sample, because they must be audited: 2",
    ]
    sample = draw_round(planned)
    plain = draw_round(review(DRAWN))
    rows = sample.cases.tail(2)
    assert sorted(rows["case_id"]) == ["0002", "0039"]
    assert dict(zip(rows["case_id"], rows["stratum"], strict=True)) == {"0002": "N", "0039": ""}
    assert rows["draw_status"].tolist() == ["certainty"] * 2
    assert rows["draw_order"].tolist() == [1, 2]
    assert rows["ticket"].tolist() == sorted(ticket("7 7 7", case) for case in ("0002", "0039"))
    assert rows["inclusion_probability"].tolist() == rows["design_weight"].tolist() == [1.0, 1.0]
    assert all(rows["auditor"])
    # The rest is the draw it would have been: only the case that left the frame can make room.
    assert sample.sampled()["design_weight"].sum() == pytest.approx(38, rel=1e-12)
    assert len(set(sample.sampled()["case_id"]) - set(plain.sampled()["case_id"])) <= 1
    assert len(sample.to_rate()) == len(sample.sampled()) + 2 == 10
    assert sample.details["case_id"].tolist() == sample.cases["case_id"].tolist()
    assert str(sample) == (
        'Sample of 8 cases, 2 reserves and 2 that must be audited, from 38 eligible in 2 strata, seed "7 7 7"'
    )


def test_the_list_is_sealed_and_the_round_verifies_without_it(review: Review, tmp_path: Path) -> None:
    planned = review(DRAWN + MUST + "auditors: ../auditors.csv\n")
    digest = digest_of((tmp_path / "must.csv").read_bytes())
    assert planned.commitment()["lists"] == {"must_audit": digest}
    sample = draw_round(planned, commitment=commitment_bytes(planned))
    folder = written(planned, sample)
    (folder / "commitment.json").write_bytes(commitment_bytes(planned))
    assert sample.receipt.files[-1] == {"name": "must.csv", "sha256": digest, "rows": 2, "use": "must_audit"}
    assert [(case, status) for case, _, _, _, status, _, _ in sample.receipt.cases[-2:]] == [
        (case, "certainty") for case in sample.cases["case_id"].tail(2)
    ]
    assert verify_round(folder) == []
    assert verify_receipt(sample.receipt, tmp_path / "register.csv") == []
    assert read_sample(folder / "sample.csv").equals(sample.cases)
    # The order of the list says nothing.
    (tmp_path / "must.csv").write_text("case_id,reason\n0002,complaint\n0039,serious case\n", encoding="utf-8")
    again = draw_round(plan_review(folder))
    assert sample_bytes(again.cases) == sample_bytes(sample.cases)


def test_a_must_audit_list_is_checked_row_by_row(review: Review, tmp_path: Path) -> None:
    (tmp_path / "must.csv").write_text(
        "case_id,reason\n2,lost zeros\n0003,\n0004,once\n0004,twice\n,nobody\n00o5,typed\nelsewhere,moved away\n"
    )
    column = 'column A "case_id"'
    assert refused(review, DRAWN + MUST) == [
        f'must.csv, row 2 (case 2), {column}: the case id "2" may be "0002" of the register. '
        "Write the id alike in both files.",
        'must.csv, row 3 (case 0003), column B "reason": the reason is empty. Say why it must be audited.',
        f'must.csv, row 4 (case 0004), {column}: the case id "0004" stands 2 times (rows 4 and 5). '
        "Keep one row a case.",
        f"must.csv, row 6, {column}: the case id is empty. Give the case its id, or take the row out.",
        f'must.csv, row 7 (case 00o5), {column}: there is no case_id "00o5" in register.csv. Did you mean "0035"?',
        f'must.csv, row 8 (case elsewhere), {column}: there is no case_id "elsewhere" in register.csv. '
        "Take it out of the list, or look for it in the register.",
    ]


def test_cases_chosen_by_hand_are_recorded_and_never_drawn(review: Review) -> None:
    planned = review(CHOSEN + "strata: [area]\nauditors: ../auditors.csv\n")
    assert (dict(planned.allocation), planned.shares, dict(planned.frame.population)) == ({}, (), {})
    assert str(planned).splitlines()[:2] == [
        "Winter: 3 cases chosen by hand, 40 in the register",
        "left out: closed: 1; not chosen: 36",
    ]
    assert planned.speaks_for == "the 3 cases chosen by hand, and no others"
    assert planned.notes[-1] == ("The cases were chosen by hand: findings and counts, never an interval or a verdict.")
    sample = draw_round(planned, frameworks={"record_keeping": ("1.0.0", "abc")})
    cases = sample.cases
    assert cases["case_id"].tolist() == ["0008", "0003", "0001"]
    assert cases["stratum"].tolist() == ["N", "S", "S"]
    assert cases["draw_order"].tolist() == [1, 1, 2]
    assert set(cases["draw_status"]) == {"chosen"}
    assert set(cases["ticket"]) == {""}
    assert all(math.isnan(each) for name in ("inclusion_probability", "design_weight") for each in cases[name])
    assert all(cases["auditor"])
    receipt = sample.receipt
    assert (dict(receipt.allocation), dict(receipt.population), receipt.reserves) == ({}, {}, 0)
    assert (receipt.purpose, receipt.seed) == ("thematic", "")
    assert receipt.seed_source == "none: the cases were chosen by hand"
    assert dict(receipt.frameworks) == {"record_keeping": ["1.0.0", "abc"]}
    assert receipt.files[-1]["use"] == "cases"
    assert str(sample) == "3 cases chosen by hand, without a draw"
    assert take_chosen(planned.frame).receipt.seed_source == receipt.seed_source
    folder = written(planned, sample)
    assert verify_round(folder) == []
    assert read_sample(folder / "sample.csv").equals(cases)


def test_chosen_cases_need_no_strata_and_can_be_families(review: Review, tmp_path: Path) -> None:
    sample = draw_round(review(CHOSEN))
    assert sample.cases.columns.tolist()[:3] == ["case_id", "stratum", "draw_status"]
    assert set(sample.cases["stratum"]) == {""}
    assert sample.cases["draw_order"].tolist() == [1, 2, 3]
    (tmp_path / "chosen.csv").write_text("case_id\nF11\nF00\n", encoding="utf-8")
    sample = draw_round(review(CHOSEN + "unit: {column: family, one_child: true}\nseed: dice\n"))
    assert sample.details[["case_id", "children"]].to_numpy().tolist() == [["F11", "0005; 0007"], ["F00", "0000; 0002"]]
    for children, child in zip(sample.details["children"], sample.details["child"], strict=True):
        assert child == min(children.split("; "), key=lambda each: ticket("dice", each))


def test_a_seed_for_cases_chosen_by_hand_is_refused(review: Review) -> None:
    with pytest.raises(DesignError) as error:
        draw_round(review(CHOSEN), seed="dice")
    assert str(error.value) == (
        "plan.yaml: the cases are chosen by hand, and a seed was given. Leave --seed out: nothing is drawn."
    )


def test_what_only_a_draw_needs_is_refused_beside_a_list(review: Review) -> None:
    more = (
        "stay_clear_of: [../spring]\nstay_clear_months: 6\nreaudit: {round: ../autumn, share: 30%}\nmaximum: 5\n"
        "must_audit: ../must.csv\nsmall_strata: {below: 5, become: Other}\nreserves: 2\ntake_all: [N]\n"
    )
    said = "is for a random draw, and cases names a list chosen by hand. Leave it out."
    keys = ("stay_clear_of", "stay_clear_months", "reaudit", "must_audit")
    keys += ("small_strata", "reserves", "maximum", "take_all")
    assert refused(review, CHOSEN + more) == [f"plan.yaml: {key} {said}" for key in keys]


def test_a_chosen_case_that_cannot_be_there_is_refused(review: Review, tmp_path: Path) -> None:
    (tmp_path / "chosen.csv").write_text("case_id\n0039\n0001\n", encoding="utf-8")
    assert refused(review, CHOSEN) == [
        "register.csv: 0039 was chosen, and a rule of the plan leaves it out. "
        "Take it out of the list, or take the rule out of the plan."
    ]
    (tmp_path / "chosen.csv").write_text("case_id\n0001\n1\n0001\n", encoding="utf-8")
    assert len(refused(review, CHOSEN)) == 2


def test_another_purpose_can_be_drawn_at_random(review: Review) -> None:
    sample = draw_round(review("purpose: dip\n" + DRAWN))
    assert len(sample.sampled()) == 8
    assert sample.receipt.purpose == "dip"


def test_a_round_re_audited_and_stayed_clear_of_is_refused(review: Review) -> None:
    more = "reaudit: {round: ../spring, share: 30%}\nstay_clear_of: [../spring/receipt.json]\n"
    assert refused(review, DRAWN + more) == [
        "plan.yaml: the plan stays clear of spring and re-audits it as well. "
        "Take it out of stay_clear_of, or leave reaudit out."
    ]


def test_a_round_is_re_audited_by_its_plan(review: Review, tmp_path: Path) -> None:
    earlier = review(DRAWN.replace("7 7 7", "spring"))
    folder = written(earlier, draw_round(earlier))
    folder.rename(tmp_path / "spring")
    folder.mkdir()
    planned = review(DRAWN + "reaudit: {round: ../spring, share: 30%}\n")
    assert planned.reaudit is not None
    assert dict(planned.reaudit.counts) == {"N": 1, "S": 1}
    assert planned.commitment()["reaudit"] == {"round": "spring", "seed": "spring", "counts": {"N": 1, "S": 1}}
    sample = draw_round(planned, commitment=commitment_bytes(planned))
    assert sample.receipt.reaudit == planned.commitment()["reaudit"]
    assert sample.notes[-1].startswith("2 of 8 cases are taken on purpose by the tickets of spring: 2 of them were in")
    (folder / "commitment.json").write_bytes(commitment_bytes(planned))
    assert verify_round(written(planned, sample)) == []
    assert verify_receipt(sample.receipt, tmp_path / "register.csv") == []


def test_a_round_that_cannot_be_re_audited_is_refused(review: Review, tmp_path: Path) -> None:
    chosen = review(CHOSEN)
    written(chosen, draw_round(chosen)).rename(tmp_path / "spring")
    (tmp_path / "winter").mkdir()
    more = "reaudit: {round: ../spring, share: 30%}\nunit: family\nstrata: [area]\nsize: 8\nseed: x\n"
    assert refused(review, more) == [
        "plan.yaml: spring drew by case_id, and this round draws by family: their tickets have nothing in common. "
        "Draw the same units, or leave reaudit out.",
        "plan.yaml: the cases of spring were chosen by hand, so it has no tickets to take cases by. "
        "Name a round that was drawn, or leave reaudit out.",
    ]


@pytest.mark.parametrize("one_child", [True, False])
def test_children_travel_into_the_workbooks_and_nowhere_else(review: Review, one_child: bool) -> None:
    unit = "unit: {column: family, one_child: true}\n" if one_child else "unit: family\n"
    sample = draw_round(review(DRAWN + unit + "auditors: ../auditors.csv\n"))
    framework = load_framework("record_keeping")
    seen = {}
    for content in workbook_files(sample, [framework], title="Winter").values():
        rows = list(openpyxl.load_workbook(io.BytesIO(content), data_only=True)["Cases"].iter_rows(values_only=True))
        heading = [str(each) for each in rows[0]]
        assert heading[1:3] == (["children", "child"] if one_child else ["children", "immediate_danger"])
        seen |= {row[0]: row[1:3] for row in rows[1:]}
    assert set(seen) == set(sample.sampled()["case_id"])
    for unit_id, children in zip(sample.details["case_id"], sample.details["children"], strict=True):
        if unit_id in seen:
            assert seen[unit_id][0] == children
    if one_child:
        child = dict(zip(sample.details["case_id"], sample.details["child"], strict=True))
        assert all(cells[1] == child[unit_id] for unit_id, cells in seen.items())
        # What the register says is what it says of that child.
        register = dict(line.split(",")[::4] for line in REGISTER.splitlines())
        worker = dict(zip(sample.details["case_id"], sample.details["worker"], strict=True))
        assert all(register[child[unit_id]] == worker[unit_id] for unit_id in seen)
    assert "children" not in sample.cases.columns
    assert "children" not in sample.receipt.to_bytes().decode("utf-8")


def test_a_date_that_siblings_do_not_share_is_left_to_be_found(review: Review, tmp_path: Path) -> None:
    framework = load_framework("assessment_quality")
    fact = next(iter(facts_needed([framework])))
    lines = REGISTER.splitlines()
    dates = [f"2010-01-{1 + number // 8 % 2 * (number % 4 // 2):02}" for number in range(40)]
    text = "\n".join([f"{lines[0]},{fact}", *[f"{line},{date}" for line, date in zip(lines[1:], dates, strict=True)]])
    planned = review(DRAWN + "unit: family\n")
    (tmp_path / "register.csv").write_text(text + "\n", encoding="utf-8")
    sample = draw_round(plan_review(planned.plan.folder))
    values = dict(zip(sample.details["case_id"], sample.details[fact], strict=True))
    shared = {case for case in sample.sampled()["case_id"] if "; " not in values[case]}
    assert 0 < len(shared) < len(sample.sampled())
    known = known_facts(sample, [framework])
    assert set(known["case_id"]) == shared
    assert set(known["value"]) <= {"2010-01-01", "2010-01-02"}
