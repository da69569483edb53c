"""The docs are tests: every block of commands runs and prints what its page says, every key and column is named.

Run as a program it writes what the blocks print now into the pages named:

    python tests/test_docs.py docs/first-round.md

The rules a page keeps: a ```text block right after a ```bash or ```python block is what that block prints, a line
`...` standing for any lines. Blocks of a page run in their order, in a copy of the project's samples/ and docs/.
Over a block, <!-- not run: why --> leaves it out, and <!-- exit 1 --> says that it is refused.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import importlib
import inspect
import io
import itertools
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.cli.main import COMMANDS, main
from audit_toolkit.scoring import score_cases

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md")) + [
    page for page in (ROOT / "README.md", ROOT / "samples" / "README.md") if page.exists()
]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
COMMAND = "audit-toolkit"
# What a shell does and this file does not: a line that holds one of these goes to bash.
SHELL = re.compile(r"[|><;&$*`\\]")
# A block that installs or makes something is tested where that is tested, not here.
INSTALLS = re.compile(r"^\s*(git|make|pip|python3? -m (pip|venv|benchmarks))\b", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its lines joined, where its text starts and ends, and the comment over it."""

    language: str
    text: str
    first: int
    last: int
    comment: str

    @property
    def runs(self) -> bool:
        if self.comment.startswith("not run") or INSTALLS.search(self.text):
            return False
        return self.language in ("python", "bash", "console", "sh")


def blocks_of(lines: list[str]) -> list[Block]:
    """Read the fenced blocks of a page, with the HTML comment on the line before each."""
    found, start, comment = [], None, ""
    for number, line in enumerate(lines):
        if line.startswith("```"):
            if start is None:
                start = number
            else:
                text = "\n".join(lines[start + 1 : number])
                found.append(Block(lines[start][3:].strip(), text, start + 1, number, comment))
                start, comment = None, ""
        elif start is None and line.strip():
            told = re.fullmatch(r"<!--\s*(.*?)\s*-->", line.strip())
            comment = told[1] if told else ""
    return found


def with_output(lines: list[str]) -> Iterator[tuple[Block, Block | None]]:
    """Give each block that runs, with the block of what it prints where one follows at once."""
    blocks = blocks_of(lines)
    for block, following in itertools.zip_longest(blocks, blocks[1:]):
        if block.runs:
            near = following is not None and not "".join(lines[block.last + 1 : following.first - 1]).strip()
            yield block, following if near and following is not None and following.language == "text" else None


