"""replace and extend as a person types them, and what collect and score make of the cases afterwards."""

from __future__ import annotations

import csv
import datetime
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from command import SAMPLES, Done, run

ROUND = "my-round"
FILES = ["dates.csv", "log.csv", "sample.csv"]


@pytest.fixture(scope="module")
def drawn_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw the February round once; tests copy it."""
    top = tmp_path_factory.mktemp("drawn")
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, top)
    (top / ROUND).mkdir()
    shutil.copy(SAMPLES / "february-2010" / "plan.yaml", top / ROUND)
    done = run("draw", str(top / ROUND))
    assert done.status == 0, done.messages
    return top


@pytest.fixture
def here(drawn_round: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand beside a copy of the drawn round; whatever a test does, the round must still verify."""
    shutil.copytree(drawn_round, tmp_path / "samples")
    monkeypatch.chdir(tmp_path / "samples")
    folder = tmp_path / "samples" / ROUND
    yield folder
    done = run("verify", ROUND)
    assert done.status == 0, done.messages


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases(folder: Path, status: str = "sampled") -> list[dict[str, str]]:
    return [row for row in rows(folder / "sample.csv") if row["draw_status"] == status]


def single(folder: Path) -> dict[str, str]:
    """Give the first sampled case of a stratum with reserves that one auditor rates."""
    return next(row for row in cases(folder) if row["stratum"] == "North / closed" and not row["second_auditor"])


def replaced(case: str, reason: str = "missing file", *more: str) -> Done:
    done = run("replace", ROUND, case, "--reason", reason, "--date", "2010-02-12", *more)
    assert done.status == 0, done.messages
    return done


def refused(folder: Path, *arguments: str) -> str:
    before = snapshot(folder)
    done = run(*arguments)
    assert (done.status, done.data) == (1, ""), done.messages
    assert snapshot(folder) == before
    return done.messages.strip()


