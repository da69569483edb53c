"""audit-toolkit framework lint: every fault of a framework, or of a file of timescales, at once."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit.cli.say import give, give_json
from audit_toolkit.errors import AuditError, FrameworkError, Place, Problem
from audit_toolkit.scoring import Framework, changed_since, lint_file, load_framework


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--since", help="An earlier copy: content that changed while the version did not is a fault.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON object.")
def lint(files: tuple[str, ...], since: str | None, as_json: bool) -> None:
    """Find every fault of framework files, or of files of timescales: each with its line and remedy.

    FILES are paths, or names of shipped frameworks. Exit 1 where there is a fault, with nothing written.
    """
    earlier = load_framework(since) if since else None
    problems: list[Problem] = []
    said: list[dict[str, object]] = []
    for name in files:
        try:
            found = lint_file(name)
        except AuditError as refused:
            problems += refused.problems
            continue
        if earlier is not None and isinstance(found.content, Framework):
            changed = changed_since(found.content, earlier)
            problems += [Problem(each.what, Place(Path(name).name), each.mend) for each in changed]
        said.append({"file": name, "holds": found.holds, "notes": list(found.notes)})
    if as_json:
        give_json({"faults": [_plain(each) for each in problems], "sound": said})
    else:
        for each in said:
            give(f"{each['file']}: no fault. {each['holds']}")
            for note in found_notes(each):
                give(f"  {note}")
    if problems:
        raise FrameworkError(problems)


def found_notes(said: dict[str, object]) -> list[str]:
    """Give the notes on one file."""
    notes = said["notes"]
    return [str(note) for note in notes] if isinstance(notes, list) else []


def _plain(problem: Problem) -> dict[str, object]:
    where = problem.where if isinstance(problem.where, Place) else Place(str(problem.where))
    return {
        "file": where.file,
        "line": where.line,
        "column": where.character,
        "what": problem.what,
        "mend": problem.mend,
    }
