"""What has been rated so far, by whom: collected, or come back since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audit_toolkit import terms
from audit_toolkit.files import list_files, read_table
from audit_toolkit.scoring.collect import collect_ratings
from audit_toolkit.scoring.returned import READ


@dataclass(frozen=True, slots=True)
class Answered:
    """Pairs of case id and auditor: those with a rating, and those of them where an answer is still missing."""

    rated: frozenset[tuple[str, str]]
    in_part: frozenset[tuple[str, str]]


def answered_so_far(folder: str | Path) -> Answered:
    """Say which cases have been rated by whom in a round, whether collected or still lying in returned/.

    Raises
    ------
    NotCollectedError if what lies in returned/ has mistakes, because nobody can tell then what is rated.
    FileError, DesignError if the round cannot be read.
    """
    folder = Path(folder)
    collected = folder / terms.RATINGS_FILE
    returned = folder / terms.RETURNED
    if returned.is_dir() and list_files(returned, READ):
        answers = collect_ratings(folder).ratings_table()
    elif collected.exists():
        answers = read_table(collected, required=terms.RATING_COLUMNS).cells
    else:
        return Answered(frozenset(), frozenset())
    rated: set[tuple[str, str]] = set()
    missing: set[tuple[str, str]] = set()
    columns = (answers[name] for name in (terms.CASE_ID, terms.AUDITOR, terms.RATING))
    for case, auditor, rating in zip(*columns, strict=True):
        (missing if rating == terms.MISSING else rated).add((str(case), str(auditor)))
    return Answered(frozenset(rated), frozenset(rated & missing))
