"""The answers in a column of somebody else's sample: which words count as what, and nothing guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from audit_toolkit.errors import ChangeError, Place, Problem, did_you_mean, raise_if
from audit_toolkit.files import Table
from audit_toolkit.improvement.estimates.quantities import GRADES, MEAN, SHARE, TOTAL
from audit_toolkit.terms import MISSING, NA_RATING

KINDS: Final = (SHARE, MEAN, TOTAL, GRADES)
# What needs no telling: written in any case of letters. 1.0 is how a column of numbers with gaps is often exported.
PLAIN_ANSWERS: Final = {"1": 1.0, "1.0": 1.0, "yes": 1.0, "true": 1.0, "0": 0.0, "0.0": 0.0, "no": 0.0, "false": 0.0}
NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
NO_ANSWER: Final = f"Leave the cell empty where there is no answer, {NA_RATING} where it does not apply."
COMMA_NUMBER: Final = re.compile(r"[+-]?\d+,\d+")
WRITE_NUMBERS: Final = "Write digits with a point for the decimals, and nothing between thousands."
# A longer list of answers is not read by anybody.
LISTED: Final = 12


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """How the answers of a column are to be read.

    `kind` is share, mean, total or grades. `ratings` are grades, best first; of a share `good_at` is the lowest of
    them that counts as good, or `good` names the answers that do and `not_good` (or the rest of `ratings`) those that
    do not. Without any of these a share reads 0 and 1, yes and no, true and false.
    """

    kind: str
    ratings: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    not_good: tuple[str, ...] = ()
    good_at: str | None = None

    def check(self) -> None:
        """Refuse a rule that contradicts itself or says what its kind does not ask."""
        if self.kind not in KINDS:
            raise ChangeError(Problem(f"{self.kind} is not a kind of estimate", "kind", did_you_mean(self.kind, KINDS)))
        raise_if([*self._unasked(), *self._doubled(), *self._unknown(), *self._half()], ChangeError)

    def codes(self) -> dict[str, float] | None:
        """Give what each answer counts as; None where numbers are read."""
        if self.kind == GRADES:
            return {label: float(len(self.ratings) - 1 - at) for at, label in enumerate(self.ratings)} or None
        if self.kind != SHARE:
            return None
        good = self.ratings[: self.ratings.index(self.good_at) + 1] if self.good_at is not None else self.good
        rest = [*self.not_good, *(each for each in self.ratings if each not in good)]
        return {**dict.fromkeys(good, 1.0), **dict.fromkeys(rest, 0.0)} or dict(PLAIN_ANSWERS)

    @property
    def plain(self) -> bool:
        """Whether the answers of a share are 0 and 1, yes and no, true and false, in any case of letters."""
        return self.kind == SHARE and not (self.good or self.ratings)

    def _unasked(self) -> list[Problem]:
        said = {"--good": self.good, "--not-good": self.not_good, "--good-at": self.good_at}
        problems = [
            Problem(f"{name} says what counts in a share, and this is of the kind {self.kind}", "", "Leave it out.")
            for name, given in said.items()
            if given and self.kind != SHARE
        ]
        if self.ratings and self.kind in (MEAN, TOTAL):
            problems.append(Problem(f"--ratings are grades, and a {self.kind} is of numbers", "", "Leave them out."))
        return problems

    def _doubled(self) -> list[Problem]:
        problems = []
        for name, given in (("--ratings", self.ratings), ("--good and --not-good", (*self.good, *self.not_good))):
            for label, count in Counter(given).items():
                if count > 1:
                    problems.append(Problem(f"{label} stands twice in {name}", "", "Give every answer once."))
                if label in (MISSING, NA_RATING):
                    problems.append(Problem(f'"{label}" in {name} is no answer', "", "Leave it out."))
        return problems

    def _unknown(self) -> list[Problem]:
        named = [*((self.good_at,) if self.good_at is not None else ()), *(self.good if self.ratings else ())]
        return [
            Problem(f"{label} is not one of --ratings", "", did_you_mean(label, self.ratings))
            for label in named
            if label not in self.ratings
        ]

    def _half(self) -> list[Problem]:
        if self.kind != SHARE:
            return []
        if self.good_at is not None and self.good:
            return [Problem("--good and --good-at both say what counts as good", "", "Keep one of them.")]
        if self.ratings and not (self.good or self.good_at):
            mend = "Add --good-at with the lowest grade that does."
            return [Problem("--ratings alone do not say which of them count as good", "", mend)]
        if self.not_good and (self.ratings or not self.good):
            mend = "Give --good and --not-good, or --ratings with --good-at."
            return [Problem("--not-good goes with --good alone", "", mend)]
        return []


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers of a column: `values` in the order of its rows, missing where there is none.

    `found` counts every answer as it is written, `blank` and `not_applicable` the rows without one.
    """

    values: pd.Series
    found: tuple[tuple[str, int], ...]
    blank: int
    not_applicable: int


