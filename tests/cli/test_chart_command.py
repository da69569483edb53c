"""audit-toolkit chart and trend, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import run
from three_rounds import three_rounds

ROWS = "".join(f"2008-{month:02d}-01,{met},80\n" for month, met in enumerate([60, 62] * 6, 1))


@pytest.fixture
def points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text("month,met,all\n" + ROWS, encoding="utf-8")
    return "points.csv"


def test_a_p_chart_with_its_files(points: str) -> None:
    done = run("chart", points, "--date", "month", "--value", "met", "--of", "all", "-o", "c.csv", "--plot", "c.png")
    assert done.status == 0
    assert done.data == (
        "p chart of 12 points, 2008-01-01 to 2008-12-01\n"
        "mean 76.2 %, limits 62.0 % and 90.5 %\n"
        "No signal: these points do not go beyond what chance would do.\n"
    )
    assert done.messages == "Written: c.csv.\nWritten: c.png.\n"
    assert Path("c.png").read_bytes().startswith(b"\x89PNG")
    assert len(Path("c.csv").read_text(encoding="utf-8").splitlines()) == 13
    again = run("chart", points, "--date", "month", "--value", "met", "-o", "c.csv")
    assert again.status == 1


def test_xmr_of_values_or_of_percentages(points: str) -> None:
    plain = json.loads(run("chart", points, "--date", "month", "--value", "met", "--json").data)
    assert (plain["kind"], plain["centre"]) == ("xmr", 61)
    shares = run("chart", points, "--date", "month", "--value", "met", "--of", "all", "--kind", "xmr", "--json")
    assert json.loads(shares.data)["centre"] == pytest.approx(0.7625)
    assert run("chart", points, "--date", "month", "--value", "met", "--kind", "p").status == 2
    assert run("chart", points, "--date", "month", "--value", "met", "-o", "-").data.startswith("label,value")


def test_an_xmr_chart_of_shares_keeps_within_them(points: str) -> None:
    rows = "".join(f"2008-{month:02d},{met},20\n" for month, met in enumerate([20, 15] * 6, 1))
    Path(points).write_text("month,met,all\n" + rows, encoding="utf-8")
    asked = ("chart", points, "--date", "month", "--value", "met", "--of", "all", "--kind", "xmr")
    assert run(*asked).data.splitlines()[:2] == [
        "XmR chart of 12 points, 2008-01 to 2008-12",
        "mean 87.5 %, limits 21.0 % and 100.0 %",
    ]
    table = run(*asked, "-o", "-").data.splitlines()
    assert table[1].startswith("2008-01,1.0,,0.875,")
    assert "- A limit past 0 or 1 stands at 0 or 1: no point can lie beyond it." in run(*asked).data


def test_a_month_without_a_row_is_named(points: str) -> None:
    kept = [row for at, row in enumerate(ROWS.splitlines()) if at != 5]
    Path(points).write_text("\n".join(["month,met,all", *kept]), encoding="utf-8")
    said = run("chart", points, "--date", "month", "--value", "met").data
    assert "- Rows seem to be missing: 2008-05-01 to 2008-07-01, where most steps are 31 days." in said
    Path(points).write_text("month,met,all\n" + ROWS, encoding="utf-8")
    assert "missing" not in run("chart", points, "--date", "month", "--value", "met").data


def test_a_column_without_any_date_is_told_once(points: str) -> None:
    Path(points).write_text("month,met\nJan 2008,5\nFeb 2008,6\nMar 2008,7\nApr 2008,7\n", encoding="utf-8")
    done = run("chart", points, "--date", "month", "--value", "met")
    assert (done.status, done.messages) == (
        1,
        'points.csv, row 1, column A "month": none of the 4 cells is a date or a month: Jan 2008, Feb 2008, Mar 2008 '
        "and so on. Write dates as 2010-01-31 or 31/01/2010, days and months in two digits. Months as 2010-01.\n",
    )


def test_every_problem_of_the_points_at_once(points: str) -> None:
    bad = "month,met,all\n2008-01-01,5,4\n2008-13-01,x,9\n2007-01-01,,0\n"
    Path(points).write_text(bad, encoding="utf-8")
    done = run("chart", points, "--date", "month", "--value", "met", "--of", "all", "-o", "c.csv")
    assert done.status == 1
    assert not Path("c.csv").exists()
    assert done.messages == (
        'points.csv, row 2, column B "met": 5 of 4 cannot be. "met" counts the cases that met it, of the cases in '
        '"all".\n'
        'points.csv, row 3, column A "month": 2008-13-01 is not a date. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.\n"
        'points.csv, row 3, column B "met": x is not a number. Write a number such as 62.5, or leave the row out.\n'
        'points.csv, row 4, column A "month": 2007-01-01 does not come after 2008-01-01. '
        "Sort the rows by date, one row a date.\n"
        'points.csv, row 4, column B "met": the number is missing. Write a number such as 62.5, or leave the row out.\n'
        'points.csv, row 4, column C "all": of 0 cases there is no share. Leave it out.\n'
    )


@pytest.mark.slow
def test_trend_of_three_rounds_with_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    three_rounds(tmp_path)
    monkeypatch.chdir(tmp_path)
    names = ("retrospective-2009", "february-2010", "july-2010")
    done = run("trend", *names, "-o", "t.csv", "--plot", "t.png")
    assert done.status == 0, done.messages
    assert "Quality of assessment: On the line through 3 rounds: Improved:" in done.data
    assert done.messages == "Written: t.csv.\nWritten: t.png.\n"
    found = json.loads(run("trend", *names, "--framework", "record_keeping", "--json").data)
    assert found["framework"] == "record_keeping"
    assert run("trend", *names, "-o", "-").data.startswith("measure,")
    assert run("trend", *names[:2]).status == 1
