"""Crossing two rounds: what the earlier round's auditors rated, so that both together come out fair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem, did_you_mean, raise_if
from audit_toolkit.sampling.auditors import Auditor
from audit_toolkit.sampling.conflicts import named
from audit_toolkit.sampling.sample_file import read_sample
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    DRAW_STATUS,
    SAMPLE_FILE,
    SAMPLED,
    SECOND_AUDITOR,
    STRATUM,
    TO_RATE,
)

if TYPE_CHECKING:
    import pandas as pd

Group = tuple[str, str]


def group_of(status: str, stratum: str) -> Group:
    """Give what a case is shared out with: its stratum, apart from cases that were not drawn."""
    return ("" if status == SAMPLED else status, stratum)


@dataclass(frozen=True, slots=True, eq=False)
class EarlierRound:
    """Who rated what in an earlier round: counts by group and auditor, and the auditors of each case."""

    counts: Mapping[tuple[Group, str], int]
    raters: Mapping[str, frozenset[str]]

    @property
    def auditors(self) -> frozenset[str]:
        """Everybody who gave first ratings then."""
        return frozenset(name for _, name in self.counts)

    def surplus(self, people: Sequence[Auditor]) -> dict[tuple[Group, int], Fraction]:
        """Give by group how many cases more than their share each auditor of today rated then.

        The share is that of today's hours, where those account for everybody's total of then to the nearest
        case; otherwise hours were different, and the share is that of the totals themselves.
        """
        there = [place for place, person in enumerate(people) if person.name in self.auditors]
        totals = {place: sum(self._count(group, people[place]) for group in self._groups()) for place in there}
        whole, hours = sum(totals.values()), sum((people[place].hours for place in there), Fraction(0))
        shares = {place: people[place].hours / hours for place in there}
        if any(abs(totals[each] - whole * shares[each]) >= 1 for each in there):
            shares = {place: Fraction(totals[place], whole) for place in there}
        found = {}
        for group in self._groups():
            rated = sum(self._count(group, people[place]) for place in there)
            for place in there:
                found[group, place] = self._count(group, people[place]) - rated * shares[place]
        return found

    def _groups(self) -> list[Group]:
        return sorted({group for group, _ in self.counts})

    def _count(self, group: Group, person: Auditor) -> int:
        return self.counts.get((group, person.name), 0)

    def notes(self, people: Sequence[Auditor], groups: Sequence[Group]) -> list[str]:
        """Say where the rounds have not the same auditors or strata, so that they cannot be crossed."""
        now = [person.name for person in people]
        new, gone = [name for name in now if name not in self.auditors], sorted(self.auditors - set(now))
        notes = []
        if len(new) == len(now):
            notes.append("None of the auditors rated in the earlier round: a change may be the auditors'.")
        elif new or gone:
            parts = [f"{named(new)} {'is' if len(new) == 1 else 'are'} new"] if new else []
            parts += [f"{named(gone)} rated only then"] if gone else []
            notes.append(f"The auditors are not those of the earlier round: {', '.join(parts)}.")
        if not set(groups) & set(self._groups()):
            notes.append("The earlier round has none of these strata: the auditors are not crossed over both.")
        return notes


def read_earlier_raters(earlier: str | Path | pd.DataFrame | None) -> EarlierRound | None:
    """Read who rated what in an earlier round.

    Parameters
    ----------
    earlier : its folder, its sample.csv, or the cases of that as a DataFrame; None where there is none.

    Returns
    -------
    EarlierRound, or None where nobody was named to rate then.

    Raises
    ------
    FileError if the file cannot be read. DesignError if case_id, stratum or auditor is missing.
    """
    if earlier is None:
        return None
    rated = _earlier_sample(Path(earlier)) if isinstance(earlier, (str, Path)) else earlier
    missing = [name for name in (CASE_ID, STRATUM, AUDITOR) if name not in rated.columns]
    raise_if(
        [
            Problem(f'the earlier round has no column "{name}"', "earlier", did_you_mean(name, rated.columns))
            for name in missing
        ],
        DesignError,
    )
    size = len(rated)
    statuses = rated[DRAW_STATUS].tolist() if DRAW_STATUS in rated.columns else [SAMPLED] * size
    second = rated[SECOND_AUDITOR].tolist() if SECOND_AUDITOR in rated.columns else [""] * size
    counts: Counter[tuple[Group, str]] = Counter()
    raters: dict[str, frozenset[str]] = {}
    columns = (rated[CASE_ID], rated[STRATUM], statuses, rated[AUDITOR], second)
    for case, label, status, one, other in zip(*columns, strict=True):
        if status in TO_RATE and one:
            counts[group_of(str(status), str(label)), str(one)] += 1
            raters[str(case)] = frozenset(str(name) for name in (one, other) if name)
    return EarlierRound(counts, raters) if counts else None


def _earlier_sample(path: Path) -> pd.DataFrame:
    return read_sample(path if path.suffix.lower() in (".csv", ".xlsx") else path / SAMPLE_FILE)
