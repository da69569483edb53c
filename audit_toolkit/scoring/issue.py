"""Workbooks to send out: one .xlsx an auditor, with the questions, the evidence to look for and the dates to check."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import column_letter
from audit_toolkit.files import Column, Formula, Sheet, build_workbook, write_files
from audit_toolkit.register import BETWEEN, CHILD, CHILDREN
from audit_toolkit.sampling import Sample
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework

if TYPE_CHECKING:
    import pandas as pd

GUIDANCE, CASES, RATINGS, DATES = "Guidance", "Cases", "Ratings", "Dates"
DANGER, BREACH, TOLD = "immediate_danger", "confidentiality_breach", "what_and_who_was_told"
ALERT_COLUMNS = (DANGER, BREACH)
NEEDED_FOR = "needed_for"
# Names that Windows keeps for devices, whatever their ending.
RESERVED = re.compile("con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)
YES_OR_NO = (terms.YES, terms.NO)
ANSWERS: Mapping[str, tuple[str, ...]] = {
    terms.YES_PARTLY_NO: (terms.YES, terms.PARTLY, terms.NO),
    terms.YES_NO: YES_OR_NO,
}
OPEN_QUESTION = {terms.REPEATED: "How many of how many, as in 3 of 5."}


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a workbook for each case: what is asked, where to look and what may be answered."""

    id: str
    framework: str
    ask: str
    look_for: str
    choices: tuple[str, ...]


def questions(frameworks: Sequence[Framework]) -> list[Question]:
    """Give what auditors are asked, in order: each item after its criterion, computed criteria left to the dates."""
    found = []
    for framework in frameworks:
        after: dict[str, list[Question]] = {}
        for item in framework.items:
            asked = Question(item.id, framework.title, f"{item.ask} (not scored)", item.look_for, YES_OR_NO)
            after.setdefault(item.after, []).append(asked)
        for criterion in framework.criteria:
            if criterion.response != terms.TIMELINESS:
                allowed = ANSWERS.get(
                    criterion.response, framework.ratings if criterion.response == terms.GRADED else ()
                )
                choices = (*allowed, terms.NA_RATING) if criterion.na_allowed and allowed else allowed
                hint = _look_for(criterion.look_for, criterion.na_allowed, criterion.na_reasons, criterion.response)
                found.append(Question(criterion.id, framework.title, criterion.ask, hint, choices))
            found += after.pop(criterion.id, [])
        found += [question for rest in after.values() for question in rest]
    return found


def _look_for(look_for: str, na_allowed: bool, na_reasons: Sequence[str], response: str) -> str:
    parts = [OPEN_QUESTION[response]] if response in OPEN_QUESTION else []
    parts += [look_for.rstrip(".") + "."] if look_for else []
    if not na_allowed:
        parts.append("N/A may not be used.")
    elif na_reasons:
        parts.append(f"N/A only for: {'; '.join(na_reasons)}.")
    return " ".join(parts)


def facts_needed(frameworks: Sequence[Framework]) -> dict[str, list[str]]:
    """Give the facts that computed criteria need, each with the ids of those criteria."""
    needed: dict[str, list[str]] = {}
    for framework in frameworks:
        for criterion in framework.computed:
            for fact in (criterion.start, criterion.end):
                needed.setdefault(fact, []).append(criterion.id)
        for criterion, rule in framework.from_events:
            for fact in rule.facts:
                needed.setdefault(fact, []).append(criterion.id)
    return needed


def known_facts(sample: Sample, frameworks: Sequence[Framework]) -> pd.DataFrame:
    """Give what the register knows of those facts for the sampled cases: case_id, fact, value."""
    import pandas as pd

    sampled = set(sample.to_rate()[terms.CASE_ID])
    # A unit read as a whole has one date only where its children share it.
    several = CHILDREN in sample.details.columns
    rows = [
        (str(case), fact, str(value))
        for fact in facts_needed(frameworks)
        if fact in sample.details.columns
        for case, value in zip(sample.details[terms.CASE_ID], sample.details[fact], strict=True)
        if case in sampled and value and not (several and BETWEEN in value)
    ]
    order = {str(case): position for position, case in enumerate(sample.cases[terms.CASE_ID])}
    rows.sort(key=lambda row: order[row[0]])
    return pd.DataFrame(rows, columns=list(terms.FACT_COLUMNS), dtype=object)


