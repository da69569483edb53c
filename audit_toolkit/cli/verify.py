"""audit-toolkit verify: is this sample the one its plan, seed and register give?"""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import give, give_json, is_stream, shown, tell
from audit_toolkit.cli.verified import check_with_frameworks, check_words, frame_table
from audit_toolkit.errors import DesignError
from audit_toolkit.files import csv_bytes, csv_text, read_text, write_files
from audit_toolkit.sampling import standalone_path

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("round_folder", type=PATH, required=False)
@click.option("--register", type=PATH, help="Another copy of the register, in any format.")
@click.option("--seal", help="The seal in the minutes of the draw, or its first 16 digits: compare it.")
@click.option("--key", type=PATH, help="The key of the receipt's pseudonyms, where it is not in the folder.")
@click.option("--frame", type=PATH, help="Write who could be drawn to this CSV, for a check without us; - prints it.")
@click.option("--force", is_flag=True, help="Write over the CSV that --frame names.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON too.")
@click.option("--standalone", is_flag=True, help="Print the check that needs nothing but Python, and do nothing else.")
def verify(
    round_folder: Path | None,
    register: Path | None,
    seal: str | None,
    key: Path | None,
    frame: Path | None,
    force: bool,
    as_json: bool,
    standalone: bool,
) -> None:
    """Check that a sample is the one its plan, seed and register give.

    Exits 0 when it is, and 1 naming each difference: in the plan, the register, the seed, the sample and its log,
    the frameworks or the receipt.
    """
    others = [round_folder, register, seal, key, frame, force or None, as_json or None]
    if standalone:
        if any(each is not None for each in others):
            raise click.UsageError("--standalone prints a file, and takes nothing else.")
        give(read_text(standalone_path()))
        return
    if round_folder is None:
        raise click.UsageError("Name the folder of the round, or ask for --standalone.")
    if (force and frame is None) or (as_json and is_stream(frame)):
        raise click.UsageError("--force is for --frame, and --frame - and --json cannot both print.")
    check = check_with_frameworks(round_folder, register, seal=seal, key=key)
    words, result = check_words(check)
    if as_json:
        give_json(result)
    if not check.holds:
        raise DesignError(check.problems)
    tell(words)
    if is_stream(frame):
        give(csv_text(frame_table(check)))
    elif frame is not None:
        write_files({frame: csv_bytes(frame_table(check))}, force=force)
        tell(f"Who could be drawn: {shown(frame)}. It holds {terms.CASE_ID}s, and is for those who may see them.")
