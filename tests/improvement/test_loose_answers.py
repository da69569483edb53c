"""The answers of a column: what counts as what, and every refusal in its words."""

from __future__ import annotations

import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.files import table_from_frame
from audit_toolkit.improvement.rounds.loose_answers import AnswerRule, read_answers

GRADES = ("Outstanding", "Good", "Adequate", "Inadequate")


def read(cells: list[str], rule: AnswerRule, cases: list[str] | None = None):
    table = table_from_frame(pd.DataFrame({"case": [f"c{i}" for i in range(len(cells))], "answer": cells}), "file.csv")
    return read_answers(table, "answer", cases, rule)


def values(cells: list[str], rule: AnswerRule) -> list[float | None]:
    rule.check()
    answers, problems = read(cells, rule)
    assert problems == []
    return [None if each != each else each for each in answers.values.tolist()]


@pytest.mark.parametrize(
    ("cells", "rule", "expected"),
    [
        (["1", "0", "", "N/A", "1.0", "0.0"], AnswerRule("share"), [1, 0, None, None, 1, 0]),
        (["Yes", "no", "TRUE", "False", "YES"], AnswerRule("share"), [1, 0, 1, 0, 1]),
        (["Good", "Adequate", "Outstanding"], AnswerRule("share", ratings=GRADES, good_at="Good"), [1, 0, 1]),
        (["Good", "Inadequate"], AnswerRule("share", ratings=GRADES, good=("Good",)), [1, 0]),
        (["met", "partly", "no"], AnswerRule("share", good=("met",), not_good=("partly", "no")), [1, 0, 0]),
        (["Good", "Inadequate", "N/A"], AnswerRule("grades", ratings=GRADES), [2, 0, None]),
        (["1", "4", "2.5"], AnswerRule("grades"), [1, 4, 2.5]),
        (["1", "-4.25", "1e3", "+.5", ""], AnswerRule("mean"), [1, -4.25, 1000, 0.5, None]),
        (["3", "N/A"], AnswerRule("total"), [3, None]),
        (["", "N/A"], AnswerRule("share"), [None, None]),
    ],
)
def test_what_counts_as_what(cells, rule, expected) -> None:
    assert values(cells, rule) == expected


def test_blank_and_not_applicable_are_counted_apart() -> None:
    answers, _ = read(["1", "", "", "N/A", "yes"], AnswerRule("share"))
    assert (answers.blank, answers.not_applicable, answers.found) == (2, 1, (("1", 1), ("yes", 1)))


NO_ANSWER = "Leave the cell empty where there is no answer, N/A where it does not apply."
PLAIN = f"Mend it, or say what counts with --good and --not-good. {NO_ANSWER}"


