"""The sheets of a workbook to send out: guidance, cases, ratings, dates and actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from audit_toolkit import terms
from audit_toolkit.errors import column_letter
from audit_toolkit.files import Column, Formula, Sheet
from audit_toolkit.register import CHILD, CHILDREN
from audit_toolkit.scoring.asked import YES_OR_NO, Question, facts_asked
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.row_key import ROW_KEY, row_key

if TYPE_CHECKING:
    import pandas as pd

GUIDANCE, CASES, RATINGS, DATES, ACTIONS = "Guidance", "Cases", "Ratings", "Dates", "Actions"
DANGER, BREACH, TOLD = "immediate_danger", "confidentiality_breach", "what_and_who_was_told"
ALERT_COLUMNS: Final = (DANGER, BREACH)
NEEDED_FOR: Final = "needed_for"
ACTION, OWNER, DUE, DONE = "action", "action_owner", "action_due", "action_done"
# Blank rows for actions: enough for a few a case, and never a handful only.
ACTIONS_A_CASE, FEWEST_ACTIONS = 4, 12


def guidance_sheet(auditor: str, frameworks: Sequence[Framework], title: str, note: str, ratings: Sheet) -> Sheet:
    """Tell an auditor what to do, and how far they are."""
    steps = [
        "Read the whole file of a case before you answer. The sheet Cases lists yours, in the order to read them.",
        "If a child is in immediate danger, or you find a breach of confidentiality, tell the manager today and say "
        "so on the sheet Cases, with what it is and who was told. It is never part of a score.",
        "On the sheet Ratings, choose the rating of each question from its list. The column look_for says what "
        "counts. A yellow cell is still to be answered; a blank is a missing answer, so leave none.",
        "Not on file is No, never N/A. N/A needs its reason in na_reason: choose one from the list, or write your "
        "own. The cell is red until it has one.",
        "An answer that holds the grade of the whole case back needs its evidence in the comment: the comment is "
        "red until it has one. Other comments are up to you.",
        "Write how many of how many as 3 of 5, never as 3/5, which a spreadsheet turns into a date.",
        *_dates_line(frameworks),
        "What has to happen next in a case goes on the sheet Actions, one row an action: choose the case, say who "
        "does what by when, and give the day it was done where it is done.",
        "Rate what you find, on your own: some cases are read by a second auditor too, and neither knows which.",
        "Save as .xlsx under the same name and send it back. Do not change ids, questions, headings or sheet names, "
        "and do not sort.",
    ]
    lines: list[str | Formula] = [
        f"{title}: workbook of {auditor}",
        *([note] if note else []),
        *("", _progress(ratings), ""),
        *[f"{number}. {step}" for number, step in enumerate(steps, 1)],
        *("", "Frameworks: " + "; ".join(f"{each.title}, version {each.version}" for each in frameworks)),
    ]
    return Sheet(GUIDANCE, intro=lines, protect=True)


def _dates_line(frameworks: Sequence[Framework]) -> list[str]:
    if not facts_asked(frameworks):
        return []
    return [
        "On the sheet Dates, check each date against the file and fill in those that are missing, as 31/01/2010. "
        "Write N/A where the step does not apply. Timeliness is worked out from them."
    ]


def _progress(ratings: Sheet) -> Formula:
    """Count what is answered so far; the formula holds nothing of the data."""
    column = column_letter([each.heading for each in ratings.columns].index(terms.RATING))
    first, total = ratings.heading_row + 1, len(ratings.rows)
    cells = f"{RATINGS}!${column}${first}:${column}${ratings.heading_row + total}"
    text = f'="Answered so far: "&SUMPRODUCT(--(LEN({cells})>0))&" of {total}"'
    return Formula(text, f"Answered so far: 0 of {total}")


def cases_sheet(cases: Sequence[str], details: pd.DataFrame, carry: Sequence[str]) -> Sheet:
    """List an auditor's cases, with what the plan carries, and room for what must be told today."""
    shown = [name for name in dict.fromkeys((CHILDREN, CHILD, *carry)) if name in details.columns]
    known = details.set_index(terms.CASE_ID, drop=False)
    rows = [[case, *[str(known.loc[case, name]) for name in shown], "", "", "", row_key(case)] for case in cases]
    breach = dict.fromkeys(range(len(rows)), (BREACH, (terms.YES,)))
    columns = (
        Column(terms.CASE_ID, 16),
        *[Column(name, 18, wrap=True) for name in shown],
        Column(DANGER, 19, choices=YES_OR_NO, locked=False),
        Column(BREACH, 24, choices=YES_OR_NO, locked=False),
        Column(TOLD, 44, wrap=True, locked=False, required_when=(DANGER, (terms.YES,)), required_by_row=breach),
        Column(ROW_KEY, 14, hidden=True),
    )
    return Sheet(CASES, columns, rows, protect=True, frozen_columns=1)


