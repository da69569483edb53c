"""Workbooks damaged at random: no rating lost, none invented, every damage named, and no harmless change refused."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from damage import HARMLESS, KINDS, Done, World, damage_some, spoiled_as_number

from audit_toolkit.errors import Place
from audit_toolkit.scoring import Collected, Framework, NotCollectedError, collect_ratings

QUICK, ALL = 10, 250


def told(collected: Collected, file: str) -> list[tuple[str, int | None, str]]:
    """Give everything said of a file: (sheet, row, text)."""
    found: list[tuple[str, int | None, str]] = []
    for problem in collected.held_back:
        assert isinstance(problem.where, Place)
        if problem.where.file == file:
            found.append((problem.where.sheet or "", problem.where.row, str(problem)))
    return found + [("", None, note) for note in collected.notes if file in note]


def unnamed(done: list[tuple[str, Done]], said: list[tuple[str, int | None, str]]) -> list[str]:
    """Give the kinds of damage that nothing said of the file names.

    What hides a sheet or the file hides what else was done to it; of several such, one must be named.
    """
    hidden = {each.hides for _, each in done if each.hides}
    missing = []
    for kind, each in done:
        for sheet, row, words in each.said:
            if each.hides or "file" in hidden or sheet in hidden:
                continue
            if not any(_names(told, sheet, row, words) for told in said):
                missing.append(f"{kind}: {sheet} row {row}: {words}")
    hiding = [words for _, each in done if each.hides for _, _, words in each.said]
    if hiding and not any(words in text for _, _, text in said for words in hiding):
        missing.append(f"none of: {hiding}")
    return missing


def _names(told: tuple[str, int | None, str], sheet: str, row: int | None, words: str) -> bool:
    there, number, text = told
    held = any(each in text for each in words.split("|"))
    return held and (not there or not sheet or sheet == there) and (not there or row in (None, number))


class Trial:
    """One round: its workbooks filled in, damaged, sent back, collected and held against the truth."""

    def __init__(self, folder: Path, framework: Framework, text: str, seed: int) -> None:
        self.world = World(folder, framework, text, seed)
        rng = self.world.rng
        self.done: dict[str, list[tuple[str, Done]]] = {}
        for name in self.world.issued:
            filled = self.world.fill(name)
            kinds = rng.sample(sorted(KINDS), rng.choice((1, 1, 2, 3)))
            done = damage_some(filled, kinds)
            self.done[self.world.send_back(filled)] = done

    def check(self) -> None:
        world = self.world
        try:
            collected = collect_ratings(world.folder, keep_right=True)
        except NotCollectedError:
            assert all(any(each.hides for _, each in done) for done in self.done.values())
            return
        self.ratings(collected)
        self.dates(collected)
        self.alerts(collected)
        for file, done in self.done.items():
            said = told(collected, file)
            assert unnamed(done, said) == [], (file, [kind for kind, _ in done], said)
            if all(kind in HARMLESS for kind, _ in done):
                assert said == [], (file, done, said)

    def ratings(self, collected: Collected) -> None:
        """No rating invented, none moved, and none lost that nothing spoiled; comments beside them are whole."""
        table = collected.ratings_table()
        rows = table[table["rating"] != ""].to_dict("records")
        found = {(row["case_id"], row["criterion_id"], row["auditor"]): row["rating"] for row in rows}
        assert len(found) == len(rows)
        assert {key: self.world.ratings.get(key) for key in found} == found
        spoiled = {key for done in self.done.values() for _, each in done for key in each.spoiled}
        assert set(self.world.ratings) - spoiled <= set(found)
        heads = {file for file, done in self.done.items() if "comment heading renamed" in [kind for kind, _ in done]}
        if not heads:
            comments = {(row["case_id"], row["criterion_id"], row["auditor"]): row["comment"] for row in rows}
            for key in set(found) - spoiled:
                assert comments[key] == self.world.comments[key], key

    def dates(self, collected: Collected) -> None:
        facts = {(case, fact): value for case, fact, value in collected.facts.itertuples(index=False)}
        spoiled = {key for done in self.done.values() for _, each in done for key in each.dates}
        assert {key: self.world.dates.get(key) for key in facts} == facts
        assert set(self.world.dates) - spoiled <= set(facts)

    def alerts(self, collected: Collected) -> None:
        lost = {file for file, done in self.done.items() if any(each.alerts_lost for _, each in done)}
        sent = {(case, file) for case, file in self.world.alerts if file in self.done and file not in lost}
        assert sent <= {(alert.case_id, alert.file) for alert in collected.alerts}


def trials(folder: Path, framework: Framework, text: str, count: int, first: int = 0) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for seed in range(first, first + count):
        trial = Trial(folder / str(seed), framework, text, seed)
        kinds.update(kind for done in trial.done.values() for kind, _ in done)
        kinds["workbooks"] += len(trial.done)
        trial.check()
    return kinds


@pytest.mark.slow
def test_forty_damaged_workbooks(tmp_path: Path, every_kind: Framework, every_kind_text: str) -> None:
    assert trials(tmp_path, every_kind, every_kind_text, QUICK)["workbooks"] == 4 * QUICK


@pytest.mark.slow
def test_a_thousand_damaged_workbooks(tmp_path: Path, every_kind: Framework, every_kind_text: str) -> None:
    kinds = trials(tmp_path, every_kind, every_kind_text, ALL, first=QUICK)
    sys.stdout.write("\n".join(f"{count:5}  {kind}" for kind, count in kinds.most_common()) + "\n")
    assert kinds["workbooks"] == 4 * ALL
    assert set(KINDS) <= set(kinds)


def test_every_id_that_a_spreadsheet_takes_for_a_number_is_named_and_never_applied(
    tmp_path: Path, every_kind: Framework, every_kind_text: str
) -> None:
    seen: set[str] = set()
    for seed in (300, 301):
        world = World(tmp_path / str(seed), every_kind, every_kind_text, seed)
        spoiled: dict[str, tuple[str, int]] = {}
        for name in world.issued:
            filled = world.fill(name)
            for row in filled.rows(lambda key: spoiled_as_number(key[0])):
                case = filled.key(row)[0]
                spoiled.setdefault(f"{name} {case}", (case, row))
                filled.cell(row, "case_id").value = int(case)
            world.send_back(filled)
        collected = collect_ratings(world.folder, keep_right=True)
        said = [
            (where.file, where.row, told.what) for told in collected.held_back if isinstance(where := told.where, Place)
        ]
        for where, (case, row) in spoiled.items():
            assert (where.split(" ")[0], row, f'rows {row}-{row + 4} were sent with case_id "{case}"') in said
        table = collected.ratings_table()
        assert not {case for case, _ in spoiled.values()} & set(table["case_id"])
        rows = zip(table["case_id"], table["criterion_id"], table["auditor"], table["rating"], strict=True)
        found = {(case, question, auditor): rating for case, question, auditor, rating in rows if rating}
        gone = {case for case, _ in spoiled.values()}
        assert found == {key: rating for key, rating in world.ratings.items() if key[0] not in gone}
        seen |= gone
    assert {"0001234", "0012345", "123456789012345678", "00"} & seen
