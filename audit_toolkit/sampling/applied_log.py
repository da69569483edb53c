"""The sample as it stands: the draw, and every event of the log applied to it, each held to its rules."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.sampling.log import (
    ADDED,
    EXTENDED,
    FOUND,
    PUT_BACK,
    REASSIGNED,
    RECORDED,
    REPLACED,
    LogEntry,
)
from audit_toolkit.sampling.receipt import Receipt
from audit_toolkit.sampling.sample_file import stratum_columns
from audit_toolkit.sampling.tickets import ticket
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    CERTAINTY,
    CHOSEN,
    DESIGN_WEIGHT,
    DISPOSITIONS,
    DRAW_ORDER,
    DRAW_STATUS,
    INCLUSION_PROBABILITY,
    OPENED,
    RESERVE,
    SAMPLE_FILE,
    SAMPLED,
    SECOND_AUDITOR,
    STRATUM,
    TICKET,
)

if TYPE_CHECKING:
    import pandas as pd

# Cases that were not drawn by their ticket: they keep their status and their weight whatever happens.
APART = (CERTAINTY, CHOSEN)
TO_RATE = (SAMPLED, *APART)
Row = dict[str, object]


def apply_log(cases: pd.DataFrame, entries: Sequence[LogEntry], receipt: Receipt) -> pd.DataFrame:
    """Give the sample as it stands after the events of a log.

    Parameters
    ----------
    cases : the drawn cases, as sample.csv held them after the draw. entries : the log.
    receipt : the receipt of the draw, for N_h and the seed.

    Returns
    -------
    DataFrame of the same columns: statuses, auditors and new rows as the log says, and in every stratum
    inclusion_probability m_h / N_h and design_weight N_h / m_h, m_h being the tickets opened.

    Raises
    ------
    DesignError naming the first entry that breaks a rule: tickets of a stratum are opened in their order and
    none is left out, a case is recorded once, a new row is the stratum's next one and carries its ticket.

    Checked against: tests/sampling/test_log.py (any order of valid events, replayed to the same bytes).
    """
    if not entries:
        return cases
    rows = {str(row[CASE_ID]): dict(row) for row in cases.to_dict("records")}
    shown = stratum_columns(cases)
    for entry in entries:
        what = _broken_rule(entry, rows, shown, receipt)
        if what:
            raise DesignError(Problem(what, entry.place(), PUT_BACK))
        _apply(entry, rows, shown)
    return _frame(rows, cases, receipt)


def _apply(entry: LogEntry, rows: dict[str, Row], shown: Sequence[str]) -> None:
    if entry.action == ADDED:
        levels = dict(zip(shown, json.loads(entry.levels), strict=True))
        rows[entry.case_id] = {CASE_ID: entry.case_id, **levels, STRATUM: entry.stratum, TICKET: entry.ticket}
    rows[entry.case_id] |= {
        DRAW_ORDER: entry.draw_order,
        DRAW_STATUS: entry.status,
        AUDITOR: entry.auditor,
        SECOND_AUDITOR: entry.second_auditor,
    }


def _broken_rule(entry: LogEntry, rows: dict[str, Row], shown: Sequence[str], receipt: Receipt) -> str:
    """Say which rule an entry breaks, "" where it breaks none."""
    row = rows.get(entry.case_id)
    if entry.action == ADDED:
        return _wrong_addition(entry, rows, shown, receipt)
    if row is None:
        return "the case is not in the sample"
    if (entry.stratum, entry.draw_order) != (row[STRATUM], row[DRAW_ORDER]):
        return f"the case is ticket {row[DRAW_ORDER]} of {row[STRATUM]}, and the log says otherwise"
    if entry.levels or entry.ticket:
        return "the entry carries a ticket, and only a new row does"
    if entry.auditor and entry.auditor == entry.second_auditor:
        return f"{entry.auditor} would give both the first and the second rating"
    before = str(row[DRAW_STATUS])
    if entry.action in (REPLACED, EXTENDED):
        return _wrong_opening(entry, before, rows)
    if entry.replaces:
        return "the entry names a case it replaces, and it opens none"
    after = {
        RECORDED: before if before in APART else entry.reason,
        FOUND: before if before in APART else SAMPLED,
        REASSIGNED: before,
    }[entry.action]
    fitting = {RECORDED: TO_RATE, FOUND: (*DISPOSITIONS, *APART), REASSIGNED: TO_RATE}[entry.action]
    if before not in fitting:
        return f"the case is {before}, which this entry cannot change"
    if entry.action == RECORDED and entry.reason not in DISPOSITIONS:
        return f'"{entry.reason}" is no reason why a case is not rated'
    if entry.status != after:
        return f"the case would become {entry.status}, and this entry makes it {after}"
    return ""


def _wrong_opening(entry: LogEntry, before: str, rows: dict[str, Row]) -> str:
    if before != RESERVE or entry.status != SAMPLED:
        return f"the case is {before}, and only a reserve is opened"
    waiting = [row for row in rows.values() if row[DRAW_STATUS] == RESERVE and row[STRATUM] == entry.stratum]
    first = min(waiting, key=lambda row: int(str(row[DRAW_ORDER])))
    if first[CASE_ID] != entry.case_id:
        return f"case {first[CASE_ID]} comes before it: reserves are opened in the order of their tickets"
    if entry.action == EXTENDED:
        return "the entry names a case it replaces, and an extension replaces none" if entry.replaces else ""
    place = rows.get(entry.replaces, {})
    if place.get(STRATUM) != entry.stratum or place.get(DRAW_STATUS) not in DISPOSITIONS:
        return f'"{entry.replaces}" is no case of its stratum that could not be rated'
    return ""


def _wrong_addition(entry: LogEntry, rows: dict[str, Row], shown: Sequence[str], receipt: Receipt) -> str:
    if entry.case_id in rows:
        return "the case stands in the sample already"
    drawn = [row for row in rows.values() if row[STRATUM] == entry.stratum and row[DRAW_STATUS] not in APART]
    population = receipt.population.get(entry.stratum, 0)
    if not drawn or entry.draw_order != len(drawn) + 1 or entry.draw_order > population:
        return f"it is not the next of the {population} cases of {entry.stratum}"
    if entry.status != RESERVE or entry.auditor or entry.second_auditor or entry.replaces:
        return "a case is added as a reserve, without auditors"
    last = max(drawn, key=lambda row: int(str(row[DRAW_ORDER])))
    tickets = {_ticket_order(str(last[TICKET]), str(last[CASE_ID])), _ticket_order(entry.ticket, entry.case_id)}
    by_seed = str(last[TICKET]) == ticket(receipt.seed, str(last[CASE_ID]))
    if entry.ticket != ticket(receipt.seed, entry.case_id) or (by_seed and max(tickets)[2] != entry.case_id):
        return "its ticket is not the next after those of its stratum"
    return "" if _is_levels(entry.levels, len(shown)) else "its stratum columns are not a JSON list of texts"


def _ticket_order(number: str, case: str) -> tuple[str, bytes, str]:
    return number, case.encode("utf-8"), case


def _is_levels(text: str, length: int) -> bool:
    try:
        levels = json.loads(text)
    except ValueError:
        return False
    if not isinstance(levels, list) or len(levels) != length or not all(isinstance(each, str) for each in levels):
        return False
    return text == levels_text(levels)


def levels_text(levels: Sequence[object]) -> str:
    """Give the cells of the stratum columns as a log holds them: a JSON list of texts."""
    return json.dumps([str(each) for each in levels], ensure_ascii=False)


def _frame(rows: dict[str, Row], cases: pd.DataFrame, receipt: Receipt) -> pd.DataFrame:
    """Put the rows in the order of sample.csv and weigh every opened ticket."""
    import pandas as pd

    opened: dict[str, int] = {}
    for row in rows.values():
        label = str(row[STRATUM])
        opened[label] = opened.get(label, 0) + (row[DRAW_STATUS] in OPENED)
    for row in rows.values():
        label = str(row[STRATUM])
        if row[DRAW_STATUS] not in APART:
            counts = (opened[label], receipt.population[label]) if row[DRAW_STATUS] in OPENED else None
            row[INCLUSION_PROBABILITY] = counts[0] / counts[1] if counts else math.nan
            row[DESIGN_WEIGHT] = counts[1] / counts[0] if counts else math.nan
    drawn = [row for row in rows.values() if row[DRAW_STATUS] not in APART]
    drawn.sort(key=lambda row: (str(row[STRATUM]), int(str(row[DRAW_ORDER]))))
    ordered = drawn + [row for row in rows.values() if row[DRAW_STATUS] in APART]
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in ordered], dtype=cases[name].dtype)
            for name in [str(each) for each in cases.columns]
        }
    )


def undo_log(cases: pd.DataFrame, entries: Sequence[LogEntry], receipt: Receipt) -> pd.DataFrame:
    """Give the draw that today's sample started from, as far as receipt and log tell it.

    The rows the log added are left out. Ids and stratum columns (and tickets, where the receipt holds
    pseudonyms) are those of today; everything else is what receipt and design say. Whether that is the draw,
    its SHA-256 tells.

    Raises
    ------
    DesignError if today's sample has more or fewer cases than the receipt and the log.
    """
    import pandas as pd

    added = {entry.case_id for entry in entries if entry.action == ADDED}
    draw = cases[~cases[CASE_ID].isin(list(added))].reset_index(drop=True)
    if len(draw) != len(receipt.cases) or len(draw) + len(added) != len(cases):
        what = f"it has {len(cases)} cases, and the receipt and the log have {len(receipt.cases) + len(added)}"
        raise DesignError(Problem(what, SAMPLE_FILE, "Put the file back as it was written."))
    tickets = draw[TICKET] if receipt.pseudonyms else [number for _, _, _, number, *_ in receipt.cases]
    given: dict[str, list[object]] = {
        STRATUM: [label for _, label, *_ in receipt.cases],
        DRAW_STATUS: [status for *_, status, _, _ in receipt.cases],
        DRAW_ORDER: [order for _, _, order, *_ in receipt.cases],
        TICKET: list(tickets),
        INCLUSION_PROBABILITY: [],
        DESIGN_WEIGHT: [],
        AUDITOR: [first for *_, first, _ in receipt.cases],
        SECOND_AUDITOR: [second for *_, second in receipt.cases],
    }
    for _, label, _, _, status, _, _ in receipt.cases:
        drawn, population = receipt.allocation.get(label, 0), receipt.population.get(label, 0)
        weighed = status == SAMPLED and drawn and population
        apart = 1.0 if status == CERTAINTY else math.nan
        given[INCLUSION_PROBABILITY].append(drawn / population if weighed else apart)
        given[DESIGN_WEIGHT].append(population / drawn if weighed else apart)
    for name, values in given.items():
        draw[name] = pd.Series(values, dtype=cases[name].dtype)
    return draw
