"""The draw: the smallest tickets of each stratum are its sample, the next ones its reserves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.register import Frame
from audit_toolkit.sampling.allocation import allocate
from audit_toolkit.sampling.drawn_rows import SampleRow, details_of, sample_table
from audit_toolkit.sampling.reaudit import Reaudited, reaudit_notes, reaudit_problems
from audit_toolkit.sampling.receipt import Receipt, make_receipt
from audit_toolkit.sampling.stratum_values import is_whole
from audit_toolkit.sampling.tickets import check_seed, smallest_tickets, tickets
from audit_toolkit.terms import CASE_ID, CERTAINTY, CHOSEN, DRAW_STATUS, RESERVE, SAMPLED, STRATUM, TO_RATE

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """A drawn sample with its reserves and its receipt.

    `cases` has one row a case, by stratum label and then draw order: case_id, the stratum columns, stratum,
    draw_status, draw_order, ticket, inclusion_probability (n_h / N_h), design_weight (N_h / n_h; both empty
    for reserves), auditor, second_auditor. Cases that must be audited come last, with probability and weight 1.
    `details` has every column of the register for the same cases, in the same order: what assignment, workbooks
    and facts need, and sample.csv does not carry.
    """

    cases: pd.DataFrame
    receipt: Receipt
    details: pd.DataFrame
    notes: tuple[str, ...] = ()

    def sampled(self) -> pd.DataFrame:
        """Give the cases of the random sample, without the reserves and without cases from a list."""
        found: pd.DataFrame = self.cases[self.cases[DRAW_STATUS] == SAMPLED]
        return found

    def to_rate(self) -> pd.DataFrame:
        """Give the cases to rate: the random sample, those that must be audited and those chosen by hand."""
        found: pd.DataFrame = self.cases[self.cases[DRAW_STATUS].isin(TO_RATE)]
        return found

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the cases, one row each."""
        return self.cases.copy()

    def __str__(self) -> str:
        counts = self.cases[DRAW_STATUS].value_counts()
        if counts.get(CHOSEN, 0):
            return f"{counts[CHOSEN]} cases chosen by hand, without a draw"
        eligible = sum(self.receipt.population.values())
        drawn, spare, certain = (counts.get(status, 0) for status in (SAMPLED, RESERVE, CERTAINTY))
        said = f"{drawn} cases, {spare} reserves and {certain} that must be audited"
        return (
            f"Sample of {said if certain else f'{drawn} cases and {spare} reserves'}, "
            f'from {eligible:,} eligible in {len(self.receipt.population)} strata, seed "{self.receipt.seed}"'
        )

    def __repr__(self) -> str:
        return str(self)


def draw_sample(
    frame: Frame | pd.DataFrame,
    *,
    size: int | None = None,
    allocation: Mapping[str, int] | None = None,
    seed: str,
    reserves: int = 0,
    reaudit: Reaudited | None = None,
) -> Sample:
    """Draw a stratified random sample that anyone can replay from the seed and the case ids.

    Parameters
    ----------
    frame : a Frame, or a DataFrame with the columns case_id and stratum, one row an eligible unit.
    size : n, shared out in proportion with at least 2 a stratum; or
    allocation : mapping stratum -> n_h. Give one of the two.
    seed : non-empty text without commas or control characters. reserves : spare cases a stratum, at most.
    reaudit : how many cases of each stratum are taken by the tickets of an earlier seed, on purpose.

    Returns
    -------
    Sample. The n_h smallest tickets of each stratum, ties by the bytes of the id, then the reserves. With
    `reaudit` the k_h smallest tickets under the earlier seed come first, then the n_h - k_h smallest under the
    new one among the rest: still a simple random sample of each stratum. What the frame sets apart because it
    must be audited comes last.

    Raises
    ------
    DesignError if neither or both of size and allocation are given, the allocation names other strata than
    the frame or asks for more cases than a stratum has, or the seed is unfit.

    Source: bottom-k sampling by hashed ids, Cohen & Kaplan (2007), PODC; permanent random numbers, Ohlsson (1995).
    Checked against: tests/sampling/test_draw.py (inclusion rates over 20,000 seeds), test_reaudit.py.
    """
    check_seed(seed)
    framed = frame if isinstance(frame, Frame) else _frame_of(frame)
    counts = _counts(framed.population, size, allocation, reserves)
    if reaudit is not None:
        check_seed(reaudit.seed)
        raise_if(reaudit_problems(reaudit, counts, seed), DesignError)
    rows = [*_drawn(framed, counts, seed, reserves, reaudit), *_certain(framed, seed)]
    cases = sample_table(rows, framed.stratum_columns)
    receipt = dataclasses.replace(
        make_receipt(framed, counts, seed, reserves, cases),
        population_all=dict(framed.population_all),
        unit=CASE_ID if framed.unit is None else framed.unit.column,
        reaudit={} if reaudit is None else reaudit.to_dict(),
    )
    notes = [] if reaudit is None else reaudit_notes(reaudit, [row for row in rows if row.status == SAMPLED])
    return Sample(cases, receipt, details_of(framed, rows, seed), (*framed.notes, *notes))


