"""Every planted fault is told, whole, with its place and remedy; sound files are told to be sound."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markupsafe import escape
from planted import BASES, HERE, Planted, planted_faults

from audit_toolkit.cli import main
from audit_toolkit.errors import AuditError, Place
from audit_toolkit.reporting import framework_html, framework_markdown, framework_text
from audit_toolkit.scoring import Framework, framework_start, lint_file, load_framework
from audit_toolkit.scoring.extends import SHIPPED

FAULTS = planted_faults((HERE / "faults.txt").read_text(encoding="utf-8"))
ROOT = Path(__file__).resolve().parents[2]


def lint(*arguments: str) -> tuple[int, str, str]:
    """Run framework lint as a person does; give its exit status, what it printed, and its messages."""
    out, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told), pytest.raises(SystemExit) as ended:
        main(["framework", "lint", *arguments])
    return int(str(ended.value.code)), out.getvalue(), told.getvalue()


def test_there_are_enough_planted_faults_each_with_its_text() -> None:
    assert len(FAULTS) >= 120
    assert len({each.title for each in FAULTS}) == len(FAULTS)
    assert [each.title for each in FAULTS if not each.told or not each.changes] == []


@pytest.mark.parametrize("planted", FAULTS, ids=lambda each: each.title)
def test_each_planted_fault_is_told_whole(planted: Planted, tmp_path: Path) -> None:
    status, out, told = lint(str(planted.plant(tmp_path)))
    assert (status, out) == (1, "")
    assert told.split("\n")[:-1] == list(planted.told)


@pytest.mark.parametrize("name", [*BASES, *SHIPPED])
def test_files_without_a_fault(name: str) -> None:
    status, out, told = lint(str(HERE / name) if name in BASES else name)
    assert (status, told) == (0, "")
    assert ": no fault. " in out


def test_the_shipped_timescales_have_no_fault() -> None:
    status, out, told = lint(str(ROOT / "audit_frameworks" / "timescales.yaml"))
    assert (status, told) == (0, "")
    assert "no fault. Timescales " in out


def test_many_files_are_looked_over_at_once(tmp_path: Path) -> None:
    FAULTS[0].plant(tmp_path)
    (tmp_path / "child.yaml").unlink()
    status, out, told = lint(str(tmp_path / "base.yaml"), str(tmp_path / "domains.yaml"), str(tmp_path / "child.yaml"))
    assert status == 1
    assert out.splitlines() == [
        f"{tmp_path / 'domains.yaml'}: no fault. two_domains 1.0.0: 3 criteria, digest "
        f"{load_framework(tmp_path / 'domains.yaml').digest[:16]}.",
        "  Version 1.0.0 is not sealed, so a later change cannot be found: audit-toolkit framework seal FILE.",
    ]
    lost = f"{tmp_path / 'child.yaml'}: there is no such file. Check the name and the folder."
    assert told.splitlines() == [lost, *FAULTS[0].told]


def test_since_an_earlier_copy_content_that_changed_is_a_fault(tmp_path: Path) -> None:
    text = (HERE / "domains.yaml").read_text(encoding="utf-8")
    (tmp_path / "domains.yaml").write_text(text.replace("Was the child heard?", "Was the child listened to?"))
    status, _, told = lint(str(tmp_path / "domains.yaml"), "--since", str(HERE / "domains.yaml"))
    assert status == 1
    assert told == (
        "domains.yaml: two_domains holds something else than before, and its version is still 1.0.0. "
        "Raise the version: framework diff says what changed.\n"
    )
    (tmp_path / "domains.yaml").write_text(text.replace("criteria:", "# only a comment\ncriteria:"))
    assert lint(str(tmp_path / "domains.yaml"), "--since", str(HERE / "domains.yaml"))[0] == 0


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)


@settings(deadline=None, max_examples=60)
@given(NAMES, st.text(max_size=30), st.sampled_from(["", *SHIPPED]))
@example("2010", "2010", "")
@example("1e5", "true", "record_keeping")
@example("null", 'A "front" door: \\ #1 {x}', "")
@example("0x1f", "-", "")
@example("2010-01-31", "2010-01-31", "")
@example("x", "= SUM(A1)", "")
def test_whatever_framework_new_writes_has_no_fault(
    tmp_path_factory: pytest.TempPathFactory, name: str, title: str, extends: str
) -> None:
    shown = " ".join(title.split()) or name.replace("_", " ").replace("-", " ").capitalize()
    if not shown.isprintable():
        with pytest.raises(AuditError, match=r"^the title holds a control character\. Type the title again\.$"):
            framework_start(name, title=title, extends=extends)
        return
    path = tmp_path_factory.mktemp("new") / f"{name}.yaml"
    path.write_text(framework_start(name, title=title, extends=extends), encoding="utf-8")
    content = lint_file(path).content
    assert isinstance(content, Framework)
    assert (content.name, content.version) == (name, "1.0.0")
    assert content.title == shown


SHIPPED_TEXTS = [(ROOT / "audit_frameworks" / f"{each}.yaml").read_text(encoding="utf-8") for each in SHIPPED]
BASE_TEXTS = [(HERE / each).read_text(encoding="utf-8") for each in ("base.yaml", "domains.yaml")]
CHARACTERS = st.sampled_from(list("\"'{}[]:,#&*!|>%@`-?\t\n \x07\u200bé01.aA/\\~"))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Damage the text of a sound framework: lines lost, doubled, swapped or set in, values and characters changed."""
    lines = draw(st.sampled_from(BASE_TEXTS * 2 + SHIPPED_TEXTS)).split("\n")
    for _ in range(draw(st.integers(1, 4))):
        one, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(("lose", "double", "swap", "in", "out", "character", "value", "values", "odd")))
        if kind == "lose" and len(lines) > 1:
            del lines[one]
        elif kind == "double":
            low, high = sorted((one, other))
            lines[high:high] = lines[low : low + 12]
        elif kind == "swap":
            lines[one], lines[other] = lines[other], lines[one]
        elif kind == "in":
            lines[one] = "  " + lines[one]
        elif kind == "out":
            lines[one] = lines[one].removeprefix("  ")
        elif kind == "character" and lines[one]:
            place = draw(st.integers(0, len(lines[one]) - 1))
            lines[one] = lines[one][:place] + draw(CHARACTERS) + lines[one][place + 1 :]
        elif kind in ("value", "values", "odd") and ":" in lines[one]:
            key = lines[one].split(":")[0]
            taken = lines[other].partition(":")[2] if kind == "values" else draw(ODD)
            lines[one] = f"{key}: {taken}"
    return "\n".join(lines)


