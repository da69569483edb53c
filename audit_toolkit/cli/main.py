"""audit-toolkit: the commands, how they are found and how they end."""

from __future__ import annotations

import importlib
import io
import sys

import click

from audit_toolkit.errors import AuditError, did_you_mean
from audit_toolkit.terms import VERSION

# In the order of the walk. Each is a module of this room holding a click command of the same name.
COMMANDS = (
    "register",
    "plan",
    "size",
    "power",
    "draw",
    "verify",
    "replace",
    "extend",
    "reassign",
    "collect",
    "watch",
    "score",
    "timeliness",
    "agreement",
    "moderate",
    "override",
    "compare",
    "trend",
    "chart",
    "report",
    "framework",
    "review",
    "estimate",
    "change",
)


class Walk(click.Group):
    """Commands in the order of the walk, each loaded only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands in the order of the walk."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"audit_toolkit.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or name the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f'There is no command "{args[0]}". {did_you_mean(args[0], COMMANDS)}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List what each command is for, without loading any."""
        with formatter.section("Commands, in the order of the walk"):
            formatter.write_dl([(name, SHORT_HELP[name]) for name in COMMANDS])


SHORT_HELP = {
    "register": "Look at a register before anything is drawn.",
    "plan": "Say what a plan comes to, before any case is drawn.",
    "size": "Say how many cases are enough.",
    "power": "Say how likely two rounds are to show a true change.",
    "draw": "Draw the sample, seal the receipt, write the workbooks.",
    "verify": "Check that a sample is the one its plan, seed and register give.",
    "replace": "Record a case that cannot be rated, and open the next one in its place.",
    "extend": "Add cases or reserves after the draw, without dropping any.",
    "reassign": "Give the cases of an auditor who cannot go on to the others.",
    "collect": "Read the workbooks and CSVs that came back.",
    "watch": "Say where a share lies while a round comes in.",
    "score": "Turn ratings into scores.",
    "timeliness": "Count who was in time over every case of a register.",
    "agreement": "Say how far auditors of the same cases agree.",
    "moderate": "Write a panel pack, or read one that comes back settled.",
    "override": "Record a grade that a panel gives a case against the rule.",
    "compare": "Say what changed between two rounds, and how sure that is.",
    "trend": "Say what three rounds or more show together.",
    "chart": "Chart many points in time, and name those that are more than chance.",
    "report": "Write the report and its tables.",
    "framework": "Write, show, check and compare scoring frameworks.",
    "review": "Do the whole walk on a round folder.",
    "estimate": "Say what a sample drawn elsewhere says of the cases it stands for.",
    "change": "Say what changed between two samples drawn elsewhere, later minus earlier.",
}


@click.group(cls=Walk, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of what is refused.")
@click.option("--all-problems", is_flag=True, help="List every problem, not only the first 20.")
@click.version_option(VERSION, prog_name="audit-toolkit")
@click.pass_context
def cli(ctx: click.Context, debug: bool, all_problems: bool) -> None:
    """Has casework got better, and how sure are we?

    Draws samples of case records that anyone can replay, scores what auditors find, and says whether
    the results improved. A round is a folder with a plan.yaml.
    """
    ctx.obj = {"debug": debug, "all_problems": all_problems}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line: exit 0 done, 1 refused, 2 misuse, 130 interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows its code, and the command goes on.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(args=given, prog_name="audit-toolkit", standalone_mode=False)
    except AuditError as refused:
        if "--debug" in given:
            raise
        click.echo(refused.describe(None if "--all-problems" in given else 20), err=True)
        if refused.advice:
            click.echo(refused.advice, err=True)
        sys.exit(1)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as misuse:
        misuse.show()
        sys.exit(misuse.exit_code)
    sys.exit(status if isinstance(status, int) else 0)
