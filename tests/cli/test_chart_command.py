"""audit-toolkit chart and trend, as a person runs them."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from command import run
from three_rounds import three_rounds

from audit_toolkit.cli.point_steps import step_notes

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
        "mean 76.2 %, lower limit 62.0 %, upper limit 90.5 %\n"
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
        "mean 87.5 %, lower limit 21.0 %, upper limit 100.0 %",
    ]
    table = run(*asked, "-o", "-").data.splitlines()
    assert table[1].startswith("2008-01,1.0,,0.875,")
    assert "- A limit past 0 % or 100 % stands there: no point can lie beyond it." in run(*asked).data


def test_a_month_without_a_row_is_named(points: str) -> None:
    kept = [row for at, row in enumerate(ROWS.splitlines()) if at != 5]
    Path(points).write_text("\n".join(["month,met,all", *kept]), encoding="utf-8")
    said = run("chart", points, "--date", "month", "--value", "met").data
    assert "- Rows seem to be missing: 2008-05-01 to 2008-07-01, where most steps are one month." in said
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
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits. Months as 2010-01.\n"
        'points.csv, row 3, column B "met": x is not a number. Write a number such as 62.5, or leave the row out.\n'
        'points.csv, row 4, column A "month": 2007-01-01 does not come after 2008-01-01. '
        "Sort the rows by date, one row a date.\n"
        'points.csv, row 4, column B "met": the number is missing. Write a number such as 62.5, or leave the row out.\n'
        'points.csv, row 4, column C "all": of 0 cases there is no share. Leave it out.\n'
    )


DATES = "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits. Months as 2010-01."


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (["2008-03-01", "2008-02-01", "2008-01-01"], 'row 1, column A "month": the rows run backwards in time.'),
        (["2008-01-01", "2008-02-01", "2008-01-01"], 'row 4, column A "month": 2008-01-01 stands in row 2 already.'),
        (["2008-01-01", "2008-03-01", "2008-02-01"], 'row 4, column A "month": 2008-02-01 does not come after 2008-03'),
        (
            ["2008-01", "2008-02-15", "2008-03-15"],
            f'row 2, column A "month": 2008-01 is a month where others are days. {DATES}',
        ),
        (["2008-01", "2008-13", "2008-03"], f'row 3, column A "month": 2008-13 is not a month. {DATES}'),
        (
            [f"{month:02d}/01/2009" for month in range(1, 13)],
            'row 1, column A "month": 02/01/2009 is 2 January 2009 here, and every row is of one month; or the months '
            "were written first. Write 2010-01-31, or months as 2010-01.",
        ),
    ],
)
def test_dates_that_mislead_are_one_line(points: str, dates: list[str], told: str) -> None:
    Path(points).write_text("month,met\n" + "".join(f"{each},5\n" for each in dates), encoding="utf-8")
    done = run("chart", points, "--date", "month", "--value", "met")
    assert (done.status, len(done.messages.splitlines())) == (1, 1)
    assert told in done.messages


@pytest.mark.parametrize(
    ("met", "told"),
    [
        (["80%", "70%"], "none of the 2 cells is a number: 80%; 70% and so on. Take off the % signs, in every row."),
        (["1,5", "2,5"], "Write a point for the decimal comma, and nothing between thousands."),
        (
            ["0.8", "0.7"],
            '0.8 of 10 is no number of cases. "met" counts the cases that met it, of the cases in "all"; ',
        ),
    ],
)
def test_numbers_that_are_no_counts_are_one_line(points: str, met: list[str], told: str) -> None:
    rows = "".join(f'2008-0{at},"{each}",10\n' for at, each in enumerate(met, 1))
    Path(points).write_text("month,met,all\n" + rows, encoding="utf-8")
    done = run("chart", points, "--date", "month", "--value", "met", "--of", "all")
    assert (done.status, len(done.messages.splitlines())) == (1, 1)
    assert told in done.messages


def test_headings_below_a_title_are_read(points: str) -> None:
    Path(points).write_text("Assessments in time\n\nmonth,met %,all\n" + ROWS, encoding="utf-8")
    asked = ("chart", points, "--date", "month", "--value", "met %", "--of", "all")
    assert "--header-row 3" in run(*asked).messages
    said = run(*asked, "--header-row", "3").data
    assert "p chart of 12 points" in said
    assert 'The heading "met %" sounds like a percentage; with --of it is read as a number of cases.' in said


def days(*steps: int) -> list[datetime.date]:
    found = [datetime.date(2024, 1, 1)]
    for step in steps:
        found.append(found[-1] + datetime.timedelta(days=step))
    return found


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (days(1, 1, 1, 1, 3, 1, 1), ""),
        (days(7, 7, 14, 7, 7), "2024-01-15 to 2024-01-29, where most steps are 7 days."),
        (days(1, 1, 1, 1, 4, 1, 1), "2024-01-05 to 2024-01-09, where most steps are one working day."),
        (
            [
                datetime.date(2024, 1, 31),
                datetime.date(2024, 2, 29),
                datetime.date(2024, 3, 31),
                datetime.date(2024, 6, 30),
            ],
            "2024-03-31 to 2024-06-30, where most steps are one month.",
        ),
        (days(3, 11, 5, 60, 2), ""),
        (days(7, 30), ""),
    ],
)
def test_which_steps_are_gaps(dates: list[datetime.date], told: str) -> None:
    notes = step_notes(dates, [each.isoformat() for each in dates])
    assert bool(notes) == bool(told)
    if notes:
        assert told in notes[0]


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
