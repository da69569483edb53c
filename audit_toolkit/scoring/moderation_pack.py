"""The panel pack: one .xlsx with what to settle and why, both ratings side by side, auditors not named beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from audit_toolkit import terms
from audit_toolkit.files import Column, Sheet, build_workbook
from audit_toolkit.scoring.asked import questions
from audit_toolkit.scoring.criterion import Criterion
from audit_toolkit.scoring.drift import PANEL_ONLY, Drift, auditor_drift
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.moderation import DIFFERS, RANDOM, WHY_JOIN, WORST, Panel, ToSettle, WholeCase, to_settle
from audit_toolkit.scoring.rated_round import RatedRound, readings_of
from audit_toolkit.scoring.responses import labels_of
from audit_toolkit.scoring.settled import Key, Moderation, moderation_of, settled_rows

GUIDANCE, READ_WHOLE, TO_SETTLE, SEVERITY = "Guidance", "Read whole", "To settle", "Severity"
PANEL_READ: Final = "panel_read"
FIRST_COMMENT, SECOND_COMMENT = "first_comment", "second_comment"
# Every reason that holds two answers which differ: these rows must be settled one by one.
DIFFER_WHYS: Final = tuple(WHY_JOIN.join(each) for each in ((DIFFERS,), (DIFFERS, WORST), (DIFFERS, RANDOM)))


def panel_pack(read: RatedRound) -> bytes:
    """Build the workbook a panel settles ratings in.

    Parameters
    ----------
    read : a round whose ratings were collected and whose plan declares a rule of moderation.

    Returns
    -------
    The bytes of an .xlsx file, the same for the same round.

    Raises
    ------
    DesignError if the plan declares no rule.

    Checked against: tests/scoring/test_settling.py, which opens and re-saves it in LibreOffice.
    """
    panel = to_settle(read)
    done = _done(moderation_of(read, panel, settled_rows(read)))
    drifts = [auditor_drift(readings_of(read, each), title=each.title) for each in read.frameworks.values()]
    sheets = [_guidance(read, panel)]
    sheets += [_whole_sheet(panel, done)] if panel.whole else []
    sheets += [_answers_sheet(read, panel, done)] if panel.answers else []
    sheets.append(severity_sheet(drifts))
    properties = {"audit_toolkit": terms.VERSION, "round": read.plan.round, "moderation": str(panel.rule)}
    properties |= {f"framework {each.name}": f"{each.version} {each.digest}" for each in read.frameworks.values()}
    return build_workbook(sheets, properties=properties)


def _guidance(read: RatedRound, panel: Panel) -> Sheet:
    lines = [
        f"{read.plan.round}: panel pack",
        *([read.plan.made_up] if read.plan.made_up else []),
        "",
        f"The plan's rule: {panel.rule}.",
        "",
        "1. Auditors are not named beside their ratings. Judge the file, not the person.",
        f"2. The sheet {TO_SETTLE} has every answer before you, with both auditors' ratings and comments. Where two "
        "auditors differ the cell settled is red: choose the rating that stands.",
        f"3. The sheet {READ_WHOLE} lists the cases to read whole: those of the worst grade, and a random share of the "
        "others, chosen by ticket and by nobody. Read them as if you did not know which is which. An answer you leave "
        "blank stays as it was first rated. Say Yes when you have read the whole case.",
        "4. Where the settled rating differs from the first, give the reason: the cell is red until it has one.",
        "5. Nothing is overwritten: the settled rating stands beside both first ones, with its reason.",
        f"6. The sheet {SEVERITY} names auditors. {PANEL_ONLY}",
        "7. Save it as .xlsx and read it back: audit-toolkit moderate ROUND PACK.xlsx. It can be read in parts.",
    ]
    return Sheet(GUIDANCE, intro=lines, protect=True)


def _done(moderation: Moderation) -> dict[Key, tuple[str, str]]:
    """Give what is settled already, with its reason, by case and criterion."""
    names = [terms.CASE_ID, terms.CRITERION_ID, terms.SETTLED, terms.REASON]
    rows = moderation.table[names].itertuples(index=False, name=None)
    return {(case, question): (settled, reason) for case, question, settled, reason in rows}


def _said(panel: Panel, case: WholeCase, done: dict[Key, tuple[str, str]]) -> str:
    """Say Yes where everything of a case was settled before."""
    own = (each for each in panel.answers if (each.case_id, each.framework) == (case.case_id, case.framework))
    return terms.YES if all(each.key in done for each in own) else ""


def _whole_sheet(panel: Panel, done: dict[Key, tuple[str, str]]) -> Sheet:
    rows = [
        [*(each.case_id, each.framework, each.why, each.first_grade, each.second_grade), _said(panel, each, done)]
        for each in panel.whole
    ]
    columns = (
        Column(terms.CASE_ID, 16),
        Column(terms.FRAMEWORK, 24),
        Column(terms.WHY, 16),
        Column("first_grade", 16),
        Column("second_grade", 16),
        Column(PANEL_READ, 14, choices=(terms.YES,), locked=False, highlight_blank=True),
    )
    return Sheet(READ_WHOLE, columns, rows, protect=True, band_by=terms.CASE_ID, frozen_columns=1)


def _answers_sheet(read: RatedRound, panel: Panel, done: dict[Key, tuple[str, str]]) -> Sheet:
    asked = {each.id: each for each in questions(list(read.frameworks.values()))}
    hand_rated = {each.id: (each, frame) for frame in read.frameworks.values() for each in frame.computed}
    rows, choices = [], {}
    for position, each in enumerate(panel.answers):
        question = asked.get(each.criterion_id)
        ask, look_for, allowed = (
            (question.ask, question.look_for, question.choices)
            if question is not None
            else _by_hand(*hand_rated[each.criterion_id])
        )
        if allowed:
            choices[position] = allowed
        pair = [each.first_rating, each.first_comment, each.second_rating, each.second_comment]
        why = WHY_JOIN.join(each.why)
        rows.append([each.case_id, each.framework, each.criterion_id, ask, look_for, *pair, why, *_filled(each, done)])
    return Sheet(TO_SETTLE, _columns(choices), rows, protect=True, band_by=terms.CASE_ID, frozen_columns=1)


def _filled(answer: ToSettle, done: dict[Key, tuple[str, str]]) -> tuple[str, str]:
    """Give what stands in settled and reason: what was settled before, nothing where the first rating stood."""
    settled, reason = done.get(answer.key, ("", ""))
    as_rated = settled == answer.first_rating and not reason and not answer.differs
    return ("", "") if as_rated else (settled, reason)


def _by_hand(criterion: Criterion, framework: Framework) -> tuple[str, str, tuple[str, ...]]:
    """Give what is asked of a criterion that dates usually answer and somebody rated by hand."""
    return criterion.ask, criterion.look_for, labels_of(framework, criterion.response)


def _columns(choices: dict[int, tuple[str, ...]]) -> tuple[Column, ...]:
    return (
        Column(terms.CASE_ID, 12),
        Column(terms.FRAMEWORK, 20, wrap=True),
        Column(terms.CRITERION_ID, 11, wrap=True),
        Column("question", 34, wrap=True),
        Column("look_for", 34, wrap=True),
        Column(terms.FIRST_RATING, 13),
        Column(FIRST_COMMENT, 22, wrap=True),
        Column(terms.SECOND_RATING, 13),
        Column(SECOND_COMMENT, 22, wrap=True),
        Column(terms.WHY, 14, wrap=True),
        Column(terms.SETTLED, 13, locked=False, choices_by_row=choices, required_when=(terms.WHY, DIFFER_WHYS)),
        Column(terms.REASON, 32, wrap=True, locked=False, required_when_unlike=(terms.SETTLED, terms.FIRST_RATING)),
    )


def severity_sheet(drifts: Sequence[Drift]) -> Sheet:
    """Give the sheet of auditor drift, marked for the panel alone."""
    rows = [
        [drift.title, each.auditor, str(each.readings), *map(_points, (each.severity, each.ci.low, each.ci.high))]
        for drift in drifts
        for each in drift.auditors
    ]
    notes = [f"{drift.title}: {note}" for drift in drifts for note in drift.notes]
    intro = [
        PANEL_ONLY,
        "Points of score by which an auditor rated below (+) or above (-) the others on cases of the same strata, with "
        "95 % intervals. It may be the auditor, or cases that differ in what strata do not tell: talk about it.",
        *notes,
    ]
    columns = (
        Column(terms.FRAMEWORK, 28),
        Column(terms.AUDITOR, 22),
        Column("readings", 10, text=False),
        Column("severity", 10, text=False, number_format="0.0"),
        Column("ci_low", 10, text=False, number_format="0.0"),
        Column("ci_high", 10, text=False, number_format="0.0"),
    )
    return Sheet(SEVERITY, columns, rows, intro=intro, protect=True, band_by=terms.FRAMEWORK)


def _points(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4f}"
