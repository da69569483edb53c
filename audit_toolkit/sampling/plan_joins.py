"""The further files of a plan's register: which file, which column holds the case id, which rows count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from audit_toolkit.errors import did_you_mean
from audit_toolkit.register import Join, parse_rules
from audit_toolkit.sampling.reader import PlanReader

JOIN_KEYS = ("file", "sheet", "on", "where", "latest")
MEND = "Write - {file: episodes.csv, on: CHILD}."


def plan_joins(register: PlanReader, folder: Path) -> tuple[Join, ...]:
    """Read the joins of a plan's register, noting everything wrong with them."""
    listed = register.values.get("join")
    if listed is None:
        return ()
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        register.refuse("join", "join is not a list of files", MEND)
        return ()
    joins = [_join(register, entry, folder) for entry in listed]
    return tuple(join for join in joins if join is not None)


def _join(register: PlanReader, entry: object, folder: Path) -> Join | None:
    if not isinstance(entry, Mapping) or not all(isinstance(entry.get(key), str) for key in ("file", "on")):
        register.refuse("join", "an entry of join names no file or no column", MEND)
        return None
    for key in entry:
        if key not in JOIN_KEYS:
            register.refuse("join", f'"{key}" is not part of a join', did_you_mean(str(key), JOIN_KEYS))
    for key in ("latest", "sheet"):
        if entry.get(key) is not None and not isinstance(entry[key], str):
            register.refuse("join", f"{key}: {entry[key]} is not text", f'Put it in quotation marks: {key}: "name".')
            return None
    where, problems = parse_rules(entry.get("where"), register.place("join"), "where")
    register.problems += problems
    return Join(folder / entry["file"], entry["on"], where, entry.get("latest"), entry.get("sheet"))
