"""The page in the real Chromium: what it shows, what it would run, and whether it fits a telephone."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from page_reader import SAMPLES, Page

from audit_toolkit.improvement import Comparison, round_levels
from audit_toolkit.reporting import report_html, sample_statement, statement_html

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"
# Puts the width of the page and of its parts that do not scroll into the title, so that a dump tells them.
MEASURE = """<script>
const wide = [...document.querySelectorAll("main > *, .answer *")].filter(
  each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
const boxes = [...document.querySelectorAll("th")].map(each => [each.scrollWidth, each.clientWidth]);
document.title = JSON.stringify({
  page: document.documentElement.scrollWidth, window: document.documentElement.clientWidth,
  wide: wide.length, clipped: boxes.filter(([needs, has]) => needs > has + 1).length});
</script>"""


def dumped(page: str, folder: Path, width: int = 1100) -> str:
    """Give the document as Chromium holds it once loaded."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program is not None, "Chromium is not installed"
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
    ]
    command = [program, *options, f"--window-size={width},900", "--dump-dom", file.as_uri()]
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.decode("utf-8")


def test_the_browser_shows_the_answer_and_every_table(comparison: Comparison, page: str, tmp_path: Path) -> None:
    seen, written = Page(dumped(page, tmp_path)), Page(page)
    assert seen.text == written.text
    assert seen.tables == written.tables
    assert "Has casework got better?".lower() in seen.text.lower()
    for row in comparison.grades():
        assert row.measure.label in seen.text


def test_a_hostile_name_runs_nothing(comparison: Comparison, tmp_path: Path) -> None:
    population = {HOSTILE: 20, **comparison.later.population}
    receipt = dataclasses.replace(comparison.later.receipt, population=population)
    later = dataclasses.replace(comparison.later, name=HOSTILE, receipt=receipt)
    rows = [
        dataclasses.replace(row, measure=dataclasses.replace(row.measure, label=HOSTILE)) for row in comparison.rows
    ]
    hostile = dataclasses.replace(comparison, later=later, rows=tuple(rows), reasons=(HOSTILE,))
    seen = Page(dumped(report_html(hostile), tmp_path))
    assert {"img", "script"} & set(seen.tags) == set()
    assert "pwned'</script>: has casework got better?" in seen.text


@pytest.mark.parametrize("width", [1100, 600])
def test_nothing_runs_over_the_side_and_no_heading_is_cut(page: str, width: int, tmp_path: Path) -> None:
    assert measured(page, tmp_path, width) == {"page": width, "window": width, "wide": 0, "clipped": 0}


@pytest.mark.parametrize("width", [1100, 600])
def test_the_page_of_one_round_fits_too(comparison: Comparison, width: int, tmp_path: Path) -> None:
    baseline = report_html(round_levels(comparison.later))
    assert measured(baseline, tmp_path, width) == {"page": width, "window": width, "wide": 0, "clipped": 0}


def test_headings_that_do_not_fit_would_be_found(page: str, tmp_path: Path) -> None:
    narrow = page.replace("</style>", "th { white-space: nowrap; max-width: 3rem; }</style>")
    assert measured(narrow, tmp_path, 1100)["clipped"] > 0


def measured(page: str, folder: Path, width: int) -> dict[str, int]:
    """Measure the page at a width: its own width, parts that run over, headings that are cut."""
    seen = dumped(page.replace("</body>", MEASURE + "</body>"), folder, width)
    title = seen[seen.index("<title>") + 7 : seen.index("</title>")]
    found: dict[str, int] = json.loads(html.unescape(title))
    return found


def pages(page: str, folder: Path) -> int:
    """Count the sheets of A4 that Chromium prints a page on."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program is not None, "Chromium is not installed"
    (folder / "page.html").write_text(page, encoding="utf-8")
    printed = folder / "page.pdf"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command = [program, *options, "--no-pdf-header-footer", f"--print-to-pdf={printed}"]
    subprocess.run([*command, (folder / "page.html").as_uri()], capture_output=True, check=True, timeout=120)
    return len(re.findall(rb"/Type\s*/Page[^s]", printed.read_bytes()))


@pytest.mark.parametrize("strata", [0, 60, 90])
def test_the_sample_statement_is_one_sheet_of_paper(strata: int, tmp_path: Path) -> None:
    statement = sample_statement(SAMPLES / "february-2010")
    if strata:
        population = {f"North West area {number:02} / child protection": 9 + number for number in range(strata)}
        allocation = dict.fromkeys(population, 2)
        receipt = dataclasses.replace(statement.sample.receipt, population=population, allocation=allocation)
        statement = dataclasses.replace(statement, sample=dataclasses.replace(statement.sample, receipt=receipt))
    assert pages(statement_html(statement), tmp_path) == 1


def test_the_sample_statement_fits_a_telephone(tmp_path: Path) -> None:
    page = statement_html(sample_statement(SAMPLES / "february-2010"))
    assert measured(page, tmp_path, 600) == {"page": 600, "window": 600, "wide": 0, "clipped": 0}