class Reader:
    """Somebody who types what a page says, in a copy of the samples."""

    def __init__(self, folder: Path) -> None:
        self.top, self.here, self.names = folder, folder, {"__name__": "page"}
        kept = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(ROOT / "samples", folder / "samples", ignore=kept)
        shutil.copytree(DOCS, folder / "docs", ignore=kept)

    def run(self, block: Block) -> tuple[str, int]:
        """Run a block; give what it printed and its exit status."""
        if block.language == "python":
            with self._inside(), imports_kept(), contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(block.text, "page", "exec"), self.names)
            return out.getvalue(), 0
        text = block.text
        if block.language == "console":
            text = "\n".join(line[2:] for line in text.splitlines() if line.startswith("$ "))
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if all(line.startswith(COMMAND + " ") and not SHELL.search(line) for line in lines):
            return self._commands(lines)
        return self._bash(text)

    @contextlib.contextmanager
    def _inside(self) -> Iterator[None]:
        before = Path.cwd()
        os.chdir(self.here)
        try:
            yield
        finally:
            os.chdir(before)

    def _commands(self, lines: list[str]) -> tuple[str, int]:
        status, out = 0, io.StringIO()
        with self._inside(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            for line in lines:
                with pytest.raises(SystemExit) as ended:
                    main(shlex.split(line, comments=True)[1:])
                status = int(ended.value.code or 0)
                if status:
                    break
        return out.getvalue(), status

    def _bash(self, text: str) -> tuple[str, int]:
        where = self.top / "pwd"
        script = f"set -eo pipefail\n{text}\npwd > {shlex.quote(str(where))}\n"
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.here,
            env={**os.environ, "PATH": path, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        if done.returncode == 0:
            self.here = Path(where.read_text().strip())
        return done.stdout.decode("utf-8"), done.returncode


@contextlib.contextmanager
def imports_kept() -> Iterator[None]:
    """Forget what a page imported from its copy of the samples."""
    path = list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in ("make_samples", "made_up_council"):
            sys.modules.pop(name, None)


def trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def fits(printed: list[str], shown: list[str]) -> bool:
    """Say whether printed lines are those shown, a line `...` standing for any number of them."""
    parts: list[list[str]] = [[]]
    for line in shown:
        if line == "...":
            parts.append([])
        else:
            parts[-1].append(line)
    first, *later = parts
    if printed[: len(first)] != first:
        return False
    if not later:
        return printed == first
    start = len(first)
    for part in later[:-1]:
        # The first place is as good as any: what follows a gap may begin anywhere after it.
        found = next((at for at in range(start, len(printed) + 1) if printed[at : at + len(part)] == part), None)
        if found is None:
            return False
        start = found + len(part)
    last = later[-1]
    return len(printed) - len(last) >= start and printed[len(printed) - len(last) :] == last


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_blocks_run_and_print_what_the_page_says(name, tmp_path) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pairs = list(with_output(lines))
    if not pairs:
        return
    reader = Reader(tmp_path)
    for block, shown in pairs:
        printed, status = reader.run(block)
        wanted = 1 if block.comment.startswith("exit 1") else 0
        assert status == wanted, f"{name}, line {block.first}: exit {status}\n{printed}"
        if shown is not None and not fits(trimmed(printed), trimmed(shown.text)):
            assert trimmed(printed) == trimmed(shown.text), f"{name}, line {shown.first}"


def test_a_wrong_figure_on_a_page_would_be_seen() -> None:
    assert fits(["a", "b", "c"], ["a", "...", "c"])
    assert fits(["a", "b"], ["a", "..."])
    assert not fits(["a", "b", "c"], ["a", "...", "d"])
    assert fits(["a", "x", "b", "y", "c"], ["a", "...", "b", "...", "c"])
    assert not fits(["a", "c"], ["a", "...", "b", "...", "c"])
    assert not fits(["a"], ["a", "...", "a"])
    # A page of many gaps is compared in a moment, and not in the hours a pattern that tries every way would take.
    assert not fits(["line"] * 400, [*["line", "..."] * 60, "other"])
    assert not fits(["a 1"], ["a 2"])
    page = "```bash\naudit-toolkit framework\n```\n\n```text\nwrong\n```".splitlines()
    ((block, shown),) = with_output(page)
    assert (block.text, shown and shown.text) == ("audit-toolkit framework", "wrong")


def test_blocks_left_out_say_why_and_are_few() -> None:
    left = [
        (page.name, block.first, block.comment)
        for page in PAGES
        for block in blocks_of(page.read_text(encoding="utf-8").splitlines())
        if block.comment.startswith("not run")
    ]
    assert all(re.match(r"not run: \w+", comment) for _, _, comment in left), left
    assert len(left) <= 5, left


def everything() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_every_command_and_every_verb_is_documented() -> None:
    text = everything()
    assert [each for each in COMMANDS if not re.search(rf"{COMMAND} {each}\b", text)] == []
    verbs = [name for name in at.__all__ if inspect.isfunction(getattr(at, name))]
    python = (DOCS / "python.md").read_text(encoding="utf-8")
    assert len(verbs) > 20
    assert [name for name in verbs if f"`at.{name}" not in python] == []


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("name", NAMES)
def test_links_resolve(name) -> None:
    page = ROOT / name
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or not found.is_relative_to(ROOT):
            broken.append(target)
        elif anchor:
            headings = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), flags=re.MULTILINE)
            if anchor not in map(slug, headings):
                broken.append(target)
    assert broken == []


