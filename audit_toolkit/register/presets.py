"""Known exports that become a register by name, without a mapping of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from audit_toolkit.errors import Problem, RegisterError, did_you_mean
from audit_toolkit.files import Table
from audit_toolkit.register.annex_a import LISTS, annex_a
from audit_toolkit.register.cin_census import cin_census
from audit_toolkit.register.eligibility import Rule
from audit_toolkit.register.joins import Join
from audit_toolkit.register.source import Options
from audit_toolkit.terms import CASE_ID


@dataclass(frozen=True, slots=True)
class Preset:
    """How a known export is read: its main table or file, its columns by our names, and the files joined to it."""

    source: Path | Table
    columns: Mapping[str, str]
    joins: tuple[Join, ...] = ()


def _ssda903(path: Path, _: Options) -> Preset:
    """Children looked after: header.csv, joined to the episodes of episodes.csv that have no end date.

    Of a child with several such episodes the one that began last is taken; a child with none has empty columns,
    and is left out by a rule such as {column: DECOM, blank: false}.
    """
    folder = path.parent if path.suffix else path
    episodes = Join(folder / "episodes.csv", "CHILD", (Rule("DEC", blank=True),), "DECOM")
    return Preset(folder / "header.csv", {CASE_ID: "CHILD"}, (episodes,))


def _annex_a(path: Path, options: Options, number: int) -> Preset:
    table, columns = annex_a(path, number, sheet=options.sheet, header_row=options.header_row)
    return Preset(table, columns)


def _cin_census(path: Path, _: Options) -> Preset:
    return Preset(cin_census(path), {})


ANNEX_A = "annex-a-"
# Every preset by name, and what a person gives it: the folder of the export, or its file.
PRESETS: Mapping[str, Callable[[Path, Options], Preset]] = {
    **{f"{ANNEX_A}{number}": partial(_annex_a, number=number) for number in LISTS},
    "cin-census": _cin_census,
    "ssda903": _ssda903,
}


def preset_named(name: str, source: object, options: Options) -> Preset:
    """Read an export by its preset, or refuse a name that is not known, or what the export has no use for."""
    if name not in PRESETS:
        raise RegisterError(Problem(f'there is no preset "{name}"', "read_register", did_you_mean(name, PRESETS)))
    if not isinstance(source, (str, Path)) or "://" in str(source):
        mend = "Give the file or folder of the export, or leave preset out."
        raise RegisterError(Problem(f"the preset {name} reads files", "read_register", mend))
    workbook = name.startswith(ANNEX_A)
    given = {
        "a sheet": options.sheet is not None and not workbook,
        "a heading row": options.header_row != 1 and not workbook,
        "a table": options.table is not None,
        "an encoding": options.encoding is not None,
        "a delimiter": options.delimiter is not None,
    }
    unused = [what for what, there in given.items() if there]
    if unused:
        what = f"the preset {name} has no use for {' or '.join(unused)}"
        raise RegisterError(Problem(what, "read_register", "Leave it out."))
    return PRESETS[name](Path(source), options)
