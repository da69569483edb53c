"""audit-toolkit verify: is this sample the one its plan, seed and register give?"""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import tell
from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import read_receipt, verify_round


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--register", type=click.Path(path_type=Path), help="Another copy of the register, in any format.")
def verify(round_folder: Path, register: Path | None) -> None:
    """Check that a sample is the one its plan, seed and register give.

    Exits 0 when it is, and 1 naming each difference: in the plan, the register, the seed, the sample or the
    receipt.
    """
    problems = verify_round(round_folder, register)
    if problems:
        raise DesignError(problems)
    receipt, _ = read_receipt(round_folder / terms.RECEIPT_FILE)
    tell(receipt)
    tell("The sample holds: the same cases come out again.")
