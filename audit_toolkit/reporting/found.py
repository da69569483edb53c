"""The tables of what was found in each round: the grades given, and the limits that held them down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audit_toolkit.improvement import Level, Round, grades_found, limits_fired
from audit_toolkit.reporting.disclosure import FEWEST_CASES, kept_back_counts
from audit_toolkit.reporting.sides import Sides, heading, key
from audit_toolkit.reporting.table import COUNT, HIDDEN, SHARE, Column, ReportTable

UNDER = f"under {FEWEST_CASES}"
COUNTED = "Counts of the cases audited: a round not drawn at random for improvement speaks of those cases alone."


def estimated(sides: Sides) -> bool:
    """Say whether every round was drawn at random to stand for its register; else there are counts alone."""
    return all(each.estimated for _, each in sides)


def grades_found_table(sides: Sides) -> ReportTable:
    """Give the share of the register, or the count of cases, at each grade of each framework."""
    with_shares = estimated(sides)
    rows: list[dict[str, object]] = []
    for framework, title in _frameworks(sides).items():
        found = {side: grades_found(each, framework) for side, each in sides if framework in each.frameworks}
        cells = {side: shown_grades(levels, with_shares) for side, levels in found.items()}
        for grade in _in_order(found.values()):
            row: dict[str, object] = {"framework": title, "grade": grade}
            for side, levels in found.items():
                few = levels[0].n < FEWEST_CASES
                row |= {key("n", side): HIDDEN if few else levels[0].n, key("found", side): cells[side].get(grade)}
            rows.append(row)
    columns = [Column("framework", "framework"), Column("grade", "grade")]
    for side, _ in sides:
        columns.append(Column(key("n", side), heading("cases scored", side), COUNT))
        name = "share at this grade" if with_shares else "cases at this grade"
        columns.append(Column(key("found", side), heading(name, side), SHARE if with_shares else COUNT))
    return ReportTable("grades_found", "Grades found", tuple(columns), rows, _grade_notes(sides, with_shares))


def _grade_notes(sides: Sides, with_shares: bool) -> tuple[str, ...]:
    kept = f"Figures of fewer than {FEWEST_CASES} scored cases are kept back."
    if not with_shares:
        return (COUNTED, kept)
    weighted = "Each round is weighted to its own register" if len(sides) > 1 else "Weighted to the register"
    unlike = ": for like for like, see the figures above" if len(sides) > 1 else ""
    return (f"{weighted}{unlike}. {kept}",)


def shown_grades(levels: Sequence[Level], with_shares: bool) -> dict[str, object]:
    """Give what is shown at each grade: a share, a count, or that too few cases stand behind it."""
    if levels[0].n < FEWEST_CASES:
        return {each.label: HIDDEN for each in levels}
    if with_shares:
        return {each.label: each.share for each in levels}
    hidden = kept_back_counts([each.count for each in levels])
    return {each.label: HIDDEN if index in hidden else each.count for index, each in enumerate(levels)}


def limits_table(sides: Sides) -> ReportTable:
    """Give in how many scored cases each limit fired; small counts are not told."""
    rows: list[dict[str, object]] = []
    for framework, title in _frameworks(sides).items():
        found = {side: limits_fired(each, framework) for side, each in sides if framework in each.frameworks}
        for limit in _in_order(found.values()):
            row: dict[str, object] = {"framework": title, "limit": limit}
            for side, levels in found.items():
                for level in levels:
                    if level.label == limit:
                        row |= {"allows": level.counts, key("fired", side): shown_limit(level)}
            rows.append(row)
    columns = [Column("framework", "framework"), Column("limit", "limit"), Column("allows", "best grade it allows")]
    columns += [Column(key("fired", side), heading("cases in which it fired", side), COUNT) for side, _ in sides]
    note = (
        "Counts of the scored cases, not weighted to the register. One case may fire several limits, and its grade may "
        f"have been no better without them. Counts of 1 to {FEWEST_CASES - 1} are shown as {UNDER}."
    )
    return ReportTable("limits", "Limits that fired", tuple(columns), rows, (note,))


def shown_limit(level: Level) -> object:
    """Give the count of a limit as it may be shown."""
    if level.n < FEWEST_CASES:
        return HIDDEN
    return UNDER if 0 < level.count < FEWEST_CASES else level.count


def _frameworks(sides: Sides) -> dict[str, str]:
    """Give the frameworks of every round by name, in the order of the last."""
    found: dict[str, str] = {}
    for each in _latest_first(sides):
        for name, framework in each.frameworks.items():
            found.setdefault(name, framework.title)
    return found


def _latest_first(sides: Sides) -> list[Round]:
    return [each for _, each in reversed(sides)]


def _in_order(found: Iterable[Sequence[Level]]) -> list[str]:
    """Give every label once, in the order met."""
    return list(dict.fromkeys(level.label for levels in found for level in levels))
