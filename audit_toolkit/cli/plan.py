"""audit-toolkit plan: what a plan comes to, before any case is drawn."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import give, give_json, shown, table, tell
from audit_toolkit.files import write_files
from audit_toolkit.improvement import PlannedPower, planned_power
from audit_toolkit.sampling import (
    PlannedReview,
    commitment_bytes,
    plan_path,
    plan_review,
    read_auditors,
)
from audit_toolkit.scoring import plan_frameworks


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--register", type=click.Path(path_type=Path), help="Another copy of the register the plan names.")
@click.option("--force", is_flag=True, help="Write over an earlier commitment.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def plan(round_folder: Path, register: Path | None, force: bool, as_json: bool) -> None:
    """Say what a plan comes to, before any case is drawn.

    Prints who could be drawn, who is left out and why, the cases each stratum gives beside its exact share,
    what such a round could show, and how many readings each auditor gets. Stores the frame digest and the allocation in
    commitment.json: a seed chosen after that cannot have been shopped for.
    """
    review = plan_review(round_folder, register=register)
    plan_frameworks(review.plan)
    power = planned_power(review)
    if as_json:
        give_json({**review.commitment(), "exclusions": dict(review.frame.exclusions), **power.to_dict()})
    else:
        give(_text(review, power))
    target = plan_path(round_folder).parent / terms.COMMITMENT_FILE
    write_files({target: commitment_bytes(review)}, force=force)
    tell(f"The commitment is in {shown(target)}. Choose the seed now, or write it in the plan.")


def _text(review: PlannedReview, power: PlannedPower) -> str:
    lines = [str(review), ""]
    rows = [(each.stratum, f"{each.population:,}", f"{each.share:.2f}", each.cases) for each in review.shares]
    lines.append(table(["stratum", "eligible", "exact share", "cases"], rows))
    if review.plan.auditors is not None:
        people = read_auditors(review.plan.auditors)
        total = sum(person.hours for person in people)
        readings = sum(review.allocation.values()) * (1 + review.plan.double_rated)
        each = [(person.name, person.team, f"{float(readings * person.hours / total):.1f}") for person in people]
        lines += ["", table(["auditor", "team", "readings"], each)]
    lines += ["", *power.sentences(), *review.notes]
    return "\n".join(lines)
