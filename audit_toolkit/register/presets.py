"""Known exports that become a register by name, without a mapping of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit.errors import Problem, RegisterError, did_you_mean
from audit_toolkit.register.eligibility import Rule
from audit_toolkit.register.joins import Join
from audit_toolkit.terms import CASE_ID


@dataclass(frozen=True, slots=True)
class Preset:
    """How a known export is read: its main file, its columns by our names, and the files joined to it."""

    source: Path
    columns: Mapping[str, str]
    joins: tuple[Join, ...]


def _ssda903(folder: Path) -> Preset:
    """Children looked after: header.csv, joined to the episodes of episodes.csv that have no end date.

    Of a child with several such episodes the one that began last is taken; a child with none has empty columns,
    and is left out by a rule such as {column: DECOM, blank: false}.
    """
    episodes = Join(folder / "episodes.csv", "CHILD", (Rule("DEC", blank=True),), "DECOM")
    return Preset(folder / "header.csv", {CASE_ID: "CHILD"}, (episodes,))


# Every preset by name. Each takes the folder the export lies in.
PRESETS: Mapping[str, Callable[[Path], Preset]] = {"ssda903": _ssda903}


def preset_named(name: str, source: object) -> Preset:
    """Give a preset for the folder of an export, or refuse a name that is not known."""
    if name not in PRESETS:
        raise RegisterError(Problem(f'there is no preset "{name}"', "read_register", did_you_mean(name, PRESETS)))
    if not isinstance(source, (str, Path)):
        mend = "Give the folder of its files, or leave preset out."
        raise RegisterError(Problem(f"the preset {name} reads files", "read_register", mend))
    folder = Path(source)
    return PRESETS[name](folder.parent if folder.suffix else folder)
