"""What was sent out for a round, and what a table that came back no longer shares with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import Place, Problem
from audit_toolkit.files import Flaw, FlawedTable, Table
from audit_toolkit.scoring.about import DRAW, ROUND, ROWS, rows_of, versions_of
from audit_toolkit.scoring.asked import NOT_SCORED, facts_asked
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.row_key import ROW_KEY, key_flaws, keys_of
from audit_toolkit.scoring.rows import listed_rows

if TYPE_CHECKING:
    import pandas as pd

SHORT_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent out: the questions, the row keys with what they stand for, the draw, and its cases."""

    frameworks: tuple[Framework, ...]
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    draw: str = ""
    cases: tuple[str, ...] = ()

    @property
    def asks(self) -> dict[str, tuple[str, ...]]:
        """The words of each question by its id, spaces made single: the framework's own, then other languages'."""
        return {
            question.id: tuple(_words(text) for text in (question.ask, *_other_words(each, question.id)))
            for each in self.frameworks
            for question in each.questions
        }

    def framework_of(self) -> dict[str, str]:
        """Give the name of the framework that each question belongs to."""
        return {question.id: each.name for each in self.frameworks for question in each.questions}


def sent_for(sample: pd.DataFrame, frameworks: Sequence[Framework], draw: str = "") -> Sent:
    """Give what was sent for a sample, as far as sample.csv and the frameworks tell."""
    cases = [str(case) for case in sample[terms.CASE_ID]]
    asked = [question.id for each in frameworks for question in each.questions]
    identities: list[tuple[str, ...]] = [(case,) for case in cases]
    identities += [(case, fact) for case in cases for fact in facts_asked(frameworks)]
    for column in (terms.AUDITOR, terms.SECOND_AUDITOR):
        names = sample[column] if column in sample.columns else [""] * len(cases)
        for case, name in zip(cases, names, strict=True):
            identities += [(case, question, str(name)) for question in asked if name]
    return Sent(tuple(frameworks), keys_of(identities), draw, tuple(cases))


def of_another_draw(file: str, about: Mapping[str, str], sent: Sent) -> Problem | None:
    """Say that a workbook was sent for another round, where both say which draw they belong to."""
    if not sent.draw or not about.get(DRAW) or about[DRAW] == sent.draw:
        return None
    what = f'the workbook was sent for another draw, of "{about.get(ROUND, "")}"'
    return Problem(what, Place(file), "Collect it where it belongs, and take it out here.")


def checked(part: FlawedTable, about: Mapping[str, str], sent: Sent) -> tuple[FlawedTable, list[str]]:
    """Look at a sheet that came back against what was sent: changed ids and questions, other versions, lost rows."""
    if part.table is None:
        return part, []
    flaws = key_flaws(part.table, sent.keys, ours=ROWS in about)
    notes = _lost_rows(part.table, about)
    if terms.CRITERION_ID in part.table.columns:
        stale, more, said = _other_versions(part.table, about, sent)
        flaws += [*more, *_question_flaws(part.table, sent, stale)]
        notes += said
    return part.with_flaws(flaws), notes


def _lost_rows(table: Table, about: Mapping[str, str]) -> list[str]:
    count = rows_of(about, table.sheet or "")
    if count is None or ROW_KEY not in table.columns:
        return []
    here = len({key for key in table.cells[ROW_KEY] if key})
    if here >= count:
        return []
    return [
        f"{table.name}, sheet {table.sheet}: {count - here} of the {count} rows sent are gone, and what was on them."
    ]


def _other_versions(table: Table, about: Mapping[str, str], sent: Sent) -> tuple[set[str], list[Flaw], list[str]]:
    """Name frameworks whose version is not the plan's; each spoils its answers. Note changes under one version."""
    owner = sent.framework_of()
    versions = versions_of(about)
    stale: set[str] = set()
    flaws: list[Flaw] = []
    notes: list[str] = []
    for each in sent.frameworks:
        if versions and each.name not in versions:
            count = len(each.questions) - len(each.computed)
            what = f"the workbook was sent without {each.title}, {count} questions a case"
            problem = Problem(what, Place(table.name), "Send its auditor the workbook of this round as it is now.")
            flaws.append(Flaw(problem, None, ""))
            continue
        version, digest = versions.get(each.name, (each.version, each.digest))
        if version != each.version:
            stale.add(each.name)
            what = f"answered by version {version} of {each.name}, and the plan has version {each.version}"
            mend = f"Send its auditor the workbook of version {each.version}, or put the plan's framework back."
            problem = Problem(what, Place(table.name, table.sheet), mend)
            rows = [row for row, name in enumerate(table.cells[terms.CRITERION_ID]) if owner.get(name) == each.name]
            flaws += [Flaw(problem, row) for row in rows] or [Flaw(problem, None, "")]
        elif digest != each.digest:
            notes.append(
                f"{table.name}: {each.name} {version} was changed since the workbook was sent, under the same version "
                f"(digest {digest[:SHORT_DIGEST]} then, {each.digest[:SHORT_DIGEST]} now)."
            )
    return stale, flaws, notes


def _question_flaws(table: Table, sent: Sent, stale: set[str]) -> list[Flaw]:
    """Name rows whose question is not the one that was sent; each spoils the answer."""
    if not {"question", terms.CASE_ID, terms.RATING} <= set(table.columns):
        return []
    asks, owner = sent.asks, sent.framework_of()
    changed: dict[tuple[str, str], list[int]] = {}
    rows = zip(table.cells[terms.CRITERION_ID], table.cells["question"], strict=True)
    for position, (question, text) in enumerate(rows):
        words = _words(text)
        known = asks.get(question)
        if known is None or owner[question] in stale or words in _may_read(known):
            continue
        changed.setdefault((question, words), []).append(position)
    return [flaw for (question, _), found in changed.items() for flaw in _changed(table, question, asks, found)]


def _other_words(framework: Framework, question: str) -> list[str]:
    """Give a question in every other language that it has words in."""
    return [each.asks[question] for each in framework.languages if question in each.asks]


def _may_read(known: Sequence[str]) -> tuple[str, ...]:
    """Give what the cell of a question may say: nothing, or the question in one of its languages."""
    return ("", *known, *(_words(each + NOT_SCORED) for each in known))


def _changed(table: Table, question: str, asks: Mapping[str, Sequence[str]], positions: Sequence[int]) -> list[Flaw]:
    rows = f" ({listed_rows(table, positions)})" if len(positions) > 1 else ""
    where = table.place(positions[0], "question", str(table.cells[terms.CASE_ID].iloc[positions[0]]) or None)
    what = f"the question of {question} was changed{rows}; the framework asks: {asks[question][0]}"
    problem = Problem(what, where, "Ask the auditor what was answered, and put the question back.")
    return [Flaw(problem, position, terms.RATING) for position in positions]


def _words(text: str) -> str:
    return " ".join(text.split())
