"""Every limit on what is read or written, once, with its reason."""

from __future__ import annotations

from typing import Final

MEBIBYTE: Final = 1024 * 1024

# A few million rows of a register: what one machine holds in memory. Larger registers belong in a database.
TABLE_BYTES: Final = 512 * MEBIBYTE
# The same for sources that say how much they hold before they are read (Parquet), or never end (a view).
TABLE_ROWS: Final = 5_000_000
TABLE_COLUMNS: Final = 16_384
TABLE_CELLS: Final = 100_000_000
# Rows taken from a Parquet file or a database at a time, so that a limit is met before memory is full.
BATCH_ROWS: Final = 50_000
# Ratings that are scored as they are read: a file of any length a disk holds, a row group in memory at a time.
STREAMED_ROWS: Final = 2_000_000_000
STREAMED_BATCH_ROWS: Final = 131_072
# Every id is held in as many bytes as the longest one needs: a UUID has 36.
ID_BYTES: Final = 128
# Steps of SQLite's machine: reading five million rows of a table takes a tenth of it; a view that never ends, all.
SQLITE_STEPS: Final = 2_000_000_000
SQLITE_STEPS_BETWEEN: Final = 1_000_000
# Seconds a database has to answer before it counts as out of reach.
CONNECT_SECONDS: Final = 15
# Plans, frameworks and receipts are written by people or hold a few thousand cases.
TEXT_BYTES: Final = 64 * MEBIBYTE
JSON_BYTES: Final = 64 * MEBIBYTE
YAML_BYTES: Final = MEBIBYTE

# Records looked at to tell which character stands between the fields.
DELIMITER_SAMPLE: Final = 50
# Rows named one by one before the rest are counted: a message of a million lines helps nobody.
NAMED_ROWS: Final = 200
# Rows looked at for the headings where the heading row does not hold them.
HEADING_SEARCH_ROWS: Final = 20

# What one .xlsx may unpack to. The largest sheet Excel can save of text a person typed stays below it.
WORKBOOK_ENTRY_BYTES: Final = 256 * MEBIBYTE
WORKBOOK_BYTES: Final = 512 * MEBIBYTE
# Worksheets shrink 5 to 30 times; past 100 times, above 10 MiB, the file was made to fill a disk.
WORKBOOK_RATIO: Final = 100
WORKBOOK_RATIO_FROM: Final = 10 * MEBIBYTE
WORKBOOK_ENTRIES: Final = 10_000
# Excel's own limits (Microsoft, "Excel specifications and limits").
SHEET_ROWS: Final = 1_048_576
SHEET_COLUMNS: Final = 16_384
CELL_CHARACTERS: Final = 32_767
SHEET_NAME_CHARACTERS: Final = 31
INLINE_LIST_CHARACTERS: Final = 255
PROPERTY_CHARACTERS: Final = 255
# Cells in the rectangle a sheet's data spans: about a gigabyte of memory once read.
SHEET_CELLS: Final = 5_000_000

# Our own frameworks use no alias and fewer than 3,000 nodes; a bomb doubles at every line.
YAML_ALIASES: Final = 50
YAML_NODES: Final = 10_000
YAML_DEPTH: Final = 40
# A longer number, or one with a larger exponent, is no weight, count or percentage, and could hang exact arithmetic.
NUMBER_DIGITS: Final = 30
