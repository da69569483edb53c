"""Annex A, the lists of children an inspection asks for: a workbook, one sheet a list, one row an event of a child.

Source: Office for Standards in Education, Children's Services and Skills, "Child-level data: Annex A" (2017-).
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit.errors import Place, Problem, RegisterError, did_you_mean, raise_if
from audit_toolkit.files import Table, read_table, sheet_names
from audit_toolkit.register.ids import join_id_problems
from audit_toolkit.register.one_row import latest_rows, row_dates
from audit_toolkit.terms import CASE_ID

CHILD = "Child Unique ID"
REFERRAL = "Date of Referral"
# "b) Female", "k) APKN": the letter that the guidance puts before each answer of a list.
CODED = re.compile(r"[a-z]{1,2}\) *(?=\S)")
# What a spreadsheet shows where a lookup found nothing.
NOT_FOUND = ("#N/A", "#REF!", "#NAME?", "#VALUE!")
# Never changed: ids are text, and a name may begin with anything.
AS_WRITTEN = (CHILD, "Allocated Team", "Allocated Worker", "Allocated Personal Advisor")
SHARED = {
    "gender": "Gender",
    "ethnicity": "Ethnicity",
    "birth_date": "Date of Birth",
    "age": "Age",
    "team": "Allocated Team",
    "worker": "Allocated Worker",
}


@dataclass(frozen=True, slots=True)
class AnnexList:
    """One list: our names and its headings, and the date whose latest row of a child counts, "" for one row a child."""

    number: int
    holds: str
    columns: Mapping[str, str]
    latest: str = ""


LISTS = {
    each.number: each
    for each in (
        AnnexList(
            3,
            "referrals",
            {"referral_date": REFERRAL, "referral_source": "Referral Source", "referral_nfa": "Referral NFA?"},
            REFERRAL,
        ),
        AnnexList(
            4,
            "assessments",
            {
                "assessment_start_date": "Continuous Assessment Start Date",
                "assessment_authorised_date": "Continuous Assessment Date of Authorisation",
                "child_seen": "Child Seen During Continuous Assessment",
            },
            "Continuous Assessment Start Date",
        ),
        AnnexList(
            6,
            "children in need",
            {
                "need_start_date": "CIN Start Date",
                "need_end_date": "CIN Closure Date",
                "need_code": "Primary Need Code",
                "last_seen_date": "Date Child Was Last Seen",
                "case_status": "Case Status",
            },
            "CIN Start Date",
        ),
        AnnexList(
            7,
            "child protection plans",
            {
                "plan_start_date": "Child Protection Plan Start Date",
                "plan_end_date": "Child Protection Plan End Date",
                "category_of_abuse": "Latest Category of Abuse",
                "last_visit_date": "Date of the Last Statutory Visit",
                "last_conference_date": "Date of latest review conference",
            },
            "Child Protection Plan Start Date",
        ),
        AnnexList(
            8,
            "children looked after",
            {
                "looked_after_start_date": "Date Started to be Looked After",
                "looked_after_end_date": "Date Ceased to be Looked After",
                "need_code": "Child's Category of Need",
                "legal_status": "Child's Legal Status",
                "last_review_date": "Date of Latest Statutory Review",
                "last_visit_date": "Date of Last Social Work Visit",
                "placement_type": "Placement Type",
            },
            "Date Started to be Looked After",
        ),
        AnnexList(
            9,
            "care leavers",
            {
                "eligibility": "Eligibility Category",
                "pathway_review_date": "Latest Pathway Plan Review Date",
                "last_contact_date": "Latest Date of Contact",
                "accommodation": "Type of Accommodation",
                "suitable": "Suitability of Accommodation",
                "activity": "Activity Status",
            },
        ),
    )
}


def annex_a(path: Path, number: int, *, sheet: str | None = None, header_row: int = 1) -> tuple[Table, dict[str, str]]:
    """Read one list of the workbook: one row a child, codes without their letters, and our names for its columns.

    `sheet` : the list's sheet, where its name does not tell. `header_row` : the row of the headings, on every sheet.

    Of list 4 every child has `referral_date` beside, from list 3: the latest referral not after the assessment began.

    Raises
    ------
    FileError if the workbook cannot be read. RegisterError naming a list that is not there, and dates that are none.
    """
    wanted = LISTS[number]
    columns = {CASE_ID: CHILD, **SHARED, **wanted.columns}
    table = read_table(
        path, sheet=sheet or _sheet(path, number), header_row=header_row, required=tuple(columns.values())
    )
    table = _plain_codes(table)
    problems: list[Problem] = []
    if wanted.latest:
        table, problems = latest_rows(table, CHILD, wanted.latest)
    if number == 4:
        table, found = _with_referrals(table, path, header_row)
        problems += found
    raise_if(problems, RegisterError)
    return table, columns


def _sheet(path: Path, number: int) -> str:
    """Find the one sheet of a list: "List 4", "Annex A list_4", "4", "List 4 - assessments"."""
    names = sheet_names(path)
    pattern = re.compile(rf"(annex\s*a)?\W*(list)?\W*0?{number}(\W.*)?", re.IGNORECASE)
    found = [name for name in names if pattern.fullmatch(re.sub(r"[_\s]+", " ", name).strip())]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(found)
    what = f"two sheets could be list {number}: {listed}" if found else f"there is no sheet for list {number}"
    mend = "Rename all but one." if found else did_you_mean(f"List {number}", names)
    raise RegisterError(Problem(what, Place(path.name), mend))


def _plain_codes(table: Table) -> Table:
    """Leave out the letter before an answer, so that "b) Female" and "Female" are one, and say where."""
    cells, notes = table.cells.copy(), []
    for heading in table.columns:
        before = [str(cell) for cell in cells[heading]]
        coded = heading not in AS_WRITTEN
        after = [CODED.sub("", cell, count=1) if coded and CODED.match(cell) else cell for cell in before]
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        if changed:
            cells[heading] = after
            cells[heading] = cells[heading].astype(object)
            old, new = changed[0]
            notes.append(
                f'{heading}: the letter before {len(changed):,} answers is left out ("{old}" is read as "{new}").'
            )
        broken = sum(cell in NOT_FOUND for cell in before)
        if broken:
            notes.append(f"{heading}: {broken:,} cells hold an error of the spreadsheet, such as #N/A, and no answer.")
    return dataclasses.replace(table, cells=cells, notes=(*table.notes, *notes))


def _with_referrals(table: Table, path: Path, header_row: int) -> tuple[Table, list[Problem]]:
    """Add the date of the referral an assessment came from: the child's latest one not after it began."""
    referrals = read_table(path, sheet=_sheet(path, 3), header_row=header_row, required=(CHILD, REFERRAL))
    referred, problems = row_dates(referrals, REFERRAL)
    began, found = row_dates(table, LISTS[4].latest)

    def place(position: int, _: str | None) -> Place:
        return referrals.place(position, CHILD)

    # An id spelt otherwise on list 3 would lose the child its referral without a word.
    found += join_id_problems([str(each) for each in referrals.cells[CHILD]], list(table.cells[CHILD]), place, {})
    by_child: dict[str, list[datetime.date]] = defaultdict(list)
    for child, date in zip(referrals.cells[CHILD], referred, strict=True):
        if date != datetime.date.min:
            by_child[str(child)].append(date)
    dates = [_latest(by_child.get(str(child), ()), date) for child, date in zip(table.cells[CHILD], began, strict=True)]
    cells = table.cells.copy()
    cells["referral_date"] = dates
    cells["referral_date"] = cells["referral_date"].astype(object)
    later = sum(not date and str(child) in by_child for child, date in zip(table.cells[CHILD], dates, strict=True))
    note = (
        f"referral_date comes from {referrals.sheet}: {sum(map(bool, dates)):,} of {len(dates):,} children have a "
        "referral not after the assessment began" + (f", and {later:,} only a later one." if later else ".")
    )
    joined = dataclasses.replace(
        table,
        cells=cells,
        columns=(*table.columns, "referral_date"),
        column_positions=(*table.column_positions, len(table.column_positions)) if table.column_positions else (),
        notes=(*table.notes, note),
    )
    return joined, problems + found


def _latest(dates: Sequence[datetime.date], before: datetime.date) -> str:
    found = [date for date in dates if date <= before]
    return max(found).isoformat() if found else ""
