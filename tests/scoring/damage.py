"""Rounds of small workbooks, filled in at random, and everything that Excel, LibreOffice and people do to them.

`World` makes a round and knows the truth: every rating, reason, date and alert that was typed. A kind of damage
changes a filled workbook and returns a `Done`: which ratings it spoiled, and where it must be named.
"""

from __future__ import annotations

import dataclasses
import datetime
import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.files import csv_bytes
from audit_toolkit.sampling import draw_sample, sample_bytes
from audit_toolkit.scoring import Framework, known_facts, workbook_files

IDS = (
    *("0001234", "0012345", "1234567", "12.10", "7.0", "1E5", "NA", "null", "=1+1", "-3", "3-5", "MAR5", "A/12"),
    *("123456789012345678", "ÅB-9", "ab 12", "TRUE", "00", "5e3", "2010-01-31", "+447", "@x", "O'Neil-1"),
)
AUDITORS = ("Ann Smith", "Bea", "Cy", "Di")
PLAN = "round: {name}\nregister: {{file: register.csv}}\nstrata: [area]\nsize: 9\nframeworks: [own.yaml]\n"
REASONS = ("too early", "no such visit; see note", "not due")
GRADES = ("Outstanding", "Good", "Adequate", "Inadequate")
DATES = ("referral_date", "initial_assessment_authorised_date")
Key = tuple[str, str, str]


@dataclass
class Done:
    """What a damage did: the ratings and dates it spoiled, and what must be said of it.

    `said` are (sheet, row, words): a problem or note of the file that holds the words, or one of them where they
    stand between |, in that row where one is given. `hides` is "file" or a sheet's name where nothing else on it can
    be named any more.
    """

    spoiled: set[Key] = field(default_factory=set)
    dates: set[tuple[str, str]] = field(default_factory=set)
    said: list[tuple[str, int | None, str]] = field(default_factory=list)
    hides: str = ""
    alerts_lost: bool = False


@dataclass
class Filled:
    """One filled workbook on its way to being damaged."""

    name: str
    auditor: str
    book: Any
    rng: random.Random
    truth: dict[Key, str]
    used: set[int] = field(default_factory=set)
    after: list[Callable[[bytes], bytes]] = field(default_factory=list)
    rename: str = ""
    beside: dict[str, bytes] = field(default_factory=dict)

    @property
    def ratings(self) -> Any:
        return self.book["Ratings"]

    def column(self, name: str, sheet: str = "Ratings") -> int:
        return [cell.value for cell in self.book[sheet][1]].index(name) + 1

    def cell(self, row: int, name: str, sheet: str = "Ratings") -> Any:
        return self.book[sheet].cell(row, self.column(name, sheet))

    def key(self, row: int) -> Key:
        case, criterion, auditor = (str(self.cell(row, name).value) for name in ("case_id", "criterion_id", "auditor"))
        return case, criterion, auditor

    def rows(self, wanted: Callable[[Key], bool] = lambda _: True) -> list[int]:
        found = [row for row in range(2, self.ratings.max_row + 1) if row not in self.used]
        return [row for row in found if self.cell(row, "row_key").value and wanted(self.key(row))]

    def a_row(self, wanted: Callable[[Key], bool] = lambda _: True) -> int | None:
        """Choose a row that no damage has touched yet, and touch it."""
        found = self.rows(wanted)
        if not found:
            return None
        row = self.rng.choice(found)
        self.used.add(row)
        return row

    def case_rows(self) -> tuple[str, list[int]] | None:
        """Choose a case none of whose rows was touched yet, and touch them all."""
        by_case: dict[str, list[int]] = {}
        for row in range(2, self.ratings.max_row + 1):
            if self.cell(row, "row_key").value:
                by_case.setdefault(self.key(row)[0], []).append(row)
        free = {case: rows for case, rows in by_case.items() if not self.used & set(rows)}
        if not free:
            return None
        case = self.rng.choice(sorted(free))
        self.used |= set(free[case])
        return case, free[case]

    def all_keys(self) -> set[Key]:
        return {key for key in self.truth if key[2] == self.auditor}

    def all_dates(self) -> set[tuple[str, str]]:
        return {(key[0], fact) for key in self.all_keys() for fact in DATES}


