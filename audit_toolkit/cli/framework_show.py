"""audit-toolkit framework show: a framework as an auditor reads it, on the terminal, as Markdown or as a page."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit.cli.say import give, give_json, is_stream, shown, tell
from audit_toolkit.files import write_files
from audit_toolkit.scoring import load_framework

FORMATS = ("text", "markdown", "html")


@click.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Default text.")
@click.option("--language", default="", help="The code of a language the framework has words in, such as cy.")
@click.option("-o", "--output", type=click.Path(path_type=Path, allow_dash=True), help="Where to write; - is stdout.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print its content as JSON.")
def show(name: str, form: str, language: str, output: Path | None, force: bool, as_json: bool) -> None:
    """Print a framework as an auditor reads it.

    NAME is a shipped framework or the path of a YAML file, which is checked as it is read.
    """
    from audit_toolkit.reporting import framework_html, framework_markdown, framework_text

    chosen = load_framework(name)
    if as_json:
        if form != "text" or language or output is not None:
            raise click.UsageError("--json prints the content alone: leave --format, --language and -o out.")
        give_json(chosen.to_dict())
        return
    makers = dict(zip(FORMATS, (framework_text, framework_markdown, framework_html), strict=True))
    text = makers[form](chosen, language=language)
    if output is None or is_stream(output):
        give(text)
        return
    write_files({output: (text.rstrip("\n") + "\n").encode()}, force=force)
    tell(f"Written: {shown(output)}.")
