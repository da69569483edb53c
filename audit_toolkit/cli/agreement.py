"""audit-toolkit agreement: how far auditors of the same cases agree, several measures beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from audit_toolkit.cli.say import give, give_json, table, tell
from audit_toolkit.scoring import (
    PANEL_ONLY,
    Agreement,
    Drift,
    LooseAgreement,
    RatedRound,
    RoundAgreement,
    auditor_drift,
    load_framework,
    loose_agreement,
    read_rated_round,
    readings_of,
    round_agreement,
)

HEADINGS = ("", "double ratings", "raw", "kappa", "Gwet AC", "Krippendorff alpha")
KINDS = {"grade": "grade", "overall": "all criteria", "criterion": ""}


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--framework", "names", multiple=True, help="Of a round: only this framework. Of a table: whose grades.")
@click.option("--scale", type=click.Choice(["nominal", "ordinal", "interval", "ratio"]), help="The scale of a table.")
@click.option("--by-auditor", is_flag=True, help="Severity by auditor of a round: for the panel, never for a board.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def agreement(source: Path, names: tuple[str, ...], scale: str | None, by_auditor: bool, as_json: bool) -> None:
    """Say how far auditors of the same cases agree.

    SOURCE is a round folder whose ratings were collected: the first and second ratings of its cases are compared, by
    framework and by criterion. Or it is a loose table: case_id and a column for each rater, or case_id, auditor,
    rating and perhaps criterion_id.
    """
    if not source.is_dir():
        if by_auditor:
            raise click.UsageError("--by-auditor is about a round folder: a loose table has no strata.")
        _loose(source, names, scale, as_json)
        return
    if scale:
        raise click.UsageError("--scale is for a loose table: a round's frameworks say what their answers are.")
    read = read_rated_round(source)
    found = round_agreement(read, frameworks=names)
    drifts = _drifts(read, names) if by_auditor else []
    if as_json:
        more = {"by_auditor": [each.to_dict() for each in drifts]} if by_auditor else {}
        give_json({**found.to_dict(), **more})
        return
    _tell_round(found)
    if by_auditor:
        give(f"\n{PANEL_ONLY}\nPoints below (+) or above (-) the other auditors' scores, cases of the same strata.")
    for each in drifts:
        give(f"\n{each.summary()}")


def _drifts(read: RatedRound, names: Sequence[str]) -> list[Drift]:
    chosen = [read.frameworks[name] for name in names or read.frameworks]
    return [auditor_drift(readings_of(read, each), title=each.title) for each in chosen]


def _tell_round(found: RoundAgreement) -> None:
    give(f"{found.name}: {found.n_twice} of {found.n_cases} cases rated by two auditors. 95 % intervals in brackets.")
    for framework in dict.fromkeys(each.framework for each in found.rows):
        rows = []
        for each in (each for each in found.rows if each.framework == framework):
            named = KINDS[each.kind] or each.id
            rows.append(
                [f"{named} *" if each.thin and each.kind == "criterion" else named, each.n, *_cells(each.found)]
            )
        give(f"\n{framework}\n{table(HEADINGS, rows)}")
    give("")
    if any(each.thin for each in found.of("criterion")):
        give("* thin: see below.")
    for note in found.notes:
        give(note)


def _cells(found: Agreement | None) -> list[str]:
    if found is None:
        return ["-"] * 4
    return [str(each).split(": ", 1)[1].replace("undefined", "-") for each in found.measures]


def _loose(source: Path, names: tuple[str, ...], scale: str | None, as_json: bool) -> None:
    """Tell the agreement of a loose table."""
    if len(names) > 1:
        raise click.UsageError("A loose table has the grades of one framework: give --framework once.")
    grades = load_framework(names[0]).ratings if names else ()
    found = loose_agreement(source, scale=scale, grades=grades)
    if as_json:
        give_json(found.to_dict())
        return
    _tell_loose(found)


def _tell_loose(found: LooseAgreement) -> None:
    whole = found.overall
    give(f"{whole.n_raters} raters, {whole.n_cases} cases rated by two or more ({whole.scale} scale). 95 % intervals.")
    rows = [["all" if found.criteria else "ratings", whole.n_cases, *_cells(whole)]]
    rows += [[name, each.n_cases, *_cells(each)] for name, each in found.criteria]
    give(table((*HEADINGS[:1], "cases rated twice", *HEADINGS[2:]), rows))
    for note in whole.notes:
        tell(note)
