"""audit-toolkit moderate: a pack for the panel, and what the panel settled read back."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import give, give_json, shown, tell
from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.improvement import after_moderation
from audit_toolkit.scoring import (
    Moderation,
    RatedRound,
    moderated_scores,
    panel_pack,
    read_overrides,
    read_rated_round,
    settle,
    to_settle,
)


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.argument("packs", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write the pack.")
@click.option("--force", is_flag=True, help="Write over a pack that is there; or let settled ratings change.")
@click.option("--json", "as_json", is_flag=True, help="Print what is to settle, or what was settled, as JSON.")
def moderate(round_folder: Path, packs: tuple[Path, ...], output: Path | None, force: bool, as_json: bool) -> None:
    """Write a panel pack, or read one that comes back settled.

    Without PACKS, panel_pack.xlsx is written in the round: double ratings that differ, every case of the worst grade
    and a random share of all the rest, by the plan's rule. With PACKS, settled.csv and moderated_scores.csv are
    written. First ratings and scores.csv never change. What was settled before is kept, and what comes back otherwise
    is refused unless --force says that it may change.
    """
    read = read_rated_round(round_folder)
    if packs:
        if output is not None:
            raise click.UsageError("-o is for writing a pack: leave it out when PACKS are read.")
        _settle(read, packs, force, as_json)
        return
    panel = to_settle(read)
    target = output or round_folder / terms.PACK_FILE
    write_files({target: panel_pack(read)}, force=force)
    if as_json:
        give_json(panel.to_dict())
    else:
        give(str(panel))
    tell(f"Written: {shown(target)}. It names auditors on one sheet: for the moderation panel, never for a board.")


def _settle(read: RatedRound, packs: tuple[Path, ...], force: bool, as_json: bool) -> None:
    """Write what was settled, and say what it did to the grades."""
    state = settle(read.folder, *packs, afresh=force)
    overrides = read_overrides(read.folder).standing()
    files = {
        read.folder / terms.SETTLED_FILE: csv_bytes(state.rows),
        read.folder / terms.MODERATED_FILE: csv_bytes(moderated_scores(read, state, overrides)),
    }
    # Nothing is lost: what was settled before is among it, unless --force was given.
    write_files(files, force=True)
    found = after_moderation(read, state)
    if as_json:
        give_json({**state.to_dict(), "grades": [each.to_dict() for each in found]})
    else:
        give("\n".join([str(state), _directions(read, state), *map(str, found)]))
    tell(f"Written: {', '.join(shown(path) for path in files)}.")


def _directions(read: RatedRound, state: Moderation) -> str:
    counts = state.directions(list(read.frameworks.values()))
    return "Otherwise than first rated: " + ", ".join(f"{count} {way}" for way, count in counts.items())
