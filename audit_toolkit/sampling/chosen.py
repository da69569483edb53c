"""A round of cases chosen by hand: recorded as such, and never more than findings about those very cases."""

from __future__ import annotations

import dataclasses
from collections import Counter

from audit_toolkit.register import Frame
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.drawn_rows import SampleRow, details_of, sample_table
from audit_toolkit.sampling.receipt import make_receipt
from audit_toolkit.sampling.tickets import check_seed
from audit_toolkit.terms import CASE_ID, CHOSEN, STRATUM

NO_DRAW = "none: the cases were chosen by hand"
BY_HAND = "The cases were chosen by hand: findings and counts, never an interval or a verdict."


def take_chosen(frame: Frame, *, seed: str = "") -> Sample:
    """Record cases that were chosen by hand, without a draw.

    Parameters
    ----------
    frame : what `chosen_frame` gave: the listed cases, in the list's order.
    seed : where it is given, the seed by which auditors are shared out; no case depends on it, but for the child
        that is read of a family.

    Returns
    -------
    Sample whose cases have the draw status "chosen" and neither ticket, probability nor weight. Its receipt has
    no population and no allocation, so nothing can be estimated from it.

    Checked against: tests/sampling/test_lists.py.
    """
    if seed:
        check_seed(seed)
    shown = [name for name in frame.stratum_columns if name != STRATUM]
    cells = [frame.units[name].tolist() for name in shown]
    orders: Counter[str] = Counter()
    rows = []
    for position, (case, label) in enumerate(zip(frame.units[CASE_ID], frame.units[STRATUM], strict=True)):
        orders[label] += 1
        levels = tuple(str(values[position]) for values in cells)
        rows.append(SampleRow(str(case), levels, label, CHOSEN, orders[label], "", None, None))
    rows.sort(key=lambda row: (row.stratum, row.order))
    cases = sample_table(rows, frame.stratum_columns)
    receipt = dataclasses.replace(
        make_receipt(frame, {}, seed, 0, cases),
        unit=CASE_ID if frame.unit is None else frame.unit.column,
        seed_source=NO_DRAW,
    )
    return Sample(cases, receipt, details_of(frame, rows, seed), (*frame.notes, BY_HAND))
