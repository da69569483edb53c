"""JSON: read strictly, written one way only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

from audit_toolkit.errors import FileError, Place, Problem
from audit_toolkit.files.limits import JSON_BYTES
from audit_toolkit.files.reading import read_bytes, utf8_text


def json_bytes(value: object) -> bytes:
    """Give a value as canonical JSON: keys sorted, two spaces a level, UTF-8, one newline at the end.

    Raises
    ------
    FileError for NaN, infinity, or a value JSON has no form for.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=2)
        return (text + "\n").encode("utf-8")
    except (TypeError, ValueError) as refused:
        raise FileError(Problem(f"the value cannot be written as JSON ({refused})")) from refused


def read_json(path: str | Path) -> object:
    """Read a JSON file strictly: UTF-8, no doubled keys, no NaN; FileError says what and where."""
    path = Path(path)
    text = utf8_text(read_bytes(path, limit=JSON_BYTES), path.name)
    if not text.strip():
        what = "the file is damaged: it is empty"
        raise FileError(Problem(what, Place(path.name), "Take it from a copy, or make it again."))
    try:
        value: object = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as broken:
        where = Place(path.name, line=broken.lineno, character=broken.colno)
        raise FileError(Problem(f"this is not JSON ({broken.msg})", where, "Take it from a copy.")) from broken
    except ValueError as refused:
        raise FileError(Problem(str(refused), Place(path.name), "Take it from a copy.")) from refused
    except RecursionError as deep:
        raise FileError(Problem("it is nested too deeply", Place(path.name))) from deep
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f'the key "{key}" stands twice')
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number JSON may hold")
