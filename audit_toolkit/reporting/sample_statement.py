"""The sample statement: one page for an inspector who asks how the cases were chosen, before or after they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.register import rule_window
from audit_toolkit.reporting.statement_words import (
    again_counts,
    assigned_sentences,
    cannot_say,
    chosen_sentences,
    seed_sentences,
    since_sentences,
    ticket_sentences,
    units,
    whole_dates,
    whom_sentence,
)
from audit_toolkit.reporting.table import COUNT, Column, ReportTable
from audit_toolkit.sampling import LoggedSample, Plan, exact_shares, parse_plan, read_logged_sample, unread_apart
from audit_toolkit.scoring import plan_frameworks, round_ratings

if TYPE_CHECKING:
    import pandas as pd

STATEMENT_FILE = "sample_statement.html"
CASE_LIST_FILE = "case_list.csv"
INTERNAL = "internal: names children's cases, not to be passed on"
# The page goes to an inspector, and not on the web: small counts show how the sample was kept.
EXACT = "Every count is exact, for the inspector: the page is not to be published."
RATED, WAITING = "rated", "not rated yet"
# The page is one sheet of paper: more strata than these are counted on it, and the receipt lists them.
MOST_STRATA = 60
# So many strata stand in one column, in two, and more in three, smaller.
ONE_COLUMN, TWO_COLUMNS = 16, 32
CASE_LIST_COLUMNS = (
    *(terms.CASE_ID, terms.STRATUM, terms.DRAW_ORDER, "status", "reason"),
    *(terms.AUDITOR, terms.SECOND_AUDITOR, "marking"),
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SampleStatement:
    """How a round's cases were chosen and what became of them: what the page and the case list are made from.

    `rated` holds the cases with a rating; empty before any came in. `name` is the folder's own name.
    """

    name: str
    plan: Plan
    sample: LoggedSample
    rated: frozenset[str]

    @property
    def opened(self) -> pd.DataFrame:
        """The opened cases of the random sample, and those that had to be read or were chosen by hand."""
        cases = self.sample.cases
        return cases[cases[terms.DRAW_STATUS] != terms.RESERVE]

    def status(self) -> list[str]:
        """Say how each opened case ended: rated, not rated yet, or why not."""
        recorded = unread_apart(self.sample.entries)
        found = []
        for case, said in zip(self.opened[terms.CASE_ID], self.opened[terms.DRAW_STATUS], strict=True):
            ended = said if said in terms.DISPOSITIONS else recorded.get(case, "")
            found.append(ended or (RATED if case in self.rated else WAITING))
        return found

    def counts(self, *statuses: str) -> dict[str, int]:
        """Count the opened cases of these draw statuses by how they ended."""
        inside = self.opened[terms.DRAW_STATUS].isin(statuses)
        ended = [end for end, chosen in zip(self.status(), inside, strict=True) if chosen]
        return {end: ended.count(end) for end in (*terms.DISPOSITIONS, WAITING, RATED)}

    def case_list(self) -> pd.DataFrame:
        """Give every opened case with how it ended and why, as text: internal."""
        import pandas as pd

        noted = {entry.case_id: entry.note for entry in self.sample.entries if entry.reason}
        opened = self.opened
        data = {
            terms.CASE_ID: opened[terms.CASE_ID],
            terms.STRATUM: opened[terms.STRATUM],
            terms.DRAW_ORDER: opened[terms.DRAW_ORDER].astype(str),
            "status": self.status(),
            "reason": [noted.get(case, "") for case in opened[terms.CASE_ID]],
            terms.AUDITOR: opened[terms.AUDITOR],
            terms.SECOND_AUDITOR: opened[terms.SECOND_AUDITOR],
            "marking": INTERNAL,
        }
        return pd.DataFrame(data, columns=list(CASE_LIST_COLUMNS), dtype=object).reset_index(drop=True)

    def __str__(self) -> str:
        receipt = self.sample.receipt
        return (
            f"{self.plan.round}: {len(self.opened)} cases opened of {sum(receipt.population.values()):,} eligible, "
            f"{len(self.rated)} rated; seal {receipt.seal}"
        )

    def __repr__(self) -> str:
        return str(self)


def sample_statement(folder: str | Path) -> SampleStatement:
    """Say how the cases of a round were chosen, from its receipt, its log and, where there are any, its ratings.

    Parameters
    ----------
    folder : a round folder after the draw. Ratings need not be in.

    Returns
    -------
    SampleStatement.

    Raises
    ------
    DesignError if the receipt's seal is broken, or sample.csv is not the draw with the log applied. RatingError or
    FileError naming what cannot be read.
    """
    folder = Path(folder)
    sample = read_logged_sample(folder)
    plan = parse_plan(sample.receipt.plan_text, terms.PLAN_FILE, folder)
    rated: frozenset[str] = frozenset()
    if (folder / terms.RATINGS_FILE).exists():
        ratings, _ = round_ratings(folder, plan_frameworks(plan))
        rated = frozenset(ratings.cases)
    return SampleStatement(folder.resolve().name, plan, sample, rated)


def write_sample_statement(
    folder: str | Path, path: str | Path | None = None, *, force: bool = False
) -> tuple[Path, ...]:
    """Write the page on how a round's cases were chosen, and the internal list of its cases beside it.

    Parameters
    ----------
    folder : a round folder after the draw. path : the page; default sample_statement.html in the folder. The list is
        case_list.csv beside it: it names cases and auditors, is readable by its owner only, and stays inside.
    force : write over what is there.

    Returns
    -------
    tuple of the paths written, the page first.

    Raises
    ------
    As `sample_statement`; FileError if a file is there already and differs.
    """
    statement = sample_statement(folder)
    page = Path(path) if path is not None else Path(folder) / STATEMENT_FILE
    files = {
        page: statement_html(statement).encode("utf-8"),
        page.parent / CASE_LIST_FILE: csv_bytes(statement.case_list(), byte_order_mark=True),
    }
    write_files(files, force=force)
    return tuple(files)


def statement_html(statement: SampleStatement) -> str:
    """Give the page as text: one self-contained sheet, without case ids and without anybody's name."""
    from audit_toolkit.reporting.page import page_environment
    from audit_toolkit.reporting.prose import day

    receipt, plan = statement.sample.receipt, statement.plan
    by_hand = plan.chosen is not None
    strata, window = strata_parts(statement), rule_window(plan.eligible)
    certainty = statement.opened[statement.opened[terms.DRAW_STATUS] == terms.CERTAINTY]
    return (
        page_environment()
        .get_template("sample_statement.html")
        .render(
            plan=plan,
            receipt=receipt,
            day=day,
            by_hand=by_hand,
            name=statement.name,
            whole_dates=whole_dates,
            units=units(receipt),
            exclusions=excluded(statement),
            left=receipt.register_size - sum(count for _, count in receipt.exclusions),
            exact=EXACT,
            window=window.words() if window is not None else "",
            strata=strata,
            strata_left=max(0, len(receipt.population) - MOST_STRATA),
            chosen=[*chosen_sentences(plan, receipt), *since_sentences(statement.sample.entries, receipt)],
            seed=seed_sentences(receipt),
            tickets=ticket_sentences(receipt),
            again=bool(again_counts(receipt)),
            ended=ended(statement),
            reserves=int((statement.sample.cases[terms.DRAW_STATUS] == terms.RESERVE).sum()),
            entries=len(statement.sample.entries),
            log_seal=statement.sample.seal,
            rated=bool(statement.rated),
            whom=whom_sentence(
                plan, receipt, certainty=len(certainty), apart=int((certainty[terms.STRATUM] != "").sum())
            ),
            assigned=assigned_sentences(plan, _readable(statement), units(receipt)),
            cannot=cannot_say(plan, receipt, unread=_unread(statement)),
            version=terms.VERSION,
        )
    )