class World:
    """A round of four auditors and nine cases, its workbooks filled in, and the truth of what was typed."""

    def __init__(self, folder: Path, framework: Framework, text: str, seed: int) -> None:
        self.folder, self.framework = folder, framework
        self.rng = random.Random(seed)
        self.ratings: dict[Key, str] = {}
        self.comments: dict[Key, str] = {}
        self.dates: dict[tuple[str, str], str] = {}
        self.alerts: set[tuple[str, str]] = set()
        self.issued = self._issue(text, seed)

    def _issue(self, text: str, seed: int) -> dict[str, bytes]:
        ids = self.rng.sample(IDS, 9)
        frame = pd.DataFrame(
            {terms.CASE_ID: ids, terms.STRATUM: "East", "area": "East", "worker": "=W()"}, dtype=object
        )
        frame["referral_date"] = [f"2010-01-{day:02}" for day in self.rng.sample(range(4, 29), 9)]
        sample = draw_sample(frame, size=9, seed=f"damage {seed}")
        cases = sample.cases.copy()
        cases[terms.AUDITOR] = pd.Series([AUDITORS[row % 4] for row in range(9)], dtype=object)
        cases[terms.SECOND_AUDITOR] = pd.Series([AUDITORS[1], AUDITORS[2], *[""] * 7], dtype=object)
        details = frame.set_index(terms.CASE_ID, drop=False).loc[list(cases[terms.CASE_ID])].reset_index(drop=True)
        self.sample = dataclasses.replace(sample, cases=cases, details=details)
        for name in ("workbooks", "returned"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "plan.yaml").write_text(PLAN.format(name=f"Round {seed}"), encoding="utf-8")
        (self.folder / "own.yaml").write_text(text, encoding="utf-8")
        (self.folder / "sample.csv").write_bytes(sample_bytes(cases))
        (self.folder / "receipt.json").write_bytes(self.sample.receipt.to_bytes())
        known = known_facts(self.sample, [self.framework])
        (self.folder / "workbooks" / "dates.csv").write_bytes(csv_bytes(known))
        self.dates = {(case, fact): value for case, fact, value in known.itertuples(index=False)}
        return workbook_files(self.sample, [self.framework], title=f"Round {seed}")

    def fill(self, name: str) -> Filled:
        """Answer a workbook at random: every kind of answer, N/A with its reason, blanks, dates and alerts."""
        book = openpyxl.load_workbook(io.BytesIO(self.issued[name]))
        auditor = book["About"]["B5"].value
        filled = Filled(name, auditor, book, self.rng, self.ratings)
        for row in range(2, book["Ratings"].max_row + 1):
            self._answer(filled, row)
        for row in range(2, book["Dates"].max_row + 1):
            case, fact = (str(filled.cell(row, each, "Dates").value) for each in ("case_id", "fact"))
            if self.rng.random() < 0.5 and (case, fact) not in self.dates:
                filled.cell(row, "value", "Dates").value = f"{self.rng.randint(10, 28)}/02/2010"
                self.dates[case, fact] = "-".join(reversed(filled.cell(row, "value", "Dates").value.split("/")))
        for row in range(2, book["Cases"].max_row + 1):
            if self.rng.random() < 0.15:
                filled.cell(row, "immediate_danger", "Cases").value = "Yes"
                self.alerts.add((str(filled.cell(row, "case_id", "Cases").value), name))
        return filled

    def _answer(self, filled: Filled, row: int) -> None:
        key, rng = filled.key(row), self.rng
        answers = {
            "G1": GRADES,
            "G2": (*GRADES, "N/A"),
            "Y1": ("Yes", "Partly", "No", "N/A"),
            "R1": ("3 of 5", "0 of 1", "N/A", "10 of 12"),
            "R1_gap": ("Yes", "No"),
        }
        if rng.random() < 0.06:
            return
        answer, remark = rng.choice(answers[key[1]]), rng.choice(("", "", "seen on p. 4", "=not a formula", "Ünïcode"))
        filled.cell(row, "rating").value, filled.cell(row, "comment").value = answer, remark or None
        if remark:
            filled.cell(row, "comment").data_type = "s"
        self.ratings[key], self.comments[key] = answer, remark
        if answer == "N/A":
            reason = rng.choice(REASONS)
            filled.cell(row, "na_reason").value = reason
            self.comments[key] = f"{reason}; {remark}" if remark else reason

    def send_back(self, filled: Filled) -> str:
        """Save a workbook in returned/; give the name it has there."""
        held = io.BytesIO()
        filled.book.save(held)
        data = held.getvalue()
        for change in filled.after:
            data = change(data)
        name = filled.rename or filled.name
        (self.folder / "returned" / name).write_bytes(data)
        for other, content in filled.beside.items():
            (self.folder / "returned" / other).write_bytes(content or data)
        return name


