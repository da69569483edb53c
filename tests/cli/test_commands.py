"""The commands: their help, their exit codes, their streams, and what they never do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from command import Done, run

from audit_toolkit.cli.main import COMMANDS, SHORT_HELP, cli

DOCS = Path(__file__).resolve().parents[2] / "docs"


def strict(text: str) -> dict[str, object]:
    """Read one JSON object, refusing NaN, infinities and anything after it."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    found = json.loads(text, parse_constant=refuse)
    assert isinstance(found, dict)
    return found


def shell(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "audit_toolkit.cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, env={**os.environ, **environment}, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_is_for(name: str) -> None:
    done = run(name, "--help")
    assert done.status == 0
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help is not None
    assert command.help.split("\n\n")[0].strip() == SHORT_HELP[name]
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert all(option.help for option in options)
    assert run(name, "-h").data == done.data


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_docs(name: str) -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))
    assert re.search(rf"audit-toolkit {name}\b", pages)


def test_the_help_lists_the_walk_in_order() -> None:
    text = run("--help").data
    listed = re.findall(r"^  (\w+)  +[A-Z]", text[text.index("Commands, in the order") :], flags=re.MULTILINE)
    assert listed == list(COMMANDS)
    assert re.fullmatch(r"audit-toolkit, version \d+\.\d+\.\d+\n", run("--version").data)


def test_help_answers_without_the_heavy_libraries(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom audit_toolkit.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pandas', 'numpy', 'scipy', 'matplotlib', 'pandera', 'openpyxl', 'xlsxwriter', 'jinja2', 'ruamel'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], 'There is no command "nonsense".'),
        (["plan"], "Missing argument 'ROUND_FOLDER'"),
        (["collect", "x", "--loud"], "No such option"),
        (["score", "x.csv"], "Name the framework of a loose file: --framework assessment_quality."),
        (["score", "february-2010", "--as-of", "2010-02-01"], "A round folder is scored by its own plan"),
        (["score", "x.csv", "--framework", "a", "--as-of", "31/01/2010"], "'31/01/2010' does not match the format"),
    ],
)
def test_misuse_ends_with_2(top: Path, arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert (done.status, done.data) == (2, "")
    assert said in done.messages
    assert top.exists()


def test_an_interruption_ends_with_130(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("audit_toolkit.cli.verify.check_with_frameworks", interrupted)
    assert run("verify", str(top / "february-2010")) == Done(130, "", "\nStopped.\n")


def test_a_traceback_is_for_debug_only(top: Path) -> None:
    done = shell("--debug", "verify", "nowhere", folder=top)
    assert done.returncode == 1
    assert b"Traceback" in done.stderr
    plain = shell("verify", "nowhere", folder=top)
    assert plain.returncode == 1
    assert plain.stderr.decode().splitlines() == [
        "nowhere/receipt.json: there is no such file. Check the folder's name."
    ]


def test_only_the_first_problems_are_listed_unless_all_are_asked_for(top: Path) -> None:
    rows = "".join(f"X{number},AQ03,Good\n" for number in range(30))
    (top / "many.csv").write_text("case_id,criterion_id,rating\n" + rows.replace("Good", "5"), encoding="utf-8")
    few = run("score", "many.csv", "--framework", "assessment_quality").messages.splitlines()
    assert len(few) == 21
    assert few[-1] == "... and 10 more"
    every = run("--all-problems", "score", "many.csv", "--framework", "assessment_quality").messages.splitlines()
    assert len(every) == 30


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "february-2010", "--json", "--force"],
        ["score", "february-2010", "--json"],
        ["score", "one.csv", "--framework", "record_keeping", "--json"],
        ["compare", "retrospective-2009", "february-2010", "--json"],
        ["framework", "assessment_quality", "--json"],
        ["framework", "--json"],
    ],
)
def test_json_is_one_object_and_all_there_is_on_stdout(top: Path, arguments: list[str]) -> None:
    (top / "one.csv").write_text("case_id,criterion_id,rating\n0042,RK01,Yes\n", encoding="utf-8")
    done = run(*arguments)
    assert done.status == 0, done.messages
    assert strict(done.data)


