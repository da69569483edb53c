"""audit-toolkit estimate and change, as a person with somebody else's sample uses them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import Done, run

import audit_toolkit.improvement as improvement

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "elsewhere"
GRADES = ("--value", "Grade", "--ratings", "Outstanding,Good,Adequate,Inadequate")
GOOD = (*GRADES, "--good-at", "Good")
DESIGN = ("--case", "Case", "--strata", "Team", "--population", "cases-autumn.csv")
BOTH = (*DESIGN, "--population", "cases-spring.csv")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in FOLDER.glob("*.csv"):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(*arguments: str) -> list[str]:
    done = run(*arguments)
    assert (done.status, done.data) == (1, "")
    return done.messages.splitlines()


def test_a_share_is_told_with_what_counted_as_good() -> None:
    done = run("estimate", "autumn.csv", *GOOD, *DESIGN, "--domain", "Lives")
    assert (done.status, done.messages) == (0, "")
    assert done.data.splitlines() == [
        'autumn.csv, column "Grade": 43 of 45 cases answered, in 4 strata of 419 cases.',
        "Counted as good: Good (19), Outstanding (2). Counted as not good: Adequate (15), Inadequate (7).",
        "No answer: 0 empty, 2 N/A. They do not count.",
        'Strata: by Team. Cases they stand for: cases-autumn.csv, column "Cases".',
        "",
        "stratum  cases  drawn  answered",
        "-------  -----  -----  --------",
        "Duty         6      6         6",
        "East        61      9         9",
        "North      212     16        14",
        "South      140     14        14",
        "",
        "                 n   share  95 % interval  standard error  interval by",
        "--------------  --  ------  -------------  --------------  -------------",
        "all cases       43  50.6 %  34.3 to 66.8            7.5 %  korn-graubard",
        "Lives: at home  27  57.8 %  36.9 to 76.9            9.4 %  korn-graubard",
        "Lives: placed   16  38.0 %  13.8 to 67.7           13.0 %  korn-graubard",
        "",
        "2 of the 45 cases drawn have no answer (not applicable or missing) and do not count.",
        "The figures speak of the cases the sample stands for: with finite population correction.",
        "Subgroups are exploration: each interval stands by itself, none is adjusted for being one of",
        "  several. The strata were not drawn by them, so how many of a subgroup were drawn is chance.",
    ]


def test_options_reach_the_estimate() -> None:
    plain = json.loads(run("estimate", "autumn.csv", *GOOD, *DESIGN, "--json").data)
    sample = improvement.read_loose_sample(
        "autumn.csv",
        value="Grade",
        ratings=("Outstanding", "Good", "Adequate", "Inadequate"),
        good_at="Good",
        strata=["Team"],
        population="cases-autumn.csv",
        case="Case",
    )
    assert plain == improvement.estimate_loose(sample).to_dict()
    for more, asked in (
        (("--no-fpc",), {"fpc": False}),
        (("--confidence", "90%"), {"confidence": 0.9}),
        (("--method", "logit"), {"method": "logit"}),
    ):
        told = json.loads(run("estimate", "autumn.csv", *GOOD, *DESIGN, *more, "--json").data)
        assert told == improvement.estimate_loose(sample, **asked).to_dict()
        assert told["estimate"] != plain["estimate"]
    good = ("--value", "Grade", "--good", "Outstanding, Good", "--not-good", "Adequate,Inadequate")
    assert json.loads(run("estimate", "autumn.csv", *good, *DESIGN, "--json").data)["estimate"] == plain["estimate"]


def test_a_lonely_stratum_is_collapsed_where_that_was_declared(folder: Path) -> None:
    (folder / "s.csv").write_text("team,good,n\nA,1,30\nA,0,30\nB,1,9\n", encoding="utf-8")
    asked = ("estimate", "s.csv", "--value", "good", "--strata", "team", "--population", "n")
    assert "Variance not estimable" in run(*asked).data
    assert '"B" (one case) was taken with "A" for the variance only.' in run(*asked, "--collapse", "B=A").data
    weighed = run(*asked[:-2], "--weight", "n", "--json")
    assert [each["population"] for each in json.loads(weighed.data)["sample"]["strata"]] == [60, 9]


def test_grades_means_and_totals_are_told() -> None:
    grades = run("estimate", "autumn.csv", *GRADES, *DESIGN, "--kind", "grades", "--domain", "Lives").data
    assert grades.count("Middle grade: ") == 3
    assert "Lives: placed\ngrade         share  95 % interval" in grades
    total = run("estimate", "autumn.csv", "--value", "Visits", *DESIGN, "--kind", "total").data
    assert "all cases  45  2,684.81  2,311.73 to 3,057.88         184.732  t" in total
    assert "all cases  45  6.4" in run("estimate", "autumn.csv", "--value", "Visits", *DESIGN, "--kind", "mean").data


def test_a_change_is_told_with_its_verdict_and_the_registers() -> None:
    done = run("change", "autumn.csv", "spring.csv", *GOOD, *BOTH, "--domain", "Lives", "--margin", "10%")
    assert (done.status, done.messages) == (0, "")
    lines = done.data.splitlines()
    assert lines[0] == "No change shown: 53.3 % to 61.3 %, +7.9 points (95 % interval -13.2 to +29.6)."
    assert "The margin of 10 points counts only if it was declared before the later sample was drawn." in lines
    assert "earlier register  43  50.6 %  34.3 to 66.8             7.5 %  korn-graubard" in lines
    assert any(line.startswith("Lives: placed ") and line.endswith("+2.9 to +70.4") for line in lines)
    shorter = run("change", "autumn.csv", "spring.csv", *GOOD, *BOTH, "--no-fpc").data
    assert "earlier register" not in shorter
    assert "No change shown: 53.3 % to 61.3 %" in shorter


def test_changes_of_grades_means_and_totals_are_told() -> None:
    grades = run("change", "autumn.csv", "spring.csv", *GRADES, *BOTH, "--kind", "grades").data
    assert "Improved: the later case is graded higher in 66 of 100 pairs" in grades
    assert grades.index("Earlier register") < grades.index("Later register")
    visits = ("change", "autumn.csv", "spring.csv", "--value", "Visits", *BOTH)
    mean = run(*visits, "--kind", "mean", "--lower-is-better").data
    assert "one-sided p for\n  improvement 0.2045" in mean
    total = run(*visits, "--kind", "total", "--domain", "Lives").data
    assert "difference            -234.722" in total
    assert "No change shown" not in total


def test_change_is_the_verb_as_json() -> None:
    told = json.loads(run("change", "autumn.csv", "spring.csv", *GOOD, *BOTH, "--json").data)
    assert list(told) == ["earlier", "later", "change", "registers", "domain", "domains", "notes"]
    assert told["change"]["verdict"] == "cannot_tell"


def test_refusals() -> None:
    assert refused("estimate", "autumn.csv", "--value", "Grade", *DESIGN) == [
        'autumn.csv, row 1, column D "Grade": the answers are Adequate, Good, Inadequate, Outstanding, not 0 or 1, yes '
        'or no, true or false. Say what counts: --good "..." with --not-good "...", or --ratings, best first, with '
        "--good-at."
    ]
    assert refused("estimate", "autum.csv", *GOOD, *DESIGN) == [
        'autum.csv: there is no such file. Did you mean "autumn.csv"?'
    ]
    visits = ("--value", "Visits", *BOTH, "--kind", "total")
    assert refused("change", "autumn.csv", "spring.csv", *visits, "--margin", "3") == [
        "a total has no verdict, and so no margin and no better direction. Leave them out, or compare means."
    ]
    assert refused("change", "autumn.csv", "spring.csv", *GRADES, *BOTH, "--kind", "grades", "--lower-is-better") == [
        "--ratings run best first, so that none of them is better for being lower. "
        "Leave out --lower-is-better, or turn the ratings round."
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("estimate", "autumn.csv"), "Missing option '--value'"),
        (("estimate", "autumn.csv", *GOOD, *BOTH), "--population is given 2 times: give it once."),
        (
            ("change", "autumn.csv", "spring.csv", *GOOD, *BOTH, "--population", "9"),
            "--population is given 3 times: give it once, or twice.",
        ),
        (
            ("estimate", "autumn.csv", *GOOD, *DESIGN, "--collapse", "A"),
            "A names no neighbour. Write STRATUM=NEIGHBOUR.",
        ),
        (("estimate", "autumn.csv", *GOOD, *DESIGN, "--confidence", "95"), "95 is not a share. Write 95% or 0.95."),
        (("change", "autumn.csv", "spring.csv", *GOOD, *BOTH, "--margin", "ten"), "ten is not a margin."),
        (("estimate", "autumn.csv", *GOOD, *DESIGN, "--margin", "1"), "No such option"),
    ],
)
def test_misuse_ends_with_2(arguments: tuple[str, ...], said: str) -> None:
    done: Done = run(*arguments)
    assert (done.status, done.data) == (2, "")
    assert said in done.messages


def two_files(earlier: str, later: str) -> tuple[str, ...]:
    for name, rows in (("e.csv", earlier), ("l.csv", later)):
        Path(name).write_text("case,met,area,cases\n" + rows, encoding="utf-8")
    return ("e.csv", "l.csv", "--value", "met", "--strata", "area", "--population", "cases")


EAST = "".join(f"0{100 + at},{at % 2},East,200\n" for at in range(12))
AGAIN = "".join(f"0{200 + at},{min(at % 3, 1)},East,200\n" for at in range(12))


def test_a_stratum_of_one_case_tells_nothing_and_says_what_to_declare() -> None:
    both = two_files(EAST + "0900,1,West,30\n", AGAIN + "0901,0,West,30\n")
    said = run("change", *both, "--case", "case").data
    assert said.startswith("Cannot tell: 56.5 % to ")
    assert "no test could be made" in said
    assert said.count("Variance not estimable") == 1
    told = run("change", *both, "--case", "case", "--collapse", "West=East", "--collapse", "East=West").data
    assert told.startswith("No change shown: ")
    assert 'Both rounds: "West" (one case) was taken with "East" for the variance only.' in told
    assert '"East" has 12 cases in e.csv and was not collapsed.' in told


def test_labels_that_look_the_same_across_the_files_are_refused() -> None:
    both = two_files(EAST, AGAIN.replace("East", "EAST"))
    assert refused("change", *both, "--case", "case") == [
        '"EAST", "East" look the same, and each would be a stratum of its own. Write them alike.'
    ]


def test_ids_that_lost_their_zeros_in_one_file_are_remarked_on() -> None:
    both = two_files(EAST, EAST.replace("\n01", "\n1").removeprefix("0"))
    said = " ".join(run("change", *both, "--case", "case").data.split())
    assert "12 case ids differ, 0100 earlier and 100 later the first of them, only in zeros before them." in said
    assert "zeros" not in run("change", *two_files(EAST, AGAIN), "--case", "case").data


def test_a_row_of_totals_is_pointed_out_or_refused() -> None:
    two_files(EAST + "Total,1,East,200\n", AGAIN)
    design = ("--value", "met", "--case", "case", "--strata", "area", "--population")
    said = run("estimate", "e.csv", *design, "cases").data
    assert 'The case id "Total" (row 14) is a word for a sum: look that it is a case.' in said
    Path("n.csv").write_text("area,cases\nEast,200\nGrand total,200\n,x\n", encoding="utf-8")
    assert refused("estimate", "l.csv", *design, "n.csv") == [
        'n.csv, row 3: "Grand total" is a word for a sum and no stratum of the sample. Take the row out.',
        'n.csv, row 4, column B "cases": "x" is not a whole number of cases. Give how many there are.',
    ]


def test_problems_of_the_sample_and_of_its_file_of_counts_come_together() -> None:
    two_files(EAST.replace("0100,0", "0100,perhaps"), AGAIN)
    Path("n.csv").write_text("place,cases\nEast,200\n", encoding="utf-8")
    told = refused("estimate", "e.csv", "--value", "met", "--case", "case", "--strata", "area", "--population", "n.csv")
    assert len(told) == 2
    assert any("perhaps" in line for line in told)
    assert any("area" in line for line in told)


def test_a_margin_is_in_the_unit_of_what_changes() -> None:
    both = two_files(EAST, AGAIN)
    mean = run("change", *both, "--kind", "mean", "--margin", "10%")
    assert mean.status == 2
    assert "10% of what is not said: a mean's margin is a number of its own unit." in mean.messages
    for margin in ("10%", "0.1"):
        said = run("change", *both, "--margin", margin, "--lower-is-better").data
        assert "The margin of 10 points counts only if it was declared" in said
        assert "Lower is better." in said
    assert "Write 95% or 0.95." in run("change", *both, "--confidence", "95").messages


def test_subgroups_that_are_strata_were_drawn_by_them() -> None:
    two_files(EAST, AGAIN)
    design = ("--value", "met", "--strata", "area", "--population", "cases", "--domain")
    assert "chance" not in run("estimate", "e.csv", *design, "area").data
    assert "is chance" in " ".join(run("estimate", "e.csv", *design, "met").data.split())


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("Average,,,0.5,", 'row 14, column A "ref"'),
        (",,Grand total,6,", 'row 14, column C "area"'),
        (",,,6,", 'row 14, column D "met"'),
    ],
)
def test_a_row_that_is_a_sum_is_refused_without_a_column_of_ids_too(row: str, place: str) -> None:
    rows = "".join(f"r{at},x,East,{at % 2},200\n" for at in range(12))
    Path("s.csv").write_text("ref,name,area,met,cases\n" + rows + row + "\n", encoding="utf-8")
    for design in (("--population", "300"), ("--strata", "area", "--population", "cases")):
        told = refused("estimate", "s.csv", "--value", "met", "--kind", "mean", *design)
        assert len(told) == 1
        assert told[0].startswith(f"s.csv, {place}: ")
        assert told[0].endswith("does not look like a case. Take the row out.")


def test_sums_in_a_file_of_counts_by_two_columns_are_told() -> None:
    rows = "".join(f"c{at},{at % 2},East,T{at % 2}\n" for at in range(12))
    Path("s.csv").write_text("case,met,area,team\n" + rows, encoding="utf-8")
    Path("n.csv").write_text("area,team,cases\nEast,T0,50\nEast,T1,40\nTotal,,90\nEast,Total,90\n", encoding="utf-8")
    design = ("--strata", "area", "--strata", "team", "--population", "n.csv")
    told = refused("estimate", "s.csv", "--value", "met", "--case", "case", *design)
    assert [line.split(":")[0] for line in told] == ["n.csv, row 4", "n.csv, row 5"]
    assert all("is a word for a sum and no stratum of the sample. Take the row out." in line for line in told)


def test_more_cases_than_there_are_is_told_with_the_row() -> None:
    two_files(EAST.replace(",200", ",10"), AGAIN)
    told = refused("estimate", "e.csv", "--value", "met", "--case", "case", "--strata", "area", "--population", "cases")
    assert told == [
        'e.csv, row 2: 12 cases of stratum "East" are in the sample, and it has 10. '
        "Check the count, or whether a case stands twice."
    ]


def test_one_file_twice_and_one_sheet_twice_are_misuse() -> None:
    both = two_files(EAST, AGAIN)
    done = run("change", "e.csv", "./e.csv", *both[2:])
    assert done.status == 2
    assert "e.csv is named twice: nothing changed between a file and itself." in done.messages


def test_numbers_that_are_not_read_are_one_line_with_their_own_mend() -> None:
    Path("s.csv").write_text("visits,late,share\n" + '2,1.5,"1,5"\n3,2.5,"2,5"\n1,1,"7,5"\n', encoding="utf-8")
    asked = ("estimate", "s.csv", "--population", "30", "--value")
    assert refused(*asked, "visits") == [
        's.csv, row 1, column A "visits": the answers are numbers, such as 2, not 0 and 1. '
        "Say what is wanted of them: --kind mean, or total."
    ]
    assert refused(*asked, "share", "--kind", "mean") == [
        's.csv, row 1, column C "share": the answers are 1,5; 2,5; 7,5, not numbers with a point. '
        "Write digits with a point for the decimals, and nothing between thousands."
    ]
    Path("s.csv").write_text("late\n5%\n7%\n", encoding="utf-8")
    assert refused(*asked, "late", "--kind", "mean")[0].endswith("Take off the % signs, in every row alike.")


def test_lower_is_better_is_said_of_what_was_read() -> None:
    both = two_files(EAST, AGAIN)
    said = run("change", *both, "--case", "case", "--lower-is-better").data
    assert "Counted: 1 (6). Not counted: 0 (6)." in said
    assert "as good" not in said
    grades = run("change", *both, "--case", "case", "--kind", "grades", "--lower-is-better").data
    assert "Grades: numbers, the smallest the best." in grades


def test_earlier_grades_that_are_all_alike_are_compared() -> None:
    alike = "".join(f"e{at},1,East,200\n" for at in range(8))
    for later, word in (
        (alike.replace("e", "l"), "Cannot tell"),
        (alike.replace("e", "l").replace(",1,", ",2,"), "Improv"),
    ):
        both = two_files(alike, later)
        done = run("change", *both, "--case", "case", "--kind", "grades")
        assert done.status == 0, done.messages
        assert done.data.startswith(word)


def test_a_space_at_the_end_of_an_answer_is_shown() -> None:
    two_files(EAST.replace("0100,0", "0100,Yes ").replace(",1,", ",Yes,").replace(",0,", ",No,"), AGAIN)
    told = refused("estimate", "e.csv", "--value", "met", "--strata", "area", "--population", "cases")
    assert '"Yes " (with a space at its end or start) is not 0 or 1' in told[0]
