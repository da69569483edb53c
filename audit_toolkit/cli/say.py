"""Words on the terminal: messages to stderr, data to stdout, tables in columns."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import click


def tell(text: object) -> None:
    """Write a message for a person to stderr."""
    click.echo(str(text), err=True)


def step(text: str) -> None:
    """Say what is being done now."""
    click.echo(click.style("> ", fg="cyan") + text, err=True)


def give(text: str) -> None:
    """Write data to stdout."""
    click.echo(text, nl=not text.endswith("\n"))


def give_prose(text: str) -> None:
    """Write sentences to stdout, a line each; on a terminal they are broken between words."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        text = "\n".join(_broken(line, width) for line in text.splitlines())
    give(text)


def _broken(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(line.strip(), max(width, 40), initial_indent=indent, subsequent_indent=indent + "  ")


def give_json(value: object) -> None:
    """Write one JSON object to stdout."""
    give(json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Set rows in columns: text to the left, numbers to the right."""
    body = [[str(cell) for cell in row] for row in rows]
    widths = [max([len(heading), *(len(row[index]) for row in body)]) for index, heading in enumerate(headings)]
    right = [bool(body) and all(_is_number(row[index]) for row in body if row[index]) for index in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        parts = [
            cell.rjust(width) if flag else cell.ljust(width)
            for cell, width, flag in zip(cells, widths, right, strict=True)
        ]
        return "  ".join(parts).rstrip()

    return "\n".join([line(list(headings)), line(["-" * width for width in widths]), *map(line, body)])


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").replace("%", "").replace("-", "").replace("+", "").strip().isdigit()


def shown(path: Path) -> str:
    """Give a path as a person would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def is_stream(path: Path | None) -> bool:
    """Say whether - was given in place of a file: the data then goes to stdout."""
    return path is not None and str(path) == "-"