# Damage of single ratings

Damage = Callable[[Filled], Done | None]


def typed(value_of: Callable[[Filled, Key], Any], words: str, wanted: Callable[[Key], bool] = lambda _: True) -> Damage:
    """Type something over a rating that is no rating of its question."""

    def damage(filled: Filled) -> Done | None:
        row = filled.a_row(wanted)
        if row is None:
            return None
        key = filled.key(row)
        value = value_of(filled, key)
        filled.cell(row, "rating").value = value
        return Done({key}, said=[("Ratings", row, words)])

    return damage


def careless(filled: Filled, key: Key) -> str:
    """Write the true answer with spaces or capitals that are not its own."""
    answer = filled.truth.get(key, "Yes")
    return filled.rng.choice((f"{answer} ", f" {answer}", f"{answer}\xa0", f"{answer}\u200b", answer.swapcase()))


def formula_shown(filled: Filled) -> Done | None:
    """Point a rating at another cell: it shows an answer, and nobody typed it."""
    row = filled.a_row()
    if row is None:
        return None
    cell = filled.cell(row, "rating")
    cell.value = "Good"
    place = cell.coordinate

    def change(data: bytes) -> bytes:
        cell = rf'<c r="{place}"( s="\d+")? t="\w+">.*?</c>'
        return edited(data, "Ratings", cell, rf'<c r="{place}"\1 t="str"><f>F3</f><v>Good</v></c>')

    filled.after.append(change)
    return Done({filled.key(row)}, said=[("Ratings", row, "a formula stands where")])


def formula_bare(filled: Filled) -> Done | None:
    row = filled.a_row()
    if row is None:
        return None
    filled.cell(row, "rating").value = "=F3"
    return Done({filled.key(row)}, said=[("Ratings", row, "a formula without a stored result")])


def right_code(filled: Filled) -> Done | None:
    """Write a grade as its code, as a number or as text: allowed, and the same rating."""
    row = filled.a_row(lambda key: key[1] in ("G1", "G2") and filled.truth.get(key) in GRADES)
    if row is None:
        return None
    code = 4 - GRADES.index(filled.truth[filled.key(row)])
    filled.cell(row, "rating").value = filled.rng.choice((code, str(code)))
    return Done()


# Damage of ids