ODD = st.sampled_from(
    [
        *(
            "",
            "[]",
            "{}",
            "[a, [b]]",
            "{a: {b: c}}",
            "1",
            "-1",
            "0",
            "1e3",
            ".nan",
            "true",
            "null",
            "2010-01-31",
            "no",
            "~",
        ),
        *(
            "{{ 7 * 7 }}",
            "=1+1",
            "!!python/none",
            "&a [1]",
            "*a",
            "'",
            '"',
            "75%",
            "1/3",
            "é",
            "../x",
            "all",
            "9" * 400,
        ),
    ]
)


@pytest.mark.slow
@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_file_is_read_or_told_with_its_line_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "own.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    told = ""
    places: list[Place | str] = []
    try:
        found = load_framework(path)
    except AuditError as refused:
        told, places = str(refused), [each.where for each in refused.problems]
    if told:
        assert all(isinstance(each, Place) and each.file == "own.yaml" and each.line for each in places)
        assert re.match(r"own\.yaml, line \d+, column \d+: ", told)
    else:
        assert len(found.digest) == 64
        assert str(found)


HOSTILE = {
    "a tag of Python": ("title: The front door", 'title: !!python/object/apply:os.system ["touch run"]'),
    "a tag of Python on text": ("title: The front door", "title: !!python/name:os.system run"),
    "an anchor of itself": ("criteria:", "criteria: &a\n  - *a"),
    "a merge": ("    weight: 2", "    <<: *none"),
}
# What a framework may say as text, and nothing ever does: each is shown as it is.
SAID = (
    *("__import__('os').system('touch run')", "{{ 7 * 7 }}", "{% for x in y %}", '=HYPERLINK("http://x")', "${HOME}"),
    *("$(touch run)", "<script>alert(1)</script>", "[a](javascript:alert(1))", "`touch run`", "%s %d {0} {title}"),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_run_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    old, new = HOSTILE[name]
    (tmp_path / "own.yaml").write_text(BASE_TEXTS[0].replace(old, new, 1), encoding="utf-8")
    status, _, told = lint("own.yaml")
    assert status == 1
    assert told.startswith("own.yaml, line ")
    assert [each.name for each in tmp_path.iterdir()] == ["own.yaml"]


@pytest.mark.parametrize("said", SAID)
def test_text_is_never_run_and_shown_as_it_is(said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quoted = "'" + said.replace("'", "''") + "'"
    text = BASE_TEXTS[1]
    for plain in ("Two domains", "The child seen and heard", "Was the child seen?"):
        text = text.replace(plain, quoted)
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    framework = load_framework(tmp_path / "own.yaml")
    assert (framework.title, framework.domains[0].title, framework.criteria[0].ask) == (said, said, said)
    assert said in framework_text(framework)
    page = framework_html(framework)
    assert page.count(str(escape(said))) >= 4
    assert "<script>alert" not in page
    plain = re.sub(r"\\(.)", r"\1", framework_markdown(framework))
    assert plain.count(said) >= 3
    assert not re.search(r"(?<!\\)[<`\[]", framework_markdown(framework).replace("**", ""))
    assert [each.name for each in tmp_path.iterdir()] == ["own.yaml"]


def test_control_characters_are_told_and_never_sent_to_a_terminal(tmp_path: Path) -> None:
    text = BASE_TEXTS[1].replace("title: Two domains", 'title: "Two \\e[31mdomains"')
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    assert lint(str(tmp_path / "own.yaml"))[2] == (
        "own.yaml, line 3, column 1: title holds the control character \\x1b. "
        "In double quotes a backslash begins a code: use single quotes.\n"
    )
