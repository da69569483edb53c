"""Statutory and local limits as dated rows: which figure held when a step started."""

from __future__ import annotations

import datetime
import functools
import importlib.resources
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd

from audit_toolkit.errors import FrameworkError, Problem, RatingError, did_you_mean, raise_if
from audit_toolkit.files import YamlDocument, read_yaml
from audit_toolkit.scoring.fields import ID_PATTERN, Fields, shown
from audit_toolkit.scoring.fields import Path as Keys
from audit_toolkit.scoring.working_days import BEFORE, WEEKEND_STARTS

WORKING_DAYS: Final = "working days"
DAYS: Final = "days"
WEEKS: Final = "weeks"
MONTHS: Final = "months"
UNITS: Final = (WORKING_DAYS, DAYS, WEEKS, MONTHS)
ONE_DAY: Final = datetime.timedelta(days=1)
TIMESCALES_KEYS: Final = ("timescales", "version", "weekend_start", "limits")
TIMESCALE_KEYS: Final = ("title", "local", "rows")
TIMESCALE_ROW_KEYS: Final = ("start", "end", "days", "unit", "source")


@dataclass(frozen=True, slots=True)
class TimescaleRow:
    """One figure of one limit and the days it held: a step started from `start` to `end`, both inside."""

    limit: str
    start: datetime.date
    end: datetime.date | None
    days: int
    unit: str
    source: str
    title: str = ""
    local: bool = False

    def to_dict(self) -> dict[str, object]:
        """Give one figure as plain values."""
        return {
            "limit": self.limit,
            "title": self.title,
            "start": self.start.isoformat(),
            "end": self.end.isoformat() if self.end else "",
            "days": self.days,
            "unit": self.unit,
            "local": self.local,
            "source": self.source,
        }

    def holds_on(self, day: datetime.date) -> bool:
        """Say whether this figure held on a day."""
        return self.start <= day and (self.end is None or day <= self.end)

    def __str__(self) -> str:
        return f"{self.days} {self.unit} from {self.start} {f'to {self.end}' if self.end else 'on'}: {self.source}"