def ratings_sheet(auditor: str, cases: Sequence[str], asked: Sequence[Question]) -> Sheet:
    """Ask every question of every case, each with its own answers."""
    each_row = [(case, question) for case in cases for question in asked]
    rows = [
        [
            *(case, each.framework, each.id, each.ask, each.look_for),
            *("", "", "", auditor, row_key(case, each.id, auditor)),
        ]
        for case, each in each_row
    ]
    by_row = list(enumerate(each for _, each in each_row))
    explain = {row: (terms.RATING, each.to_explain) for row, each in by_row if each.to_explain}
    columns = (
        Column(terms.CASE_ID, 12),
        Column("framework", 13, wrap=True),
        Column(terms.CRITERION_ID, 12, wrap=True),
        Column("question", 36, wrap=True),
        Column("look_for", 44, wrap=True),
        Column(
            *(terms.RATING, 13),
            locked=False,
            choices_by_row={row: each.choices for row, each in by_row if each.choices},
            highlight_blank=True,
        ),
        Column(
            *(terms.NA_REASON, 22, True),
            locked=False,
            choices_by_row={row: each.na_reasons for row, each in by_row if each.na_reasons},
            others_allowed=True,
            required_when=(terms.RATING, tuple(dict.fromkeys((terms.NA_RATING, *(each.na for each in asked))))),
        ),
        Column(terms.COMMENT, 30, wrap=True, locked=False, required_by_row=explain),
        Column(terms.AUDITOR, 14, hidden=True),
        Column(ROW_KEY, 14, hidden=True),
    )
    return Sheet(RATINGS, columns, rows, protect=True, band_by=terms.CASE_ID, frozen_columns=1)


def dates_sheet(cases: Sequence[str], frameworks: Sequence[Framework], known: pd.DataFrame) -> list[Sheet]:
    """Ask for the dates that computed criteria need, filled in where the register knows them."""
    needed = facts_asked(frameworks)
    if not needed or not cases:
        return []
    values = {(case, fact): value for case, fact, value in known.itertuples(index=False)}
    rows = [
        [case, fact, ", ".join(ids), values.get((case, fact), ""), row_key(case, fact)]
        for case in cases
        for fact, ids in needed.items()
    ]
    columns = (
        Column(terms.CASE_ID, 16),
        Column(terms.FACT, 40),
        Column(NEEDED_FOR, 16),
        Column(terms.VALUE, 18, locked=False, highlight_blank=True),
        Column(ROW_KEY, 14, hidden=True),
    )
    return [Sheet(DATES, columns, rows, protect=True, band_by=terms.CASE_ID, frozen_columns=1)]


def actions_sheet(auditor: str, cases: Sequence[str]) -> Sheet:
    """Give room for what has to happen next: the case from a list, then who does what by when."""
    rows = [["", "", "", "", "", auditor]] * max(FEWEST_ACTIONS, ACTIONS_A_CASE * len(cases))
    written: tuple[str, tuple[str, ...]] = (ACTION, ())
    columns = (
        Column(terms.CASE_ID, 16, choices=tuple(cases), locked=False, required_when=written),
        Column(ACTION, 60, wrap=True, locked=False),
        Column(OWNER, 24, wrap=True, locked=False, required_when=written),
        Column(DUE, 14, locked=False, required_when=written),
        Column(DONE, 14, locked=False),
        Column(terms.AUDITOR, 14, hidden=True),
    )
    return Sheet(ACTIONS, columns, rows, protect=True)
