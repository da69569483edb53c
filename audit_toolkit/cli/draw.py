"""audit-toolkit draw: the sample, its receipt, the known dates and the workbooks, all written or none."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import shown, tell
from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.files import csv_bytes, read_bytes, write_files
from audit_toolkit.sampling import (
    SEED_AFTER,
    SEED_GIVEN,
    SEED_RANDOM,
    Plan,
    PlannedReview,
    Sample,
    draw_round,
    plan_path,
    plan_review,
    read_receipt,
    sample_bytes,
)
from audit_toolkit.scoring import known_facts, plan_frameworks, workbook_files


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--register", type=click.Path(path_type=Path), help="Another copy of the register the plan names.")
@click.option("--seed", help="The seed, where the plan has none: digits or words, no commas. Absent: 128 random bits.")
@click.option("--force", is_flag=True, help="Write over an earlier draw.")
def draw(round_folder: Path, register: Path | None, seed: str | None, force: bool) -> None:
    """Draw the sample, seal the receipt, write the workbooks.

    Writes sample.csv, receipt.json and, in workbooks/, one workbook an auditor and the dates the register knows.
    The same plan, seed and register give the same files, byte for byte.
    """
    folder = plan_path(round_folder).parent
    review = plan_review(round_folder, register=register)
    committed = folder / terms.COMMITMENT_FILE
    commitment = read_bytes(committed) if committed.exists() else None
    sample = draw_planned(folder, review, seed, commitment, force=force)
    files = round_files(folder, review.plan, sample)
    write_files(files, force=force)
    tell(sample)
    for note in sample.notes:
        tell(note)
    workbooks = sum(path.suffix == ".xlsx" for path in files)
    tell(f"Written in {shown(folder)}: {terms.SAMPLE_FILE}, {terms.RECEIPT_FILE} and {workbooks} workbooks.")


def draw_planned(
    folder: Path, review: PlannedReview, seed: str | None, commitment: bytes | None, *, force: bool
) -> Sample:
    """Draw with the plan's seed, the one given, the one of an earlier draw of this round, or 128 random bits.

    A round that was drawn with another seed is refused: workbooks may be out. `force` draws anew all the same.
    """
    sealed = _sealed_seed(folder)
    source = SEED_AFTER if commitment is not None else SEED_GIVEN
    if seed is None and review.plan.seed is None:
        if sealed is not None and not force:
            return draw_round(review, seed=sealed[0], seed_source=sealed[1], commitment=commitment)
        seed, source = secrets.token_hex(16), SEED_RANDOM
    chosen = seed if seed is not None else review.plan.seed
    if sealed is not None and chosen != sealed[0] and not force:
        what = f'the round was drawn already, with the seed "{sealed[0]}"'
        mend = "Draw with that seed, or with --force anew: workbooks already sent out are then useless."
        raise DesignError(Problem(what, terms.RECEIPT_FILE, mend))
    return draw_round(review, seed=seed, seed_source=source, commitment=commitment)


def _sealed_seed(folder: Path) -> tuple[str, str] | None:
    """Give the seed of an earlier draw and where it came from, or None."""
    path = folder / terms.RECEIPT_FILE
    if not path.exists():
        return None
    receipt, problems = read_receipt(path)
    raise_if(problems, DesignError)
    return receipt.seed, receipt.seed_source


def round_files(folder: Path, plan: Plan, sample: Sample) -> dict[Path, bytes]:
    """Give everything a draw writes, as path -> bytes."""
    frameworks = list(plan_frameworks(plan).values())
    files = {folder / terms.SAMPLE_FILE: sample_bytes(sample.cases)}
    if frameworks:
        known = known_facts(sample, frameworks)
        if len(known):
            files[folder / terms.WORKBOOKS / terms.DATES_FILE] = csv_bytes(known)
        books = workbook_files(sample, frameworks, carry=plan.carry, title=plan.round, note=plan.made_up)
        files |= {folder / terms.WORKBOOKS / name: content for name, content in books.items()}
    # The receipt comes last: where it stands, all it seals was written.
    return {**files, folder / terms.RECEIPT_FILE: sample.receipt.to_bytes()}
