"""audit-toolkit draw: the sample, its receipt, the known dates and the workbooks, all written or none."""

from __future__ import annotations

import dataclasses
import secrets
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.pseudonym_key import KEEP_KEY, kept_key, new_key
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
    pseudonymise,
    read_receipt,
    sample_bytes,
)
from audit_toolkit.scoring import known_facts, plan_frameworks, workbook_files


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--register", type=click.Path(path_type=Path), help="Another copy of the register the plan names.")
@click.option("--seed", help="The seed, where the plan has none: digits or words, no commas. Absent: 128 random bits.")
@click.option("--pseudonymise", "hidden", is_flag=True, help="Name no case in receipt.json: keyed codes, not ids.")
@click.option("--force", is_flag=True, help="Write over an earlier draw.")
def draw(round_folder: Path, register: Path | None, seed: str | None, hidden: bool, force: bool) -> None:
    """Draw the sample, seal the receipt, write the workbooks.

    Writes sample.csv, receipt.json and, in workbooks/, one workbook an auditor and the dates the register knows.
    The same plan, seed and register give the same files, byte for byte. With --pseudonymise receipt.json may be
    shown to others: its key is written to pseudonyms.key, which must not be.
    """
    folder = plan_path(round_folder).parent
    review = plan_review(round_folder, register=register)
    committed = folder / terms.COMMITMENT_FILE
    commitment = read_bytes(committed) if committed.exists() else None
    key = new_key(folder, force=force) if hidden else None
    sample = draw_planned(folder, review, seed, commitment, force=force, key=key)
    files = round_files(folder, review.plan, sample)
    if key is not None:
        files = {folder / terms.KEY_FILE: f"{key}\n".encode(), **files}
    write_files(files, force=force)
    tell(sample)
    for note in sample.notes:
        tell(note)
    workbooks = sum(path.suffix == ".xlsx" for path in files)
    tell(f"Written in {shown(folder)}: {terms.SAMPLE_FILE}, {terms.RECEIPT_FILE} and {workbooks} workbooks.")
    if sample.receipt.pseudonyms:
        tell(KEEP_KEY)
    tell(f"For the minutes of the draw, the seal of the receipt: {sample.receipt.seal}")


def draw_planned(
    folder: Path,
    review: PlannedReview,
    seed: str | None,
    commitment: bytes | None,
    *,
    force: bool,
    key: str | None = None,
) -> Sample:
    """Draw with the plan's seed, the one given, the one of an earlier draw of this round, or 128 random bits.

    A round that was drawn with another seed is refused: workbooks may be out. `force` draws anew all the same.
    With `key` the receipt has pseudonyms; a round whose receipt has them keeps them, under its own key.
    """
    refuse_log(folder)
    named = {name: (each.version, each.digest) for name, each in plan_frameworks(review.plan).items()}
    sealed = _sealed_seed(folder)
    source = SEED_AFTER if commitment is not None else SEED_GIVEN
    if seed is None and review.plan.seed is None and review.plan.chosen is None:
        if sealed is not None and not force:
            seed, source = sealed
        else:
            seed, source = secrets.token_hex(16), SEED_RANDOM
    chosen = seed if seed is not None else review.plan.seed or ""
    if sealed is not None and chosen != sealed[0] and not force:
        what = f'the round was drawn already, with the seed "{sealed[0]}"'
        mend = "Draw with that seed, or with --force anew: workbooks already sent out are then useless."
        raise DesignError(Problem(what, terms.RECEIPT_FILE, mend))
    sample = draw_round(review, seed=seed, seed_source=source, commitment=commitment, frameworks=named)
    key = key if key is not None else kept_key(folder)
    return sample if key is None else dataclasses.replace(sample, receipt=pseudonymise(sample.receipt, key))


def refuse_log(folder: Path) -> None:
    """Refuse to draw a round again whose sample was worked with: its log would belong to nothing."""
    if (folder / terms.LOG_FILE).exists():
        what = "cases were replaced, added or moved since the draw, and drawing again would undo that"
        mend = "To draw anew all the same, take log.csv out of the folder: workbooks already sent out are then useless."
        raise DesignError(Problem(what, terms.LOG_FILE, mend))


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
        books = workbook_files(
            sample, frameworks, carry=plan.carry, title=plan.round, note=plan.made_up, language=plan.language
        )
        files |= {folder / terms.WORKBOOKS / name: content for name, content in books.items()}
    # The receipt comes last: where it stands, all it seals was written.
    return {**files, folder / terms.RECEIPT_FILE: sample.receipt.to_bytes()}
