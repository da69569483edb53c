"""Verification: an untouched round holds, and one character changed anywhere is found and named."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from audit_toolkit.files import read_table
from audit_toolkit.register import read_register
from audit_toolkit.sampling import (
    assignment_notes,
    check_round,
    draw_round,
    draw_sample,
    plan_review,
    read_receipt,
    sample_bytes,
    verify_receipt,
    verify_round,
)

MakeRound = Callable[..., Path]
ORIGINAL = "Find the original, or draw again from a new commitment."


@pytest.fixture
def folder(make_round: MakeRound) -> Path:
    return make_round()


def said(folder: Path, register: Path | None = None) -> list[str]:
    return [str(problem) for problem in verify_round(folder, register)]


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_bytes().decode("utf-8")
    assert before in text
    path.write_bytes(text.replace(before, after, 1).encode("utf-8"))


def sealed_again(path: Path, **changes: object) -> None:
    """Forge a receipt: change it and put a fitting seal on it."""
    receipt, _ = read_receipt(path)
    path.write_bytes(dataclasses.replace(receipt, **changes).to_bytes())


def test_an_untouched_round_holds(folder: Path) -> None:
    assert said(folder) == []
    assert verify_receipt(folder / "receipt.json", folder.parent / "register.csv") == []


def one_byte_changes(path: Path, times: int) -> Iterator[bytes]:
    """Give the file with one byte changed, taken out or put in, at places taken by chance."""
    original, chance = path.read_bytes(), random.Random(f"one byte of {path.name}")
    for number in range(times):
        place = 0 if number == 0 else len(original) - 1 if number == 1 else chance.randrange(len(original))
        other = bytes([(original[place] + chance.randrange(1, 256)) % 256])
        kind = number % 3
        put = other if kind == 0 else b"" if kind == 1 else chance.choice([b" ", b"a", b"7", b",", b"\n", b"#"])
        yield original[:place] + put + original[place + (kind != 2) :]


@pytest.mark.parametrize("name", ["plan.yaml", "sample.csv", "receipt.json", "../register.csv"])
@pytest.mark.parametrize("times", [8, pytest.param(250, marks=pytest.mark.slow)])
def test_one_character_changed_anywhere_is_found(folder: Path, name: str, times: int) -> None:
    path = folder / name
    original, found = path.read_bytes(), 0
    for changed in one_byte_changes(path, times):
        if changed == original:
            found += 1
            continue
        path.write_bytes(changed)
        told = said(folder)
        assert any(path.name in each for each in told), told
        found += bool(told)
    assert found == times
    path.write_bytes(original)
    assert said(folder) == []


@pytest.mark.parametrize("name", ["plan.yaml", "sample.csv", "receipt.json", "../register.csv"])
@pytest.mark.parametrize("how", ["byte-order mark", "line ends", "last newline", "empty", "gone", "not text"])
def test_a_file_written_otherwise_is_found(folder: Path, name: str, how: str) -> None:
    path = folder / name
    data = path.read_bytes()
    changed = {
        "byte-order mark": b"\xef\xbb\xbf" + data,
        "line ends": data.replace(b"\n", b"\r\n"),
        "last newline": data.removesuffix(b"\n"),
        "empty": b"",
        "not text": b"\xff\xfe\x00" + data,
    }
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(changed[how])
    assert any(path.name in each for each in said(folder))


def test_a_changed_comment_of_the_plan_is_named_by_line(folder: Path) -> None:
    edit(folder / "plan.yaml", "small round.", "smal round.")
    assert said(folder) == [
        'plan.yaml, line 1: the line is "# The plan of a smal round." and was "# The plan of a small round." when the '
        f"sample was drawn. {ORIGINAL}"
    ]


def test_other_changes_of_the_plan_are_named(folder: Path) -> None:
    plan = (folder / "plan.yaml").read_bytes()
    (folder / "plan.yaml").write_bytes(b"\xef\xbb\xbf" + plan)
    spacing = "plan.yaml: the spacing, line ends or byte-order mark of the plan changed after the sample was drawn."
    assert said(folder) == [f"{spacing} {ORIGINAL}"]
    (folder / "plan.yaml").write_bytes(plan + b"margin: 10%\n")
    lines = plan.count(b"\n")
    assert said(folder) == [
        f"plan.yaml: the plan has {lines + 1} lines and had {lines} when the sample was drawn. {ORIGINAL}"
    ]


def test_a_changed_seed_is_named(folder: Path) -> None:
    edit(folder / "receipt.json", '"1 2 3 4"', '"1 2 3 5"')
    found = said(folder)
    assert found[0].startswith("receipt.json: the receipt was changed after it was sealed.")
    assert any("the seed is not the one in the plan" in each for each in found)
    assert any("drawing again gives case " in each for each in found)


@pytest.mark.parametrize(
    ("column", "position", "after"),
    [
        ("inclusion_probability", 0, "0.5"),
        ("ticket", 3, "0" * 64),
        ("area", 5, "Nroth"),
        ("draw_status", 1, "reserve"),
        ("auditor", 2, "Eve"),
        ("second_auditor", 4, "Eve"),
        ("case_id", 0, "C999"),
    ],
)
def test_a_changed_cell_of_the_sample_is_named(folder: Path, column: str, position: int, after: str) -> None:
    path = folder / "sample.csv"
    table = read_table(path)
    before = str(table.cells[column].iloc[position])
    case = after if column == "case_id" else table.cells["case_id"].iloc[position]
    letter = "ABCDEFGHIJ"[table.columns.index(column)]
    cells = table.cells.copy()
    cells.loc[position, column] = after
    cells.to_csv(path, index=False, lineterminator="\n")
    assert said(folder) == [
        f'sample.csv, row {position + 2} (case {case}), column {letter} "{column}": the cell is "{after}" and drawing '
        f'again gives "{before}". {ORIGINAL}'
    ]


def test_the_sample_rewritten_in_another_way_is_named(folder: Path) -> None:
    path = folder / "sample.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert said(folder) == [
        "sample.csv: the cases are those drawn, but an auditor, a line end or another character of the file was "
        f"changed. {ORIGINAL}"
    ]
    lines = path.read_bytes().decode().splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert said(folder) == [f"sample.csv: it has 13 cases and drawing again gives 14. {ORIGINAL}"]
    path.write_text("\n".join(line.replace("area,", "aera,") for line in lines) + "\n", encoding="utf-8")
    assert said(folder)[0].startswith("sample.csv: the columns are case_id, aera, stratum, ")


def test_a_sample_is_compared_with_the_receipt_where_the_register_is_gone(folder: Path) -> None:
    (folder.parent / "register.csv").unlink()
    receipt, _ = read_receipt(folder / "receipt.json")
    case, label = receipt.cases[0][:2]
    edit(folder / "sample.csv", f"\n{case},", "\nC999,")
    found = said(folder)
    assert len(found) == 2
    assert found[0].endswith("register.csv: there is no such file. Check the name and the folder.")
    assert found[1] == (
        f"sample.csv, row 2: the row is C999, {label}, sampled and the receipt has {case}, {label}, sampled. {ORIGINAL}"
    )


def test_a_forged_receipt_with_a_fitting_seal_is_found(folder: Path) -> None:
    path = folder / "receipt.json"
    receipt, _ = read_receipt(path)
    original = path.read_bytes()
    cases = list(receipt.cases)
    cases[1] = ("C999", *cases[1][1:])
    forgeries: dict[str, dict[str, object]] = {
        f"drawing again gives case {receipt.cases[1][0]} at position 2, and the receipt has C999": {"cases": cases},
        "drawing again gives 14 cases, and the receipt has 13": {"cases": receipt.cases[:-1]},
        "the plan gives another allocation than the receipt has": {"allocation": {"North": 6, "Süd": 6}},
        "the plan gives other reserves than the receipt has": {"reserves": 2},
        "the cases left out are counted differently in the receipt": {"register_size": 99},
        "stratum North has 39 eligible cases and had 40": {"population": {**receipt.population, "North": 40}},
        "the eligible cases or their strata differ from those drawn from": {"frame_digest": "0" * 64},
        "the plan gives another rule for the frame than the receipt has": {"frame_rule": {}},
        "the seed is not the one in the plan": {"seed": "9"},
        "the receipt's copy of the plan is not plan.yaml": {"plan_text": receipt.plan_text + "# more\n"},
        "the receipt's copy of the plan has another digest": {"plan_text": receipt.plan_text + "# more\n"},
        "an auditor, a line end or another character": {"sample_sha256": "0" * 64},
        "the receipt does not know this file": {"files": ()},
        "the register is not the file that was drawn from": {"files": ({**receipt.files[0], "sha256": "0" * 64},)},
        "stratum North has 40 eligible cases and had 39": {"stay_clear_of": {}},
        "the commitment is not the one that plan, frame and allocation give": {"commitment": "0" * 64},
        'the plan says otherwise than "made up" of the seed': {"seed_source": "made up"},
        "the seed came after a commitment, and has none": {"seed_source": "given after the plan was committed"},
        "the receipt is damaged: a part is missing or has another form": {"pseudonyms": "ROT13"},
        "the plan has another purpose than the receipt": {"purpose": "dip"},
        "the plan draws other units than the receipt says": {"unit": "family"},
        "the plan re-audits other numbers of cases than the receipt says": {
            "reaudit": {"round": "earlier", "seed": "9", "counts": {"North": 1, "Süd": 0}}
        },
        "what was re-audited on purpose is damaged": {"reaudit": {"round": 1}},
        "the plan names no list of must_audit, and the receipt says otherwise": {
            "files": (*receipt.files, {"name": "must.csv", "sha256": "0" * 64, "rows": 1, "use": "must_audit"})
        },
        "the cases left out are counted differently in": {"population_all": {**receipt.population, "North": 41}},
    }
    for words, changes in forgeries.items():
        path.write_bytes(original)
        sealed_again(path, **changes)
        assert any(words in each for each in said(folder)), (words, said(folder))
    path.write_bytes(original)
    sealed_again(path, cases=(("C999", *receipt.cases[0][1:]), *receipt.cases[1:]))
    edit(folder / "sample.csv", f"\n{receipt.cases[0][0]},", "\nC999,")
    sealed_again(path, sample_sha256=hashlib.sha256((folder / "sample.csv").read_bytes()).hexdigest())
    assert len(said(folder)) == 2


def test_a_case_of_another_stratum_is_named(folder: Path) -> None:
    edit(folder.parent / "register.csv", "C004,North", "C004,Süd")
    name = "register.csv"
    found = said(folder)
    assert found[:3] == [
        f"{name}: the register is not the file that was drawn from: its digest differs. {ORIGINAL}",
        f"{name}: stratum North has 38 eligible cases and had 39. {ORIGINAL}",
        f"{name}: stratum Süd has 21 eligible cases and had 20. {ORIGINAL}",
    ]


def test_another_copy_of_the_register_is_recognised_by_its_cases(folder: Path) -> None:
    table = read_table(folder.parent / "register.csv")
    book = openpyxl.Workbook()
    book.active.title = "Export"
    book.active.append(list(table.columns))
    for row in table.cells.sample(frac=1, random_state=1).to_numpy().tolist():
        book.active.append(row)
    copy = folder.parent / "the same.xlsx"
    book.save(copy)
    assert said(folder, copy) == []
    assert verify_receipt(folder / "receipt.json", copy) == []
    book.active.delete_rows(7)
    book.save(copy)
    assert any(each.startswith("the same.xlsx: stratum ") for each in said(folder, copy))


def test_a_receipt_is_checked_in_every_form_against_every_form(folder: Path) -> None:
    path, register = folder / "receipt.json", folder.parent / "register.csv"
    receipt, _ = read_receipt(path)
    plan_columns = {"case_id": "Ref", "area": "Area"}
    review = plan_review(folder)
    for form in (path, str(path), json.loads(path.read_bytes()), receipt):
        for source in (
            register,
            str(register),
            read_register(register, columns=plan_columns),
            review.frame,
            review.frame.units,
            pd.read_csv(register, dtype=str, keep_default_na=False),
        ):
            assert verify_receipt(form, source) == []
    fewer = review.frame.units.iloc[1:]
    assert any("eligible cases and had" in str(each) for each in verify_receipt(receipt, fewer))
    fewer_rows = pd.read_csv(register, dtype=str).iloc[1:]
    assert any("eligible cases and had" in str(each) for each in verify_receipt(receipt, fewer_rows))
    assert any(
        "eligible cases and had" in str(each)
        for each in verify_receipt(receipt, fewer_rows.rename(columns={"Ref": "case_id", "Area": "stratum"}))
    )


def test_a_receipt_without_a_plan_is_checked_against_its_units() -> None:
    units = pd.DataFrame({"case_id": list("abcdef"), "stratum": list("xxxyyy")}, dtype=object)
    receipt = draw_sample(units, size=4, seed="s").receipt
    assert verify_receipt(receipt.to_dict(), units.iloc[::-1]) == []
    assert [str(each) for each in verify_receipt(receipt, "register.csv")] == [
        "receipt.json: the receipt holds no plan, so the frame cannot be made again from a file. "
        "Give the eligible units as a DataFrame with case_id and stratum."
    ]
    changed = dataclasses.replace(receipt, allocation={"x": 4})
    assert [str(each) for each in verify_receipt(changed, units)] == [
        "draw: the allocation leaves out stratum y. Every stratum needs at least 1 case.",
        "draw: the allocation asks for 4 cases of stratum x, which has 3. Ask for 1 to 3.",
    ]


def test_a_commitment_is_kept(make_round: MakeRound) -> None:
    folder = make_round(commit=True)
    assert said(folder) == []
    edit(folder / "commitment.json", '"eligible": 59', '"eligible": 58')
    assert said(folder) == [f"commitment.json: the commitment is not the one the sample was drawn under. {ORIGINAL}"]


def test_a_round_without_files_is_one_plain_line(tmp_path: Path) -> None:
    (found,) = said(tmp_path)
    assert found.endswith("receipt.json: there is no such file. Check the name and the folder.")


def test_the_seal_in_the_minutes_tells_a_second_receipt_from_the_first(folder: Path) -> None:
    path = folder / "receipt.json"
    seal = read_receipt(path)[0].seal
    for written in (seal, seal[:16], f" {seal.upper()} "):
        assert [str(each) for each in verify_round(folder, seal=written)] == []
    assert [str(each) for each in verify_round(folder, seal=seal[:15])] == [
        f'seal: "{seal[:15]}" is no seal: it has not 16 hex digits or more. Copy it from the minutes of the draw.'
    ]
    # Everything forged at once, as only somebody with plan, register and this toolkit can: the round holds.
    text = (folder / "plan.yaml").read_text(encoding="utf-8").replace("1 2 3 4", "1 2 3 5")
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    again = draw_round(plan_review(folder))
    (folder / "sample.csv").write_bytes(sample_bytes(again.cases))
    path.write_bytes(again.receipt.to_bytes())
    assert said(folder) == []
    assert [str(each) for each in verify_round(folder, seal=seal)] == [
        f"receipt.json: the seal written down is {seal}; that of the receipt is {again.receipt.seal}. "
        "Find the original receipt; this one can prove nothing."
    ]


def test_a_forged_auditor_is_told_by_sharing_the_cases_out_again(folder: Path) -> None:
    assert assignment_notes(check_round(folder)) == []
    receipt, _ = read_receipt(folder / "receipt.json")
    name = receipt.cases[0][5]
    other = next(each for each in ("Ann", "Bob", "Cem", "Dee") if each not in receipt.cases[0][5:])
    text = (folder / "sample.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    text[1] = text[1].replace(f",{name},", f",{other},")
    (folder / "sample.csv").write_text("".join(text), encoding="utf-8")
    assert said(folder) != []
    digest = hashlib.sha256((folder / "sample.csv").read_bytes()).hexdigest()
    row = (*receipt.cases[0][:5], other, receipt.cases[0][6])
    sealed_again(folder / "receipt.json", cases=(row, *receipt.cases[1:]), sample_sha256=digest)
    check = check_round(folder)
    assert check.holds, "the draw is what it was: only the share of the work is another"
    assert assignment_notes(check) == [
        "Sharing the cases out again gives other auditors for 1 of them. The draw does not depend on it. Either "
        "auditors.csv or the earlier round changed since, or the auditors were changed before the receipt was sealed."
    ]
    (folder.parent / "auditors.csv").unlink()
    assert assignment_notes(check_round(folder)) == [
        "The cases cannot be shared out again to compare the auditors: there is no such file."
    ]


def test_what_was_not_checked_is_said(folder: Path) -> None:
    seal = read_receipt(folder / "receipt.json")[0].seal
    assert check_round(folder, seal=seal).unchecked == ()
    sealed_again(folder / "receipt.json", frameworks={"assessment_quality": ["1.0.0", "ab" * 32]})
    assert check_round(folder).unchecked == (
        "that this is the receipt of the day of the draw: give the seal in its minutes (--seal)",
        "that the frameworks are those the workbooks were written for",
    )
    assert check_round(folder.parent).unchecked == ()


def test_a_framework_edited_after_the_draw_is_named(folder: Path) -> None:
    sealed_again(folder / "receipt.json", frameworks={"quality": ["1.0.0", "ab" * 32], "records": ["2", "cd" * 32]})
    records = {"records": ("2", "cd" * 32)}
    mend = "Put back the one the auditors work with; a new one is for the next round."
    for now, what in (
        (("1.0.0", "ab" * 32), ""),
        (("1.0.0", "ef" * 32), "the framework was edited after the draw, and is still called version 1.0.0"),
        (("1.1.0", "ef" * 32), "the framework is version 1.1.0 and was version 1.0.0 when the sample was drawn"),
    ):
        found = verify_round(folder, frameworks={"quality": now, **records})
        assert [str(each) for each in found] == ([f"quality: {what}. {mend}"] if what else [])
    assert [str(each) for each in verify_round(folder, frameworks=records)] == [
        f"quality: the framework is not there any more. {mend}"
    ]
    sealed_again(folder / "receipt.json", frameworks={})
    assert [str(each) for each in verify_round(folder, frameworks=records)] == [
        "records: the plan names this framework, and the receipt does not know it. "
        "Find the original, or draw again from a new commitment."
    ]


def test_a_round_with_a_must_audit_list_is_checked(make_round: MakeRound) -> None:
    folder = make_round()
    must = folder.parent / "must.csv"
    must.write_text("case_id,reason\nC007,a complaint\nX,serious case\n", encoding="utf-8")
    redrawn(folder, "must_audit: ../must.csv\n")
    assert said(folder) == []
    must.write_text("case_id,reason\nC007,another complaint\nX,serious case\n", encoding="utf-8")
    assert said(folder) == [f"must.csv: the list changed after it was used. {ORIGINAL}"]
    must.unlink()
    check = check_round(folder)
    assert check.holds
    assert check.unchecked[-1] == "must.csv: it is not there any more; the receipt has its cases"


def test_a_round_chosen_by_hand_is_checked(make_round: MakeRound) -> None:
    folder = make_round()
    (folder.parent / "chosen.csv").write_text("case_id\nC008\nC003\n", encoding="utf-8")
    plan = (folder / "plan.yaml").read_text(encoding="utf-8")
    for line in ("size: 12\n", "reserves: 1\n", "stay_clear_of: [../earlier]\n", 'seed: "1 2 3 4"\n', "minimum: 2\n"):
        plan = plan.replace(line, "")
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    redrawn(folder, "purpose: thematic\ncases: ../chosen.csv\n")
    check = check_round(folder)
    assert check.problems == ()
    assert "why these cases: they were chosen by hand, without a draw" in check.unchecked
    receipt, _ = read_receipt(folder / "receipt.json")
    sealed_again(folder / "receipt.json", purpose="improvement")
    assert any("the plan has another purpose than the receipt" in each for each in said(folder))
    sealed_again(folder / "receipt.json", purpose="thematic", cases=receipt.cases[:1])
    assert any("drawing again gives" in each or "eligible cases" in each for each in said(folder))


def test_a_round_that_re_audits_on_purpose_is_checked(make_round: MakeRound) -> None:
    folder = make_round()
    (folder.parent / "before").mkdir()
    for name in ("receipt.json", "sample.csv", "plan.yaml"):
        (folder.parent / "before" / name).write_bytes((folder / name).read_bytes())
    plan = (folder / "plan.yaml").read_text(encoding="utf-8").replace("1 2 3 4", "5 6 7")
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    redrawn(folder, "reaudit: {round: ../before, share: 50%}\n")
    assert said(folder) == []
    receipt, _ = read_receipt(folder / "receipt.json")
    assert sum(receipt.reaudit["counts"].values()) == 6
    sealed_again(folder / "receipt.json", reaudit={**receipt.reaudit, "seed": "1 2 3 5"})
    assert any("drawing again gives" in each for each in said(folder))


def test_a_round_of_families_is_checked(make_round: MakeRound) -> None:
    folder = make_round()
    register = folder.parent / "register.csv"
    lines = register.read_text(encoding="utf-8").splitlines()
    families = [f"F{number // 6:02}-{number % 3}" for number in range(len(lines) - 1)]
    both = zip(lines[1:], families, strict=True)
    register.write_text("\n".join([f"{lines[0]},family", *[f"{line},{name}" for line, name in both]]) + "\n")
    redrawn(folder, "unit: {column: family, one_child: true}\n")
    assert said(folder) == []
    assert read_receipt(folder / "receipt.json")[0].unit == "family"
    sealed_again(folder / "receipt.json", unit="case_id")
    assert any("the plan draws other units than the receipt says" in each for each in said(folder))


def redrawn(folder: Path, more: str) -> None:
    """Add lines to a round's plan and draw it again."""
    with (folder / "plan.yaml").open("a", encoding="utf-8") as plan:
        plan.write(more)
    sample = draw_round(plan_review(folder))
    (folder / "sample.csv").write_bytes(sample_bytes(sample.cases))
    (folder / "receipt.json").write_bytes(sample.receipt.to_bytes())
