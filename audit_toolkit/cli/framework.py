"""audit-toolkit framework: a scoring framework as an auditor reads it."""

from __future__ import annotations

import textwrap

import click

from audit_toolkit.cli.say import give, give_json
from audit_toolkit.scoring import Criterion, Framework, load_framework, shipped_frameworks


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def framework(name: str | None, as_json: bool) -> None:
    """Print a scoring framework as an auditor reads it.

    NAME is a shipped framework or the path of a YAML file, which is checked: every fault is named with its
    line. Without a NAME the shipped ones are listed.
    """
    if name is None:
        found = [load_framework(each) for each in shipped_frameworks()]
        if as_json:
            give_json({"frameworks": [each.name for each in found]})
        else:
            give(
                "\n".join(
                    f"{each.name:22} {each.title}, version {each.version}, {len(each.criteria)} criteria"
                    for each in found
                )
            )
        return
    chosen = load_framework(name)
    if as_json:
        give_json(chosen.to_dict())
    else:
        give(_text(chosen))


def _text(chosen: Framework) -> str:
    lines = [str(chosen), ""]
    for criterion in chosen.criteria:
        lines += _criterion(criterion)
    for item in chosen.items:
        lines += _wrapped(f"{item.id}  {item.ask} (yes or no, not scored)")
    lines += ["Limits, applied last:"]
    for limit in chosen.limits:
        when = " and ".join(f"{each} is {' or '.join(answers)}" for each, answers in limit.conditions())
        lines += _wrapped(f"If {when}: no better than {limit.no_better_than}. {limit.why}.")
    return "\n".join(lines)


def _criterion(criterion: Criterion) -> list[str]:
    answer = criterion.response.replace("_", "/")
    if not criterion.na_allowed:
        excused = "N/A may not be used."
    elif criterion.na_reasons:
        excused = f"N/A only for: {'; '.join(criterion.na_reasons)}."
    else:
        excused = "N/A needs a reason."
    evidences = ", ".join(criterion.evidences) or "no recommendation"
    details = f"[{answer}] {criterion.look_for} {excused} Evidence for {evidences}."
    return [*_wrapped(f"{criterion.id}  {criterion.ask}"), *_wrapped(details, "      "), ""]


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, 100, initial_indent=indent, subsequent_indent=indent or "      ")
