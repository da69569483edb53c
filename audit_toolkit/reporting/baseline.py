"""The page of one round that is compared with none: where casework stands, and what it cannot say."""

from __future__ import annotations

import math
from collections.abc import Sequence

from audit_toolkit.improvement import CRITERION, GRADE, SHARE, Level, Levels, good_word, unread_sentence
from audit_toolkit.reporting.disclosure import FEWEST_CASES, kept_back_counts
from audit_toolkit.reporting.found import COUNTED, shown_grades
from audit_toolkit.reporting.prose import TOO_FEW, Answer
from audit_toolkit.reporting.speaks_for import unread_count
from audit_toolkit.reporting.table import COUNT, HIDDEN, ID, LONG, POINTS, SHARES, Column, ReportTable, show
from audit_toolkit.reporting.table import SHARE as PER_CENT

OPENING = "One round shows where casework stands. It cannot show whether casework has got better: that takes a second."
KEPT = f"Figures with fewer than {FEWEST_CASES} cases are kept back."


def answers(levels: Levels) -> list[Answer]:
    """Give the card of each framework, the primary one first: its share good or better, and its grades."""
    return [_answer(levels, share) for share in levels.of(SHARE)]


def _answer(levels: Levels, share: Level) -> Answer:
    shown = _figures(share, levels.estimated)
    if shown["n"] == HIDDEN:
        return Answer(share.title, HIDDEN, "", (TOO_FEW,), "")
    counts = good_word(share.counts)
    grades = shown_grades(levels.of(GRADE, share.framework), levels.estimated)
    kind = PER_CENT if levels.estimated else COUNT
    listed = ", ".join(f"{label} {show(value, kind)}" for label, value in grades.items())
    if not levels.estimated:
        of = f" of {share.n}" if shown["count"] != HIDDEN else ""
        return Answer(share.title, f"{show(shown['count'], COUNT)}{of} {counts}", "", (f"{listed}.",), "")
    return Answer(
        share.title, f"{show(share.share, PER_CENT)} {counts}", "", (_interval(share), f"{listed}."), _power(share)
    )


def _interval(share: Level) -> str:
    cases = f"{share.n} cases scored."
    if math.isnan(share.ci.low):
        return " ".join(("No interval can be given.", *share.notes, cases))
    return f"95 % interval {show((share.ci.low, share.ci.high), SHARES)}; {cases}"


def _power(share: Level) -> str:
    if math.isnan(share.detectable):
        return "Two such rounds could not show even the largest rise in this share."
    return f"Two such rounds would notice a true rise of {100 * share.detectable:.0f} points 8 times in 10."


def shares_table(levels: Levels) -> ReportTable:
    """Give each framework's share good or better, and what two rounds like this one could show."""
    rows = [
        {"framework": each.title, "counts": each.counts, **_figures(each, levels.estimated)}
        for each in levels.of(SHARE)
    ]
    columns = [Column("framework", "framework"), Column("counts", "share of"), *_columns(levels)]
    if not levels.estimated:
        return ReportTable("shares", "Cases good or better", tuple(columns), rows, (COUNTED,))
    columns.append(Column("detectable_true", "true rise two such rounds would show 8 times in 10", POINTS))
    notes = (
        "Shares are estimates for all eligible cases, weighted by stratum. Cases: those scored.",
        *_unread(levels),
    )
    return ReportTable("shares", "Share good or better", tuple(columns), rows, notes)


def _unread(levels: Levels) -> list[str]:
    """Say of each share shown what unread cases could have made of it."""
    unread = unread_count(levels.round.response)
    told = [(each, unread_sentence(each, unread)) for each in levels.of(SHARE) if each.n >= FEWEST_CASES]
    return [f"{each.title}. {text}" for each, text in told if text]


def criteria_table(levels: Levels) -> ReportTable:
    """Give every criterion: the share of the cases with an answer that counts."""
    rows = [
        {"criterion_id": each.id, "question": each.label, "counts": each.counts, **_figures(each, levels.estimated)}
        for each in levels.of(CRITERION)
    ]
    columns = (
        Column("criterion_id", "id", ID),
        Column("question", "question", LONG),
        Column("counts", "share of"),
        *_columns(levels),
    )
    notes = (KEPT, "Intervals are not adjusted for the number of criteria.") if levels.estimated else (COUNTED, KEPT)
    return ReportTable("criteria", "Criteria", columns, rows, notes)


def _columns(levels: Levels) -> Sequence[Column]:
    cases = Column("n", "cases", COUNT)
    if not levels.estimated:
        return (cases, Column("count", "of these", COUNT))
    return (cases, Column("share", "share", PER_CENT), Column("ci", "95 % interval", SHARES))


def _figures(level: Level, estimated: bool) -> dict[str, object]:
    """Give the figures of a level, or what is said instead of them."""
    if level.n < FEWEST_CASES:
        return {"n": HIDDEN}
    if not estimated:
        hidden = kept_back_counts([level.count, level.n - level.count])
        return {"n": level.n, "count": HIDDEN if hidden else level.count}
    rise = {} if math.isnan(level.detectable) else {"detectable_true": level.detectable}
    return {"n": level.n, "share": level.share, "ci": (level.ci.low, level.ci.high), **rise}
