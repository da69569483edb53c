"""A panel pack read back: every problem at once, ids never repaired, nothing half-written, nothing settled is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import AuditError, Place, Problem, RatingError, did_you_mean, raise_if
from audit_toolkit.files import Table, read_sheets, sheet_names
from audit_toolkit.scoring.moderation import WHY_JOIN, Panel, ToSettle, to_settle
from audit_toolkit.scoring.moderation_pack import PANEL_READ, READ_WHOLE, TO_SETTLE
from audit_toolkit.scoring.rated_round import RatedRound, read_rated_round
from audit_toolkit.scoring.ratings_file import Questions, questions_of
from audit_toolkit.scoring.responses import read_rating
from audit_toolkit.scoring.settled import (
    COLUMNS,
    Key,
    Moderation,
    check_labels,
    moderation_of,
    settled_row,
    settled_rows,
)

if TYPE_CHECKING:
    import pandas as pd

ANSWER_COLUMNS = (
    *(terms.CASE_ID, terms.CRITERION_ID, terms.FIRST_RATING, terms.SECOND_RATING),
    *(terms.SETTLED, terms.REASON),
)
WHOLE_COLUMNS = (terms.CASE_ID, terms.FRAMEWORK, PANEL_READ)
NEW_PACK = "Write a new pack with moderate, and settle it there."


@dataclass(frozen=True, slots=True, eq=False)
class _Pack:
    """What a pack holds: the rows of its answers, and the cases said to be read whole, with their places."""

    answers: Table
    read: frozenset[tuple[str, str]]


def settle(folder: str | Path, *packs: str | Path, afresh: bool = False) -> Moderation:
    """Read panel packs that came back against the ratings as they stand; nothing is written.

    Parameters
    ----------
    folder : the round folder. packs : workbooks that `moderate` wrote, filled in.
    afresh : let what was settled before change.

    Returns
    -------
    Moderation: what was settled before and what these packs add. A blank answer of a case read whole is settled as
    first rated.

    Raises
    ------
    RatingError naming every cell of every pack that cannot be taken, and every answer settled before that came back
    otherwise. DesignError if the plan declares no rule; FileError if a pack cannot be read.

    Checked against: tests/scoring/test_settling.py.
    """
    read = read_rated_round(folder)
    panel = to_settle(read)
    before = settled_rows(read)
    problems: list[Problem] = []
    found = [pack for path in packs for pack in _packs(Path(path), panel, problems)]
    if found:
        _check([pack.answers for pack in found], read, problems)
    asked = questions_of(list(read.frameworks.values()))
    rows: dict[Key, dict[str, str]] = {}
    for pack in found:
        rows |= _rows(pack, panel, asked, problems)
    if not afresh:
        problems += _changed(before, rows)
    raise_if(problems, RatingError)
    return moderation_of(read, panel, _merged(before, rows, panel))


def _packs(path: Path, panel: Panel, problems: list[Problem]) -> list[_Pack]:
    """Read one pack; what is wrong with it is noted and hides nothing of the others."""
    try:
        names = sheet_names(path)
        if TO_SETTLE not in names:
            mend = (
                f"{did_you_mean(TO_SETTLE, names)} Give a workbook that moderate wrote, its sheets named as they were."
            )
            problems.append(Problem(f'there is no sheet "{TO_SETTLE}"', Place(path.name), mend))
            return []
        sheets = read_sheets(path, [name for name in (TO_SETTLE, READ_WHOLE) if name in names])
    except AuditError as refused:
        problems += refused.problems
        return []
    missing = [*_missing(sheets[TO_SETTLE], ANSWER_COLUMNS)]
    if READ_WHOLE in sheets:
        missing += _missing(sheets[READ_WHOLE], WHOLE_COLUMNS)
    problems += missing
    if missing:
        return []
    return [_Pack(sheets[TO_SETTLE], _read_whole(sheets.get(READ_WHOLE), panel, problems))]


def _missing(table: Table, names: Sequence[str]) -> list[Problem]:
    return [
        Problem(f"{each} is missing", table.heading_place(), f'Head its column "{each}" again.')
        for each in names
        if each not in table.columns
    ]


def _read_whole(table: Table | None, panel: Panel, problems: list[Problem]) -> frozenset[tuple[str, str]]:
    """Give the cases and frameworks that the panel says it read whole."""
    if table is None:
        return frozenset()
    known = {(each.case_id, each.framework) for each in panel.whole}
    found = set()
    rows = table.cells[list(WHOLE_COLUMNS)].itertuples(index=False, name=None)
    for position, (case, framework, said) in enumerate(rows):
        if said == "":
            continue
        if said != terms.YES:
            mend = "Choose Yes when the case has been read whole, or leave the cell blank."
            problems.append(Problem(f"{said} is not an answer", table.place(position, PANEL_READ, case), mend))
        elif (case, framework) not in known:
            what = f"{case} is not a case to read whole on {framework}"
            mend = f"Leave the ids as they were. {NEW_PACK}"
            problems.append(Problem(what, table.place(position, terms.CASE_ID, case), mend))
        else:
            found.add((case, framework))
    return frozenset(found)


def _check(tables: Sequence[Table], read: RatedRound, problems: list[Problem]) -> None:
    """Note each settled cell, case and criterion that is not right, as collect does of ratings."""
    try:
        check_labels(tables, read)
    except AuditError as refused:
        problems += refused.problems


def _rows(pack: _Pack, panel: Panel, asked: Questions, problems: list[Problem]) -> dict[Key, dict[str, str]]:
    """Give the rows of settled.csv that a pack adds, and note what is wrong with it."""
    wanted, table = panel.keys(), pack.answers
    found: dict[Key, dict[str, str]] = {}
    seen: set[Key] = set()
    told: set[tuple[str, str]] = set()
    for position, cells in enumerate(table.cells[list(ANSWER_COLUMNS)].itertuples(index=False, name=None)):
        case, criterion, first, second, settled, reason = cells
        key = (case, criterion)
        answer = wanted.get(key)
        if answer is None:
            if settled:
                problems.append(_unwanted(table, position, key))
            continue
        seen.add(key)
        whole = (case, answer.framework)
        label = read_rating(settled, *asked[criterion])
        if isinstance(label, Problem):
            # Told already, with everything else that is no answer.
            continue
        problem = _fault(answer, (first, second), label, reason, whole in pack.read)
        if problem is not None:
            problems.append(Problem(problem[1], table.place(position, problem[0], case), problem[2]))
        elif settled and not answer.differs and whole not in pack.read:
            problems += [] if whole in told else [_unread(table, position, answer)]
            told.add(whole)
        elif settled or whole in pack.read:
            found[key] = settled_row(answer, label if settled else first, reason, WHY_JOIN.join(answer.why))
    problems += _absent(pack, panel, seen)
    return found


def _unwanted(table: Table, position: int, key: Key) -> Problem:
    mend = f"Leave its cell blank, and the ids as they were. {NEW_PACK}"
    return Problem(
        f"{key[1]} of case {key[0]} is not for the panel to settle", table.place(position, None, key[0]), mend
    )


def _unread(table: Table, position: int, answer: ToSettle) -> Problem:
    what = f"an answer is settled and the case is not said to be read whole on {answer.framework}"
    mend = f"Choose Yes on the sheet {READ_WHOLE} when it has been, or clear the cell."
    return Problem(what, table.place(position, terms.SETTLED, answer.case_id), mend)


def _fault(
    answer: ToSettle, pair: tuple[str, str], settled: str, reason: str, read: bool
) -> tuple[str, str, str] | None:
    """Give the column, what is wrong and the remedy of one row, or None."""
    now = (answer.first_rating, answer.second_rating)
    for column, there, is_now in zip((terms.FIRST_RATING, terms.SECOND_RATING), pair, now, strict=True):
        if there != is_now:
            return column, f"{_shown(there)} is not the rating collected, which is {_shown(is_now)}", NEW_PACK
    if read and answer.differs and not settled:
        return terms.SETTLED, "two auditors differ and nothing is settled", "Choose the rating that stands."
    if settled and settled != answer.first_rating and not reason.strip():
        what = f"{settled} differs from the first rating, {_shown(answer.first_rating)}, and no reason is given"
        return terms.REASON, what, "Write why."
    return None


def _shown(rating: str) -> str:
    return rating or "blank"


def _absent(pack: _Pack, panel: Panel, seen: set[Key]) -> Iterable[Problem]:
    """Name the answers of cases said to be read whole whose rows are gone from the pack."""
    for case, framework in sorted(pack.read):
        gone = [
            each.criterion_id
            for each in panel.answers
            if each.case_id == case and each.framework == framework and each.key not in seen
        ]
        if gone:
            what = f"the case is said to be read whole, and {', '.join(gone)} {'is' if len(gone) == 1 else 'are'} gone"
            where = Place(pack.answers.name, pack.answers.sheet, case=case)
            yield Problem(what, where, "Put the rows back from the pack as it was written.")


def _changed(before: pd.DataFrame, rows: dict[Key, dict[str, str]]) -> list[Problem]:
    """Name what was settled before and came back otherwise."""
    problems = []
    for position, old in enumerate(before.to_dict(orient="records")):
        new = rows.get((str(old[terms.CASE_ID]), str(old[terms.CRITERION_ID])))
        pair = (terms.FIRST_RATING, terms.SECOND_RATING)
        stale = new is not None and any(new[name] != old[name] for name in pair)
        if new is not None and not stale and new[terms.SETTLED] != old[terms.SETTLED]:
            what = f"{old[terms.CRITERION_ID]} was settled as {_shown(old[terms.SETTLED])}, and is "
            what += f"{_shown(new[terms.SETTLED])} now"
            place = Place(terms.SETTLED_FILE, None, position + 2, str(old[terms.CASE_ID]))
            problems.append(Problem(what, place, "Settle with --force to take what is in the packs now."))
    return problems


def _merged(before: pd.DataFrame, rows: dict[Key, dict[str, str]], panel: Panel) -> pd.DataFrame:
    """Give everything settled so far: what came now stands before what came earlier, in the order of the panel."""
    import pandas as pd

    old = {(str(row[terms.CASE_ID]), str(row[terms.CRITERION_ID])): row for row in before.to_dict(orient="records")}
    together = {**old, **rows}
    place = {key: number for number, key in enumerate(panel.keys())}
    ordered = sorted(together, key=lambda key: (place.get(key, len(place)), key))
    return pd.DataFrame([together[key] for key in ordered], columns=COLUMNS, dtype=object)
