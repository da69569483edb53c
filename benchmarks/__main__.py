"""python -m benchmarks NAME [--quick] [--json]; `--help` after a name shows the options of its own."""

from __future__ import annotations

import importlib
import json

import click

NAMES = (
    *("auditors", "calibration", "draw", "exact", "interval"),
    *("overlap", "review", "score", "sequence", "shares", "startup", "trend"),
)
QUICK = click.Option(["--quick"], is_flag=True, help="Fewer repetitions.")
JSON = click.Option(["--json", "as_json"], is_flag=True, help="One flat object of figures.")


class Benchmarks(click.Group):
    """The benchmarks by name; only the one that is asked for is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names."""
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of a benchmark, with the options its file brings (`OPTIONS`)."""
        if cmd_name not in NAMES:
            return None
        module = importlib.import_module(f"benchmarks.{cmd_name}")

        def measure(quick: bool, as_json: bool, **own: object) -> None:
            try:
                show(module.measure(quick=quick, **own), as_json=as_json)
            except RuntimeError as problem:
                raise click.ClickException(str(problem)) from problem

        options: list[click.Parameter] = [QUICK, JSON, *getattr(module, "OPTIONS", ())]
        return click.Command(cmd_name, params=options, callback=measure, help=module.__doc__)


def show(figures: dict[str, object], *, as_json: bool) -> None:
    """Print a table for a person or an object for a program."""
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    width = max(len(key) for key in figures)
    for key, value in figures.items():
        print(f"{key.ljust(width)}  {value}")


@click.group(cls=Benchmarks)
def main() -> None:
    """Measure one thing, and print a table for a person or, with --json, an object for a program."""


if __name__ == "__main__":
    main()
