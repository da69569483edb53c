"""Samples drawn elsewhere, in columns and sentences."""

from __future__ import annotations

import math
import shutil
import sys
import textwrap
from collections.abc import Iterable

from audit_toolkit.cli.say import table
from audit_toolkit.improvement import (
    Change,
    Estimate,
    GradeEstimates,
    LooseSample,
    RegisterChange,
    SampleChange,
    SampleEstimates,
    sentence,
)

ALL_CASES = "all cases"
WIDTH = 100
# More strata than these are counted and not listed; --json has them all.
LISTED = 20


def estimates_text(found: SampleEstimates) -> str:
    """Give an estimate as a person reads it: what was read, the figures, and what they speak of."""
    parts = [_read(found.sample), _strata(found.sample)]
    level = f"{100 * found.overall.confidence:g} % interval"
    if isinstance(found.overall, GradeEstimates):
        parts.append(_grades(found.overall, level))
        parts += [
            f"{_named(found, each)}\n{_grades(one, level)}"
            for each, one in found.domains.items()
            if isinstance(one, GradeEstimates)
        ]
    else:
        rows = [_row(ALL_CASES, found.overall)]
        rows += [_row(_named(found, each), one) for each, one in found.domains.items() if isinstance(one, Estimate)]
        parts.append(table(["", "n", found.sample.kind, level, "standard error", "interval by"], rows))
    overall = found.overall.notes
    parts.append(_notes([*overall, *found.notes]))
    return "\n\n".join(parts)


def _named(found: SampleEstimates, level: str) -> str:
    return f"{found.sample.domain.name if found.sample.domain is not None else ''}: {level}"


def _read(sample: LooseSample) -> str:
    answered, held = int(sample.values.notna().sum()), sum(sample.population.values())
    strata = sample.strata.nunique()
    first = (
        f'{sample.name}, column "{sample.value}": {answered} of {len(sample.values)} cases answered, '
        f"in {strata} {'stratum' if strata == 1 else 'strata'} of {_count(held)} cases."
    )
    return "\n".join([_wrapped(first), *(_wrapped(note) for note in sample.notes)])


def _strata(sample: LooseSample) -> str:
    counts = sample.counts()
    if len(counts) > LISTED:
        return f"{len(counts)} strata; --json lists them."
    rows = [
        [label, _count(held), drawn, answered]
        for label, held, drawn, answered in counts.itertuples(index=False, name=None)
    ]
    return table(["stratum", "cases", "drawn", "answered"], rows)


def _count(number: float) -> str:
    return f"{number:,.0f}" if number == round(number) else f"{number:,.2f}"


def _row(name: str, one: Estimate) -> list[str]:
    share = one.quantity == "share"
    return [
        name,
        str(one.n),
        _figure(one.value, share),
        _span(one, share),
        _figure(one.standard_error, share),
        one.method,
    ]


def _figure(number: float, share: bool) -> str:
    if math.isnan(number):
        return "-"
    return f"{100 * number:.1f} %" if share else f"{number:,.6g}"


def _span(one: Estimate | Change | RegisterChange, share: bool, *, signed: bool = False) -> str:
    low, high = one.ci.low, one.ci.high
    if math.isnan(low) or math.isnan(high):
        return "none"
    scale, form = (100.0 if share else 1.0), ("+" if signed else "") + (".1f" if share else ",.6g")
    return f"{scale * low:{form}} to {scale * high:{form}}"


def _grades(found: GradeEstimates, level: str) -> str:
    rows = [
        [str(grade), _figure(one.value, True), _span(one, True), _figure(one.standard_error, True), one.method]
        for grade, one in found.shares.items()
    ]
    middle = "none" if found.median is None else str(found.median)
    body = table(["grade", "share", level, "standard error", "interval by"], rows)
    return f"{body}\nMiddle grade: {middle} (n = {found.n})."


