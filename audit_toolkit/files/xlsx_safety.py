"""What must hold of an Excel workbook before anything in it is unpacked or parsed."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.etree.ElementTree import Element, ParseError, iterparse

from audit_toolkit.errors import FileError, Place, Problem
from audit_toolkit.files.limits import (
    MEBIBYTE,
    SHEET_CELLS,
    SHEET_COLUMNS,
    SHEET_ROWS,
    WORKBOOK_BYTES,
    WORKBOOK_ENTRIES,
    WORKBOOK_ENTRY_BYTES,
    WORKBOOK_RATIO,
    WORKBOOK_RATIO_FROM,
)
from audit_toolkit.files.reading import looks_like_csv

OLE_START = bytes.fromhex("D0CF11E0A1B11AE1")
XML_SUFFIXES = (".xml", ".rels", ".vml")
SAVE_AGAIN = "Open it in Excel or LibreOffice, save it as .xlsx, send it again."
# What the libraries beneath raise on a workbook that is not as the format says. defusedxml's refusals are ValueErrors.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    OSError,
    NotImplementedError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
)


def damaged(name: str, reason: BaseException) -> FileError:
    """Give the refusal of a workbook whose parts do not hold together."""
    detail = str(reason) or type(reason).__name__
    return FileError(Problem(f"the workbook is damaged ({detail})", Place(name), SAVE_AGAIN))


def open_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """Open a workbook's zip archive, after checking from its directory alone that it is safe to unpack.

    Raises
    ------
    FileError where it is not a workbook (and what it looks like), is locked with a password, would unpack
    to more than the limits, or holds a document type definition (how entity bombs are built).
    """
    if data.startswith(OLE_START):
        raise FileError(_old_or_locked(data, name))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as not_zip:
        raise FileError(_not_a_workbook(data, name)) from not_zip
    problems = _directory_problems(archive, name)
    if problems:
        raise FileError(problems)
    try:
        _refuse_definitions(archive, name)
    except DAMAGE as broken:
        raise damaged(name, broken) from broken
    return archive


def _old_or_locked(data: bytes, name: str) -> Problem:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Problem("the workbook is locked with a password", Place(name), "Save it without a password.")
    what = "this is an old Excel workbook (.xls) under another name"
    return Problem(what, Place(name), "Open it and save it as .xlsx.")


def _not_a_workbook(data: bytes, name: str) -> Problem:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not data:
        return Problem("the file is empty", Place(name), "Export it again.")
    if data.startswith(b"PK"):
        return Problem("the workbook is damaged: part of the file is missing", Place(name), "Send it again.")
    if start[:1] == b"<":
        what = "not an Excel workbook: the content looks like a web page or XML"
        return Problem(what, Place(name), SAVE_AGAIN)
    if looks_like_csv(data):
        what = "not an Excel workbook: the content looks like CSV"
        return Problem(what, Place(name), "Rename it to .csv, or save it as .xlsx.")
    return Problem("not an Excel workbook", Place(name), SAVE_AGAIN)


def _directory_problems(archive: zipfile.ZipFile, name: str) -> list[Problem]:
    entries = archive.infolist()
    if len(entries) > WORKBOOK_ENTRIES:
        return [Problem(f"the workbook holds {len(entries):,} parts: too many to be one", Place(name))]
    problems = []
    mend = "Do not open it; ask the sender what it is."
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > WORKBOOK_ENTRY_BYTES or (entry.file_size > WORKBOOK_RATIO_FROM and ratio > WORKBOOK_RATIO):
            size = f"{entry.file_size / MEBIBYTE:,.0f} MiB, {ratio:,.0f} times its size in the file"
            problems.append(Problem(f"{entry.filename} would unpack to {size}", Place(name), mend))
        if entry.flag_bits & 0x1:
            problems.append(Problem(f"{entry.filename} is encrypted", Place(name), "Save it without a password."))
    total = sum(entry.file_size for entry in entries)
    if not problems and total > WORKBOOK_BYTES:
        problems.append(Problem(f"the workbook would unpack to {total / MEBIBYTE:,.0f} MiB", Place(name), mend))
    if len({entry.filename for entry in entries}) < len(entries):
        problems.append(Problem("the workbook holds two parts of one name", Place(name), SAVE_AGAIN))
    return problems


def _refuse_definitions(archive: zipfile.ZipFile, name: str) -> None:
    from defusedxml import DefusedXmlException

    for entry in archive.infolist():
        if entry.filename.lower().endswith(XML_SUFFIXES):
            try:
                _first_element(archive, entry.filename)
            except DefusedXmlException as refused:
                what = f"{entry.filename} holds a document type definition, which no spreadsheet program writes"
                mend = "Do not open it; ask the sender what it is."
                raise FileError(Problem(what, Place(name), mend)) from refused


def _first_element(archive: zipfile.ZipFile, part: str) -> None:
    """Parse a part to its first element: a document type definition can stand only before it, and is refused."""
    from defusedxml.ElementTree import iterparse as safe_iterparse

    with archive.open(part) as source:
        next(safe_iterparse(source, events=("start",), forbid_dtd=True), None)


def _elements(
    archive: zipfile.ZipFile, part: str, events: Sequence[Literal["start", "end"]]
) -> Iterator[tuple[str, Element]]:
    """Walk a part's elements, at full speed once it is known to define no entities."""
    _first_element(archive, part)
    with archive.open(part) as source:
        yield from iterparse(source, events=events)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    found = [value for key, value in element.attrib.items() if key.rpartition("}")[2] == name]
    return found[-1] if found else ""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet: its name, the part of the archive that holds it, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


