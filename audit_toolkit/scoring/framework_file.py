"""Reading a framework from YAML: every fault found at once, each with its line and remedy."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from audit_toolkit.errors import FrameworkError, Problem, did_you_mean, nearest, raise_if
from audit_toolkit.files import YamlDocument, read_yaml_faults, unknown_keys
from audit_toolkit.scoring.extends import EXTENDS, SHIPPED, WITHOUT, parent_name, read_shipped, with_parent
from audit_toolkit.scoring.fields import Fields, shown
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_languages import read_languages
from audit_toolkit.scoring.framework_limits import check_alerts, read_limits
from audit_toolkit.scoring.framework_parts import Setting, read_criteria, read_dates, read_domains, read_items
from audit_toolkit.scoring.framework_rules import (
    check_earns,
    check_reachable,
    read_bands,
    read_earns,
    read_good,
    read_ratings_of,
    read_score,
)
from audit_toolkit.scoring.timescales import Timescales, limit_rows, load_timescales, timescales_with
from audit_toolkit.scoring.versions import check_history, read_compare_with, read_history

KEYS: Final = (
    *("framework", "version", "title", "about", "source", EXTENDS, WITHOUT, "ratings", "good", "earns", "bands"),
    *("score", "domains", "dates", "timescales", "criteria", "items", "limits", "languages", "history", "compare_with"),
)


def load_framework(name_or_path: str | Path | Framework, *, timescales: Timescales | None = None) -> Framework:
    """Read a scoring framework: one that ships with the toolkit, by name, or your own, by its path.

    Parameters
    ----------
    name_or_path : str, Path or Framework
        A name such as "assessment_quality" is looked for among the shipped ones, from any folder; anything
        with a folder or ending in .yaml or .yml is a file. A Framework is returned as it is.
    timescales : Timescales, optional
        The statutory limits a file of your own may name; the shipped ones by default.

    Returns
    -------
    Framework

    Raises
    ------
    FrameworkError
        The name is not known, or the file has faults: all of them, with their lines.
    FileError
        The file cannot be read, or is not YAML.

    Checked against: tests/scoring/test_framework_file.py, and the planted faults of tests/scoring/lint.
    """
    if isinstance(name_or_path, Framework):
        return name_or_path
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith((".yaml", ".yml")):
        document, faults = read_yaml_faults(Path(text))
        return framework_from(document, folder=Path(text).parent, timescales=timescales, faults=faults)
    if text in SHIPPED:
        return _shipped(text)
    near = nearest(text, SHIPPED)
    ships = f"These ship with the toolkit: {', '.join(SHIPPED)}; name a file of your own by its path, ending in .yaml."
    raise FrameworkError(
        Problem(f"{text} is not a framework", mend=f'Did you mean "{near}"? {ships}' if near else ships)
    )


def shipped_frameworks() -> tuple[str, ...]:
    """Give the names of the frameworks that ship with the toolkit."""
    return SHIPPED


@functools.lru_cache(maxsize=len(SHIPPED))
def _shipped(name: str) -> Framework:
    """Read a framework of the package audit_frameworks; frozen, so that one reading serves all."""
    return framework_from(read_shipped(name))


def framework_from(
    document: YamlDocument,
    *,
    folder: Path | None = None,
    timescales: Timescales | None = None,
    faults: Iterable[Problem] = (),
) -> Framework:
    """Check a YAML document against the grammar and give the framework it holds.

    `folder` is where a framework that it extends is looked for, `faults` what was found as it was read. No part of
    a framework is ever run as code: every value is text, a number, a date, or a list or mapping of these.
    """
    found = [*faults, *unknown_keys(document, (), KEYS)]
    joined, notes = with_parent(document, folder, found)
    fields = Fields(joined, found)
    fields.only((), KEYS)
    framework = dataclasses.replace(_content(fields, timescales), notes=notes)
    _check_without(fields, framework)
    framework = dataclasses.replace(framework, limits=read_limits(fields, framework))
    check_earns(fields, framework)
    check_alerts(fields, framework)
    check_reachable(fields, framework)
    framework = dataclasses.replace(framework, languages=read_languages(fields, framework))
    framework = dataclasses.replace(framework, history=read_history(fields))
    raise_if(fields.problems, FrameworkError)
    check_history(fields, framework)
    framework = dataclasses.replace(framework, compare_with=read_compare_with(fields, framework))
    raise_if(fields.problems, FrameworkError)
    return framework


def _content(fields: Fields, timescales: Timescales | None) -> Framework:
    """Read what does not depend on the questions, and the questions."""
    ratings = read_ratings_of(fields)
    rules: dict[str, Any] = read_score(fields)
    domains, dates = read_domains(fields, rules["method"]), read_dates(fields)
    own = limit_rows(fields, ("timescales",))
    limits = timescales_with(timescales or load_timescales(), own).names
    ids = tuple(each.id for each in domains)
    setting = Setting(rules["method"], rules["not_applicable_policy"], ids, tuple(dates), limits)
    return Framework(
        name=fields.identifier(("framework",)),
        version=fields.text(("version",), required=True),
        title=fields.text(("title",), required=True),
        about=fields.text(("about",)),
        source=fields.text(("source",)),
        extends=parent_name(fields.document),
        ratings=ratings,
        good=read_good(fields, ratings),
        earns=read_earns(fields, ratings),
        bands=read_bands(fields, ratings),
        domains=domains,
        dates=dates,
        own_limits=own,
        criteria=read_criteria(fields, setting),
        items=read_items(fields),
        **rules,
    )


def _check_without(fields: Fields, framework: Framework) -> None:
    """Note what was to be taken out of a parent and is not in it."""
    left = fields.sequence((WITHOUT,))
    if left and not framework.extends:
        what = "without does nothing in a framework that extends none"
        fields.fault((WITHOUT,), what, "Take the questions themselves out, or say what is extended.")
        return
    ids = [each.id for each in (*framework.questions, *framework.domains)]
    for position, each in enumerate(left):
        what = f"{shown(each)} is not in {framework.extends}, so it cannot be taken out"
        fields.fault((WITHOUT, position), what, did_you_mean(str(each), ids))