def changed_id(change: Callable[[Filled, str], Any], fits: Callable[[str], bool] = lambda _: True) -> Damage:
    """Change the id of a case wherever it stands on the sheet of ratings, as Excel does to a column."""

    def damage(filled: Filled) -> Done | None:
        chosen = filled.case_rows()
        if chosen is None or not fits(chosen[0]):
            return None
        case, rows = chosen
        keys = {filled.key(row) for row in rows}
        value = change(filled, case)
        for row in rows:
            filled.cell(row, "case_id").value = value
            if isinstance(value, str):
                filled.cell(row, "case_id").data_type = "s"
        return Done(keys, said=[("Ratings", rows[0], f'case_id "{case}"')])

    return damage


def other_case(filled: Filled) -> Done | None:
    """Give one row the id of another case: every id is an issued one, and the rating would move."""
    row = filled.a_row()
    others = sorted({filled.key(each)[0] for each in filled.rows()} - ({filled.key(row)[0]} if row else set()))
    if row is None or not others:
        return None
    key = filled.key(row)
    put(filled.cell(row, "case_id"), filled.rng.choice(others))
    return Done({key}, said=[("Ratings", row, f'case_id "{key[0]}"')])


def other_cell(column: str, value: str, words: str) -> Damage:
    """Overwrite one cell that ties a row to what it was sent for."""

    def damage(filled: Filled) -> Done | None:
        row = filled.a_row(lambda key: key[1] != value)
        if row is None:
            return None
        key = filled.key(row)
        filled.cell(row, column).value = value
        return Done({key}, said=[("Ratings", row, words)])

    return damage


def pasted_over(filled: Filled) -> Done | None:
    """Paste a block of another row over several columns."""
    row, source = filled.a_row(), None
    if row is not None:
        key = filled.key(row)
        source = next((each for each in filled.rows() if filled.key(each)[1] != key[1]), None)
    if row is None or source is None:
        return None
    for column in range(2, 9):
        put(filled.ratings.cell(row, column), filled.ratings.cell(source, column).value)
    return Done({key}, said=[("Ratings", row, "was sent with")])


def put(cell: Any, value: Any) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


# Damage of rows, columns and sheets