def sheet_parts(archive: zipfile.ZipFile) -> tuple[SheetPart, ...]:
    """List a workbook's worksheets in the order a spreadsheet program shows them."""
    book = _related(archive, "_rels/.rels", "").get("officeDocument", {})
    workbook = next(iter(book.values()), "xl/workbook.xml")
    folder, file = posixpath.split(workbook)
    worksheets = _related(archive, f"{folder}/_rels/{file}.rels".lstrip("/"), folder).get("worksheet", {})
    return tuple(
        SheetPart(
            _attribute(element, "name"),
            worksheets[_attribute(element, "id")],
            "state" in element.attrib and element.attrib["state"] != "visible",
        )
        for _, element in _elements(archive, workbook, ("end",))
        if _local(element) == "sheet" and _attribute(element, "id") in worksheets
    )


def _related(archive: zipfile.ZipFile, part: str, folder: str) -> dict[str, dict[str, str]]:
    """Read a relationships part: kind -> id -> the part it names."""
    found: dict[str, dict[str, str]] = {}
    for _, element in _elements(archive, part, ("end",)):
        if _local(element) == "Relationship" and element.get("TargetMode") != "External":
            kind = (element.get("Type") or "").rpartition("/")[2]
            target = element.get("Target") or ""
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found.setdefault(kind, {})[element.get("Id") or ""] = path
    return found


@dataclass(slots=True)
class SheetFacts:
    """What a sheet's XML says before its values are read. Rows and columns count from 1."""

    last_row: int = 0
    last_column: int = 0
    filled: int = 0
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)


def scan_sheet(archive: zipfile.ZipFile, sheet: SheetPart, name: str) -> SheetFacts:
    """Walk a sheet's XML once, a row at a time: how far it reaches, merged cells, hidden rows, bare formulas."""
    facts = SheetFacts()
    row_number = cells = 0
    rows: Element | None = None
    for event, element in _elements(archive, sheet.part, ("start", "end")):
        if event == "start":
            rows = element if rows is None and _local(element) == "sheetData" else rows
            cells += element.tag.endswith("}c")
            if cells > SHEET_COLUMNS:
                raise ValueError(f"row {row_number + 1} or a later one holds more than {SHEET_COLUMNS:,} cells")
        elif element.tag.endswith("row") and _local(element) == "row":
            row_number, cells = _scan_row(element, row_number, facts), 0
            _check_reach(facts, sheet, name)
            if rows is not None:
                rows.clear()
        elif element.tag.endswith("mergeCell"):
            facts.merged.append(element.get("ref") or "")
    return facts


def _scan_row(row: Element, before: int, facts: SheetFacts) -> int:
    from openpyxl.utils.cell import coordinate_to_tuple

    number = int(row.get("r") or before + 1)
    if number <= before:
        raise ValueError(f"row {number} stands after row {before}")
    if row.get("hidden") in ("1", "true"):
        facts.hidden_rows.add(number)
    column = 0
    for cell in row:
        if _local(cell) != "c":
            continue
        reference = cell.get("r")
        at_row, at_column = coordinate_to_tuple(reference) if reference else (number, column + 1)
        if at_row != number or at_column <= column:
            raise ValueError(f"cell {reference} is out of order")
        column = at_column
        parts = {_local(each): each for each in cell}
        if "v" not in parts and "is" not in parts and "f" not in parts:
            continue
        facts.filled += 1
        facts.last_row = number
        facts.last_column = max(facts.last_column, column)
        if "f" in parts:
            facts.formulas.append((number, column))
            if "v" not in parts or (not parts["v"].text and cell.get("t") != "str"):
                facts.uncalculated.append((number, column))
    return number


def _check_reach(facts: SheetFacts, sheet: SheetPart, name: str) -> None:
    rows, columns = facts.last_row, facts.last_column
    if rows <= SHEET_ROWS and columns <= SHEET_COLUMNS and rows * columns <= SHEET_CELLS:
        return
    what = f"the sheet reaches to row {rows:,} and column {columns:,} but holds {facts.filled:,} cells up to there"
    if facts.filled * 10 > SHEET_CELLS:
        what = f"the sheet holds more than the {SHEET_CELLS:,} cells that are read"
        raise FileError(Problem(what, Place(name, sheet.name), "Export it as CSV."))
    mend = "Delete everything to the right of the data and beneath it, save, send it again."
    raise FileError(Problem(what, Place(name, sheet.name), mend))
