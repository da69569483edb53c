"""Bands of a numeric column for a plan to declare: equal numbers of cases, or the rule of Dalenius and Hodges."""

from __future__ import annotations

import datetime
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, SupportsIndex

from audit_toolkit.errors import Place, Problem, RegisterError, did_you_mean, raise_if
from audit_toolkit.files import Table, table_from_frame
from audit_toolkit.register.register import Register
from audit_toolkit.register.strata import StratumColumn

if TYPE_CHECKING:
    import pandas as pd

QUANTILE, DALENIUS_HODGES = "quantile", "dalenius-hodges"
METHODS = (QUANTILE, DALENIUS_HODGES)
# Classes of equal width for each band asked for; finer ones move a boundary less than they leave classes empty.
CLASSES_A_BAND = 15
WHERE = "bands"
# Text that YAML reads as itself without quotation marks; anything else is quoted.
PLAIN = re.compile(r"[A-Za-z][A-Za-z_]*( [A-Za-z0-9_.]+)*|-?[0-9.]+( [A-Za-z]+)+( -?[0-9.]+)?")
READ_OTHERWISE = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands of a column: label -> lowest number, lowest first, and the cases of each.

    `asked` is the number of bands asked for; ties are never split, so there may be fewer.
    """

    column: str
    method: str
    asked: int
    bands: Mapping[str, Decimal]
    counts: Mapping[str, int]
    age_on: datetime.date | None = None
    notes: tuple[str, ...] = ()

    def stratum_column(self) -> StratumColumn:
        """Give the bands as a column that strata are made from, for `build_frame`."""
        return StratumColumn(self.column, self.column, bands=self.bands, age_on=self.age_on)

    def to_yaml(self) -> str:
        """Give the text that declares the bands in a plan, under its key `strata`."""
        listed = ", ".join(f"{_quoted(label)}: {low:f}" for label, low in self.bands.items())
        ages = f"\n    age_on: {self.age_on.isoformat()}" if self.age_on is not None else ""
        name = _quoted(self.column)
        return f"strata:\n  - name: {name}\n    column: {name}\n    bands: {{{listed}}}{ages}\n"

    def to_dict(self) -> dict[str, object]:
        """Give everything in JSON-safe values."""
        return {
            "column": self.column,
            "method": self.method,
            "asked": self.asked,
            "age_on": self.age_on.isoformat() if self.age_on is not None else None,
            "bands": {label: f"{low:f}" for label, low in self.bands.items()},
            "counts": dict(self.counts),
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row a band: its label, its lowest number and its cases."""
        import pandas as pd

        rows = [(label, low, self.counts[label]) for label, low in self.bands.items()]
        return pd.DataFrame(rows, columns=["band", "lowest", "cases"])

    def __str__(self) -> str:
        cases = sum(self.counts.values())
        listed = [f"{label}: {self.counts[label]:,}" for label in list(self.bands)[:8]]
        many = "band" if len(self.bands) == 1 else "bands"
        return "\n".join([f"{len(self.bands)} {many} of {self.column}, {cases:,} cases", *listed, *self.notes[:3]])


def suggest_bands(
    values: Register | Table | pd.DataFrame | pd.Series,
    count: int,
    *,
    method: str = QUANTILE,
    column: str | None = None,
    age_on: datetime.date | None = None,
    classes: int | None = None,
) -> Bands:
    """Suggest bands of a numeric column, to be declared in a plan and kept for the next round.

    Parameters
    ----------
    values : a Series of numbers, or a register, table or DataFrame of which `column` holds them, as numbers or text.
    count : the bands wanted, at least 2; equal values stay together, so there may be fewer.
    method : "quantile", about as many cases in each, or "dalenius-hodges", equal steps of the cumulated square
        roots of the frequencies, which suits a mean estimated from an equal or a Neyman allocation.
    age_on : the date on which ages in completed years are taken, where the column holds dates of birth.
    classes : classes of equal width that Dalenius-Hodges counts in; default 15 for each band.

    Returns
    -------
    Bands: `.to_yaml()` is the text for the plan. The first band starts at 0 where no number is below 0, so that
    a smaller number in the next round still finds its band.

    Raises
    ------
    RegisterError naming the row of every cell that is empty or no number, or the argument that does not fit.

    Source: Dalenius and Hodges (1959), Journal of the American Statistical Association 54:88-101.
    Checked against: Cochran (1977), Sampling Techniques, section 5A.7, and base R (tests/register/test_bands.py).
    """
    raise_if(_argument_problems(count, method, classes), RegisterError)
    name, cells, place = _cells(values, column)
    numbers = _numbers(name, cells, place, age_on)
    frequencies = sorted(Counter(numbers).items())
    heights = _root_steps(frequencies, classes or CLASSES_A_BAND * count) if method == DALENIUS_HODGES else None
    steps = heights or list(itertools.accumulate(float(cases) for _, cases in frequencies))
    cuts = _cuts(steps, count)
    lows = [min(Decimal(0), frequencies[0][0]), *(frequencies[cut][0] for cut in cuts)]
    labels = _labels(lows, numbers)
    parts = itertools.pairwise([0, *cuts, len(frequencies)])
    counts = [sum(cases for _, cases in frequencies[first:last]) for first, last in parts]
    bands = dict(zip(labels, lows, strict=True))
    notes = _notes(count, bands, frequencies, method)
    return Bands(name, method, count, bands, dict(zip(labels, counts, strict=True)), age_on, tuple(notes))