def values_of(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def write_back(sheet: Any, rows: list[list[Any]]) -> None:
    for number, row in enumerate(rows, 1):
        for index, value in enumerate(row, 1):
            put(sheet.cell(number, index), value)


def sorted_rows(filled: Filled) -> Done:
    heading, *rows = values_of(filled.ratings)
    filled.rng.shuffle(rows)
    write_back(filled.ratings, [heading, *rows])
    return Done()


def moved_columns(filled: Filled) -> Done:
    rows = values_of(filled.ratings)
    order = list(range(len(rows[0])))
    filled.rng.shuffle(order)
    write_back(filled.ratings, [[row[index] for index in order] for row in rows])
    return Done()


def blank_rows(filled: Filled) -> Done:
    rows = values_of(filled.ratings)
    width = len(rows[0])
    for _ in range(2):
        rows.insert(filled.rng.randint(1, len(rows)), [None] * width)
    write_back(filled.ratings, rows)
    return Done()


def deleted_row(filled: Filled) -> Done:
    rows = values_of(filled.ratings)
    row = filled.rng.choice(filled.rows())
    key = filled.key(row)
    del rows[row - 1]
    write_back(filled.ratings, [*rows, [None] * len(rows[0])])
    return Done({key}, said=[("Ratings", None, "rows sent are gone")])


def doubled_row(*, other: bool) -> Damage:
    def damage(filled: Filled) -> Done | None:
        row = filled.a_row(lambda key: key in filled.truth)
        if row is None:
            return None
        key, last = filled.key(row), filled.ratings.max_row + 1
        filled.used.add(last)
        for index, cell in enumerate(list(filled.ratings[row]), 1):
            put(filled.ratings.cell(last, index), cell.value)
        if other:
            answers = [each for each in ("Yes", "No") if each != filled.truth[key]]
            if key[1] in ("G1", "G2"):
                answers = [each for each in GRADES if each != filled.truth[key]]
            elif key[1] == "R1":
                answers = ["1 of 3"]
            filled.cell(last, "rating").value = answers[0]
        return Done({key} if other else set(), said=[("Ratings", last, "is rated a second time")])

    return damage


def headings_again(filled: Filled) -> Done:
    last = filled.ratings.max_row + 1
    filled.used.add(last)
    for index, cell in enumerate(list(filled.ratings[1]), 1):
        filled.ratings.cell(last, index).value = cell.value
    return Done(said=[("Ratings", last, "the headings stand in this row once more|was not sent like this")])


def heading(name: str, value: str | None, words: str, *, spoils: bool) -> Damage:
    def damage(filled: Filled) -> Done | None:
        headings = [cell.value for cell in filled.ratings[1]]
        if name not in headings:
            return None
        filled.cell(1, name).value = value
        spoiled = filled.all_keys() if spoils else set()
        return Done(spoiled, said=[("Ratings", 1, words)], hides="Ratings" if spoils else "")

    return damage


def title_on_top(filled: Filled) -> Done:
    rows = values_of(filled.ratings)
    write_back(filled.ratings, [["My workbook", *[None] * (len(rows[0]) - 1)], *rows])
    return Done(filled.all_keys(), said=[("Ratings", 1, "is missing")], hides="Ratings")


def extra_column(filled: Filled) -> Done:
    column = filled.ratings.max_column + 1
    filled.ratings.cell(1, column).value = "my notes"
    filled.ratings.cell(2, column).value = "see me"
    return Done(said=[("Ratings", 1, "my notes is not a column of ratings")])


def stray_text(filled: Filled) -> Done:
    filled.ratings.cell(3, filled.ratings.max_column + 2).value = "ask Jo"
    return Done(said=[("Ratings", 1, "the heading is empty but there is data beneath")])


def question_changed(filled: Filled) -> Done | None:
    row = filled.a_row()
    if row is None:
        return None
    filled.cell(row, "question").value = "Was the plan any good?"
    return Done({filled.key(row)}, said=[("Ratings", row, "was changed")])


def merged_ratings(filled: Filled) -> Done | None:
    pairs = [row for row in filled.rows() if row + 1 in filled.rows()]
    if not pairs:
        return None
    row = filled.rng.choice(pairs)
    filled.used |= {row, row + 1}
    column = filled.column("rating")
    filled.ratings.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)
    return Done({filled.key(row), filled.key(row + 1)}, said=[("Ratings", row, "merged cells")])


def sheet_renamed(filled: Filled) -> Done:
    filled.ratings.title = filled.rng.choice(("Rating", "ratings", "Sheet1", "Ratings (2)"))
    return Done(filled.all_keys(), said=[("", None, "there is no sheet Ratings")], hides="Ratings")


def hidden_column_gone(name: str) -> Damage:
    def damage(filled: Filled) -> Done:
        filled.ratings.delete_cols(filled.column(name))
        return Done(filled.all_keys(), said=[("Ratings", 1, f'the hidden column "{name}" is gone')], hides="Ratings")

    return damage


def filtered(filled: Filled) -> Done:
    for row in filled.rows()[::2]:
        filled.ratings.row_dimensions[row].hidden = True
    return Done()


def widths(filled: Filled) -> Done:
    for letter in "ABCDEFG":
        filled.ratings.column_dimensions[letter].width = filled.rng.randint(3, 60)
    return Done()


def more_sheets(filled: Filled) -> Done:
    filled.book.create_sheet("My notes", filled.rng.randint(0, 3))["A1"] = "case_id"
    return Done()


def guidance_gone(filled: Filled) -> Done:
    del filled.book["Guidance"]
    return Done()


def about_gone(filled: Filled) -> Done:
    del filled.book["About"]
    return Done()


def dates_gone(filled: Filled) -> Done:
    wrong = {
        (str(filled.cell(row, "case_id", "Dates").value), str(filled.cell(row, "fact", "Dates").value))
        for row in range(2, filled.book["Dates"].max_row + 1)
    }
    del filled.book["Dates"]
    return Done(dates=wrong, said=[("", None, "has no sheet Dates: no date could be read")], hides="Dates")