def change_text(found: SampleChange) -> str:
    """Give a change as a person reads it: the verdict, the registers, the subgroups, and what was read."""
    change, beside = found.change, found.registers
    percent = found.later.kind in ("share", "grades")
    parts = []
    if change is not None:
        parts.append("\n".join([_wrapped(sentence(change)), *map(_wrapped, _beside_verdict(change))]))
    if isinstance(beside, RegisterChange):
        parts.append(_registers(beside, percent))
    elif beside is not None:
        level = f"{100 * beside[0].confidence:g} % interval"
        sides = zip(("Earlier", "Later"), beside, strict=True)
        parts += [f"{side} register\n{_grades(each, level)}" for side, each in sides]
    if found.domains:
        parts.append(_domains(found, percent))
    read = [f"{side}: {_read(each)}" for side, each in (("Earlier", found.earlier), ("Later", found.later))]
    parts += read if change is None or change.higher_is_better else [_turned(each) for each in read]
    parts.append(_notes([*(change.notes if change is not None else ()), *found.notes]))
    return "\n\n".join(parts)


def _turned(read: str) -> str:
    """Say what was read where lower is better: nothing is good for being counted, or best for being large."""
    counted = read.replace("Counted as good:", "Counted:").replace("Counted as not good:", "Not counted:")
    return counted.replace("numbers, the largest the best", "numbers, the smallest the best")


def _beside_verdict(change: Change) -> list[str]:
    tested = "no test could be made"
    if not math.isnan(change.p_value):
        tested = f"one-sided p for improvement {change.p_value:.4f}; by {change.method}"
    better = "" if change.higher_is_better else " Lower is better."
    lines = [
        f"Like for like, with the later counts, on {change.n_earlier} earlier and {change.n_later} later answers; "
        f"{tested}. No finite population correction.{better}"
    ]
    if change.margin is not None:
        size = f"{change.margin:g}" if change.quantity == "mean" else f"{100 * change.margin:g} points"
        lines.append(f"The margin of {size} counts only if it was declared before the later sample was drawn.")
    if math.isnan(change.p_value):
        return lines
    if change.quantity in ("share", "grades"):
        true, observed = (
            "none, however large" if math.isnan(size) else f"{100 * size:.1f} points"
            for size in (change.detectable_true, change.detectable_observed)
        )
        lines.append(
            f"Smallest true change such samples show with 80 % power: {true}; smallest that counts: {observed}."
        )
    return lines


def _registers(beside: RegisterChange, percent: bool) -> str:
    sides = (("earlier register", beside.earlier), ("later register", beside.later))
    rows = [[side, *_row("", one)[1:]] for side, one in sides]
    error = _figure(beside.standard_error, percent)
    size = _signed(beside.change, percent)
    rows.append(["difference", "", size, _span(beside, percent, signed=True), error, beside.method])
    level = f"{100 * beside.later.confidence:g} % interval"
    return table(["", "n", beside.earlier.quantity, level, "standard error", "interval by"], rows)


def _domains(found: SampleChange, percent: bool) -> str:
    name = "" if found.later.domain is None else str(found.later.domain.name)
    rows, level = [], 0.95
    for label, each in found.domains.items():
        if isinstance(each, RegisterChange):
            level, n, ends = (
                each.later.confidence,
                (each.earlier.n, each.later.n),
                (each.earlier.value, each.later.value),
            )
        else:
            level, n, ends = each.confidence, (each.n_earlier, each.n_later), (each.earlier, each.later)
        then, now = (_figure(end, percent) for end in ends)
        span = _span(each, percent, signed=True)
        rows.append([f"{name}: {label}", *n, then, now, _signed(each.change, percent), span])
    return table(["", "n earlier", "n later", "earlier", "later", "change", f"{100 * level:g} % interval"], rows)


def _signed(number: float, percent: bool) -> str:
    if math.isnan(number):
        return "-"
    return f"{100 * number:+.1f}" if percent else f"{number:+,.6g}"


def _notes(notes: Iterable[str]) -> str:
    """Say each note once: not again of a register what has been said of both rounds."""
    said = list(dict.fromkeys(notes))
    return "\n".join(_wrapped(note) for note in said if not any(other.endswith(f": {note}") for other in said))


def _wrapped(text: str) -> str:
    width = max(40, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH
    return textwrap.fill(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
