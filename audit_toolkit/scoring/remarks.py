"""What the person who collects should know of answers that stand: reasons and evidence that are not given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from audit_toolkit import terms
from audit_toolkit.files import FlawedTable, Table

Explain = Mapping[str, tuple[str, ...]]


def remarks(parts: Iterable[FlawedTable], explain: Explain, ours: Mapping[str, str]) -> list[str]:
    """Count, in tables of one row a rating, what auditors left unexplained.

    `explain` gives for each question the answers that hold a grade back and need their evidence in the comment,
    `ours` our label for each of another language.
    """
    without_reason = without_evidence = no_na = 0
    for table in (part.table for part in parts if part.table is not None):
        if not {terms.RATING, terms.CRITERION_ID} <= set(table.columns):
            continue
        reasons, comments = _texts(table, terms.NA_REASON), _texts(table, terms.COMMENT)
        rows = zip(table.cells[terms.CRITERION_ID], table.cells[terms.RATING], reasons, comments, strict=True)
        for question, written, reason, comment in rows:
            rating = ours.get(written, written)
            without_reason += rating == terms.NA_RATING and not reason and not comment
            without_evidence += rating in explain.get(question, ()) and not comment
            no_na += bool(reason) and rating != terms.NA_RATING
    notes = []
    if without_reason:
        notes.append(f"{counted(without_reason, 'N/A answer gives', 'N/A answers give')} no reason.")
    if without_evidence:
        several = "answers that hold a grade back have no evidence in their comments"
        one = "answer that holds a grade back has no evidence in its comment"
        notes.append(f"{counted(without_evidence, one, several)}.")
    if no_na:
        several = "answers other than N/A have a reason for N/A beside them; it is kept in their comments"
        one = "answer other than N/A has a reason for N/A beside it; it is kept in its comment"
        notes.append(f"{counted(no_na, one, several)}.")
    return notes


def _texts(table: Table, name: str) -> list[str]:
    if name not in table.columns:
        return [""] * len(table.rows)
    return [str(text).strip() for text in table.cells[name]]


def counted(count: int, one: str, many: str) -> str:
    """Give a count with the words for one or for many."""
    return f"{count:,} {one if count == 1 else many}"
