"""python -m benchmarks NAME [--quick] [--json]"""

from __future__ import annotations

import importlib
import json

import click

NAMES = ("draw", "review", "score", "sequence", "startup")


@click.command()
@click.argument("name", type=click.Choice(NAMES))
@click.option("--quick", is_flag=True, help="Fewer repetitions.")
@click.option("--json", "as_json", is_flag=True, help="One flat object of figures.")
def main(name: str, quick: bool, as_json: bool) -> None:
    """Measure NAME, and print a table for a person or, with --json, an object for a program."""
    figures: dict[str, object] = importlib.import_module(f"benchmarks.{name}").measure(quick=quick)
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    width = max(len(key) for key in figures)
    for key, value in figures.items():
        print(f"{key.ljust(width)}  {value}")


if __name__ == "__main__":
    main()
