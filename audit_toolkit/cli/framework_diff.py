"""audit-toolkit framework diff: what changed between two frameworks, and what may still be compared."""

from __future__ import annotations

import click

from audit_toolkit.cli.say import give, give_json
from audit_toolkit.scoring import compare_frameworks, load_framework


@click.command()
@click.argument("earlier")
@click.argument("later")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as one JSON object.")
def diff(earlier: str, later: str, as_json: bool) -> None:
    """Say what changed between two frameworks, and what may still be compared.

    EARLIER and LATER are names of shipped frameworks or paths, usually two versions of one.
    """
    found = compare_frameworks(load_framework(earlier), load_framework(later))
    if as_json:
        give_json(found.to_dict())
    else:
        give(str(found))
