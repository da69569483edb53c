"""Workbooks to send out: one .xlsx an auditor, with the questions, the evidence to look for and the dates to check."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.files import build_workbook, write_files
from audit_toolkit.register import BETWEEN, CHILDREN
from audit_toolkit.sampling import Sample
from audit_toolkit.scoring.about import about_lines, about_sheet
from audit_toolkit.scoring.asked import facts_needed, questions
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework
from audit_toolkit.scoring.sent_sheets import actions_sheet, cases_sheet, dates_sheet, guidance_sheet, ratings_sheet

if TYPE_CHECKING:
    import pandas as pd

# Names that Windows keeps for devices, whatever their ending.
RESERVED = re.compile("con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)


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
    language: str = "",
    force: bool = False,
) -> tuple[Path, ...]:
    """Write one workbook for each auditor named in the sample.

    Parameters
    ----------
    sample : a drawn sample with auditors. frameworks : what to ask. folder : where to write.
    carry : columns of the register to show beside the cases, such as the worker. title, note : shown on top.
    language : the code of a language that every framework has words in, such as cy; its own words by default.
    force : write over workbooks that are there.

    Returns
    -------
    tuple of the paths written, in order of the auditors' names.

    Raises
    ------
    FileError if one is there already and differs. FrameworkError if a framework is not known.
    """
    loaded = [load_framework(each) for each in frameworks]
    files = workbook_files(sample, loaded, carry=carry, title=title, note=note, language=language)
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
    language: str = "",
) -> dict[str, bytes]:
    """Give the workbooks as file name -> bytes, one an auditor; names in `taken` were sent before and stay free.

    `language` is the code of one that every framework has words in: questions and answers are then in it.
    """
    sampled = sample.to_rate()
    names = sorted({str(name) for column in (terms.AUDITOR, terms.SECOND_AUDITOR) for name in sampled[column] if name})
    files: dict[str, bytes] = {}
    for name in names:
        file = _file_name(name, [*files, *taken])
        files[file] = _workbook(name, sample, frameworks, carry, title, note, language)
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
    auditor: str,
    sample: Sample,
    frameworks: Sequence[Framework],
    carry: Sequence[str],
    title: str,
    note: str,
    language: str,
) -> bytes:
    sampled = sample.to_rate()
    mine = sampled[(sampled[terms.AUDITOR] == auditor) | (sampled[terms.SECOND_AUDITOR] == auditor)]
    mine = mine.sort_values(terms.TICKET, kind="stable")
    cases = [str(case) for case in mine[terms.CASE_ID]]
    first = {str(case) for case, name in zip(mine[terms.CASE_ID], mine[terms.AUDITOR], strict=True) if name == auditor}
    ratings = ratings_sheet(auditor, cases, questions(frameworks, language))
    sheets = [
        guidance_sheet(auditor, frameworks, title, note, ratings),
        cases_sheet(cases, sample.details, carry),
        ratings,
        *dates_sheet([case for case in cases if case in first], frameworks, known_facts(sample, frameworks)),
        actions_sheet(auditor, cases),
    ]
    about = about_lines(auditor, frameworks, title, sample.receipt, sheets)
    return build_workbook([*sheets, about_sheet(about)], properties=about)
