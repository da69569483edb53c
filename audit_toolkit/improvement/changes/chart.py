"""A control chart as it is told: its points, its limits, and what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from audit_toolkit.improvement.changes.run_rules import Signal
from audit_toolkit.improvement.estimates.intervals import json_number

# With fewer points limits are too loose to mean anything: docs/statistics-for-statisticians.md.
FEWEST_POINTS: Final = 12
XMR, P = "xmr", "p"
CHART_KINDS: Final = (XMR, P)


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart: its points in order of time, its limits, and the signals that the rules find.

    Where the points are `shares`, they and all limits are 0 to 1, and are told as per cent.
    `centre`, `lower` and `upper` (k) are nan with fewer than twelve points. `ranges` (k, the first nan) are moving
    ranges and `range_limit` their upper limit, of an XmR chart alone; `of` (k) the cases of each point of a p chart.
    """

    kind: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    of: tuple[float, ...]
    centre: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    ranges: tuple[float, ...]
    range_limit: float
    signals: tuple[Signal, ...]
    shares: bool
    notes: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether there are points enough for limits."""
        return len(self.values) >= FEWEST_POINTS

    def to_dict(self) -> dict[str, object]:
        """Give the chart as JSON can hold it; None where undefined."""
        return {
            "kind": self.kind,
            "points": len(self.values),
            "shares": self.shares,
            "centre": json_number(self.centre),
            "range_limit": json_number(self.range_limit),
            "labels": list(self.labels),
            "values": list(self.values),
            "of": list(self.of),
            "lower": [json_number(each) for each in self.lower],
            "upper": [json_number(each) for each in self.upper],
            "ranges": [json_number(each) for each in self.ranges],
            "signals": [self._told(each) for each in self.signals],
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row a point, with the names of the rules that it completes or takes part in."""
        named = [
            "; ".join(dict.fromkeys(each.rule for each in self.signals if each.first <= at <= each.last))
            for at in range(len(self.values))
        ]
        blank = [float("nan")] * len(self.values)
        columns = {
            "label": list(self.labels),
            "value": list(self.values),
            "of": list(self.of) or blank,
            "centre": [self.centre] * len(self.values),
            "lower": list(self.lower),
            "upper": list(self.upper),
            "range": list(self.ranges) or blank,
            "signals": named,
        }
        return pd.DataFrame(columns)

    def sentences(self) -> list[str]:
        """Say each signal: where, and by which rule."""
        told = []
        for each in self.signals:
            where = self.labels[each.last]
            if each.first != each.last:
                where = f"{self.labels[each.first]} to {where}"
            told.append(f"{where}: {each.says} ({each.rule}).")
        return told

    def _told(self, signal: Signal) -> dict[str, object]:
        return {
            "rule": signal.rule,
            "side": "up" if signal.side > 0 else "down",
            "first": self.labels[signal.first],
            "last": self.labels[signal.last],
            "says": signal.says,
        }

    def to_table(self) -> Any:
        """Give `to_frame` as text for a CSV: figures in full, nothing where undefined."""
        return self.to_frame().map(lambda each: "" if each != each else str(each)).astype(object)

    def summary(self) -> str:
        """Say the limits and every signal."""
        name = {XMR: "XmR chart", P: "p chart"}[self.kind]
        lines = [f"{name} of {len(self.values)} points, {self.labels[0]} to {self.labels[-1]}"]
        if self.limited:
            ends = f"lower limit {_span(self.lower, self.shares)}, upper limit {_span(self.upper, self.shares)}"
            vary = "" if self.lower == (self.lower[0],) * len(self.lower) else ", by each point's number of cases"
            lines.append(f"mean {_shown(self.centre, self.shares)}, {ends}{vary}")
            lines += self.sentences() or ["No signal: these points do not go beyond what chance would do."]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def __str__(self) -> str:
        return "\n".join(self.summary().splitlines()[:12])


def _shown(number: float, share: bool) -> str:
    return f"{100 * number:.1f} %" if share else f"{number:.4g}"


def _span(limits: Sequence[float], share: bool) -> str:
    least, most = (_shown(each, share) for each in (min(limits), max(limits)))
    return least if least == most else f"{least} to {most}"