def read_answers(
    table: Table, column: str, cases: Sequence[str] | None, rule: AnswerRule
) -> tuple[Answers, list[Problem]]:
    """Read the answers of a column by the rule; every cell that holds something else is named."""
    cells = table.cells[column].tolist()
    codes = rule.codes()
    found = Counter(cell for cell in cells if cell not in (MISSING, NA_RATING))
    values: dict[str, float | None] = {cell: _value(cell, codes, rule.plain) for cell in found}
    if codes is not None and rule.kind == SHARE and not rule.plain and not rule.ratings and not rule.not_good:
        problems = _rest_unsaid(table, column, rule, found)
    elif found and all(each is None for each in values.values()):
        problems = [_none_read(table, column, rule, found)]
    elif rule.plain and all(NUMBER.fullmatch(cell) for cell in found) and None in values.values():
        what = f"the answers are numbers, such as {next(cell for cell in found if values[cell] is None)}, not 0 and 1"
        problems = [Problem(what, table.heading_place(column), "Say what is wanted of them: --kind mean, or total.")]
    else:
        problems = [
            Problem(_not_read(cell, rule), _place(table, column, position, cases), _how(rule))
            for position, cell in enumerate(cells)
            if cell in values and values[cell] is None
        ]
    series = pd.Series([values.get(cell) for cell in cells], dtype=float)
    order = sorted(found.items(), key=lambda each: (-(values[each[0]] or 0.0), each[0]))
    return Answers(series, tuple(order), cells.count(MISSING), cells.count(NA_RATING)), problems


def _value(cell: str, codes: dict[str, float] | None, plain: bool) -> float | None:
    if codes is not None:
        return codes.get(cell.lower() if plain else cell)
    return float(cell) if NUMBER.fullmatch(cell) else None


def _place(table: Table, column: str, position: int, cases: Sequence[str] | None) -> Place:
    return table.place(position, column, cases[position] if cases is not None else None)


def _not_read(cell: str, rule: AnswerRule) -> str:
    shown = cell if cell == cell.strip() else f'"{cell}" (with a space at its end or start)'
    if rule.plain:
        return f"{shown} is not 0 or 1, yes or no, true or false"
    if rule.codes() is not None:
        return f"{shown} is not one of the answers"
    return f"{shown} is not a number"


def _how(rule: AnswerRule) -> str:
    if rule.plain:
        return f"Mend it, or say what counts with --good and --not-good. {NO_ANSWER}"
    codes = rule.codes()
    if codes is not None:
        return f"Use {', '.join(codes)}. {NO_ANSWER}"
    return f"{WRITE_NUMBERS} {NO_ANSWER}"


def _listed(found: Counter[str]) -> str:
    names = sorted(found)
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ("; " if any("," in name for name in names) else ", ").join(names[:LISTED]) + more


def _none_read(table: Table, column: str, rule: AnswerRule, found: Counter[str]) -> Problem:
    """Say once what a column holds that the rule reads nothing of."""
    if rule.plain:
        wanted = "0 or 1, yes or no, true or false"
        mend = 'Say what counts: --good "..." with --not-good "...", or --ratings, best first, with --good-at.'
    elif rule.codes() is not None:
        wanted, mend = ", ".join(rule.codes() or ()), "Check the column and the answers named."
    elif rule.kind == GRADES:
        wanted, mend = "numbers", "Give the grades, best first: --ratings."
    elif any(COMMA_NUMBER.fullmatch(cell) for cell in found):
        wanted, mend = "numbers with a point", WRITE_NUMBERS
    elif any(cell.endswith("%") for cell in found):
        wanted, mend = "plain numbers", "Take off the % signs, in every row alike."
    else:
        wanted, mend = "numbers", "Name a column of numbers, or another --kind."
    return Problem(f"the answers are {_listed(found)}, not {wanted}", table.heading_place(column), mend)


def _rest_unsaid(table: Table, column: str, rule: AnswerRule, found: Counter[str]) -> list[Problem]:
    """Refuse to take whatever --good does not name as not good: a slip of the pen would count."""
    rest = Counter({cell: count for cell, count in found.items() if cell not in rule.good})
    what = f"--good names {', '.join(rule.good)}, and nothing says what else may stand here"
    listed = f"the column also holds {_listed(rest)}" if rest else "the column holds nothing else"
    mend = f'Add --not-good "{",".join(sorted(rest))}".' if 0 < len(rest) <= LISTED else "Add --not-good or --ratings."
    return [Problem(f"{what}; {listed}", table.heading_place(column), mend)]
