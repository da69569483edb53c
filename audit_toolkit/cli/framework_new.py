"""audit-toolkit framework new: a commented starting point for a framework of one's own."""

from __future__ import annotations

import os
from pathlib import Path

import click

from audit_toolkit.cli.say import give, is_stream, shown, tell
from audit_toolkit.files import write_files
from audit_toolkit.scoring import framework_start


@click.command()
@click.argument("name")
@click.option("--title", default="", help="As reports show it; the name in words where it is left out.")
@click.option("--extends", default="", help="A framework to start from, by name or path: only changes are written.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, allow_dash=True), help="Default NAME.yaml; - prints it."
)
@click.option("--force", is_flag=True, help="Write over what is there.")
def new(name: str, title: str, extends: str, output: Path | None, force: bool) -> None:
    """Write a commented starting point for a framework of your own, as NAME.yaml.

    It holds as it stands: change it line by line, and look it over with `framework lint`.
    """
    file = output or Path(f"{name}.yaml")
    called = extends
    if Path(extends).is_file() and not is_stream(output):
        called = Path(os.path.relpath(extends, file.parent)).as_posix()
    text = framework_start(name, title=title, extends=extends, called=called)
    if is_stream(output):
        give(text)
        return
    write_files({file: text.encode()}, force=force)
    tell(f"Written: {shown(file)}. Change it, then: audit-toolkit framework lint {shown(file)}")