def wrong_date(filled: Filled) -> Done | None:
    if "Dates" not in filled.book.sheetnames:
        return None
    row = filled.rng.randint(2, filled.book["Dates"].max_row)
    case, fact = (str(filled.cell(row, each, "Dates").value) for each in ("case_id", "fact"))
    filled.cell(row, "value", "Dates").value = filled.rng.choice(("32/01/2010", "01/2010", "soon", "1/2/10"))
    return Done(dates={(case, fact)}, said=[("Dates", row, "is not a date")])


def moved_date(filled: Filled) -> Done | None:
    if "Dates" not in filled.book.sheetnames:
        return None
    row = filled.rng.randint(2, filled.book["Dates"].max_row)
    case, fact = (str(filled.cell(row, each, "Dates").value) for each in ("case_id", "fact"))
    other = "referral_date" if fact != "referral_date" else "initial_assessment_authorised_date"
    filled.cell(row, "fact", "Dates").value = other
    return Done(dates={(case, fact), (case, other)}, said=[("Dates", row, "was sent with fact")])


def alert_heading(filled: Filled) -> Done:
    filled.cell(1, "immediate_danger", "Cases").value = "danger"
    return Done(said=[("Cases", 1, "immediate_danger is missing")], alerts_lost=True)


def about(name: str, change: Callable[[str], str], words: str, hides: str) -> Damage:
    """Change what a workbook says about itself, on the sheet and in the properties."""

    def damage(filled: Filled) -> Done | None:
        if "About" not in filled.book.sheetnames:
            return None
        for row in filled.book["About"].iter_rows(min_row=2):
            if row[0].value == name:
                row[1].value = change(row[1].value)
        for each in filled.book.custom_doc_props.props:
            each.value = change(each.value) if each.name == name else each.value
        dates = filled.all_dates() if hides == "file" else set()
        return Done(filled.all_keys(), dates, [("", None, words)], hides)

    return damage


# Damage of whole files


