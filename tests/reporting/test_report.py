"""The page and the tables beside it: what they say, and what they never say."""

from __future__ import annotations

import csv
import dataclasses
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest
from page_reader import SAMPLES, Page

from audit_toolkit import terms
from audit_toolkit.errors import FileError
from audit_toolkit.improvement import Comparison, Round, compare_rounds
from audit_toolkit.reporting import report_html, report_tables, write_report

HOSTILE = "<script>document.title='pwned'</script>&\"'"
# What a page may say of a change that was not shown.
ALLOWED = "no change shown"


def changed(round_: Round, **plan: object) -> Round:
    return dataclasses.replace(round_, plan=dataclasses.replace(round_.plan, **plan))


def private_words() -> Iterable[str]:
    """Give every id and name of the samples' registers and auditors."""
    for file in sorted(SAMPLES.glob("register_*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            for row in csv.DictReader(opened):
                yield from (row["Child reference"], row["Worker"], row["Manager"], row["File reference"], row["Team"])
    with (SAMPLES / "auditors.csv").open(encoding="utf-8-sig", newline="") as opened:
        yield from (row["auditor"] for row in csv.DictReader(opened))


def test_no_id_and_no_name_of_anybody(comparison: Comparison, page: str, tmp_path: Path) -> None:
    written = write_report(comparison, tmp_path / "report.html")
    whole = "\n".join([page, *(path.read_text(encoding="utf-8-sig") for path in written)])
    private = set(private_words())
    assert len(private) > 1_500
    tokens = set(re.findall(r"\w+", whole))
    assert {word for word in private if " " not in word} & tokens == set()
    assert [word for word in private if " " in word and re.search(rf"\b{re.escape(word)}\b", whole)] == []


def test_the_page_stands_alone(page: str) -> None:
    read = Page(page)
    assert [each for each in read.fetched if not each.startswith("#")] == []
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(read.tags)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_the_answer_comes_first_and_the_page_says_it_is_made_up(comparison: Comparison, page: str) -> None:
    text = Page(page).text
    assert 0 < text.index("Made up. ") < text.index(comparison.grades()[0].measure.label) < text.index("The change,")
    assert all(row.measure.label in text for row in comparison.grades())
    real = dataclasses.replace(
        comparison, earlier=changed(comparison.earlier, made_up=""), later=changed(comparison.later, made_up="")
    )
    assert "made up" not in Page(report_html(real)).text.lower()
    half = dataclasses.replace(comparison, later=changed(comparison.later, made_up=""))
    assert "Made up." in Page(report_html(half)).text


def test_figures_have_a_real_minus_sign(page: str) -> None:
    text = Page(page).text
    assert re.search(r"−\d", text)
    assert not re.search(r"(?<![\w.:-])-\d", text)
    assert "−0 " not in text
    assert "nan" not in text.lower().split()


@pytest.mark.slow
def test_no_change_is_never_said_but_as_not_shown(comparison: Comparison, page: str) -> None:
    words = (terms.IMPROVED, terms.WORSENED, terms.NO_WORSE, terms.CANNOT_TELL)
    pages = [page, report_html(dataclasses.replace(comparison, reasons=("Why not.",)))]
    for verdict in words:
        rows = tuple(dataclasses.replace(row, verdict=verdict if row.verdict else "") for row in comparison.rows)
        pages.append(report_html(dataclasses.replace(comparison, rows=rows)))
    for each in pages:
        text = Page(each).text.lower()
        assert text.count("no change") == text.count(ALLOWED)
        assert "unchanged" not in text
        assert "cannot_tell" not in text
        assert "no_worse" not in text


@pytest.mark.slow
def test_the_same_comparison_gives_the_same_bytes(comparison: Comparison, page: str) -> None:
    assert report_html(comparison) == page
    program = (
        "import sys, audit_toolkit as at; from audit_toolkit.reporting import report_html;"
        "sys.stdout.buffer.write(report_html(at.compare_rounds(sys.argv[1], sys.argv[2])).encode())"
    )
    folders = [str(SAMPLES / name) for name in ("retrospective-2009", "february-2010")]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    done = subprocess.run([sys.executable, "-c", program, *folders], capture_output=True, check=True, env=environment)
    assert done.stdout.decode() == page


def test_hostile_names_are_only_text(comparison: Comparison) -> None:
    later = comparison.later
    population = {HOSTILE: 20, **later.population}
    receipt = dataclasses.replace(later.receipt, population=population, exclusions=((HOSTILE, 9),))
    rows = [
        dataclasses.replace(row, measure=dataclasses.replace(row.measure, label=HOSTILE), domain=row.domain)
        for row in comparison.rows
    ]
    named = dataclasses.replace(changed(later, made_up=HOSTILE), name=HOSTILE, receipt=receipt)
    page = report_html(dataclasses.replace(comparison, later=named, rows=tuple(rows), notes=(HOSTILE,)))
    assert "<script" not in page
    assert "script" not in Page(page).tags
    assert Page(page).text.count("<script>document.title='pwned'</script>&\"'") > 50


def test_a_dollar_in_a_title_is_no_formula(comparison: Comparison) -> None:
    rows = [
        dataclasses.replace(row, measure=dataclasses.replace(row.measure, label=r"Cost $\frac{1}{2}$ and $"))
        for row in comparison.rows
    ]
    assert r"$\frac{1}{2}$" in report_html(dataclasses.replace(comparison, rows=tuple(rows)))


def test_the_csv_tables_hold_the_figures_of_the_page(comparison: Comparison, tmp_path: Path) -> None:
    written = write_report(comparison, tmp_path / "report.html")
    page = Page(written[0].read_text(encoding="utf-8"))
    tables = {table.name: table for table in report_tables(comparison)}
    assert [path.stem for path in written[1:]] == list(tables)
    on_page = {tuple(table[0]): table[1:] for table in page.tables}
    for path in written[1:]:
        table = tables[path.stem]
        if table.name == "recommendations":
            continue
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        shown = [[_shown(row, column.key, column.kind) for column in table.columns] for _, row in frame.iterrows()]
        assert on_page[tuple(column.heading for column in table.columns)] == shown


def _shown(row: pd.Series, key: str, kind: str) -> str:
    """Work out from a CSV row, on its own, what the page must show."""
    if kind in ("interval", "shares", "values", "cases"):
        names = [f"{key}_{side}" for side in (("earlier", "later") if kind == "cases" else ("low", "high"))]
        texts = [row[name] for name in names]
        if texts[0] in ("", "too few"):
            return texts[0] or "–"
        if kind == "cases":
            return " / ".join(texts)
        each = {"interval": "points", "shares": "share", "values": "value"}[kind]
        return " to ".join([_figure(texts[0], each).removesuffix(" %"), _figure(texts[1], each)])
    return _figure(row[key], kind)


def _figure(text: str, kind: str) -> str:
    if kind in ("id", "text", "long", "word") or text == "too few":
        return text
    if text == "":
        return "–"
    if text == "under 6":
        return text
    number = float(text)
    if kind == "p":
        return "< 0.001" if number < 0.001 else f"{number:.3f}"
    if kind == "points":
        return f"{number * 100:+.0f}".replace("-", "−") if f"{number * 100:.0f}" not in ("0", "-0") else "0"
    return {
        "share": f"{number * 100:.0f} %",
        "count": f"{number:,.0f}",
        "value": f"{number:.2f}".replace("-", "−"),
    }[kind]


@pytest.mark.slow
def test_rounds_that_may_not_be_compared_get_a_page_without_a_word(comparison: Comparison) -> None:
    rule = {**comparison.earlier.receipt.frame_rule, "exclude": [{"column": "team", "is": ["Duty"]}]}
    earlier = dataclasses.replace(
        comparison.earlier, receipt=dataclasses.replace(comparison.earlier.receipt, frame_rule=rule)
    )
    anyway = compare_rounds(earlier, comparison.later, anyway=True)
    assert anyway.reasons == ("The rules of who is excluded differ.",)
    text = Page(report_html(anyway)).text
    told = text[: text.index("How to read this")]
    assert "No verdict can be given on these two rounds; the estimates are shown without one." in told
    assert anyway.reasons[0] in told
    assert told.count("no verdict") > len(anyway.criteria())
    assert not re.search(r"\b(improved|worsened|no worse|no change shown)\b", told)
    assert "95 % interval" in told
    assert "would have" not in told
    grades = next(table for table in report_tables(anyway) if table.name == "grades").to_frame()
    assert set(grades["p_two_sided"]) == set(grades["p_adjusted"]) == {""}
    assert "" not in set(grades["theta_ci_low"])


@pytest.mark.parametrize(
    "purpose",
    ["dip", pytest.param("thematic", marks=pytest.mark.slow), pytest.param("multi-agency", marks=pytest.mark.slow)],
)
def test_a_round_not_drawn_by_chance_gives_counts_and_no_interval(comparison: Comparison, purpose: str) -> None:
    found = compare_rounds(comparison.earlier, changed(comparison.later, purpose=purpose))
    page = Page(report_html(found))
    assert f"(purpose: {purpose})" in page.text
    assert "Findings only: a round that was not drawn at random for comparison can give no verdict." in page.text
    assert "svg" not in page.tags
    assert "times in 10;" not in page.text
    for table in report_tables(found):
        if table.name not in ("agreement",):
            frame = table.to_frame()
            kept = [name for name in frame if re.match(r"(theta_)?ci_|p_|detectable", name)]
            assert (frame[kept] == "").all(axis=None)


def test_rounds_without_double_ratings(comparison: Comparison) -> None:
    rounds = []
    for each in (comparison.earlier, comparison.later):
        nothing = each.ratings.second.iloc[:0]
        rounds.append(dataclasses.replace(each, ratings=dataclasses.replace(each.ratings, second=nothing)))
    single = dataclasses.replace(comparison, earlier=rounds[0], later=rounds[1])
    tables = {table.name: table for table in report_tables(single)}
    assert tables["agreement"].rows == []
    assert list(tables["agreement"].to_frame()) == [
        "round",
        "framework",
        "cases",
        "measure",
        "value",
        "ci_low",
        "ci_high",
    ]
    assert "No case was rated by two auditors" in Page(report_html(single)).text


def test_the_agreement_table_gives_every_measure_of_every_framework(comparison: Comparison) -> None:
    table = next(table for table in report_tables(comparison) if table.name == "agreement")
    frame = table.to_frame()
    assert set(frame["measure"]) >= {"Raw agreement", "Weighted kappa", "Gwet AC2", "Krippendorff alpha (ordinal)"}
    assert set(frame["framework"]) == {row.measure.label for row in comparison.grades()}
    assert set(frame["round"]) == {comparison.earlier.name, comparison.later.name}
    found = comparison.later.agreement("assessment_quality")
    assert found is not None
    mine = frame[(frame["round"] == comparison.later.name) & (frame["framework"] == "Quality of assessment")]
    assert list(mine["value"]) == [repr(measure.value) for measure in found.measures]


@pytest.mark.slow
def test_nothing_is_written_over_without_force(comparison: Comparison, tmp_path: Path) -> None:
    path = tmp_path / "out" / "report.html"
    written = write_report(comparison, path)
    assert written == write_report(comparison, path)
    assert {each.parent.name for each in written[1:]} == {"tables"}
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileError, match=r"^report\.html: exists already\. Use --force to write over it\.$"):
        write_report(comparison, path)
    assert path.read_text(encoding="utf-8") == "mine"
    write_report(comparison, path, force=True)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
