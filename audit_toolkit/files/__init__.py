"""Safe reading and writing of files, and nothing about audits."""

from __future__ import annotations

from audit_toolkit.files.atomic import write_files
from audit_toolkit.files.cells import cell_text
from audit_toolkit.files.csv_text import csv_bytes, csv_text
from audit_toolkit.files.database import address_holds_password, is_address, shown_address
from audit_toolkit.files.dates import DATE_MEND, parse_date
from audit_toolkit.files.flaws import Book, Flaw, FlawedTable, read_book
from audit_toolkit.files.folders import list_files
from audit_toolkit.files.frames_file import is_parquet, write_frames
from audit_toolkit.files.json_file import json_bytes, read_json
from audit_toolkit.files.parquet_rows import CodedColumn, ParquetRows, RowBatch, open_parquet
from audit_toolkit.files.reading import digest_of, file_digest, read_bytes, read_text
from audit_toolkit.files.sheets import Column, Formula, Sheet, clean_sheet_names
from audit_toolkit.files.table import XML, Table
from audit_toolkit.files.tables import read_sheets, read_table, sheet_names, table_from_frame, table_names
from audit_toolkit.files.workbook import build_workbook
from audit_toolkit.files.xml_file import read_xml
from audit_toolkit.files.yaml_file import YamlDocument, parse_yaml, read_yaml, read_yaml_faults, unknown_keys, yaml_text

__all__ = [
    "DATE_MEND",
    "XML",
    "Book",
    "CodedColumn",
    "Column",
    "Flaw",
    "FlawedTable",
    "Formula",
    "ParquetRows",
    "RowBatch",
    "Sheet",
    "Table",
    "YamlDocument",
    "address_holds_password",
    "build_workbook",
    "cell_text",
    "clean_sheet_names",
    "csv_bytes",
    "csv_text",
    "digest_of",
    "file_digest",
    "is_address",
    "is_parquet",
    "json_bytes",
    "list_files",
    "open_parquet",
    "parse_date",
    "parse_yaml",
    "read_book",
    "read_bytes",
    "read_json",
    "read_sheets",
    "read_table",
    "read_text",
    "read_xml",
    "read_yaml",
    "read_yaml_faults",
    "sheet_names",
    "shown_address",
    "table_from_frame",
    "table_names",
    "unknown_keys",
    "write_files",
    "write_frames",
    "yaml_text",
]
