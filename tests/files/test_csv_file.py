"""Delimited text: nothing lost, shifted or guessed. The files of tests/bad_input and variants of each kind."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import Table, file_digest, read_table

BAD = Path(__file__).parents[1] / "bad_input"


def read(tmp_path: Path, data: str | bytes, name: str = "x.csv", **options: object) -> Table:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_table(path, **options)


def refusal(tmp_path: Path, data: str | bytes, name: str = "x.csv", **options: object) -> str:
    with pytest.raises(FileError) as refused:
        read(tmp_path, data, name, **options)
    return str(refused.value)


def bad_refusal(name: str) -> str:
    with pytest.raises(FileError) as refused:
        read_table(BAD / name, required=("case_id",))
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("r01_leading_zeros.csv", ["0001234", "0012345", "1234567"]),
        ("r03_na_ids.csv", ["NA", "null", "None", "nan", "N/A", "A7"]),
        ("r09_bigint.csv", ["900719925474099301", "18446744073709551617", "36893488147419103233"]),
        ("r11_decimal_ids.csv", ["12.10", "12.1", "7.0", "7"]),
        ("r13_bom.csv", ["A1", "A2"]),
        ("r15_cp1252.csv", ["A1", "A2"]),
        ("r21_embedded_newline.csv", ["A1", "A2", "A3"]),
        ("r29_blank_rows.csv", ["A1", "A2", "A3", "A4", "A5"]),
    ],
)
def test_ids_are_exact_text(name: str, ids: list[str]) -> None:
    table = read_table(BAD / name, required=("case_id",))
    assert table.cells["case_id"].tolist() == ids
    assert all(type(cell) is str for column in table.columns for cell in table.cells[column])
    assert table.cells.dtypes.eq(object).all()
    assert table.digest == file_digest(BAD / name)


def test_ids_like_numbers_keep_every_character(tmp_path: Path) -> None:
    table = read(tmp_path, "case_id,team\n1E5,x\n 007 ,\n-0,x\n1_000,x\n")
    assert table.cells["case_id"].tolist() == ["1E5", " 007 ", "-0", "1_000"]
    assert table.cells["team"].tolist() == ["x", "", "x", "x"]


# Encodings


def test_byte_order_marks_are_recognised(tmp_path: Path) -> None:
    text = "case_id,team\nA1,Zoë\n"
    for data, encoding in [
        (codecs.BOM_UTF8 + text.encode(), "utf-8 with byte-order mark"),
        (text.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "utf-16"),
        (text.encode(), "utf-8"),
    ]:
        table = read(tmp_path, data)
        assert (table.columns, table.encoding) == (("case_id", "team"), encoding)
        assert table.cells["team"].tolist() == ["Zoë"]


def test_cp1252_is_read_and_said() -> None:
    table = read_table(BAD / "r15_cp1252.csv")
    assert table.cells["team"].tolist() == ["Zoë’s team", "€"]
    assert table.encoding == "cp1252"
    assert table.notes == ("Read as cp1252 (Windows), because line 2 is not UTF-8: check names with accents.",)


def test_bytes_no_encoding_has_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"case_id,team\nA1,x\nA2,\xeb\x81\n") == (
        "x.csv, line 3: this line is not cp1252 text. "
        "Save the file as UTF-8, or say which encoding it is with --encoding."
    )


def test_two_encodings_in_one_file_are_refused(tmp_path: Path) -> None:
    data = "case_id,team\nA1,Zoë\n".encode() + b"A2,Zo\xeb\n"
    assert refusal(tmp_path, data) == (
        "x.csv, line 3: this line is not UTF-8 although other parts of the file look like it. "
        "Save the file as UTF-8, or say --encoding cp1252 if it is Windows text."
    )
    assert read(tmp_path, data, encoding="cp1252").cells["team"].tolist() == ["ZoÃ«", "Zoë"]


def test_encoding_can_be_forced_and_is_checked(tmp_path: Path) -> None:
    data = "case_id,team\nA1,Ł\n".encode("cp1250")
    assert read(tmp_path, data, encoding="cp1250").cells["team"].tolist() == ["Ł"]
    assert refusal(tmp_path, data, encoding="utf-8").startswith("x.csv, line 2: this line is not utf-8 text.")
    assert refusal(tmp_path, data, encoding="utf8000") == (
        'x.csv: "utf8000" is not an encoding. Use utf-8, utf-16 or cp1252.'
    )
    assert refusal(tmp_path, data, encoding="hex") == 'x.csv: "hex" is not a text encoding.'


def test_utf_16_without_a_mark_is_named(tmp_path: Path) -> None:
    text = "case_id,team\nA1,North\n"
    assert refusal(tmp_path, text.encode("utf-16-le")) == (
        "x.csv: the file looks like UTF-16 without a byte-order mark. "
        "Say --encoding utf-16-le, or save the file as UTF-8."
    )
    assert read(tmp_path, text.encode("utf-16-le"), encoding="utf-16-le").columns == ("case_id", "team")


def test_utf_32_and_broken_utf_16_are_refused(tmp_path: Path) -> None:
    assert "UTF-32, which is not read" in refusal(tmp_path, "case_id\nA1\n".encode("utf-32"))
    broken = "case_id\nA1\n".encode("utf-16") + b"\x00"
    assert refusal(tmp_path, broken).startswith("x.csv, line 3: this line is not utf-16 text.")


# Delimiters


def test_delimiters_are_recognised_and_said(tmp_path: Path) -> None:
    for delimiter, words in [(";", "a semicolon"), ("\t", "a tab")]:
        table = read(tmp_path, f"case_id{delimiter}team\nA1{delimiter}a, b, c\n")
        assert table.delimiter == delimiter
        assert table.cells["team"].tolist() == ["a, b, c"]
        assert table.notes == (f"The fields are separated by {words}.",)
    assert read(tmp_path, "case_id,team\nA1,x;y\n").notes == ()


def test_a_delimiter_is_chosen_by_the_rows_agreeing_with_the_heading(tmp_path: Path) -> None:
    table = read(tmp_path, 'id;"a, b";"c, d, e"\n1;2;3\n4;5;6\n')
    assert table.columns == ("id", "a, b", "c, d, e")
    assert read(tmp_path, "only\nA;1\n").columns == ("only",)


def test_a_doubtful_delimiter_is_refused_and_can_be_forced(tmp_path: Path) -> None:
    data = "a,b;c\n1,2;3\n"
    assert refusal(tmp_path, data) == (
        "x.csv, row 1: the fields may be separated by a comma or a semicolon. Say which with --delimiter."
    )
    assert read(tmp_path, data, delimiter=";").columns == ("a,b", "c")
    assert "'||' cannot separate fields" in refusal(tmp_path, data, delimiter="||")


def test_tsv_means_tabs(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\tc\n1\t2\n", name="x.tsv").columns == ("a,b", "c")


# Fields, quotation marks, NUL


def test_a_row_with_a_field_too_many_is_named() -> None:
    assert bad_refusal("r23_extra_field_one_row.csv") == (
        "r23_extra_field_one_row.csv, row 4: 5 fields, 4 expected. "
        "Every row needs as many fields as the heading: put quotation marks round a field that holds a comma."
    )


def test_rows_are_never_shifted_or_filled_up(tmp_path: Path) -> None:
    mend = "Every row needs as many fields as the heading: put quotation marks round a field that holds a comma."
    assert refusal(tmp_path, "a,b\n1,2,\n3,4,\n").splitlines() == [
        f"x.csv, row 2: 3 fields, 2 expected. {mend}",
        f"x.csv, row 3: 3 fields, 2 expected. {mend}",
    ]
    assert refusal(tmp_path, "a,b\n1,2\n3\n") == f"x.csv, row 3: 1 field, 2 expected. {mend}"
    assert "holds a semicolon" in refusal(tmp_path, "a;b\n1;2;3\n")


def test_very_many_uneven_rows_are_counted(tmp_path: Path) -> None:
    with pytest.raises(FileError) as refused:
        read(tmp_path, "a,b\n" + "1,2,3\n" * 5000)
    assert len(refused.value.problems) == 201
    assert "row 202: 4,800 more rows from here on have another number of fields" in str(refused.value.problems[-1])


def test_nul_is_refused_with_row_and_column() -> None:
    assert bad_refusal("r17_nul.csv").splitlines() == [
        'r17_nul.csv, row 3, column A "case_id": the cell holds a NUL character, '
        "where other programs would cut it short. Export it again.",
        'r17_nul.csv, row 4, column B "team": the cell holds a NUL character, '
        "where other programs would cut it short. Export it again.",
    ]


def test_nul_elsewhere(tmp_path: Path) -> None:
    assert 'row 1, column B "te\\x00am"' in refusal(tmp_path, "case_id,te\0am\nA1,x\n")
    assert "row 2, column A" in refusal(tmp_path, "case_id,team\n\0,x\n")


def test_line_breaks_inside_cells_are_recorded() -> None:
    swallowed = read_table(BAD / "r19_quote_pair_swallow.csv")
    assert swallowed.line_breaks == {"team": (1,)}
    assert swallowed.rows == (2, 3, 4)
    legal = read_table(BAD / "r21_embedded_newline.csv")
    assert legal.line_breaks == {"notes": (0,)}
    assert legal.cells["notes"].tolist() == ["first\nsecond", "x", "a,b"]


def test_rows_after_a_line_break_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    table = read(tmp_path, 'id,note\r\n1,"a\r\nb\r\nc"\r\n\r\n2,x\r\n"3\r",y\r\n')
    assert table.rows == (2, 4, 5)
    assert table.line_breaks == {"id": (2,), "note": (0,)}
    assert table.cells["note"].tolist() == ["a\r\nb\r\nc", "x", "y"]
    assert str(table.place(1, "note", "2")) == 'x.csv, row 4 (case 2), column B "note"'


def test_quotation_marks_that_do_not_pair_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'id,team\n1,"North\n2,South\n') == (
        "x.csv, row 2: a quotation mark opened in this row is never closed. "
        'Close it, or write a quotation mark inside a field twice ("").'
    )
    assert refusal(tmp_path, 'id,team\n1,x\n2,"North" East\n') == (
        'x.csv, row 3: text follows a closing quotation mark. Write a quotation mark inside a field twice ("").'
    )
    assert "row 2: a cell holds more than 131,072 characters" in refusal(tmp_path, "id,team\n1," + "x" * 140_000 + "\n")
    assert read(tmp_path, 'id,team\n1,5" pipe\n2,"a ""b"""\n').cells["team"].tolist() == ['5" pipe', 'a "b"']