def named(page: str, heading: str) -> list[str]:
    """Give the words in the first column of the table under a heading, in their order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    section = re.split(rf"^#+ {re.escape(heading)}$", text, maxsplit=1, flags=re.MULTILINE)
    assert len(section) == 2, f'{page} has no heading "{heading}"'
    body = re.split(r"^#+ ", section[1], maxsplit=1, flags=re.MULTILINE)[0]
    return [word for cell in re.findall(r"^\| (`[^|]+) \|", body, flags=re.MULTILINE) for word in ticked(cell)]


def ticked(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def keys_of(room: str, name: str) -> tuple[str, ...]:
    """Give a written-out table of keys, in whichever file of its room it stands."""
    package = importlib.import_module(f"audit_toolkit.{room}")
    within = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    modules = [importlib.import_module(each.name) for each in within if not each.name.endswith("__main__")]
    found = {getattr(module, name) for module in modules if hasattr(module, name)}
    assert len(found) == 1, f"{name} stands {len(found)} times in {room}"
    return found.pop()


@pytest.mark.parametrize(
    ("page", "heading", "room", "keys"),
    [
        ("plan.md", "The keys", "sampling", "PLAN_KEYS"),
        ("plan.md", "Under register", "sampling", "REGISTER_KEYS"),
        ("plan.md", "Under join", "sampling", "JOIN_KEYS"),
        ("plan.md", "Under moderation", "sampling", "MODERATION_KEYS"),
        ("plan.md", "A rule", "register", "RULE_KEYS"),
        ("plan.md", "A stratum column", "register", "STRATUM_KEYS"),
        ("frameworks.md", "The keys", "scoring", "KEYS"),
        ("frameworks.md", "Under score", "scoring", "SCORE_KEYS"),
        ("frameworks.md", "A criterion", "scoring", "CRITERION_KEYS"),
        ("frameworks.md", "An item", "scoring", "ITEM_KEYS"),
        ("frameworks.md", "A limit", "scoring", "LIMIT_KEYS"),
        ("frameworks.md", "A domain", "scoring", "DOMAIN_KEYS"),
        ("frameworks.md", "A language", "scoring", "LANGUAGE_KEYS"),
        ("recommendations.md", "A plan of your own", "improvement", "RECOMMENDATION_KEYS"),
    ],
)
def test_each_key_is_documented_and_none_is_invented(page, heading, room, keys) -> None:
    assert sorted(named(page, heading)) == sorted(keys_of(room, keys))


def headings_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


@pytest.mark.parametrize(
    ("heading", "file"),
    [
        ("sample.csv", "sample.csv"),
        ("ratings.csv", "ratings.csv"),
        ("facts.csv", "facts.csv"),
        ("scores.csv", "scores.csv"),
    ],
)
def test_each_column_of_a_round_is_documented(heading, file) -> None:
    columns = headings_of(ROOT / "samples" / "february-2010" / file)
    columns = [name for name in columns if name not in ("area", "outcome")]
    assert [name for name in named("files.md", heading) if name != "area, outcome"] == columns


def test_the_columns_of_the_contributions_are_documented() -> None:
    assert named("files.md", "contributions.csv") == list(terms.ITEM_COLUMNS)


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("settled.csv", terms.SETTLED_COLUMNS),
        ("moderated_scores.csv", terms.MODERATED_COLUMNS),
        ("overrides.csv", terms.OVERRIDE_COLUMNS),
    ],
)
def test_each_column_of_moderation_is_documented(heading, columns) -> None:
    assert named("files.md", heading) == list(columns)


@pytest.mark.slow
def test_the_columns_of_the_tables_and_workbooks_are_documented(tmp_path) -> None:
    samples = ROOT / "samples"
    comparison = at.compare_rounds(samples / "retrospective-2009", samples / "february-2010")
    _, *tables = at.write_report(comparison, tmp_path / "report.html")
    section = (DOCS / "files.md").read_text(encoding="utf-8")
    for table in tables:
        row = re.search(rf"^\| `{table.name}` \|.*\| (.*) \|$", section, flags=re.MULTILINE)
        assert row, f"{table.name} is not in files.md"
        assert ticked(row[1]) == headings_of(table), table.name
    assert named("files.md", "A change table") == list(comparison.to_table().columns)


def test_the_receipt_and_the_commitment_are_documented() -> None:
    receipt, _ = at.read_receipt(ROOT / "samples" / "february-2010" / "receipt.json")
    assert named("files.md", "receipt.json") == [*receipt.content(), "seal"]
    review = at.plan_review(ROOT / "samples" / "february-2010")
    assert named("files.md", "commitment.json") == list(review.commitment())


# Two cases scored by hand


def by_hand() -> dict[str, dict[str, object]]:
    """Read the page: each case's answers and what they earn, and the figures under the table."""
    text = (DOCS / "scoring-by-hand.md").read_text(encoding="utf-8")
    found: dict[str, dict[str, object]] = {}
    for case, body in re.findall(r"^## Case (\d+).*?$(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL):
        rows = re.findall(r"^\| ([A-Z]{2}\d\d) \| (.*?) \| (.*?) \|", body, flags=re.MULTILINE)
        figures = dict(re.findall(r"^- (.+?): \*\*(.+?)\*\*", body, flags=re.MULTILINE))
        found[case] = {"answers": {key: (answer, earns) for key, answer, earns in rows}, **figures}
    return found


def test_two_cases_scored_by_hand_are_what_the_tool_gives() -> None:
    pages = by_hand()
    folder = DOCS / "by-hand"
    framework = at.load_framework("assessment_quality")
    scores = score_cases(
        folder / "ratings.csv", framework, facts=folder / "facts.csv", as_of=datetime.date(2010, 2, 26)
    )
    exact, rows = scores.exact_scores(), scores.table.set_index("case_id")
    assert list(pages) == list(rows.index)
    for case, page in pages.items():
        answers = page["answers"]
        assert isinstance(answers, dict)
        assert list(answers) == list(framework.criterion_ids)
        told = scores.answers.loc[case]
        assert {key: answer for key, (answer, _) in answers.items()} == {
            key: told[key] or "blank" for key in framework.criterion_ids
        }
        earned = {key: Fraction(earns) for key, (_, earns) in answers.items() if earns != "-"}
        silent = (terms.NA_RATING, terms.PENDING, "blank")
        assert set(earned) == {key for key, (answer, _) in answers.items() if answer not in silent}
        points = scores.contributions().loc[case].dropna()
        assert {key: pytest.approx(float(100 * earns / len(earned))) for key, earns in earned.items()} == dict(points)
        assert str(page["Earned"]) == f"{float(sum(earned.values())):g} of {len(earned)}"
        assert (
            Fraction(str(page["Score"]).removesuffix(" %")) == exact[case] == 100 * sum(earned.values()) / len(earned)
        )
        assert page["Band before limits"] == rows.loc[case, "band_before_limits"]
        assert page["Limits that fire"] == (rows.loc[case, "limits_fired"] or "none")
        assert page["Band"] == rows.loc[case, "band"]
    assert pages["0002"]["Limits that fire"] != "none"


def rewrite(page: Path) -> None:
    """Write what the blocks of a page print now into it."""
    lines = page.read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(Path(folder))
        changes = []
        for block, shown in with_output(lines):
            printed, status = reader.run(block)
            wanted = 1 if block.comment.startswith("exit 1") else 0
            if status != wanted:
                sys.stdout.write(f"{page.name}, line {block.first}: exit {status}\n{printed}\n")
            elif shown is not None and not fits(trimmed(printed), trimmed(shown.text)):
                changes.append((shown.first, shown.last, trimmed(printed)))
    for first, last, printed_lines in reversed(changes):
        lines[first:last] = printed_lines
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{page.name}: {len(changes)} blocks changed\n")


if __name__ == "__main__":
    for given in sys.argv[1:]:
        rewrite(Path(given))


def test_the_tests_of_the_ten_claims_are_there() -> None:
    named_tests = re.findall(
        r"`(tests/[a-z_/]+\.py)::(test_\w+)`", (DOCS / "ten-claims.md").read_text(encoding="utf-8")
    )
    assert len(named_tests) >= 10
    for file, name in named_tests:
        assert f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file} has no {name}"