def edited(data: bytes, sheet: str, pattern: str, by: str) -> bytes:
    """Edit the XML of a sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    part = f"xl/worksheets/sheet{book.sheetnames.index(sheet) + 1}.xml"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == part:
                content, count = re.subn(pattern.encode(), by.encode(), content)
                assert count == 1, (pattern, count)
            archive.writestr(entry, content)
    return out.getvalue()


def without_part(name: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(out, "w") as archive:
            for entry in made.infolist():
                if entry.filename != name:
                    archive.writestr(entry, made.read(entry))
        return out.getvalue()

    return change


def rotten(data: bytes) -> bytes:
    """Flip bits in the middle of the largest sheet, which is that of the ratings."""
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        sheets = [each for each in made.infolist() if each.filename.startswith("xl/worksheets/sheet")]
    entry = max(sheets, key=lambda each: each.compress_size)
    start = entry.header_offset + 60 + entry.compress_size // 3
    return data[:start] + bytes(each ^ 0x55 for each in data[start : start + 20]) + data[start + 20 :]


def file(change: Callable[[bytes], bytes], words: str, ending: str = ".xlsx") -> Damage:
    def damage(filled: Filled) -> Done:
        filled.after.append(change)
        if ending != ".xlsx":
            filled.rename = filled.name.removesuffix(".xlsx") + ending
        return Done(filled.all_keys(), filled.all_dates(), [("", None, words)], "file", alerts_lost=True)

    return damage


OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def locked(data: bytes) -> bytes:
    return OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + data


def sent_twice(filled: Filled) -> Done:
    filled.beside[filled.name.removesuffix(".xlsx") + " (1).xlsx"] = b""
    return Done(said=[("Ratings", None, "is rated a second time")] if filled.all_keys() else [])


def lock_beside(filled: Filled) -> Done:
    filled.beside["~$" + filled.name] = b"\x05Jo" + bytes(162)
    return Done()


def spoiled_as_number(case: str) -> bool:
    """Say whether a spreadsheet that takes an id for a number loses something of it."""
    return case.isdecimal() and (str(int(case)) != case or len(case) > 15)


# Rows that move others come first, single cells after them, then headings and sheets, then the whole file.
KINDS: dict[str, tuple[int, Damage]] = {
    "rows sorted": (0, sorted_rows),
    "row deleted": (1, deleted_row),
    "blank rows between": (2, blank_rows),
    "row doubled": (3, doubled_row(other=False)),
    "row doubled, other answer": (3, doubled_row(other=True)),
    "headings in a row once more": (3, headings_again),
    "rating misspelt": (4, typed(lambda *_: "Goood", "is not a rating")),
    "rating with spaces or capitals": (4, typed(careless, "is not a rating")),
    "rating out of scale": (4, typed(lambda *_: 7, "is not a rating")),
    "rating a date": (4, typed(lambda *_: datetime.datetime(2010, 5, 3), "is a date, not a rating")),
    "rating a date as text": (4, typed(lambda *_: "03/05/2010", "is a date, not a rating")),
    "rating a fraction": (4, typed(lambda *_: 0.6, "is not a rating")),
    "rating TRUE": (4, typed(lambda *_: True, "is not a rating")),
    "rating only spaces": (4, typed(lambda *_: "  ", "holds only spaces")),
    "rating another N/A": (
        4,
        typed(lambda filled, _: filled.rng.choice(("n/a", "NA", "n.a.", "-", "Not applicable")), "is not a rating"),
    ),
    "rating an error": (
        4,
        typed(lambda filled, _: filled.rng.choice(("#REF!", "#N/A", "#VALUE!")), "is not a rating"),
    ),
    "N/A where it is not allowed": (4, typed(lambda *_: "N/A", "N/A is not allowed", lambda key: key[1] == "G1")),
    "rating of another question": (4, typed(lambda *_: "Partly", "is not a rating", lambda key: key[1] != "Y1")),
    "rating a formula": (4, formula_shown),
    "rating a formula without a result": (4, formula_bare),
    "rating as its code": (4, right_code),
    "id as a number": (4, changed_id(lambda _, case: int(case), spoiled_as_number)),
    "id with .0": (4, changed_id(lambda _, case: f"{case}.0")),
    "id in scientific notation": (4, changed_id(lambda _, case: f"{float(case):.5E}", str.isdecimal)),
    "id cut after a zero": (4, changed_id(lambda _, case: case[:-1], lambda case: case == "12.10")),
    "id with spaces": (4, changed_id(lambda filled, case: filled.rng.choice((f"{case} ", f"\xa0{case}")))),
    "id a date": (4, changed_id(lambda *_: datetime.datetime(2026, 5, 3))),
    "id an error": (4, changed_id(lambda *_: "#NAME?")),
    "id empty": (4, changed_id(lambda *_: None)),
    "id of another case": (4, other_case),
    "criterion another": (4, other_cell("criterion_id", "G2", 'criterion_id "')),
    "criterion unknown": (4, other_cell("criterion_id", "G11", 'criterion_id "')),
    "auditor another": (4, other_cell("auditor", "Temp", 'auditor "')),
    "row key overwritten": (4, other_cell("row_key", "0", "row_key does not fit")),
    "block pasted over": (4, pasted_over),
    "question changed": (4, question_changed),
    "cells merged": (4, merged_ratings),
    "date that is none": (4, wrong_date),
    "date of another step": (4, moved_date),
    "extra column": (5, extra_column),
    "text beside the table": (5, stray_text),
    "columns moved": (0, moved_columns),
    "widths": (6, widths),
    "rows filtered": (6, filtered),
    "extra sheet": (6, more_sheets),
    "guidance gone": (6, guidance_gone),
    "dates sheet gone": (6, dates_gone),
    "alert heading renamed": (6, alert_heading),
    "comment heading renamed": (7, heading("comment", "coment", "coment is not a column", spoils=False)),
    "rating heading renamed": (7, heading("rating", "Judgement", "rating is missing", spoils=True)),
    "rating heading cleared": (7, heading("rating", None, "rating is missing", spoils=True)),
    "rating heading twice": (7, heading("look_for", "rating", "the heading stands twice", spoils=True)),
    "case heading renamed": (7, heading("case_id", "Case", "case_id is missing", spoils=True)),
    "criterion heading renamed": (7, heading("criterion_id", "Ref", "criterion_id is missing", spoils=True)),
    "title on top": (8, title_on_top),
    "row key column gone": (8, hidden_column_gone("row_key")),
    "auditor column gone": (8, hidden_column_gone("auditor")),
    "older framework": (
        8,
        about("framework every_kind", lambda _: "0.9.0 " + "0" * 64, "answered by version 0.9.0", "Ratings"),
    ),
    "another round": (8, about("draw", lambda _: "0" * 16, "was sent for another draw", "file")),
    "ratings sheet renamed": (9, sheet_renamed),
    "about sheet gone": (9, about_gone),
    "file sent twice": (10, sent_twice),
    "lock file beside": (10, lock_beside),
    "file empty": (11, file(lambda _: b"", "the file is empty")),
    "file cut off": (11, file(lambda data: data[: len(data) * 2 // 3], "the workbook is damaged")),
    "file rotten": (11, file(rotten, "the workbook is damaged")),
    "file without its list of sheets": (11, file(without_part("xl/workbook.xml"), "the workbook is damaged")),
    "file with a password": (11, file(locked, "locked with a password")),
    "file an old workbook": (11, file(lambda _: OLE + bytes(600), "this is an old Excel workbook")),
    "file a web page": (11, file(lambda _: b"<html><table><tr><td>x", "looks like a web page")),
    "file saved as .ods": (11, file(lambda data: data, "of the kind .ods are not read", ".ods")),
    "file saved as .xls": (11, file(lambda _: OLE + bytes(600), "of the kind .xls are not read", ".xls")),
    "file saved as .xlsm": (11, file(lambda data: data, "of the kind .xlsm are not read", ".xlsm")),
}
HARMLESS = frozenset(
    {
        *("rows sorted", "blank rows between", "rating as its code", "columns moved", "widths", "rows filtered"),
        *("extra sheet", "guidance gone", "about sheet gone", "lock file beside"),
    }
)
# What makes another file of a workbook: nothing can be done to it twice.
WHOLE_FILE = 11
# Kinds that undo each other, or that no program could do one after the other.
APART = (
    {"title on top", "rating a formula"},
    {"title on top", "cells merged"},
    {"row key column gone", "rating a formula"},
    {"row key column gone", "cells merged"},
    {"auditor column gone", "rating a formula"},
    {"auditor column gone", "cells merged"},
    {"title on top", "row key column gone"},
    {"title on top", "auditor column gone"},
    {"rating heading twice", "rating heading renamed"},
    {"rating heading twice", "rating heading cleared"},
)


def damage_some(filled: Filled, kinds: list[str]) -> list[tuple[str, Done]]:
    """Do some kinds of damage to a workbook, in an order in which each leaves the others' rows where they were."""
    done = []
    for kind in sorted(kinds, key=lambda each: KINDS[each][0]):
        if any(kind in pair and {each for each, _ in done} & pair for pair in APART):
            continue
        if KINDS[kind][0] == WHOLE_FILE and any(KINDS[each][0] == WHOLE_FILE for each, _ in done):
            continue
        found = KINDS[kind][1](filled)
        if found is not None:
            done.append((kind, found))
    return done