# Headings, blank rows, nothing


def test_doubled_headings_are_named() -> None:
    assert bad_refusal("r25_dup_columns.csv") == (
        'r25_dup_columns.csv, row 1, column C "team": the heading stands twice, first in column B. '
        "Give each column its own heading."
    )


def test_all_faults_of_the_headings_are_told_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, "Case_ID,a,a,,b\n1,2,3,,5\n1,2,3,4,5\n", required=("case_id", "zone"))
    assert message.splitlines() == [
        'x.csv, row 1: there is no column "case_id". Did you mean "Case_ID"?',
        'x.csv, row 1: there is no column "zone". The headings are: Case_ID, a, a, b.',
        'x.csv, row 1, column C "a": the heading stands twice, first in column B. Give each column its own heading.',
        'x.csv, row 1, column D "": the heading is empty but there is data beneath, first in row 3. '
        "Give the column a heading, or clear it.",
    ]


def test_empty_columns_are_left_out_and_letters_stay(tmp_path: Path) -> None:
    table = read(tmp_path, "a,,b,\n1,,2,\n")
    assert table.columns == ("a", "b")
    assert table.notes == ("2 empty columns without a heading left out.",)
    assert str(table.place(0, "b")) == 'x.csv, row 2, column C "b"'


def test_a_heading_in_another_row_is_pointed_to(tmp_path: Path) -> None:
    data = "Register\ncase_id,team\nA1,North\n"
    assert refusal(tmp_path, data, required=("case_id",)) == (
        'x.csv, row 1: there is no column "case_id"; it is in row 2. '
        "Delete the rows above it, or use --header-row 2 (header_row: 2 in a plan)."
    )
    table = read(tmp_path, data, required=("case_id",), header_row=2)
    assert (table.rows, table.header_row, str(table.heading_place("team"))) == (
        (3,),
        2,
        'x.csv, row 2, column B "team"',
    )
    assert "the heading row cannot be 0" in refusal(tmp_path, data, header_row=0)
    assert "row 9: the heading row is empty" in refusal(tmp_path, data, header_row=9)