def write_workbooks(
    sample: Sample,
    frameworks: Sequence[Framework | str],
    folder: str | Path,
    *,
    carry: Sequence[str] = (),
    title: str = "Case audit",
    note: str = "",
    force: bool = False,
) -> tuple[Path, ...]:
    """Write one workbook for each auditor named in the sample.

    Parameters
    ----------
    sample : a drawn sample with auditors. frameworks : what to ask. folder : where to write.
    carry : columns of the register to show beside the cases, such as the worker. title, note : shown on top.
    force : write over workbooks that are there.

    Returns
    -------
    tuple of the paths written, in order of the auditors' names.

    Raises
    ------
    FileError if one is there already and differs. FrameworkError if a framework is not known.
    """
    loaded = [load_framework(each) for each in frameworks]
    files = workbook_files(sample, loaded, carry=carry, title=title, note=note)
    targets = {Path(folder) / name: content for name, content in files.items()}
    write_files(targets, force=force)
    return tuple(targets)


def workbook_files(
    sample: Sample,
    frameworks: Sequence[Framework],
    *,
    carry: Sequence[str] = (),
    title: str,
    note: str = "",
    taken: Iterable[str] = (),
) -> dict[str, bytes]:
    """Give the workbooks as file name -> bytes, one an auditor; names in `taken` were sent before and stay free."""
    sampled = sample.to_rate()
    names = sorted({str(name) for column in (terms.AUDITOR, terms.SECOND_AUDITOR) for name in sampled[column] if name})
    files: dict[str, bytes] = {}
    for name in names:
        file = _file_name(name, [*files, *taken])
        files[file] = _workbook(name, sample, frameworks, carry, title, note)
    return files


def _file_name(auditor: str, taken: Iterable[str]) -> str:
    plain = "".join(each for each in unicodedata.normalize("NFKD", auditor) if not unicodedata.combining(each))
    stem = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:60] or "auditor"
    stem += "_" if RESERVED.fullmatch(stem) else ""
    name, number, used = f"{stem}.xlsx", 2, {each.casefold() for each in taken}
    while name.casefold() in used:
        name, number = f"{stem}_{number}.xlsx", number + 1
    return name


def _workbook(
    auditor: str, sample: Sample, frameworks: Sequence[Framework], carry: Sequence[str], title: str, note: str
) -> bytes:
    sampled = sample.to_rate()
    mine = sampled[(sampled[terms.AUDITOR] == auditor) | (sampled[terms.SECOND_AUDITOR] == auditor)]
    mine = mine.sort_values(terms.TICKET, kind="stable")
    cases = [str(case) for case in mine[terms.CASE_ID]]
    first = {str(case) for case, name in zip(mine[terms.CASE_ID], mine[terms.AUDITOR], strict=True) if name == auditor}
    ratings = _ratings_sheet(auditor, cases, questions(frameworks))
    sheets = [
        _guidance(auditor, frameworks, title, note, ratings),
        _cases_sheet(cases, sample, carry),
        ratings,
        *_dates_sheet([case for case in cases if case in first], sample, frameworks),
    ]
    properties = {"audit_toolkit": terms.VERSION, "round": title, "auditor": auditor}
    properties |= {f"framework {each.name}": f"{each.version} {each.digest}" for each in frameworks}
    return build_workbook(sheets, properties=properties)


