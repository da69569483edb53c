"""audit-toolkit plan: what a plan comes to, before any case is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import give, give_json, shown, table, tell
from audit_toolkit.files import write_files
from audit_toolkit.improvement import PlannedPower, planned_power
from audit_toolkit.sampling import Load, PlannedReview, commitment_bytes, hours_short, plan_path, plan_review, workload


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--register", type=click.Path(path_type=Path), help="Another copy of the register the plan names.")
@click.option("--force", is_flag=True, help="Write over an earlier commitment.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def plan(round_folder: Path, register: Path | None, force: bool, as_json: bool) -> None:
    """Say what a plan comes to, before any case is drawn.

    Prints who could be drawn, who is left out and why, the cases each stratum gives beside its exact share,
    what such a round could show, how much each auditor has to read, and a warning where the plan cannot answer
    its own question. Stores the frame digest and the allocation in commitment.json: a seed chosen after that
    cannot have been shopped for.
    """
    review = plan_review(round_folder, register=register)
    power, loads = planned_power(review), workload(review.plan, review.to_read)
    warnings = [*power.warnings(), *hours_short(loads)]
    if as_json:
        give_json(_json(review, power, loads, warnings))
    else:
        give("\n".join([str(review), *_tables(review, loads), *power.sentences(), *warnings, *review.notes]))
    target = plan_path(round_folder).parent / terms.COMMITMENT_FILE
    write_files({target: commitment_bytes(review)}, force=force)
    open_seed = bool(review.allocation) and review.plan.seed is None
    seed = " Choose the seed now, and give it to draw with --seed." if open_seed else ""
    tell(f"The commitment is in {shown(target)}.{seed}")


def _tables(review: PlannedReview, loads: Sequence[Load]) -> list[str]:
    rows = [(each.stratum, f"{each.population:,}", f"{each.share:.2f}", each.cases) for each in review.shares]
    lines = ["", table(["stratum", "eligible", "exact share", "cases"], rows), ""] if rows else [""]
    if not loads:
        return lines
    hours = [each.hours_needed is not None for each in loads]
    headings = ["auditor", "team", "readings", *(["hours needed", "hours given"] if any(hours) else [])]
    people = [(each.auditor, each.team, f"{float(each.readings):.1f}", *_hours(each)) for each in loads]
    return [*lines, table(headings, people), ""]


def _hours(load: Load) -> tuple[str, ...]:
    if load.hours_needed is None:
        return ()
    return f"{float(load.hours_needed):.1f}", "" if load.hours_given is None else f"{float(load.hours_given):g}"


def _json(
    review: PlannedReview, power: PlannedPower, loads: Sequence[Load], warnings: Sequence[str]
) -> dict[str, object]:
    return {
        **review.commitment(),
        "exclusions": dict(review.frame.exclusions),
        "exact_shares": {each.stratum: each.share for each in review.shares},
        **power.to_dict(),
        "auditors": [each.to_dict() for each in loads],
        "warnings": list(warnings),
        "notes": list(review.notes),
    }