@dataclass(frozen=True, slots=True)
class Timescales:
    """Every limit with its dated rows. `names` are the limits, `rows` their figures in date order.

    `weekend_start` says which working day a step that starts on a weekend or bank holiday is counted from:
    the one "before" it or the one "after" it.
    """

    name: str
    version: str
    rows: tuple[TimescaleRow, ...]
    weekend_start: str = BEFORE

    @property
    def names(self) -> tuple[str, ...]:
        """The limits, each once."""
        return tuple(dict.fromkeys(row.limit for row in self.rows))

    def limit_for(self, name: str, start: datetime.date) -> TimescaleRow:
        """Give the figure of a limit that held on the day a step started; RatingError where none did."""
        rows = [row for row in self.rows if row.limit == name]
        if not rows:
            raise RatingError(
                Problem(f"the limit {name} is not in the timescales", mend=did_you_mean(name, self.names))
            )
        for row in rows:
            if row.holds_on(start):
                return row
        what = f"no row of the limit {name} held on {start}"
        raise RatingError(Problem(what, mend="Check the date, or write N/A where the step did not apply."))

    def figures(self, name: str) -> tuple[tuple[datetime.date, datetime.date | None, int, str], ...]:
        """Give what a limit allows and when, without its sources: what two rounds must share."""
        return tuple((row.start, row.end, row.days, row.unit) for row in self.rows if row.limit == name)

    def to_dict(self) -> dict[str, object]:
        """Give the rows as plain values."""
        return {
            "timescales": self.name,
            "version": self.version,
            "weekend_start": self.weekend_start,
            "rows": [row.to_dict() for row in self.rows],
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row a figure."""
        return pd.DataFrame([row.to_dict() for row in self.rows]).astype(object)

    def __str__(self) -> str:
        return f"Timescales {self.name} {self.version}: {len(self.names)} limits, {len(self.rows)} dated rows"


def load_timescales(path: str | Path | None = None) -> Timescales:
    """Read the limits in force at each date: the shipped ones for England, with those of your own file before them.

    Parameters
    ----------
    path : str or Path, optional
        A file of limits. One it names takes the place of the shipped limit of that name, with all its dated
        rows; the shipped limits it does not name stay. Its `weekend_start` holds where it states one.

    Raises
    ------
    FrameworkError
        The file has faults: all of them, with their lines.
    FileError
        The file cannot be read, or is not YAML.

    Checked against: tests/scoring/test_timescales.py.
    """
    return _shipped() if path is None else timescales_from(read_yaml(Path(path)), base=_shipped())


def as_timescales(given: Timescales | str | Path | None) -> Timescales:
    """Give timescales as they are, or read them from a path; the shipped ones where nothing is given."""
    return given if isinstance(given, Timescales) else load_timescales(given)


@functools.lru_cache(maxsize=1)
def _shipped() -> Timescales:
    """Read the timescales of the package audit_frameworks; frozen, so that one reading serves all."""
    with importlib.resources.as_file(importlib.resources.files("audit_frameworks") / "timescales.yaml") as path:
        return timescales_from(read_yaml(path))


def timescales_from(document: YamlDocument, *, base: Timescales | None = None) -> Timescales:
    """Check a YAML document against the grammar and give its timescales, with those of `base` it does not name."""
    fields = Fields(document)
    fields.only((), TIMESCALES_KEYS)
    name, version = fields.identifier(("timescales",)), fields.text(("version",), required=True)
    weekend = fields.choice(("weekend_start",), tuple(WEEKEND_STARTS), default=base.weekend_start if base else BEFORE)
    alone = base is None or fields.get(("weekend_start",)) is None
    rows = limit_rows(fields, ("limits",), required=alone)
    raise_if(fields.problems, FrameworkError)
    start = Timescales(name, version, base.rows if base else (), weekend)
    return timescales_with(start, rows)


def timescales_with(base: Timescales, rows: Iterable[TimescaleRow]) -> Timescales:
    """Give timescales in which some limits are replaced, or added.

    Parameters
    ----------
    base : the limits to begin with. rows : dated rows of one or more limits. A limit they name loses every row
        it had in `base`, because rows of two tables need not follow one another.
    """
    own = tuple(rows)
    named = {row.limit for row in own}
    kept = {name: [row for row in base.rows if row.limit == name] for name in base.names if name not in named}
    return replace(base, rows=(*(row for each in kept.values() for row in each), *own))


def limit_rows(fields: Fields, path: Keys, *, required: bool = False) -> tuple[TimescaleRow, ...]:
    """Read the limits at a place of a document, {name: {title, local, rows}}, and note everything wrong with them."""
    rows: list[TimescaleRow] = []
    for name in fields.mapping(path, required=required):
        if not ID_PATTERN.fullmatch(str(name)):
            what = f"{name} is not a plain name for a limit"
            fields.fault((*path, name), what, "Use letters, digits, - and _ only, at most 64.")
            continue
        rows.extend(_rows_of(fields, (*path, name), name))
    return tuple(rows)


def _rows_of(fields: Fields, path: Keys, name: str) -> list[TimescaleRow]:
    """Read the rows of one limit, which follow one another without gap or overlap."""
    if not fields.mapping(path):
        if fields.get(path) in (None, {}):
            fields.fault(path, f"the limit {name} has no rows", "Write rows: [{start: 2010-04-01, days: 10, ...}].")
        return []
    fields.only(path, TIMESCALE_KEYS)
    title, local = fields.text((*path, "title")), fields.flag((*path, "local"))
    rows: list[TimescaleRow] = []
    for position in range(len(fields.sequence((*path, "rows"), required=True))):
        row = _row(fields, (*path, "rows", position), name, title, local=local)
        if row is None:
            continue
        if rows:
            _check_follows(fields, (*path, "rows", position), rows[-1], row)
        rows.append(row)
    return rows


def _row(fields: Fields, path: Keys, name: str, title: str, *, local: bool) -> TimescaleRow | None:
    """Read one dated figure; None where it is too faulty to compare with its neighbours."""
    fields.mapping(path)
    fields.only(path, TIMESCALE_ROW_KEYS)
    start, end = fields.date((*path, "start"), required=True), fields.date((*path, "end"))
    unit = fields.choice((*path, "unit"), UNITS)
    source = fields.text((*path, "source"), required=True)
    days = fields.get((*path, "days"))
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 1000:
        fields.fault(
            (*path, "days"), f"days {shown(days)} is not a whole number of 0 to 1000", "Write a number such as 7."
        )
        days = 0
    if start is None:
        return None
    if end is not None and end < start:
        fields.fault((*path, "end"), f"the row ends on {end}, before it starts", "Swap start and end.")
    return TimescaleRow(name, start, end, days, unit, source, title, local)


def _check_follows(fields: Fields, path: Keys, before: TimescaleRow, row: TimescaleRow) -> None:
    """Note a row that does not begin on the day after the one before it ended."""
    if before.end is None or row.start <= before.end:
        until = f"ends on {before.end}" if before.end else "has no end"
        what = f"the row from {row.start} overlaps the one before it, which {until}"
        fields.fault(path, what, f"End the row before on {row.start - ONE_DAY}.")
    elif row.start != before.end + ONE_DAY:
        what = f"no row holds between {before.end} and {row.start}"
        fields.fault(path, what, f"Start this row on {before.end + ONE_DAY}.")
