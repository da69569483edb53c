"""The children in need census: one XML file a council, one element a child, one row a child here.

Of a child's several episodes of need the one referred last counts; within it, of each kind of event, the one that
began last.

Source: Department for Education, "Children in need census: technical specification" (2024 to 2025).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem, RegisterError, raise_if
from audit_toolkit.files import DATE_MEND, XML, Table, parse_date, read_xml
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Our name, and the census's: of the child, of the episode, and of the latest event of a kind inside the episode.
CHILD = {
    CASE_ID: "ChildIdentifiers/LAchildID",
    "birth_date": "ChildIdentifiers/PersonBirthDate",
    "expected_birth_date": "ChildIdentifiers/ExpectedPersonBirthDate",
    "death_date": "ChildIdentifiers/PersonDeathDate",
    "ethnicity": "ChildCharacteristics/Ethnicity",
}
SEXES = ("ChildIdentifiers/Sex", "ChildIdentifiers/GenderCurrent", "ChildIdentifiers/PersonGenderCurrent")
DISABILITIES = "ChildCharacteristics/Disabilities/Disability"
EPISODE = "CINdetails"
REFERRED = "CINreferralDate"
EPISODES = {
    "referral_date": REFERRED,
    "referral_source": "ReferralSource",
    "need_code": "PrimaryNeedCode",
    "referral_nfa": "ReferralNFA",
    "closure_date": "CINclosureDate",
    "closure_reason": "ReasonForClosure",
}
EVENTS = {
    "Assessments": (
        "AssessmentActualStartDate",
        {
            "assessment_start_date": "AssessmentActualStartDate",
            "assessment_review_date": "AssessmentInternalReviewDate",
            "assessment_authorised_date": "AssessmentAuthorisationDate",
        },
    ),
    "CINPlanDates": (
        "CINPlanStartDate",
        {"need_plan_start_date": "CINPlanStartDate", "need_plan_end_date": "CINPlanEndDate"},
    ),
    "Section47": (
        "S47ActualStartDate",
        {
            "section_47_start_date": "S47ActualStartDate",
            "conference_target_date": "InitialCPCtarget",
            "conference_date": "DateOfInitialCPC",
            "conference_not_required": "ICPCnotRequired",
        },
    ),
    "ChildProtectionPlans": (
        "CPPstartDate",
        {
            "protection_plan_start_date": "CPPstartDate",
            "protection_plan_end_date": "CPPendDate",
            "category_of_abuse": "LatestCategoryOfAbuse",
        },
    ),
}
COLUMNS = (
    *CHILD,
    "sex",
    "disabilities",
    "episodes",
    *EPISODES,
    *[name for _, columns in EVENTS.values() for name in columns],
)


def cin_census(path: Path) -> Table:
    """Read a census as a table of one row a child, the row being the child's place in the file.

    Raises
    ------
    FileError if the file is not safe XML. RegisterError if it is no census, or a date of an episode or event is none.
    """
    import pandas as pd

    root, digest = read_xml(path)
    children = root.findall("Children/Child")
    if root.tag != "Message" or not children:
        what = "this is not a children in need census: there is no Child in Message, Children"
        raise RegisterError(Problem(what, Place(path.name), "Export the census return as XML."))
    problems: list[Problem] = []
    rows = [_row(child, Place(path.name, row=number), problems) for number, child in enumerate(children, 1)]
    raise_if(problems, RegisterError)
    cells = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    several = sum(len(child.findall(EPISODE)) > 1 for child in children)
    notes = [f"{len(children):,} children; row N is the Nth child of the file."]
    if several:
        notes.append(f"{several:,} children have several episodes of need; the one referred last is taken.")
    return Table(
        path.name,
        COLUMNS,
        cells,
        tuple(range(1, len(children) + 1)),
        digest=digest,
        notes=tuple(notes),
        kind=XML,
    )


def _row(child: Element, where: Place, problems: list[Problem]) -> dict[str, str]:
    episodes = child.findall(EPISODE)
    episode = _latest(episodes, REFERRED, where, problems)
    row = {name: _text(child, path) for name, path in CHILD.items()}
    row["sex"] = next((found for found in (_text(child, path) for path in SEXES) if found), "")
    row["disabilities"] = "; ".join((each.text or "").strip() for each in child.findall(DISABILITIES))
    row["episodes"] = str(len(episodes))
    row |= {name: _text(episode, path) for name, path in EPISODES.items()}
    for kind, (began, columns) in EVENTS.items():
        event = _latest([] if episode is None else episode.findall(kind), began, where, problems)
        row |= {name: _text(event, path) for name, path in columns.items()}
    return row


def _text(element: Element | None, path: str) -> str:
    """Give the text of an element inside another, as it stands; "" where there is none."""
    found = None if element is None else element.find(path)
    return "" if found is None or found.text is None else found.text


def _latest(elements: Sequence[Element], began: str, where: Place, problems: list[Problem]) -> Element | None:
    """Give the element that began last, one without a date before all others; latest ones that differ are named."""
    from xml.etree.ElementTree import tostring

    dated = []
    for position, element in enumerate(elements):
        text = _text(element, began)
        try:
            date = parse_date(text) if text else datetime.date.min
        except ValueError:
            place = Place(where.file, row=where.row, column=began)
            problems.append(Problem(f"{text} is not a date", place, DATE_MEND))
            continue
        dated.append((date, position))
    if not dated:
        return None
    last = max(dated)[0]
    best = [elements[position] for date, position in dated if date == last]
    if len({tostring(each) for each in best}) > 1:
        when = "without a date" if last == datetime.date.min else f"of {last.isoformat()}"
        what = f"{len(best)} elements {best[0].tag} {when} differ, and the latest one is wanted"
        place = Place(where.file, row=where.row, column=began)
        problems.append(Problem(what, place, "Keep one of them."))
    return best[-1]