def test_score_writes_to_a_file_or_a_stream_and_never_over_another(top: Path) -> None:
    arguments = [
        "score",
        "february-2010/ratings.csv",
        "--framework",
        "record_keeping",
        "--sample",
        "february-2010/sample.csv",
    ]
    bare, stream = run(*arguments), run(*arguments, "-o", "-")
    assert bare.status == stream.status == 0
    assert bare.data == stream.data
    assert bare.data.startswith("case_id,framework,framework_version,")
    assert "\nRecord keeping: 60 cases" in "\n" + bare.messages
    filed = run(*arguments, "-o", "scores.csv")
    assert (filed.status, filed.data) == (0, "")
    assert (top / "scores.csv").read_text(encoding="utf-8") == bare.data
    assert filed.messages.splitlines()[-1] == "Written: scores.csv."
    assert run(*arguments, "-o", "scores.csv").status == 0
    (top / "scores.csv").write_text("mine", encoding="utf-8")
    again = run(*arguments, "-o", "scores.csv")
    assert (again.status, again.messages) == (1, "scores.csv: exists already. Use --force to write over it.\n")
    assert run(*arguments, "-o", "scores.csv", "--force").status == 0
    assert not (top / "-").exists()


@pytest.mark.slow
def test_compare_prints_sentences_or_the_whole_table(top: Path) -> None:
    rounds = ["compare", "retrospective-2009", "february-2010"]
    told = run(*rounds)
    assert told.data == run(*rounds, "-o", "table.csv").data
    table = run(*rounds, "-o", "-").data
    assert (top / "table.csv").read_text(encoding="utf-8-sig") == table
    assert table.startswith("measure,domain,n_earlier,population_earlier,")
    assert told.data.splitlines()[0].startswith("February 2010 review, compared with")
    assert told.data.strip() in (top / "review.txt").read_text(encoding="utf-8")
    assert not (top / "-").exists()


@pytest.mark.slow
def test_report_goes_to_a_stream_as_the_page_alone(top: Path) -> None:
    done = run("report", "february-2010", "-o", "-")
    assert (done.status, done.messages) == (0, "")
    assert done.data.rstrip("\n") == (top / "february-2010" / "report.html").read_text(encoding="utf-8").rstrip("\n")
    assert not (top / "-").exists()
    other = run("report", "february-2010", "-o", "out/page.html", "--earlier", "retrospective-2009")
    assert other.messages == "Written: out/page.html and 12 tables in out/tables.\n"
    assert len(list((top / "out" / "tables").iterdir())) == 12


@pytest.mark.slow
def test_a_closed_pipe_and_a_narrow_alphabet_make_no_traceback(top: Path) -> None:
    command = f"{sys.executable} -m audit_toolkit.cli score february-2010 -o - | head -n 1"
    piped = subprocess.run(command, shell=True, cwd=top, capture_output=True, check=False)
    assert piped.stdout.startswith(b"case_id,framework")
    assert b"Traceback" not in piped.stderr
    for encoding in ("ascii", "cp1252"):
        done = shell("verify", "李", folder=top, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert done.returncode == 1
        assert done.stderr.rstrip().endswith(b"receipt.json: there is no such file. Check the folder's name.")
        assert b"Traceback" not in done.stderr


def test_nothing_is_coloured_where_it_is_no_terminal(walked: Path) -> None:
    words = (walked / "review.txt").read_text(encoding="utf-8") + (walked / "review-messages.txt").read_text(
        encoding="utf-8"
    )
    assert "\x1b" not in words


def test_sentences_are_broken_for_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from audit_toolkit.cli.say import give_prose

    text = "Title\n\n    " + "word " * 30
    give_prose(text)
    assert capsys.readouterr().out == text + "\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    give_prose(text)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Title", ""]
    assert max(map(len, lines)) <= 60
    assert [len(line) - len(line.lstrip()) for line in lines[2:]] == [4, 6, 6]
