"""The register a plan names, read as the plan says; or another copy of it, which may be of another kind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.files import sheet_names
from audit_toolkit.register import Register, read_register
from audit_toolkit.sampling.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm")
PARQUET_ENDING = ".parquet"


@dataclass(frozen=True, slots=True)
class _Options:
    """How a source is read: what the plan says, as far as it can be said of a source of this kind."""

    sheet: str | None = None
    header_row: int = 1
    table: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    preset: str | None = None


def read_planned_register(plan: Plan, source: str | Path | pd.DataFrame | None = None) -> Register:
    """Read the register a plan names, or another copy of it, as the plan says.

    Parameters
    ----------
    plan : the plan. source : another copy, of any kind; default the plan's own file or database. Of what the plan
        says about the reading (sheet, heading row, table, encoding), a copy of another kind keeps what fits it.

    Raises
    ------
    FileError or RegisterError, as `read_register`.
    """
    rules = (*plan.eligible, *plan.exclude)
    wanted = [*[rule.column for rule in rules], *[column.column for column in plan.strata], *plan.carry]
    wanted += [plan.unit.column] if plan.unit is not None else []
    own = plan.register_url or plan.register_file
    found = own if source is None else source
    options = _own(plan) if source is None else _of_copy(plan, found)
    return read_register(
        found,
        columns=plan.columns,
        preset=options.preset,
        sheet=options.sheet,
        header_row=options.header_row,
        table=options.table,
        encoding=options.encoding,
        delimiter=options.delimiter,
        joins=plan.joins,
        dates=[rule.column for rule in rules if rule.dated],
        required=list(dict.fromkeys(wanted)),
        fold_case=plan.fold_case,
    )


def _own(plan: Plan) -> _Options:
    return _Options(
        plan.register_sheet,
        plan.header_row,
        plan.register_table,
        plan.register_encoding,
        plan.register_delimiter,
        plan.preset,
    )


def _of_copy(plan: Plan, source: str | Path | pd.DataFrame) -> _Options:
    """Say how another copy is read: a sheet or table of another name is left to be found, as where none is named."""
    if not isinstance(source, (str, Path)):
        return _Options()
    if source == plan.register_file:
        return _own(plan)
    ending = "" if "://" in str(source) else Path(source).suffix.lower()
    alike = ending == plan.register_file.suffix.lower() and plan.register_url is None
    if plan.preset is not None:
        return _own(plan)
    if ending in WORKBOOK_ENDINGS:
        names = sheet_names(source)
        sheet = plan.register_sheet if plan.register_sheet in names else None
        return _Options(sheet=sheet, header_row=plan.header_row if alike else 1)
    if ending in TEXT_ENDINGS:
        delimiter = plan.register_delimiter if alike else None
        return _Options(
            header_row=plan.header_row if alike else 1, encoding=plan.register_encoding, delimiter=delimiter
        )
    return _Options(table=None if ending == PARQUET_ENDING else plan.register_table)