def _guidance(auditor: str, frameworks: Sequence[Framework], title: str, note: str, ratings: Sheet) -> Sheet:
    lines: list[str | Formula] = [
        f"{title}: workbook of {auditor}",
        *([note] if note else []),
        "",
        _progress(ratings),
        "",
        "1. Read the whole file of a case before you answer. The sheet Cases lists yours, in the order to read them.",
        "2. If a child is in immediate danger, or you find a breach of confidentiality, tell the manager today and say "
        "so on the sheet Cases. It is never part of a score.",
        "3. On the sheet Ratings, choose the rating of each question from its list. The column look_for says what "
        "counts. A yellow cell is still to be answered; a blank is a missing answer, so leave none.",
        "4. Not on file is No, never N/A. N/A needs its reason in the comment: the comment is red until it has one.",
        "5. Write how many of how many as 3 of 5, never as 3/5, which a spreadsheet turns into a date.",
        "6. On the sheet Dates, check each date against the file and fill in those that are missing, as 31/01/2010. "
        "Write N/A where the step does not apply. Timeliness is worked out from them.",
        "7. Rate what you find, on your own: some cases are read by a second auditor too, and neither knows which.",
        "8. Save as .xlsx under the same name and send it back. Do not change ids, questions, headings or sheet names.",
        "",
        "Frameworks: " + "; ".join(f"{each.title}, version {each.version}" for each in frameworks),
    ]
    return Sheet(GUIDANCE, intro=lines, protect=True)


def _progress(ratings: Sheet) -> Formula:
    """Count what is answered so far; the formula holds nothing of the data."""
    column = column_letter([each.heading for each in ratings.columns].index(terms.RATING))
    first, total = ratings.heading_row + 1, len(ratings.rows)
    cells = f"{RATINGS}!${column}${first}:${column}${ratings.heading_row + total}"
    text = f'="Answered so far: "&SUMPRODUCT(--(LEN({cells})>0))&" of {total}"'
    return Formula(text, f"Answered so far: 0 of {total}")


def _cases_sheet(cases: Sequence[str], sample: Sample, carry: Sequence[str]) -> Sheet:
    shown = [name for name in dict.fromkeys((CHILDREN, CHILD, *carry)) if name in sample.details.columns]
    details = sample.details.set_index(terms.CASE_ID, drop=False)
    rows = [[case, *[str(details.loc[case, name]) for name in shown], "", "", ""] for case in cases]
    columns = (
        Column(terms.CASE_ID, 16),
        *[Column(name, 18, wrap=True) for name in shown],
        Column(DANGER, 19, choices=YES_OR_NO, locked=False),
        Column(BREACH, 24, choices=YES_OR_NO, locked=False),
        Column(TOLD, 44, wrap=True, locked=False, required_when=(DANGER, (terms.YES,))),
    )
    return Sheet(CASES, columns, rows, protect=True, frozen_columns=1)


def _ratings_sheet(auditor: str, cases: Sequence[str], asked: Sequence[Question]) -> Sheet:
    rows = [
        [case, question.framework, question.id, question.ask, question.look_for, "", "", auditor]
        for case in cases
        for question in asked
    ]
    choices = {
        position: question.choices
        for position, question in enumerate(question for _ in cases for question in asked)
        if question.choices
    }
    columns = (
        Column(terms.CASE_ID, 12),
        Column("framework", 13, wrap=True),
        Column(terms.CRITERION_ID, 12, wrap=True),
        Column("question", 36, wrap=True),
        Column("look_for", 44, wrap=True),
        Column(terms.RATING, 13, locked=False, choices_by_row=choices, highlight_blank=True),
        Column(terms.COMMENT, 32, wrap=True, locked=False, required_when=(terms.RATING, (terms.NA_RATING,))),
        Column(terms.AUDITOR, 14, hidden=True),
    )
    return Sheet(RATINGS, columns, rows, protect=True, band_by=terms.CASE_ID, frozen_columns=1)


def _dates_sheet(cases: Sequence[str], sample: Sample, frameworks: Sequence[Framework]) -> list[Sheet]:
    needed = facts_needed(frameworks)
    if not needed or not cases:
        return []
    known = known_facts(sample, frameworks)
    values = {(case, fact): value for case, fact, value in known.itertuples(index=False)}
    rows = [
        [case, fact, ", ".join(ids), values.get((case, fact), "")] for case in cases for fact, ids in needed.items()
    ]
    columns = (
        Column(terms.CASE_ID, 16),
        Column(terms.FACT, 40),
        Column(NEEDED_FOR, 16),
        Column(terms.VALUE, 18, locked=False, highlight_blank=True),
    )
    return [Sheet(DATES, columns, rows, protect=True, band_by=terms.CASE_ID, frozen_columns=1)]