def _argument_problems(count: object, method: object, classes: object) -> list[Problem]:
    problems = [
        Problem(f"{name} is {value!r}", WHERE, "Give a whole number of at least 2.")
        for name, value in (("count", count), ("classes", classes))
        if (value is not None or name == "count") and (not isinstance(value, SupportsIndex) or int(value) < 2)
    ]
    if method not in METHODS:
        problems.append(Problem(f'there are no bands by "{method}"', WHERE, did_you_mean(str(method), METHODS)))
    return problems


def _cells(
    values: Register | Table | pd.DataFrame | pd.Series, column: str | None
) -> tuple[str, list[str], Callable[[int], Place]]:
    """Give the column's name, its cells as text, and where each stands."""
    import pandas as pd

    source: Register | Table
    if isinstance(values, pd.Series):
        column = str(values.name) if values.name is not None else column or "number"
        source = table_from_frame(values.to_frame(column), "Series")
    elif isinstance(values, pd.DataFrame):
        source = table_from_frame(values)
    elif isinstance(values, (Register, Table)):
        source = values
    else:
        mend = "Give a Series of numbers, or a register or DataFrame and column=."
        raise RegisterError(Problem(f"the values are a {type(values).__name__}", WHERE, mend))
    frame = source.cases if isinstance(source, Register) else source.cells
    names = [str(name) for name in frame.columns]
    if column is None or column not in names:
        what = "no column is named" if column is None else f'there is no column "{column}"'
        raise RegisterError(Problem(what, source.name, did_you_mean(column or "", names)))
    chosen = column

    def place(position: int) -> Place:
        return source.place(position, chosen)

    return chosen, [str(cell) for cell in frame[chosen]], place


def _numbers(
    name: str, cells: Sequence[str], place: Callable[[int], Place], age_on: datetime.date | None
) -> list[Decimal]:
    """Read every cell as the number it holds, or the age, and raise all that are neither."""
    reader = StratumColumn(name, name, bands={}, age_on=age_on)
    known = {cell: reader.number(cell) for cell in set(cells)}
    kind = "number" if age_on is None else "date"
    mend = f"Correct it, or exclude such cases by a rule. A {kind} is written " + (
        "12 or 12.5." if age_on is None else "2005-01-31 or 31/01/2005."
    )
    problems = [
        Problem("the cell is empty" if not cell.strip() else f'"{cell}" is not a {kind}', place(position), mend)
        for position, cell in enumerate(cells)
        if known[cell] is None
    ]
    if not cells:
        problems = [Problem("there is no case to make bands from", WHERE, "Look at the rules that make the frame.")]
    raise_if(problems, RegisterError)
    return [_plain(number) for cell in cells if (number := known[cell]) is not None]


def _plain(number: Decimal) -> Decimal:
    """Give one form to equal numbers: 5, 5.0 and 05 are 5, and no digit is rounded."""
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text) if number else Decimal(0)


def _root_steps(frequencies: Sequence[tuple[Decimal, int]], classes: int) -> list[float] | None:
    """Give the cumulated square root of the class frequencies up to each value; None where all are one value.

    Classes are of equal width from the least value to the greatest, each with its lower edge.
    """
    least, greatest = Fraction(frequencies[0][0]), Fraction(frequencies[-1][0])
    if least == greatest:
        return None
    places = [
        min(int((Fraction(value) - least) * classes / (greatest - least)), classes - 1) for value, _ in frequencies
    ]
    cases: Counter[int] = Counter()
    for where, (_, number) in zip(places, frequencies, strict=True):
        cases[where] += number
    cumulated = list(itertools.accumulate(math.sqrt(cases[where]) for where in range(classes)))
    return [cumulated[where] for where in places]


def _cuts(steps: Sequence[float], count: int) -> list[int]:
    """Give where bands begin: after the step nearest to each equal part of the whole, each at a step of its own.

    Values of one class share a step and stay together.
    """
    ends = [position for position in range(len(steps) - 1) if steps[position] < steps[position + 1]]
    cuts = []
    for part in range(1, count):
        goal = steps[-1] * part / count
        if ends:
            nearest = min(ends, key=lambda end: (abs(steps[end] - goal), end))
            cuts.append(nearest + 1)
    return sorted(set(cuts))


def _labels(lows: Sequence[Decimal], numbers: Sequence[Decimal]) -> list[str]:
    """Name the bands: "under 5", "5 to 9", "10 and over"; "5 to under 10" where numbers are not whole."""
    whole = all(number == number.to_integral_value() for number in numbers)
    if len(lows) == 1:
        return [f"{lows[0]:f} and over"]
    middle = [
        f"{low:f} to under {high:f}" if not whole else f"{low:f}" if high == low + 1 else f"{low:f} to {high - 1:f}"
        for low, high in itertools.pairwise(lows[1:])
    ]
    return [f"under {lows[1]:f}", *middle, f"{lows[-1]:f} and over"]


def _notes(
    count: int, bands: Mapping[str, Decimal], frequencies: Sequence[tuple[Decimal, int]], method: str
) -> list[str]:
    notes = []
    if len(bands) < count:
        value, most = max(frequencies, key=lambda each: each[1])
        cases = sum(number for _, number in frequencies)
        why = f"equal values are never split, and {value:f} is the value of {most:,} of {cases:,} cases"
        if method == DALENIUS_HODGES and most < cases / count:
            why = "a few values lie so far out that most cases fall into one class of equal width; quantiles split them"
        notes.append(f"{len(bands)} of {count} bands: {why}.")
    least = frequencies[0][0]
    if least < 0:
        notes.append(f"The first band starts at {least:f}: a smaller number in another round would find no band.")
    return notes


def _quoted(text: str) -> str:
    """Give text as YAML reads it back as text."""
    plain = PLAIN.fullmatch(text) and text.casefold() not in READ_OTHERWISE
    return text if plain else json.dumps(text, ensure_ascii=False)
