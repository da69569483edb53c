"""The tables of a run: Markdown for a page, one line of CSV a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from benchmarks.calibration_cells import CLUSTERED, GRADES, SHARES
from benchmarks.calibration_figures import Cover, Rate, percent, worst
from benchmarks.calibration_intervals import TOOLKIT
from benchmarks.calibration_nulls import AUDITORS, CREWS, NULLS, RISES
from benchmarks.calibration_r import BY_R

WIDTHS_AT = ("0.5", "0.8", "0.95")
NOTHING = "–"


def markdown(found: Sequence[Rate], covered: Sequence[Cover]) -> str:
    """Give every table of the page."""
    parts = []
    for kind, title in ((SHARES, "Shares"), (GRADES, "Grades, and means of their points")):
        here = [each for each in found if each.kind == kind]
        plain = [each for each in here if not each.null.startswith(AUDITORS)]
        parts += [
            (f"### {title}: the worst false alarm of each method", summary(plain)),
            (f"### {title}: the worst false alarm by what is true", by_row(here, (*NULLS, *CREWS), _null)),
            (f"### {title}: the worst false alarm by design", by_row(plain, _once(plain, _design), _design)),
            (f"### {title}: power", power(here)),
        ]
    parts.append(("### Intervals for a share", intervals(covered)))
    return "\n".join(f"{title}\n\n{table}\n" for title, table in parts)


def summary(found: Sequence[Rate]) -> str:
    """Give each method's worst false alarm, where that was, and its mean power over designs and starts."""
    rows = []
    for method in _once(found, _method):
        most = worst(found, lambda each, method=method: each.method == method)  # type: ignore[misc]
        shown = [_mean_power(found, method, rise) for rise in RISES]
        if most is not None:
            rows.append([method, percent(most.share, most.error), most.where, *shown])
    return _table(["method", "worst, %", "where", *(f"power, {rise}, %" for rise in RISES)], rows)


def by_row(found: Sequence[Rate], names: Sequence[str], of: Callable[[Rate], str]) -> str:
    """Give the worst false alarm of each method, a row for each null or design."""
    methods = [name for name in _once(found, _method) if BY_R not in name]
    rows = []
    for name in names:
        row = [worst(found, lambda each, m=m, n=name: each.method == m and of(each) == n) for m in methods]  # type: ignore[misc]
        if any(row):
            rows.append([name, *(percent(each.share, each.error) if each else NOTHING for each in row)])
    return _table(["%", *methods], rows)


def power(found: Sequence[Rate]) -> str:
    """Give the power of each method, a row for each design and rise, mean over the starts; then over all designs."""
    methods = [name for name in _once(found, _method) if BY_R not in name]
    rows = []
    for rise in RISES:
        for design in _once(found, _design):
            row = [_mean_power([each for each in found if each.design == design], method, rise) for method in methods]
            rows.append([f"{rise}; {design}", *row])
        rows.append([f"**{rise}; mean**", *(_mean_power(found, method, rise) for method in methods)])
    return _table(["%", *methods], rows)


def intervals(covered: Sequence[Cover]) -> str:
    """Give each method's least coverage, how often it is of no use at worst, and its mean width over the designs."""
    rows = []
    for method in dict.fromkeys(each.method for each in covered):
        here = [each for each in covered if each.method == method]
        least = min(here, key=lambda each: each.coverage)
        widths = [mean_width(here, level) for level in WIDTHS_AT]
        useless = max(each.useless for each in here if each.level != "1")
        certain = max((each.useless for each in here if each.level == "1"), default=float("nan"))
        where = f"{least.design}; {least.level}"
        row = [method, percent(least.coverage, least.error), where, f"{100 * useless:.1f}", _written(certain, 100, 1)]
        rows.append([*row, *(_written(width, 1, 3) for width in widths)])
    heads = ["method", "least coverage, %", "where", "of no use at worst, %", "of no use where all are good, %"]
    return _table([*heads, *(f"mean width at {level}" for level in WIDTHS_AT)], rows)


def mean_width(covered: Iterable[Cover], level: str) -> float:
    """Give the mean width over the designs; nan without one."""
    found = [each.width for each in covered if each.level == level]
    return float(np.mean(found)) if found else float("nan")


def cells_csv(found: Sequence[Rate], covered: Sequence[Cover]) -> str:
    """Give one line a cell and a column a method: false alarms (worse side), power or coverage, in per cent."""
    values: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for rate in found:
        cell = (rate.kind, rate.design, rate.null, rate.level)
        values.setdefault(cell, {})[rate.method] = percent(rate.share, rate.error).replace("±", "+-")
    for each in covered:
        text = f"{percent(each.coverage, each.error).replace('±', '+-')} (width {each.width:.3f})"
        values.setdefault(("interval", each.design, "same population", each.level), {})[each.method] = text
    methods = list(dict.fromkeys(method for row in values.values() for method in row))
    text_file = io.StringIO()
    writer = csv.writer(text_file, lineterminator="\n")
    writer.writerow(["measure", "design", "truth", "level", *methods])
    writer.writerows([*cell, *(row.get(method, "") for method in methods)] for cell, row in values.items())
    return text_file.getvalue()


def flat(found: Sequence[Rate], covered: Sequence[Cover]) -> dict[str, object]:
    """Give the summary as one flat object, in per cent and shares."""
    figures: dict[str, object] = {}
    for kind in (SHARES, GRADES):
        plain = [each for each in found if each.kind == kind and not each.null.startswith(AUDITORS)]
        for method in _once(plain, _method):
            most = worst(plain, lambda each, method=method: each.method == method)  # type: ignore[misc]
            if most is not None:
                figures[f"{kind}: worst false alarm, {method}"] = percent(most.share, most.error)
            for rise in RISES:
                figures[f"{kind}: power, {rise}, {method}"] = _mean_power(plain, method, rise)
        for crew in CREWS:
            for method in (TOOLKIT, CLUSTERED):
                most = worst(found, lambda e, k=kind, c=crew, m=method: (e.kind, e.null, e.method) == (k, c, m))  # type: ignore[misc]
                if most is not None:
                    figures[f"{kind}: {crew}, {method}"] = percent(most.share, most.error)
    for method in dict.fromkeys(each.method for each in covered):
        here = [each for each in covered if each.method == method]
        figures[f"interval: least coverage, {method}"] = percent(*min((each.coverage, each.error) for each in here))
        for level in WIDTHS_AT:
            if any(each.level == level for each in here):
                figures[f"interval: mean width at {level}, {method}"] = round(mean_width(here, level), 4)
    return figures


def _written(figure: float, times: int, digits: int) -> str:
    return NOTHING if np.isnan(figure) else f"{times * figure:.{digits}f}"


def _mean_power(found: Iterable[Rate], method: str, rise: str) -> str:
    here = [each for each in found if each.method == method and each.null == rise]
    if not here:
        return NOTHING
    error = sum(each.error**2 for each in here) ** 0.5 / len(here)
    return f"{100 * sum(each.share for each in here) / len(here):.1f} ± {100 * error:.1f}"


def _once(found: Iterable[Rate], of: Callable[[Rate], str]) -> list[str]:
    return list(dict.fromkeys(of(each) for each in found))


def _method(rate: Rate) -> str:
    return rate.method


def _design(rate: Rate) -> str:
    return rate.design


def _null(rate: Rate) -> str:
    return rate.null


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
