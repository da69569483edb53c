"""Safe reading and writing of files, and nothing about audits."""

from __future__ import annotations

from audit_toolkit.files.atomic import write_files
from audit_toolkit.files.cells import cell_text
from audit_toolkit.files.csv_text import csv_bytes, csv_text
from audit_toolkit.files.dates import DATE_MEND, parse_date
from audit_toolkit.files.folders import list_files
from audit_toolkit.files.json_file import json_bytes, read_json
from audit_toolkit.files.reading import digest_of, file_digest, read_bytes, read_text
from audit_toolkit.files.sheets import Column, Formula, Sheet, clean_sheet_names
from audit_toolkit.files.table import Table
from audit_toolkit.files.tables import read_sheets, read_table, sheet_names, table_from_frame
from audit_toolkit.files.workbook import build_workbook
from audit_toolkit.files.yaml_file import YamlDocument, parse_yaml, read_yaml, unknown_keys

__all__ = [
    "DATE_MEND",
    "Column",
    "Formula",
    "Sheet",
    "Table",
    "YamlDocument",
    "build_workbook",
    "cell_text",
    "clean_sheet_names",
    "csv_bytes",
    "csv_text",
    "digest_of",
    "file_digest",
    "json_bytes",
    "list_files",
    "parse_date",
    "parse_yaml",
    "read_bytes",
    "read_json",
    "read_sheets",
    "read_table",
    "read_text",
    "read_yaml",
    "sheet_names",
    "table_from_frame",
    "unknown_keys",
    "write_files",
]