def rate(folder: Path, *, without: tuple[str, ...] = (), name: str = "all.csv") -> None:
    """Send back one answer a case by its first auditor."""
    lines = ["case_id,criterion_id,rating,auditor,comment"]
    lines += [f"{row['case_id']},AQ02,Yes,{row['auditor']}," for row in cases(folder) if row["case_id"] not in without]
    (folder / "returned").mkdir(exist_ok=True)
    (folder / "returned" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_missing_file_is_replaced_and_everything_it_needs_is_written(here: Path) -> None:
    case = single(here)
    before = snapshot(here)
    done = replaced(case["case_id"], "missing file", "--note", "not in the store, asked 12 February")
    log = rows(here / "log.csv")
    opened = log[1]["case_id"]
    stem = case["auditor"].replace(" ", "_")
    listed = sum(row["stratum"] == "North / closed" for row in rows(here / "sample.csv"))
    assert done.messages.splitlines() == [
        f"{case['case_id']} is recorded as missing file; {opened} (North / closed, ticket {log[1]['draw_order']} of "
        f"{listed}) takes its place and goes to {case['auditor']}. A missing file stays in the account: it counts as "
        "not read, and the report gives best- and worst-case bounds.",
        f"Workbook to send: my-round/workbooks/{stem}_2.xlsx.",
        "Written in my-round: sample.csv and log.csv.",
        f"The log is sealed up to here: {log[1]['seal']}. Write it in the minutes.",
    ]
    after = snapshot(here)
    changed = sorted(Path(name).name for name in after if before.get(name) != after[name])
    assert changed == sorted([*FILES, f"{stem}_2.xlsx"])
    book = openpyxl.load_workbook(here / "workbooks" / f"{stem}_2.xlsx")
    held = [row[0] for row in book["Cases"].iter_rows(values_only=True) if row[0] and str(row[0]).isdigit()]
    assert held == [opened]
    dates = (here / "workbooks" / "dates.csv").read_bytes()
    assert dates.startswith(before["workbooks/dates.csv"])
    assert {row["case_id"] for row in rows(here / "workbooks" / "dates.csv")} >= {opened, case["case_id"]}
    assert [row["draw_status"] for row in rows(here / "sample.csv") if row["case_id"] == opened] == ["sampled"]


def test_a_double_rated_case_gives_two_workbooks_and_a_second_replacement_new_names(here: Path) -> None:
    double = [row for row in cases(here) if row["second_auditor"]]
    first = double[0]
    done = replaced(first["case_id"])
    line = done.messages.splitlines()[-3]
    assert line.startswith("2 workbooks to send, in my-round/workbooks: ")
    names = line.split(": ")[1].rstrip(".").split(", ")
    assert sorted(names) == sorted(f"{first[each].replace(' ', '_')}_2.xlsx" for each in ("auditor", "second_auditor"))
    opened = rows(here / "log.csv")[1]["case_id"]
    again = replaced(opened)
    assert "_3.xlsx" in again.messages


def test_a_case_alone_and_a_file_that_turned_up(here: Path) -> None:
    case = single(here)["case_id"]
    done = replaced(case, "restricted", "--no-reserve")
    assert done.messages.splitlines()[0].startswith(f"{case} is recorded as restricted. A restricted file stays")
    assert len(cases(here)) == 59
    found = run("replace", ROUND, case, "--found", "--date", "2010-02-20", "--note", "cleared", "--json")
    assert found.status == 0, found.messages
    assert found.messages.splitlines()[0] == f"{case} is to be rated again."
    given = json.loads(found.data)
    assert (given["case_id"], given["opened"], given["entries"], given["workbooks"]) == (case, "", 2, [])
    assert len(cases(here)) == 60


def test_the_register_is_needed_only_to_open_a_case(here: Path) -> None:
    case = single(here)["case_id"]
    register = here.parent / "register_2010-01-31.csv"
    register.rename(here.parent / "elsewhere.csv")
    assert "there is no such file" in refused(here, "replace", ROUND, case, "--reason", "missing file")
    assert refused(here, "replace", ROUND, f"{case}9", "--reason", "missing file").startswith("sample.csv: ")
    replaced(case, "missing file", "--no-reserve")
    replaced(single(here)["case_id"], "missing file", "--register", "../samples/elsewhere.csv")
    (here.parent / "elsewhere.csv").rename(register)


def test_what_is_refused_writes_nothing(here: Path) -> None:
    case = single(here)["case_id"]
    assert refused(here, "replace", ROUND, case, "--reason", "lost") == (
        '"lost" is no reason why a case is not rated. Use one of: ineligible, missing file, restricted, not returned.'
    )
    waiting = cases(here, "reserve")[0]["case_id"]
    assert "is a reserve that was not opened" in refused(here, "replace", ROUND, waiting, "--reason", "missing file")
    assert "is not among the auditors" in refused(
        here, "replace", ROUND, case, "--reason", "missing file", "--auditor", "Auditor 99"
    )
    replaced(case)
    assert "recorded as missing file already" in refused(here, "replace", ROUND, case, "--reason", "missing file")
    early = refused(here, "replace", ROUND, single(here)["case_id"], "--reason", "missing file", "--date", "2010-02-11")
    assert early.startswith("log.csv: the date 2010-02-11 is before 2010-02-12")


def test_misuse_is_told(here: Path) -> None:
    case = single(here)["case_id"]
    for arguments, said in {
        (): "Say why with --reason",
        ("--found", "--reason", "missing file"): "--found takes back an entry",
        ("--reason", "missing file", "--no-reserve", "--auditor", "Ann"): "--no-reserve opens no case",
        ("--reason", "missing file", "--date", "2999-01-01"): "is still to come",
    }.items():
        done = run("replace", ROUND, case, *arguments)
        assert (done.status, said in done.messages) == (2, True), done.messages
    done = run("extend", ROUND)
    assert (done.status, "Say how many" in done.messages) == (2, True)
    assert not (here / "log.csv").exists()


def test_without_a_date_it_is_today(here: Path) -> None:
    done = run("replace", ROUND, single(here)["case_id"], "--reason", "missing file")
    assert done.status == 0, done.messages
    day = datetime.date.fromisoformat(rows(here / "log.csv")[0]["date"])
    assert abs((day - datetime.datetime.now(tz=datetime.UTC).date()).days) <= 1


def test_a_sample_or_log_changed_by_hand_is_refused(here: Path) -> None:
    case = single(here)["case_id"]
    replaced(case)
    for name in ("sample.csv", "log.csv"):
        whole = (here / name).read_bytes()
        (here / name).write_bytes(whole.replace(b"missing file", b"restricted", 1))
        for command in (
            ("replace", ROUND, single(here)["case_id"], "--reason", "missing file"),
            ("extend", ROUND, "--size", "70"),
        ):
            assert refused(here, *command).startswith(name)
        (here / name).write_bytes(whole)


@pytest.mark.slow
def test_extending_opens_cases_and_writes_their_workbooks(here: Path) -> None:
    before = {row["case_id"]: row for row in rows(here / "sample.csv")}
    books = {path.name for path in (here / "workbooks").iterdir()}
    done = run("extend", ROUND, "--size", "80", "--date", "2010-02-20", "--note", "the board asked", "--json")
    assert done.status == 0, done.messages
    given = json.loads(done.data)
    new = [row for row in cases(here) if before.get(row["case_id"], {}).get("draw_status") != "sampled"]
    assert sorted(given["opened"]) == sorted(row["case_id"] for row in new)
    assert len(new) == 20
    assert len(cases(here)) == 80
    assert len(cases(here, "reserve")) == 24
    for case, row in before.items():
        if row["draw_status"] == "sampled":
            now = next(each for each in cases(here) if each["case_id"] == case)
            assert (now["auditor"], now["second_auditor"]) == (row["auditor"], row["second_auditor"])
    added = {path.name for path in (here / "workbooks").iterdir()} - books
    assert sorted(Path(name).name for name in given["workbooks"]) == sorted(added)
    held: list[str] = []
    for name in added:
        sheet = openpyxl.load_workbook(here / "workbooks" / name)["Cases"]
        held += [row[0] for row in sheet.iter_rows(values_only=True) if row[0] and str(row[0]).isdigit()]
    assert sorted(held) == sorted(row["case_id"] for row in new for each in ("auditor", "second_auditor") if row[each])
    assert "scores.csv" not in done.messages


def test_collect_waits_for_no_case_that_was_recorded(here: Path) -> None:
    case = single(here)
    replaced(case["case_id"], "not returned", "--no-reserve")
    rate(here)
    done = run("collect", ROUND)
    assert done.status == 0, done.messages
    assert [line for line in done.messages.splitlines() if line.startswith(f"not returned yet: {case['auditor']}")] == (
        awaited_second(here, case["auditor"])
    )


def awaited_second(folder: Path, auditor: str) -> list[str]:
    count = sum(row["second_auditor"] == auditor for row in cases(folder))
    return [f"not returned yet: {auditor}, {count} case{'s' if count > 1 else ''}"] if count else []


def test_a_rating_that_came_back_after_all_is_kept_and_told(here: Path) -> None:
    case = single(here)["case_id"]
    rate(here)
    replaced(case, "missing file", "--no-reserve")
    done = run("collect", ROUND)
    assert done.status == 0, done.messages
    assert (
        f"{case} is recorded as missing file, and ratings came back: they are kept, and left out of every result. If "
        "the case was read after all, run replace --found."
    ) in done.messages.splitlines()
    assert case in {row["case_id"] for row in rows(here / "ratings.csv")}
    scored = run("score", ROUND)
    assert scored.status == 0, scored.messages
    assert case not in {row["case_id"] for row in rows(here / "scores.csv")}
    assert run("replace", ROUND, case, "--found", "--date", "2010-02-20").status == 0
    assert run("score", ROUND, "--force").status == 0
    assert case in {row["case_id"] for row in rows(here / "scores.csv")}


def test_a_rated_case_can_only_be_ineligible_and_its_ratings_are_left_out(here: Path) -> None:
    case = single(here)["case_id"]
    rate(here)
    assert run("collect", ROUND).status == 0
    assert run("score", ROUND).status == 0
    assert refused(here, "replace", ROUND, case, "--reason", "missing file") == (
        f"sample.csv, case {case}: the case has ratings, so it was read. Leave it in the sample. A case that was rated "
        "can only be ineligible."
    )
    done = replaced(case, "ineligible", "--note", "the child lives in another council's area")
    assert done.messages.splitlines()[-1] == (
        "scores.csv is of the sample as it was: run score --force when the ratings are in."
    )
    scored = run("score", ROUND, "--force")
    assert scored.status == 0, scored.messages
    told = f"{case} is recorded as ineligible, and ratings came back: they are kept, and left out of every result."
    assert told not in scored.data
    assert case not in {row["case_id"] for row in rows(here / "scores.csv")}
    collected = run("collect", ROUND)
    assert any(line.startswith(told) for line in collected.messages.splitlines())
    assert case in {row["case_id"] for row in rows(here / "ratings.csv")}


def test_cases_added_after_scores_are_told_and_logged(here: Path) -> None:
    rate(here)
    assert run("collect", ROUND).status == 0
    assert run("score", ROUND).status == 0
    done = run("extend", ROUND, "--size", "62", "--date", "2010-03-01")
    assert done.status == 0, done.messages
    assert "finds too many improvements" in done.messages
    assert {row["reason"] for row in rows(here / "log.csv") if row["action"] == "extend"} == {
        "size 62, after scores were there"
    }


def test_a_round_that_was_worked_with_is_not_drawn_again(here: Path) -> None:
    replaced(single(here)["case_id"])
    for more in ((), ("--force",)):
        assert refused(here, "draw", ROUND, *more) == (
            "log.csv: cases were replaced, added or moved since the draw, and drawing again would undo that. To draw "
            "anew all the same, take log.csv out of the folder: workbooks already sent out are then useless."
        )


def test_the_review_goes_on_from_a_sample_that_was_worked_with(here: Path) -> None:
    case = single(here)["case_id"]
    replaced(case)
    text = (here / "plan.yaml").read_text(encoding="utf-8")
    assert "compare_with" in text
    rate(here)
    done = run("review", ROUND)
    lines = done.messages.splitlines()
    assert lines[:2] == [
        "> Checking the draw and its log: the sample was worked with since",
        "  verified: the same cases come out again",
    ]
    assert (here / "scores.csv").exists()
    assert case not in {row["case_id"] for row in rows(here / "scores.csv")}
