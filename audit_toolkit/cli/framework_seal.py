"""audit-toolkit framework seal: note in a framework's file what this version holds."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit.cli.say import shown, tell
from audit_toolkit.files import write_files, yaml_text
from audit_toolkit.scoring import load_framework, sealed_text


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def seal(file: Path) -> None:
    """Note in a framework's FILE what this version holds: one entry at its end, and nothing else is touched.

    From then on, content that changes while the version does not is refused, and later versions can say under
    compare_with what may still be compared with this one.
    """
    framework = load_framework(file)
    before = yaml_text(file)
    after = sealed_text(before, file.name, framework)
    name = f"{framework.name} {framework.version}"
    if after == before:
        tell(f"{name} is sealed already, and holds what was sealed.")
        return
    write_files({file: after.encode()}, force=True)
    tell(f"{name} is sealed in {shown(file)}: digest {framework.digest[:16]}.")
