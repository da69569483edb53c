"""Reading a delimited text file without losing, shifting or guessing at a single cell."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from audit_toolkit.errors import FileError, Place, Problem, raise_if
from audit_toolkit.files.grid import Grid, blank_note, columns_of, grid_problems, misplaced, table_from_grid
from audit_toolkit.files.limits import DELIMITER_SAMPLE, HEADING_SEARCH_ROWS, NAMED_ROWS
from audit_toolkit.files.reading import digest_of
from audit_toolkit.files.table import TEXT, Table

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
# What Excel takes off the top of a file: it says what separates the fields, and counts as no row.
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)
EXPORT_AGAIN = "Export it again."
# Bytes looked at for the NUL bytes that UTF-16 puts beside every Latin letter.
UTF_16_SAMPLE = 200
UTF_8_BOM = "utf-8 with byte-order mark"
FIELD_MEND = "Every row needs as many fields as the heading: put quotation marks round a field that holds {}."


def read_csv(
    data: bytes,
    name: str,
    *,
    header_row: int = 1,
    encoding: str | None = None,
    delimiter: str | None = None,
    required: Iterable[str] = (),
) -> Table:
    """Read the bytes of a delimited text file into a Table of exact text.

    Rows are counted as a spreadsheet counts them: a record is one row even where a quoted field runs over
    several lines, and blank rows count although they are skipped.

    Raises
    ------
    FileError naming, all at once: headings doubled, empty or missing; rows with more or fewer fields than
    the heading; NUL characters; a quotation mark never closed; text that is in no known encoding.
    """
    if not data:
        raise FileError(Problem("the file is empty", Place(name), EXPORT_AGAIN))
    text, encoding_name, notes = decode_text(data, name, encoding)
    if not text.strip():
        raise FileError(Problem("the file is empty", Place(name), EXPORT_AGAIN))
    text, said, more = _without_separator_line(text)
    notes += more
    chosen = delimiter or said or _delimiter(text, name, header_row)
    if chosen != ",":
        notes = [*notes, f"The fields are separated by {DELIMITERS.get(chosen, repr(chosen))}."]
    records = _Records(name, header_row, DELIMITERS.get(chosen, repr(chosen)))
    records.read(text, chosen)
    if not records.heading:
        raise_if(records.problems, FileError)
    columns = columns_of(records.rows, len(records.heading))
    grid = Grid(name, records.heading, columns, records.numbers, header_row)
    elsewhere, all_there = misplaced(grid, required, _top_rows(text, chosen))
    if all_there:
        raise FileError(elsewhere.values())
    problems = grid_problems(grid, required, elsewhere, expect_rows=not records.problems)
    return table_from_grid(
        grid,
        kind=TEXT,
        problems=[*records.problems, *problems],
        digest=digest_of(data),
        encoding=encoding_name,
        delimiter=chosen,
        notes=[*notes, *blank_note(records.blank)],
    )


@dataclass(slots=True)
class _Records:
    """Sorts a file's records into heading, rows, blank rows and problems, as they are read."""

    name: str
    header_row: int
    separator: str
    heading: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    uneven: list[tuple[int, int]] = field(default_factory=list)

    def read(self, text: str, delimiter: str) -> None:
        """Take every record of a text."""
        has_nul = "\0" in text
        number = 0
        try:
            for number, record in enumerate(records_of(text, delimiter), 1):
                self._take(number, record)
                if has_nul and number >= self.header_row:
                    self._nul(number, record)
        except csv.Error as broken:
            self.problems.append(_broken_record(self.name, number + 1, str(broken)))
        self._name_uneven()

    def _take(self, number: int, record: list[str]) -> None:
        if number < self.header_row:
            return
        if number == self.header_row:
            self.heading = record
        elif not any(record):
            self.blank.append(number)
        elif len(record) != len(self.heading):
            self.uneven.append((number, len(record)))
        else:
            self.rows.append(record)
            self.numbers.append(number)

    def _nul(self, number: int, record: Sequence[str]) -> None:
        for index, cell in enumerate(record):
            if "\0" in cell and len(self.problems) < NAMED_ROWS:
                column = self.heading[index] if index < len(self.heading) else ""
                what = "the cell holds a NUL character, where other programs would cut it short"
                self.problems.append(Problem(what, Place(self.name, None, number, None, index, column), EXPORT_AGAIN))

    def _name_uneven(self) -> None:
        if not any(self.heading):
            return
        expected = len(self.heading)
        mend = FIELD_MEND.format(self.separator)
        for number, count in self.uneven[:NAMED_ROWS]:
            what = f"{count} field{'' if count == 1 else 's'}, {expected} expected"
            self.problems.append(Problem(what, Place(self.name, row=number), mend))
        more = len(self.uneven) - NAMED_ROWS
        if more > 0:
            what = f"{more:,} more rows from here on have another number of fields than the heading"
            self.problems.append(Problem(what, Place(self.name, row=self.uneven[NAMED_ROWS][0]), mend))