def _frame_of(units: pd.DataFrame) -> Frame:
    """Make a frame of a plain DataFrame of eligible units."""
    from audit_toolkit.register import build_frame, read_register

    missing = [name for name in (CASE_ID, STRATUM) if name not in units.columns]
    if missing:
        what = f"the frame has no column {' and no column '.join(missing)}"
        raise DesignError(Problem(what, "frame", "Give one row a unit with case_id and stratum, or use build_frame."))
    return build_frame(read_register(units), strata=[STRATUM])


def _counts(
    population: Mapping[str, int], size: int | None, allocation: Mapping[str, int] | None, reserves: int
) -> dict[str, int]:
    if (size is None) == (allocation is None):
        raise DesignError(Problem("one of size and allocation is needed", "draw", "Give either, not both."))
    if not is_whole(reserves) or reserves < 0:
        raise DesignError(Problem(f"reserves is {reserves!r}", "draw", "Give a whole number, 0 or more."))
    if allocation is None:
        return allocate(population, size if size is not None else 0)
    problems = [
        Problem(
            f"the allocation names stratum {label}, which the frame does not have", "draw", "Use the frame's labels."
        )
        for label in sorted(set(allocation) - set(population))
    ]
    problems += [
        Problem(f"the allocation leaves out stratum {label}", "draw", "Every stratum needs at least 1 case.")
        for label in sorted(set(population) - set(allocation))
    ]
    problems += [
        Problem(
            f"the allocation asks for {allocation[label]} cases of stratum {label}, which has {population[label]}",
            "draw",
            f"Ask for 1 to {population[label]}.",
        )
        for label in sorted(set(population) & set(allocation))
        if not is_whole(allocation[label]) or not 1 <= allocation[label] <= population[label]
    ]
    raise_if(problems, DesignError)
    return {label: int(allocation[label]) for label in sorted(allocation)}


def _drawn(
    frame: Frame, counts: Mapping[str, int], seed: str, reserves: int, reaudit: Reaudited | None
) -> list[SampleRow]:
    """Give the sample and the reserves of every stratum, in the order of their labels.

    The units of a frame are in the order of their ids, which is that of the ids' bytes: so equal tickets, if there
    ever were any, go by position.
    """
    ids, strata = [str(each) for each in frame.units[CASE_ID]], frame.units[STRATUM].tolist()
    wanted = {} if reaudit is None else {label: reaudit.counts.get(label, 0) for label in counts}
    then = {} if reaudit is None or not any(wanted.values()) else smallest_tickets(reaudit.seed, ids, strata, wanted)
    # As many as could be needed, whichever of them were taken already.
    now = smallest_tickets(seed, ids, strata, {label: count + reserves for label, count in counts.items()})
    cells = {name: frame.units[name].tolist() for name in frame.stratum_columns if name != STRATUM}
    rows = []
    for label in sorted(counts):
        drawn, population = counts[label], frame.population[label]
        again = then.get(label, [])
        taken = {position for _, position in again}
        fresh = [each for each in now[label] if each[1] not in taken]
        order = [*again, *fresh[: drawn + reserves - len(again)]]
        for number, (found, position) in enumerate(order, 1):
            purposeful, sampled = number <= len(again), number <= drawn
            rows.append(
                SampleRow(
                    case=ids[position],
                    levels=tuple(str(values[position]) for values in cells.values()),
                    stratum=label,
                    status=SAMPLED if sampled else RESERVE,
                    order=number,
                    ticket=found,
                    weight=population / drawn if sampled else None,
                    probability=drawn / population if sampled else None,
                    on_purpose=purposeful,
                )
            )
    return rows


def _certain(frame: Frame, seed: str) -> list[SampleRow]:
    """Give what must be audited beside the sample, in the order of its tickets."""
    if frame.certain is None:
        return []
    ids = [str(each) for each in frame.certain[CASE_ID]]
    numbers = tickets(seed, ids)
    shown = [name for name in frame.stratum_columns if name != STRATUM]
    cells = [frame.certain[name].tolist() for name in shown]
    strata = frame.certain[STRATUM].tolist()
    return [
        SampleRow(
            case=ids[position],
            levels=tuple(str(values[position]) for values in cells),
            stratum=strata[position],
            status=CERTAINTY,
            order=order,
            ticket=numbers[position],
            weight=1.0,
            probability=1.0,
        )
        for order, position in enumerate(sorted(range(len(ids)), key=numbers.__getitem__), 1)
    ]
