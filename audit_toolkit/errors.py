"""What went wrong, where, and how to mend it: the one family of errors every room raises."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

# The first problems of a long list are read, the rest are counted: ANCHORS, "what users complain about".
SHOWN_PROBLEMS = 20


def column_letter(index: int) -> str:
    """Give the letter a spreadsheet shows for a column, counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index > 0:
        index, remainder = divmod(index - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Give the name most like a misspelt one, or None where nothing is near."""
    by_folded = {str(known).casefold(): str(known) for known in names}
    found = difflib.get_close_matches(str(name).casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Give the remedy for an unknown name: the nearest right one, or all of them."""
    known = [str(each) for each in names]
    best = nearest(name, known)
    if best is not None:
        return f'Did you mean "{best}"?'
    return f"Use one of: {', '.join(known)}." if known else "Leave it out."


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, as the person who made the file sees it.

    `row` and `line` count from 1 with the heading as row 1; `column_index` counts from 0.
    """

    file: str = ""
    sheet: str | None = None
    row: int | None = None
    case: str | None = None
    column_index: int | None = None
    column: str | None = None
    line: int | None = None
    character: int | None = None

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.sheet is not None:
            parts.append(f"sheet {self.sheet}")
        if self.line is not None:
            parts.append(f"line {self.line}" + (f", column {self.character}" if self.character is not None else ""))
        if self.row is not None:
            parts.append(f"row {self.row}" + (f" (case {self.case})" if self.case is not None else ""))
        elif self.case is not None:
            parts.append(f"case {self.case}")
        if self.column is not None:
            letter = f" {column_letter(self.column_index)}" if self.column_index is not None else ""
            parts.append(f'column{letter} "{self.column}"')
        return ", ".join(parts)

    def order(self) -> tuple[str, str, int, int]:
        """Give the key that sorts places as a reader meets them."""
        return (self.file, self.sheet or "", self.row or self.line or 0, self.column_index or self.character or 0)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where, and how to mend it. Prints as one line."""

    what: str
    where: Place | str = ""
    mend: str = ""

    def __str__(self) -> str:
        where = _one_line(str(self.where))
        what = _one_line(self.what).rstrip(".")
        return (f"{where}: " if where else "") + f"{what}." + (f" {_one_line(self.mend)}" if self.mend else "")

    def order(self) -> tuple[str, str, int, int]:
        """Give the key that sorts problems by place."""
        return self.where.order() if isinstance(self.where, Place) else (self.where, "", 0, 0)


def _one_line(text: str) -> str:
    """Show control characters instead of obeying them: a message is one line whatever the data holds."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


class AuditError(Exception):
    """Anything the toolkit refuses. `problems` holds every reason, in reading order.

    `advice` says how to go on all the same, where there is a way.
    """

    advice: str = ""

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = [Problem(problems)]
        elif isinstance(problems, Problem):
            problems = [problems]
        unique = list(dict.fromkeys(problems))
        self.problems: tuple[Problem, ...] = tuple(sorted(unique, key=Problem.order))
        super().__init__(self.describe())

    def describe(self, shown: int | None = SHOWN_PROBLEMS) -> str:
        """Give the problems, a line each; past `shown` (None: all) the rest are counted."""
        lines = [str(problem) for problem in self.problems]
        if shown is not None and len(lines) > shown:
            lines = [*lines[:shown], f"... and {len(lines) - shown} more"]
        return "\n".join(lines)


class FileError(AuditError):
    """A file that cannot be read or written safely."""


class RegisterError(AuditError):
    """A register that cannot be sampled as it stands."""


class DesignError(AuditError):
    """A plan, allocation, draw or receipt that does not hold together."""


class FrameworkError(AuditError):
    """A scoring framework that cannot be applied."""


class RatingError(AuditError):
    """Ratings that do not fit the framework or the sample."""


class ChangeError(AuditError):
    """Rounds or results that cannot be estimated or compared."""


def raise_if(problems: Iterable[Problem], family: type[AuditError]) -> None:
    """Raise one error holding every problem, or return when there is none."""
    found = list(problems)
    if found:
        raise family(found)
