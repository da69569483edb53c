"""reassign as a person types it, what collect makes of it, and where the names of workers and managers go."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from command import SAMPLES, Done, run

ROUND = "my-round"
ANN, BEN = "Auditor 03", "Auditor 04"
ROLES = ("auditor", "second_auditor")


@pytest.fixture(scope="module")
def drawn_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw the February round once, without an earlier one; tests copy it."""
    top = tmp_path_factory.mktemp("drawn")
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, top)
    (top / ROUND).mkdir()
    plan = (SAMPLES / "february-2010" / "plan.yaml").read_text(encoding="utf-8")
    (top / ROUND / "plan.yaml").write_text(plan.replace("compare_with: ../retrospective-2009\n", ""), encoding="utf-8")
    done = run("draw", str(top / ROUND))
    assert done.status == 0, done.messages
    return top


@pytest.fixture
def here(drawn_round: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand beside a copy of the drawn round; whatever a test does, the round must still verify."""
    shutil.copytree(drawn_round, tmp_path / "samples")
    monkeypatch.chdir(tmp_path / "samples")
    yield tmp_path / "samples" / ROUND
    done = run("verify", ROUND)
    assert done.status == 0, done.messages


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def held(folder: Path, name: str) -> list[str]:
    """Give the cases an auditor reads, first or second."""
    return [row["case_id"] for row in rows(folder / "sample.csv") if name in (row["auditor"], row["second_auditor"])]


def given_on(name: str, *more: str) -> Done:
    done = run("reassign", ROUND, name, "--reason", "off sick", "--date", "2010-02-12", *more)
    assert done.status == 0, done.messages
    return done


def test_a_file_that_turns_up_is_not_left_with_somebody_who_is_away(here: Path) -> None:
    case = held(here, "Auditor 04")[0]
    done = run("replace", ROUND, case, "--reason", "missing file", "--no-reserve", "--date", "2010-02-12")
    assert done.status == 0, done.messages
    given_on("Auditor 04")
    found = run("replace", ROUND, case, "--found", "--date", "2010-02-20")
    said = 'Auditor 04 gave their cases on and has this one again: run reassign "Auditor 04" to give it to somebody.'
    assert (found.status, said in found.messages.splitlines()) == (0, True)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(folder: Path, *arguments: str) -> str:
    before = snapshot(folder)
    done = run(*arguments)
    assert (done.status, done.data) == (1, ""), done.messages
    assert snapshot(folder) == before
    return done.messages.strip()


def send(
    folder: Path, name: str, cases: list[str], *, rating: str = "Yes", criteria: tuple[str, ...] = ("AQ02",)
) -> None:
    """Let an auditor send back answers for some cases."""
    lines = ["case_id,criterion_id,rating,auditor,comment"]
    lines += [f"{case},{each},{rating},{name}," for case in cases for each in criteria]
    (folder / "returned").mkdir(exist_ok=True)
    (folder / "returned" / f"{name} {rating}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_cases_of_an_auditor_go_to_the_others_in_workbooks_of_their_own(here: Path) -> None:
    before, mine = snapshot(here), held(here, ANN)
    then = {row["case_id"]: row for row in rows(here / "sample.csv")}
    done = given_on(ANN, "--note", "until March", "--json")
    said = json.loads(done.data)
    assert sorted(change["case_id"] for change in said["changes"]) == sorted(mine)
    assert {change["from"] for change in said["changes"]} == {ANN}
    assert held(here, ANN) == []
    log = rows(here / "log.csv")
    assert {(row["action"], row["date"], row["reason"], row["note"]) for row in log} == {
        ("reassign", "2010-02-12", "off sick", "until March")
    }
    takers = sorted({change["to"] for change in said["changes"]})
    names = [f"{name.replace(' ', '_')}_2.xlsx" for name in takers]
    assert said["workbooks"] == [f"{ROUND}/workbooks/{name}" for name in names]
    assert done.messages.splitlines() == [
        f"{len(mine)} cases of {ANN} go to {len(takers)} auditors; none was rated before.",
        *[
            f"  {name}: "
            + ", ".join(
                each["case_id"] + (" (as second auditor)" if each["role"] == "second" else "")
                for each in said["changes"]
                if each["to"] == name
            )
            for name in takers
        ],
        f"The workbook {ANN} was sent still has the moved cases: they are to stay blank there.",
        f"{len(names)} workbooks to send, in {ROUND}/workbooks: {', '.join(names)}.",
        f"Written in {ROUND}: sample.csv and log.csv.",
        f"The log is sealed up to here: {log[-1]['seal']}. Write it in the minutes.",
    ]
    after = snapshot(here)
    changed = {Path(name).name for name in after if before.get(name) != after[name]}
    assert changed == {"sample.csv", "log.csv", *names}
    for name, file in zip(takers, names, strict=True):
        book = openpyxl.load_workbook(here / "workbooks" / file)
        ids = [str(row[0]) for row in book["Cases"].iter_rows(min_row=2, values_only=True)]
        assert sorted(ids) == sorted(each["case_id"] for each in said["changes"] if each["to"] == name)
        heading, *answers = book["Ratings"].iter_rows(values_only=True)
        assert {row[heading.index("auditor")] for row in answers} == {name}
    for row in rows(here / "sample.csv"):
        assert {key: value for key, value in row.items() if key not in ROLES}.items() <= then[row["case_id"]].items()
        assert not row["auditor"] or row["auditor"] != row["second_auditor"]


def test_a_second_illness_sends_nothing_back_to_the_first_unless_they_are_back(here: Path) -> None:
    given_on(ANN)
    told = refused(here, "reassign", ROUND, BEN, "--reason", "left", "--back", "Auditor 3")
    assert told == (
        f'--back: "Auditor 3" gave no cases on before, so there is nothing to come back from. Did you mean "{ANN}"?'
    )
    shutil.copytree(here, here.parent / "kept")
    given_on(BEN)
    assert held(here, ANN) == held(here, BEN) == []
    assert {row["action"] for row in rows(here / "log.csv")} == {"reassign"}
    shutil.rmtree(here)
    shutil.copytree(here.parent / "kept", here)
    given_on(BEN, "--back", ANN)
    assert len(held(here, ANN)) >= 3


def test_neither_replacement_nor_extension_gives_a_case_to_who_is_away(here: Path) -> None:
    given_on(ANN)
    case = next(row for row in rows(here / "sample.csv") if row["draw_status"] == "sampled")["case_id"]
    assert run("replace", ROUND, case, "--reason", "missing file").status == 0
    done = run("extend", ROUND, "--size", "80")
    assert done.status == 0, done.messages
    assert held(here, ANN) == []


def test_what_is_rated_stays_also_while_it_is_not_collected(here: Path) -> None:
    mine = held(here, ANN)
    send(here, ANN, mine[:1])
    assert run("collect", ROUND).status == 0
    send(here, ANN, mine[1:2], rating="No")
    done = given_on(ANN)
    assert "; 2 rated already stay." in done.messages
    assert held(here, ANN) == mine[:2]
    (here / "returned" / "broken.csv").write_text(
        f"case_id,criterion_id,rating,auditor\n{mine[2]},AQ02,Nonsense,{BEN}\n"
    )
    assert "broken.csv, row 2" in refused(here, "reassign", ROUND, BEN, "--reason", "left")


def test_collect_takes_a_moved_case_from_its_new_auditor_and_tells_where_the_old_one_sends_it_too(here: Path) -> None:
    said = json.loads(given_on(ANN, "--json").data)
    case, taker = next((each["case_id"], each["to"]) for each in said["changes"] if each["role"] == "first")
    send(here, taker, [case])
    done = run("collect", ROUND)
    assert done.status == 0, done.messages
    assert "someone other" not in done.messages
    send(here, ANN, [case], rating="No")
    told = refused(here, "collect", ROUND)
    assert f"(case {case})" in told
    assert ANN in told
    assert taker in told
    (here / "returned" / f"{taker} Yes.csv").unlink()
    (here / "ratings.csv").unlink()
    done = run("collect", ROUND)
    assert done.status == 0, done.messages
    assert f"1 case was rated by someone other than the auditor assigned: {case}." in done.messages


def test_it_is_refused_with_the_way_out(here: Path) -> None:
    assert refused(here, "reassign", ROUND, "Auditor 3", "--reason", "x").startswith(
        'sample.csv: "Auditor 3" has no case'
    )
    done = run("reassign", ROUND, ANN)
    assert done.status == 2
    assert "--reason" in done.messages
    auditors = here.parent / "auditors.csv"
    auditors.write_text("auditor,team,hours\nAuditor 03,East 2,12\nAuditor 99,South 1,12\n", encoding="utf-8")
    lines = refused(here, "reassign", ROUND, ANN, "--reason", "x").splitlines()
    assert all("nobody may take it over: Auditor 99 is of its team South 1." in line for line in lines)
    assert lines


def words(folder: Path) -> set[bytes]:
    """Give every worker, manager and file reference of the register."""
    register = rows(folder.parent / "register_2010-01-31.csv")
    return {row[name].encode() for row in register for name in ("Worker", "Manager", "File reference")}


@pytest.mark.slow
def test_worker_manager_and_file_reference_go_into_workbooks_and_nowhere_else(here: Path) -> None:
    given_on(ANN)
    case = held(here, BEN)[0]
    assert run("replace", ROUND, case, "--reason", "missing file").status == 0
    assert run("extend", ROUND, "--size", "70").status == 0
    for name in sorted({row["auditor"] for row in rows(here / "sample.csv")} - {""}):
        mine = [row["case_id"] for row in rows(here / "sample.csv") if row["auditor"] == name]
        send(here, name, [each for each in mine if each != case])
    for command in ("plan", "collect", "score", "report"):
        done = run(command, ROUND, *(["--force"] if command == "plan" else []))
        assert done.status == 0, done.messages
    written = {path: path.read_bytes() for path in here.rglob("*") if path.is_file() and path.suffix != ".xlsx"}
    names = {path.name for path in written}
    assert names >= {
        *("sample.csv", "receipt.json", "log.csv", "ratings.csv", "scores.csv", "commitment.json"),
        *("report.html", "dates.csv", "facts.csv"),
    }
    assert len([path for path in written if path.parent.name == "tables"]) >= 3
    every = words(here)
    assert len(every) > 100
    # Among the register's words are none so short or plain that other text could hold them by chance.
    found = {(path.name, word) for path, data in written.items() for word in every if word in data}
    assert found == set()
    books = list((here / "workbooks").glob("*.xlsx"))
    assert len(books) > 15
    shown = set()
    for path in books[::4]:
        book = openpyxl.load_workbook(path)
        heading, *cells = book["Cases"].iter_rows(values_only=True)
        assert heading[:4] == ("case_id", "worker", "manager", "file_reference")
        shown |= {str(cell).encode() for row in cells for cell in row[1:4]}
        rest = {
            str(cell)
            for sheet in book
            if sheet.title != "Cases"
            for row in sheet.iter_rows(values_only=True)
            for cell in row
        }
        assert not {each.encode() for each in rest} & every
    assert len(shown) > 10
    assert shown <= every