@pytest.mark.parametrize(
    ("cells", "rule", "lines"),
    [
        (
            ["1", "maybe", "n/a", "2"],
            AnswerRule("share"),
            [
                f'file.csv, row 3 (case c1), column B "answer": maybe is not 0 or 1, yes or no, true or false. {PLAIN}',
                f'file.csv, row 4 (case c2), column B "answer": n/a is not 0 or 1, yes or no, true or false. {PLAIN}',
                f'file.csv, row 5 (case c3), column B "answer": 2 is not 0 or 1, yes or no, true or false. {PLAIN}',
            ],
        ),
        (
            ["Good", "Poor"],
            AnswerRule("share"),
            [
                'file.csv, row 1, column B "answer": the answers are Good, Poor, not 0 or 1, yes or no, true or false. '
                'Say what counts: --good "..." with --not-good "...", or --ratings, best first, with --good-at.'
            ],
        ),
        (
            ["Good", "Goood", "Poor"],
            AnswerRule("share", good=("Good",)),
            [
                'file.csv, row 1, column B "answer": --good names Good, and nothing says what else may stand here; '
                'the column also holds Goood, Poor. Add --not-good "Goood,Poor".'
            ],
        ),
        (
            ["Good"],
            AnswerRule("share", good=("Good",)),
            [
                'file.csv, row 1, column B "answer": --good names Good, and nothing says what else may stand here; '
                "the column holds nothing else. Add --not-good or --ratings."
            ],
        ),
        (
            ["Good", "good", "Good "],
            AnswerRule("share", ratings=GRADES, good_at="Good"),
            [
                'file.csv, row 3 (case c1), column B "answer": good is not one of the answers. '
                f"Use Outstanding, Good, Adequate, Inadequate. {NO_ANSWER}",
                'file.csv, row 4 (case c2), column B "answer": "Good " (with a space at its end or start) is not one '
                "of the answers. "
                f"Use Outstanding, Good, Adequate, Inadequate. {NO_ANSWER}",
            ],
        ),
        (
            ["4", "1,200", "inf", "nan"],
            AnswerRule("mean"),
            [
                f'file.csv, row {row} (case c{row - 2}), column B "answer": {cell} is not a number. '
                f"Write digits with a point for the decimals, and nothing between thousands. {NO_ANSWER}"
                for row, cell in ((3, "1,200"), (4, "inf"), (5, "nan"))
            ],
        ),
        (
            ["red", "blue"],
            AnswerRule("total"),
            [
                'file.csv, row 1, column B "answer": the answers are blue, red, not numbers. '
                "Name a column of numbers, or another --kind."
            ],
        ),
        (
            ["Good", "Poor"],
            AnswerRule("grades"),
            [
                'file.csv, row 1, column B "answer": the answers are Good, Poor, not numbers. '
                "Give the grades, best first: --ratings."
            ],
        ),
        (
            ["a", "b"],
            AnswerRule("grades", ratings=GRADES),
            [
                'file.csv, row 1, column B "answer": the answers are a, b, not Outstanding, Good, Adequate, '
                "Inadequate. Check the column and the answers named."
            ],
        ),
    ],
)
def test_every_cell_that_is_no_answer_is_told(cells, rule, lines) -> None:
    rule.check()
    _, problems = read(cells, rule, [f"c{i}" for i in range(len(cells))])
    assert [str(each) for each in problems] == lines


def test_a_long_list_of_answers_is_cut() -> None:
    _, problems = read([f"a{i:02d}" for i in range(15)], AnswerRule("share"))
    assert "a10, a11 and 3 more, not 0 or 1" in str(problems[0])


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (AnswerRule("shares"), 'kind: shares is not a kind of estimate. Did you mean "share"?'),
        (
            AnswerRule("mean", good=("a",), good_at="b"),
            "--good says what counts in a share, and this is of the kind mean. Leave it out.\n"
            "--good-at says what counts in a share, and this is of the kind mean. Leave it out.\n"
            "b is not one of --ratings. Leave it out.",
        ),
        (AnswerRule("total", ratings=GRADES), "--ratings are grades, and a total is of numbers. Leave them out."),
        (
            AnswerRule("grades", ratings=("A", "A", "N/A")),
            'A stands twice in --ratings. Give every answer once.\n"N/A" in --ratings is no answer. Leave it out.',
        ),
        (
            AnswerRule("share", good=("a", "b"), not_good=("a",)),
            "a stands twice in --good and --not-good. Give every answer once.",
        ),
        (AnswerRule("share", ratings=GRADES, good_at="Goood"), 'Goood is not one of --ratings. Did you mean "Good"?'),
        (
            AnswerRule("share", ratings=GRADES, good_at="Good", good=("Good",)),
            "--good and --good-at both say what counts as good. Keep one of them.",
        ),
        (
            AnswerRule("share", ratings=GRADES),
            "--ratings alone do not say which of them count as good. Add --good-at with the lowest grade that does.",
        ),
        (
            AnswerRule("share", not_good=("a",)),
            "--not-good goes with --good alone. Give --good and --not-good, or --ratings with --good-at.",
        ),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(rule, text) -> None:
    with pytest.raises(ChangeError) as refused:
        rule.check()
    assert str(refused.value) == text
