"""Looking a file of a framework or of timescales over: every fault as it is read, and what it might say besides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audit_toolkit.errors import FrameworkError, Problem, raise_if
from audit_toolkit.files import YamlDocument, read_yaml_faults
from audit_toolkit.scoring.extends import SHIPPED
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import framework_from, load_framework
from audit_toolkit.scoring.timescales import Timescales, timescales_from

LIMITS = "timescales"


@dataclass(frozen=True, slots=True)
class Linted:
    """A file without a fault: what it holds, in a sentence, and what it might say besides."""

    content: Framework | Timescales
    holds: str
    notes: tuple[str, ...] = ()


def lint_file(name_or_path: str | Path) -> Linted:
    """Find every fault of a framework or of a file of timescales at once.

    Parameters
    ----------
    name_or_path : the path of a YAML file, or the name of a shipped framework.

    Returns
    -------
    Linted, where there is no fault.

    Raises
    ------
    FrameworkError naming every fault with its line, column and remedy. FileError where the file cannot be read or
    is not YAML: past the place where YAML breaks, nothing can be told.

    Checked against: the planted faults of tests/scoring/lint.
    """
    text = str(name_or_path)
    if text in SHIPPED:
        return _framework(load_framework(text))
    path = Path(text)
    document, faults = read_yaml_faults(path)
    if LIMITS in document.data and "framework" not in document.data:
        found = _timescales(document, faults)
        return Linted(found, str(found))
    return _framework(framework_from(document, folder=path.parent, faults=faults))


def _timescales(document: YamlDocument, faults: tuple[Problem, ...]) -> Timescales:
    """Read a file of timescales, its doubled keys and tags told together with the rest."""
    try:
        found = timescales_from(document)
    except FrameworkError as refused:
        raise FrameworkError([*faults, *refused.problems]) from refused
    raise_if(faults, FrameworkError)
    return found


def _framework(framework: Framework) -> Linted:
    count = len(framework.criteria)
    criteria = f"{count} {'criterion' if count == 1 else 'criteria'}"
    holds = f"{framework.name} {framework.version}: {criteria}, digest {framework.digest[:16]}."
    return Linted(framework, holds, (*framework.notes, *_advice(framework)))


def _advice(framework: Framework) -> list[str]:
    """Say what the file might say besides, so that more can be found."""
    notes = []
    if framework.computed and not framework.dates:
        notes.append("Its dates are not declared, so a misspelt one cannot be found: list them under dates.")
    if all(each.version != framework.version for each in framework.history):
        seal = "audit-toolkit framework seal FILE"
        notes.append(f"Version {framework.version} is not sealed, so a later change cannot be found: {seal}.")
    return notes
