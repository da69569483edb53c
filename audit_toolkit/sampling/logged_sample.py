"""A sample with its history: the draw's receipt, the log since, and the cases as they stand."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, raise_if
from audit_toolkit.sampling.applied_log import apply_log
from audit_toolkit.sampling.compare_sample import check_sample
from audit_toolkit.sampling.log import LogEntry, append, last_seal, log_bytes, read_log
from audit_toolkit.sampling.receipt import Receipt, read_receipt
from audit_toolkit.sampling.sample_file import read_sample, sample_bytes
from audit_toolkit.terms import DRAW_STATUS, LOG_FILE, OPENED, RECEIPT_FILE, RESERVE, SAMPLE_FILE, SAMPLED

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LoggedSample:
    """A sample as it stands: `cases` as in sample.csv, the `receipt` of its draw, and the log's `entries`."""

    cases: pd.DataFrame
    receipt: Receipt
    entries: tuple[LogEntry, ...] = ()

    @property
    def seal(self) -> str:
        """The seal of the last entry, or the receipt's where nothing happened since the draw."""
        return last_seal(self.entries, self.receipt)

    def after(self, events: Sequence[LogEntry], date: datetime.date) -> LoggedSample:
        """Give the sample after further events of one day; DesignError where they break a rule of the log."""
        entries = append(self.entries, events, receipt=self.receipt, date=date)
        cases = apply_log(self.cases, entries[len(self.entries) :], self.receipt)
        return dataclasses.replace(self, cases=cases, entries=entries)

    def files(self, folder: Path) -> dict[Path, bytes]:
        """Give sample.csv and log.csv of a round folder as path -> bytes; the log comes last and vouches."""
        log = {folder / LOG_FILE: log_bytes(self.entries)} if self.entries else {}
        return {folder / SAMPLE_FILE: sample_bytes(self.cases), **log}

    def __str__(self) -> str:
        counts = self.cases[DRAW_STATUS].value_counts()
        opened, left = sum(int(counts.get(each, 0)) for each in OPENED), int(counts.get(RESERVE, 0))
        return (
            f"Sample of {opened} tickets opened, {int(counts.get(SAMPLED, 0))} of them to rate; {left} reserves left; "
            f"{len(self.entries)} entries in the log"
        )

    def __repr__(self) -> str:
        return str(self)


def read_logged_sample(folder: str | Path) -> LoggedSample:
    """Read a round folder's sample with its log, and refuse it where one does not give the other.

    Raises
    ------
    DesignError if the receipt's seal is broken, or sample.csv is not the draw with log.csv applied.
    FileError if a file cannot be read.
    """
    folder = Path(folder)
    receipt, problems = read_receipt(folder / RECEIPT_FILE)
    raise_if([*problems, *check_sample(folder, receipt)], DesignError)
    entries, _ = read_log(folder / LOG_FILE, receipt)
    return LoggedSample(read_sample(folder / SAMPLE_FILE), receipt, entries)