def _readable(statement: SampleStatement) -> pd.DataFrame:
    """Give the opened cases that are rated or to be rated."""
    return statement.opened[[end in (RATED, WAITING) for end in statement.status()]]


def _unread(statement: SampleStatement) -> bool:
    counts = statement.counts(*terms.OPENED)
    return any(counts[end] for end in (terms.MISSING_FILE, terms.RESTRICTED, terms.NOT_RETURNED))


def excluded(statement: SampleStatement) -> list[tuple[str, int]]:
    """Give everyone who could not be drawn, by reason: exact, for they were left out before anybody was read."""
    return list(statement.sample.receipt.exclusions)


def strata_parts(statement: SampleStatement) -> list[ReportTable]:
    """Give the strata with their eligible cases, exact share and cases drawn, side by side where there are many."""
    receipt, plan = statement.sample.receipt, statement.plan
    labels = sorted(receipt.population)[:MOST_STRATA]
    inside = statement.sample.cases[statement.sample.cases[terms.DRAW_STATUS].isin(terms.OPENED)]
    opened = inside[terms.STRATUM].value_counts().to_dict()
    exact, again = _exact(plan, receipt.population, receipt.allocation), again_counts(receipt)
    if len(labels) > ONE_COLUMN:
        again = {}
    rows: list[Mapping[str, object]] = [
        {
            "stratum": label,
            "eligible": receipt.population[label],
            "exact": f"{exact[label]:.2f}" if label in exact else None,
            "drawn": receipt.allocation.get(label, 0),
            "again": again.get(label, 0),
            "opened": opened.get(label, 0),
        }
        for label in labels
    ]
    shares = [Column("exact", "exact share", "value")] if exact else []
    columns = (
        Column("stratum", "stratum"),
        Column("eligible", "eligible", COUNT),
        *shares,
        Column("drawn", "drawn", COUNT),
        *([Column("again", "by the earlier seed", COUNT)] if again else []),
        *([Column("opened", "opened now", COUNT)] if statement.sample.entries else []),
    )
    side_by_side = 1 if len(rows) <= ONE_COLUMN else 2 if len(rows) <= TWO_COLUMNS else 3
    length = max(1, -(-len(rows) // side_by_side))
    starts = range(0, len(rows), length)
    return [ReportTable(f"strata {start}", "", columns, rows[start : start + length]) for start in starts]


def _exact(plan: Plan, population: Mapping[str, int], allocation: Mapping[str, int]) -> dict[str, float]:
    """Give each stratum's exact share; none where targets set the numbers, or nothing was drawn."""
    if plan.allocation == "multivariate" or not allocation:
        return {}
    shares = exact_shares(
        population,
        allocation,
        plan.allocation,
        minimum=plan.minimum,
        maximum=plan.maximum,
        spread=plan.inputs.spread,
        cost=plan.inputs.cost,
        power=plan.inputs.power,
        take_all=plan.inputs.take_all,
    )
    return {each.stratum: each.share for each in shares}


def ended(statement: SampleStatement) -> ReportTable:
    """Give how the cases ended: the random sample, and apart those that had to be read or were chosen by hand."""
    groups: Sequence[tuple[str, tuple[str, ...]]] = (
        ("drawn at random", terms.OPENED),
        ("read because they had to be", (terms.CERTAINTY,)),
        ("chosen by hand", (terms.CHOSEN,)),
    )
    rows = []
    for title, statuses in groups:
        counts = statement.counts(*statuses)
        total = sum(counts.values())
        if total:
            told = {end: counts[end] for end in terms.DISPOSITIONS}
            rows.append({"cases": title, "opened": total, **told, RATED: counts[RATED], WAITING: counts[WAITING]})
    columns = (
        Column("cases", units(statement.sample.receipt)),
        *[Column(name, name, COUNT) for name in ("opened", *terms.DISPOSITIONS, RATED, WAITING)],
    )
    return ReportTable("ended", "", columns, rows)
