"""The same evidence by recommendation: which measures speak for each, and whether it was due."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from audit_toolkit.errors import DesignError, Place, Problem, did_you_mean, raise_if
from audit_toolkit.files import YamlDocument, parse_yaml, read_yaml, unknown_keys

PLAN_KEYS = ("improvement_plan", "version", "title", "about", "source", "clocks", "recommendations")
RECOMMENDATION_KEYS = ("id", "area", "months", "recommendation", "measures", "cases_can_evidence", "all")


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation: what was asked, within how many months, and what besides cases measures it.

    `every_case` is True where it says "all": exceptions are listed from the whole register, never tested.
    """

    id: str
    area: str
    months: int
    text: str
    measures: Mapping[str, str]
    cases_can_evidence: bool
    every_case: bool


@dataclass(frozen=True, slots=True)
class ImprovementPlan:
    """Recommendations to be acted on by a date, with the clocks their months may run from."""

    name: str
    title: str
    clocks: Mapping[str, datetime.date | None]
    basis: Mapping[str, str]
    recommendations: tuple[Recommendation, ...]

    def start(self, clock: str, given: datetime.date | None) -> datetime.date:
        """Give the day a clock starts: the plan's own date for it, or the one given where it has none."""
        if clock not in self.clocks:
            raise DesignError(Problem(f'there is no clock "{clock}"', "plan.yaml", did_you_mean(clock, self.clocks)))
        start = given or self.clocks[clock]
        if start is None:
            mend = f"Give it, as in clock: {{{clock}: 2009-11-24}}."
            raise DesignError(Problem(f"the date of {clock} is not known", "plan.yaml", mend))
        return start


def due_date(start: datetime.date, months: int) -> datetime.date:
    """Add calendar months, clamped to the month's end; weekends do not move it (DOMAIN, section 4)."""
    import pandas as pd

    moved = pd.Timestamp(start) + pd.DateOffset(months=months)
    return datetime.date(moved.year, moved.month, moved.day)


def load_improvement_plan(name_or_path: str | Path) -> ImprovementPlan:
    """Load a shipped improvement plan by name, or one from a YAML file.

    Raises
    ------
    DesignError naming every unknown or missing key with its line. FileError if it cannot be read.
    """
    document = _document(name_or_path)
    problems = [*unknown_keys(document, (), PLAN_KEYS)]
    clocks, basis = _clocks(document, problems)
    entries = document.data.get("recommendations")
    listed = entries if isinstance(entries, list) else []
    if not listed:
        problems.append(Problem("there are no recommendations", document.place(), "Add recommendations: and a list."))
    found = [_recommendation(document, index, problems) for index in range(len(listed))]
    ids = [each.id for each in found]
    problems += [
        Problem(f"the recommendation {each} stands twice", document.place("recommendations"), "Keep one.")
        for each in dict.fromkeys(ids)
        if ids.count(each) > 1
    ]
    raise_if(problems, DesignError)
    name, title = str(document.data.get("improvement_plan", "")), str(document.data.get("title", ""))
    return ImprovementPlan(name, title, clocks, basis, tuple(found))


def _document(name_or_path: str | Path) -> YamlDocument:
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or text.endswith((".yaml", ".yml")):
        return read_yaml(Path(name_or_path))
    shipped = resources.files("audit_frameworks")
    found = shipped / f"{text}.yaml"
    if not text.isidentifier() or not found.is_file():
        names = [
            each.name.removesuffix(".yaml") for each in shipped.iterdir() if each.name.startswith("improvement_plan")
        ]
        raise DesignError(Problem(f'there is no improvement plan "{text}"', "plan.yaml", did_you_mean(text, names)))
    return parse_yaml(found.read_text(encoding="utf-8"), found.name)


def _clocks(document: YamlDocument, problems: list[Problem]) -> tuple[dict[str, datetime.date | None], dict[str, str]]:
    entries = document.data.get("clocks")
    clocks: dict[str, datetime.date | None] = {}
    basis: dict[str, str] = {}
    for name, entry in entries.items() if isinstance(entries, Mapping) else ():
        start = entry.get("start") if isinstance(entry, Mapping) else None
        if start is not None and not isinstance(start, datetime.date):
            problems.append(
                Problem(f"{start} is not a date", document.place("clocks", name), "Write it as 2009-09-26.")
            )
            start = None
        clocks[str(name)] = start
        basis[str(name)] = str(entry.get("basis", "")) if isinstance(entry, Mapping) else ""
    return clocks, basis


def _recommendation(document: YamlDocument, index: int, problems: list[Problem]) -> Recommendation:
    entries = document.data["recommendations"]
    entry = entries[index] if isinstance(entries, list) else None
    place: Place = document.place("recommendations", index)
    if not isinstance(entry, Mapping):
        problems.append(
            Problem("a recommendation is not a mapping", place, "Write {id: S1, months: 3, recommendation: ...}.")
        )
        return Recommendation("", "", 0, "", {}, False, False)
    problems += unknown_keys(document, ("recommendations", index), RECOMMENDATION_KEYS)
    missing = [key for key in ("id", "months", "recommendation") if key not in entry]
    problems += [Problem(f"{key} is missing", place, f"Add {key}.") for key in missing]
    months = entry.get("months")
    if "months" in entry and (not isinstance(months, int) or months < 0):
        problems.append(Problem(f"months: {months} is not a whole number", place, "Write months: 3."))
    measures = entry.get("measures")
    return Recommendation(
        id=str(entry.get("id", "")),
        area=str(entry.get("area", "")),
        months=months if isinstance(months, int) else 0,
        text=str(entry.get("recommendation", "")),
        measures={str(key): str(value) for key, value in measures.items()} if isinstance(measures, Mapping) else {},
        cases_can_evidence=bool(entry.get("cases_can_evidence", True)),
        every_case=bool(entry.get("all", False)),
    )
