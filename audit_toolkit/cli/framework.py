"""audit-toolkit framework: scoring frameworks, shown, started, looked over, set side by side and sealed."""

from __future__ import annotations

import importlib

import click

from audit_toolkit.cli.say import give, give_json
from audit_toolkit.errors import did_you_mean
from audit_toolkit.scoring import load_framework, shipped_frameworks

STEPS = {
    "show": "Print a framework as an auditor reads it.",
    "new": "Write a commented starting point for a framework of your own.",
    "lint": "Find every fault of a framework file, or of a file of timescales.",
    "diff": "Say what changed between two frameworks, and what may still be compared.",
    "seal": "Note in a framework's file what this version holds.",
}


class Frameworks(click.Group):
    """The steps, each loaded when it is called; a name that is none of them is a framework to show."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the steps in the order they are needed."""
        return list(STEPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one step."""
        if cmd_name not in STEPS:
            return None
        module = importlib.import_module(f"audit_toolkit.cli.framework_{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a step; what is none, and no misspelt one, is a framework to show."""
        first = args[0] if args else ""
        if first not in STEPS and not first.startswith("-"):
            if first.islower() and "_" not in first and "." not in first:
                ctx.fail(f'There is no step and no framework "{first}". {did_you_mean(first, STEPS)}')
            args = ["show", *args]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List what each step is for, without loading any."""
        with formatter.section("Steps"):
            formatter.write_dl(list(STEPS.items()))


@click.group(cls=Frameworks, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_context
def framework(ctx: click.Context, as_json: bool) -> None:
    """Write, show, check and compare scoring frameworks.

    A framework is the questions of an audit and how their answers become a score, in one YAML file. Without a step
    the shipped frameworks are listed; `audit-toolkit framework NAME` shows one.
    """
    if ctx.invoked_subcommand is not None:
        return
    found = [load_framework(each) for each in shipped_frameworks()]
    if as_json:
        give_json({"frameworks": [each.name for each in found]})
        return
    lines = (f"{each.name:22} {each.title}, version {each.version}, {len(each.criteria)} criteria" for each in found)
    give("\n".join(lines))