def records_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """Give a text's records, strictly: csv.Error where quotation marks do not pair."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _broken_record(name: str, number: int, reason: str) -> Problem:
    where = Place(name, row=number)
    if "unexpected end" in reason:
        what = "a quotation mark opened in this row is never closed"
        return Problem(what, where, 'Close it, or write a quotation mark inside a field twice ("").')
    if "field larger" in reason:
        what = f"a cell holds more than {csv.field_size_limit():,} characters"
        return Problem(what, where, "Look for a quotation mark that is never closed, in this row or before it.")
    what = "text follows a closing quotation mark"
    return Problem(what, where, 'Write a quotation mark inside a field twice ("").')


def _without_separator_line(text: str) -> tuple[str, str | None, list[str]]:
    """Take Excel's own first line, such as sep=;, off a text: what it says separates the fields, and a note."""
    found = SEPARATOR_LINE.match(text)
    if found is None:
        return text, None, []
    return text[found.end() :], found[1], [f"The first line, sep={found[1]}, is an instruction and counts as no row."]


def _top_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from enumerate(itertools.islice(records_of(text, delimiter), HEADING_SEARCH_ROWS), 1)
    except csv.Error:
        return


def _delimiter(text: str, name: str, header_row: int) -> str:
    """Choose what separates the fields by the heading row, and by the rows beneath agreeing with it."""
    counts = {each: _field_counts(text, each, header_row) for each in DELIMITERS}
    candidates = {each: found for each, found in counts.items() if found and found[0] > 1}
    if not candidates:
        return ","
    agreeing = {each: found for each, found in candidates.items() if len(set(found)) == 1}
    best = agreeing or candidates
    most = max(found[0] for found in best.values())
    chosen = [each for each, found in best.items() if found[0] == most]
    if len(chosen) > 1:
        words = " or ".join(DELIMITERS[each] for each in chosen)
        what = f"the fields may be separated by {words}"
        raise FileError(Problem(what, Place(name, row=header_row), "Say which with --delimiter."))
    return chosen[0]


def _field_counts(text: str, delimiter: str, header_row: int) -> list[int]:
    """Count the fields of the heading and of the first rows beneath it that are not blank."""
    try:
        sample = itertools.islice(records_of(text, delimiter), header_row - 1, header_row - 1 + DELIMITER_SAMPLE)
        return [len(record) for record in sample if any(record)]
    except csv.Error:
        return _field_counts_of_heading(text, delimiter, header_row)


def _field_counts_of_heading(text: str, delimiter: str, header_row: int) -> list[int]:
    try:
        return [len(each) for each in itertools.islice(records_of(text, delimiter), header_row - 1, header_row)]
    except csv.Error:
        return []


def decode_text(data: bytes, name: str, encoding: str | None) -> tuple[str, str, list[str]]:
    """Decode a file's bytes: the text, the encoding's name, and a note where it was not UTF-8.

    UTF-8 and UTF-16 are known by their byte-order marks, UTF-8 without one by being valid; what remains is
    read as cp1252 (Windows) and said so, unless it holds bytes cp1252 does not have. `encoding` forces one.
    """
    if encoding is not None:
        return _forced(data, name, encoding)
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileError(Problem("the file is in UTF-32, which is not read", Place(name), "Save the file as UTF-8."))
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data, name, "utf-8-sig"), UTF_8_BOM, []
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(data, name, "utf-16"), "utf-16", ["Read as UTF-16."]
    start = data[:UTF_16_SAMPLE]
    if start.count(0) * 3 > len(start):
        order = "le" if start[1::2].count(0) > start[::2].count(0) else "be"
        what = "the file looks like UTF-16 without a byte-order mark"
        raise FileError(Problem(what, Place(name), f"Say --encoding utf-16-{order}, or save the file as UTF-8."))
    try:
        return data.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError as refused:
        return _windows(data, name, refused.start)


def _windows(data: bytes, name: str, start: int) -> tuple[str, str, list[str]]:
    line = data.count(b"\n", 0, start) + 1
    if re.search(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", data):
        what = "this line is not UTF-8 although other parts of the file look like it"
        mend = "Save the file as UTF-8, or say --encoding cp1252 if it is Windows text."
        raise FileError(Problem(what, Place(name, line=line), mend))
    text = _decoded(data, name, "cp1252")
    return text, "cp1252", [f"Read as cp1252 (Windows), because line {line} is not UTF-8: check names with accents."]


def _forced(data: bytes, name: str, encoding: str) -> tuple[str, str, list[str]]:
    try:
        known = codecs.lookup(encoding).name
    except LookupError as unknown:
        mend = "Use utf-8, utf-16 or cp1252."
        raise FileError(Problem(f'"{encoding}" is not an encoding', Place(name), mend)) from unknown
    text = _decoded(data, name, known)
    if known in ("utf-8", "utf-8-sig") and data.startswith(codecs.BOM_UTF8):
        return text.removeprefix("\ufeff"), UTF_8_BOM, []
    known = "utf-8" if known == "utf-8-sig" else known
    return text.removeprefix("\ufeff"), known, [] if known == "utf-8" else [f"Read as {known}, as asked."]


def _decoded(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError as unknown:
        raise FileError(Problem(f'"{encoding}" is not a text encoding', Place(name))) from unknown
    except UnicodeError as refused:
        start = getattr(refused, "start", len(data))
        text_before = data[:start].decode(encoding, "ignore") if encoding == "utf-16" else ""
        line = (text_before.count("\n") if text_before else data.count(b"\n", 0, start)) + 1
        what = f"this line is not {encoding.removesuffix('-sig')} text"
        mend = "Save the file as UTF-8, or say which encoding it is with --encoding."
        raise FileError(Problem(what, Place(name, line=line), mend)) from refused