def test_blank_rows_are_skipped_counted_and_still_count() -> None:
    table = read_table(BAD / "r29_blank_rows.csv")
    assert table.rows == (2, 4, 6, 9, 10)
    assert table.notes == ("4 blank rows skipped (rows 3, 5, 7, 8).",)


def test_a_row_of_spaces_is_not_blank(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\n , \n1,2\n,\n").rows == (2, 3)
    assert read(tmp_path, "a,b\n1,2\n,\n").notes == ("1 blank row skipped (row 3).",)


@pytest.mark.parametrize("data", ["", "\n\n", codecs.BOM_UTF8.decode(), "  \r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, data: str) -> None:
    assert refusal(tmp_path, data) == "x.csv: the file is empty. Export it again."
    assert bad_refusal("r31_empty.csv") == "r31_empty.csv: the file is empty. Export it again."


@pytest.mark.parametrize("data", ["a,b", "a,b\n", "a,b\n\n,\n"])
def test_a_heading_without_rows_is_refused(tmp_path: Path, data: str) -> None:
    assert refusal(tmp_path, data) == "x.csv: no rows under the heading. Export it again."


# Differently broken files of the same kinds


def test_utf_16_with_tabs_is_excels_unicode_text(tmp_path: Path) -> None:
    table = read(tmp_path, codecs.BOM_UTF16_LE + "case_id\tteam\r\n007\tZoë, €\r\n".encode("utf-16-le"), name="x.txt")
    assert table.cells.to_dict("list") == {"case_id": ["007"], "team": ["Zoë, €"]}
    assert (table.encoding, table.delimiter, table.kind, table.header_row) == ("utf-16", "\t", "text", 1)
    assert table.notes == ("Read as UTF-16.", "The fields are separated by a tab.")


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_16_without_a_mark_is_named_whatever_it_holds(tmp_path: Path, order: str) -> None:
    # Of accents the bytes are no UTF-8, and cp1252 would show them with a NUL after every letter.
    assert refusal(tmp_path, "case_id,team\nA1,Zoë\n".encode(f"utf-16-{order}")) == (
        "x.csv: the file looks like UTF-16 without a byte-order mark. "
        f"Say --encoding utf-16-{order}, or save the file as UTF-8."
    )


def test_cp1252_with_semicolons_and_a_byte_order_mark_with_semicolons(tmp_path: Path) -> None:
    windows = read(tmp_path, "case_id;team\r\n007;Zoë’s\r\n".encode("cp1252"))
    assert windows.cells["team"].tolist() == ["Zoë’s"]
    assert windows.notes == (
        "Read as cp1252 (Windows), because line 2 is not UTF-8: check names with accents.",
        "The fields are separated by a semicolon.",
    )
    marked = read(tmp_path, codecs.BOM_UTF8 + b"case_id;team\r\n007;x\r\n")
    assert marked.columns == ("case_id", "team")
    assert (marked.encoding, marked.delimiter) == ("utf-8 with byte-order mark", ";")


def test_a_comma_at_the_end_of_every_line_makes_an_empty_column_that_is_left_out(tmp_path: Path) -> None:
    table = read(tmp_path, "case_id,team,\nA1,North,\nA2,South,\n")
    assert table.cells.to_dict("list") == {"case_id": ["A1", "A2"], "team": ["North", "South"]}
    assert table.notes == ("1 empty column without a heading left out.",)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_may_be_mixed(tmp_path: Path, end: str) -> None:
    table = read(tmp_path, f"case_id,team{end}A1,North\r\nA2,South\nA3,West\rA4,East{end}")
    assert table.cells["case_id"].tolist() == ["A1", "A2", "A3", "A4"]
    assert table.rows == (2, 3, 4, 5)


@pytest.mark.parametrize(("line", "delimiter"), [("sep=;", ";"), ("SEP=\t", "\t"), ('"sep=|"', "|")])
def test_excels_separator_line_is_obeyed_and_is_no_row(tmp_path: Path, line: str, delimiter: str) -> None:
    data = f"\ufeff{line}\r\ncase_id{delimiter}team\r\nA1{delimiter}a, b\r\n"
    table = read(tmp_path, data)
    assert table.cells.to_dict("list") == {"case_id": ["A1"], "team": ["a, b"]}
    assert (table.rows, table.delimiter) == ((2,), delimiter)
    assert table.notes[0] == f"The first line, sep={delimiter}, is an instruction and counts as no row."
    assert read(tmp_path, data, delimiter=delimiter).cells.equals(table.cells)
    assert read(tmp_path, data, delimiter="@").columns == (f"case_id{delimiter}team",)


def test_headings_a_person_would_read_as_one_are_refused(tmp_path: Path) -> None:
    for other in ("TEAM", "team ", " Team", "te\u00a0am", "ｔｅａｍ"):
        said = refusal(tmp_path, f"case_id,{'te am' if chr(160) in other else 'team'},{other}\nA1,x,y\n")
        first = "te am" if chr(160) in other else "team"
        shown = other.replace("\u00a0", "\\xa0")
        assert said == (
            f'x.csv, row 1, column C "{shown}": the heading looks the same as "{first}" in column B. '
            "Give each column its own heading."
        )
    assert read(tmp_path, "case_id,team,team 2\nA1,x,y\n").columns == ("case_id", "team", "team 2")


def test_a_title_block_above_the_headings_is_passed_over(tmp_path: Path) -> None:
    data = 'Register of referrals\n\n"Produced: 31 January 2010, by ""Reports"""\ncase_id,team\nA1,North\nA2,South\n'
    table = read(tmp_path, data, header_row=4)
    assert table.cells["case_id"].tolist() == ["A1", "A2"]
    assert (table.rows, table.header_row, table.delimiter) == ((5, 6), 4, ",")
    wanted = ("case_id", "team")
    assert refusal(tmp_path, data, required=wanted).splitlines() == [
        f'x.csv, row 1: there is no column "{each}"; it is in row 4. '
        "Delete the rows above it, or use --header-row 4 (header_row: 4 in a plan)."
        for each in wanted
    ]
    assert (
        refusal(tmp_path, data, header_row=2, required=wanted)
        .splitlines()[0]
        .startswith('x.csv, row 2: there is no column "case_id"; it is in row 4.')
    )


def test_a_data_cell_that_is_called_like_a_missing_heading_hides_nothing(tmp_path: Path) -> None:
    data = "case_id,area\nA1,team\nA2\n"
    assert refusal(tmp_path, data, required=("case_id", "team")).splitlines() == [
        'x.csv, row 1: there is no column "team"; it is in row 2. '
        "Delete the rows above it, or use --header-row 2 (header_row: 2 in a plan).",
        "x.csv, row 3: 1 field, 2 expected. "
        "Every row needs as many fields as the heading: put quotation marks round a field that holds a comma.",
    ]


def test_headings_repeated_among_the_data_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "case_id,team,\nA1,North,\ncase_id,team,\nA2,South,\n case_id,team ,\n").splitlines() == [
        "x.csv, row 3: the headings stand in this row once more. Take the row out.",
        "x.csv, row 5: the headings stand in this row once more. Take the row out.",
    ]
    assert len(read(tmp_path, "case_id,team\ncase_id,North\n").rows) == 1


def test_other_files_under_a_text_name_are_recognised(tmp_path: Path) -> None:
    for data, said in [
        (b"PAR1....PAR1", "x.csv: the content is a Parquet file, not text. Rename it to .parquet."),
        (b"SQLite format 3\0....", "x.csv: the content is an SQLite database, not text. Rename it to .sqlite."),
    ]:
        assert refusal(tmp_path, data) == said
