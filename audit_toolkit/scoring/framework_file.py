"""Reading a framework from YAML: every fault found at once, each with its line and remedy."""

from __future__ import annotations

import dataclasses
import functools
import importlib.resources
import itertools
from fractions import Fraction
from pathlib import Path
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import FrameworkError, Problem, did_you_mean, nearest, raise_if
from audit_toolkit.files import YamlDocument, read_yaml
from audit_toolkit.scoring.fields import Fields, shown
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_parts import read_criteria, read_items, read_limits
from audit_toolkit.scoring.responses import EARNING
from audit_toolkit.scoring.timescales import Timescales, load_timescales

# The frameworks that ship with the toolkit, as files of the package audit_frameworks.
SHIPPED: Final = ("assessment_quality", "record_keeping", "managerial_oversight")
KEYS: Final = (
    *("framework", "version", "title", "about", "source", "ratings", "good", "earns", "bands", "score"),
    *("criteria", "items", "limits"),
)
SCORE_KEYS: Final = ("method", "not_applicable", "missing", "complete_at")


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

    Checked against: tests/scoring/test_framework_file.py.
    """
    if isinstance(name_or_path, Framework):
        return name_or_path
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith((".yaml", ".yml")):
        return framework_from(read_yaml(Path(text)), timescales=timescales)
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
    with importlib.resources.as_file(importlib.resources.files("audit_frameworks") / f"{name}.yaml") as path:
        return framework_from(read_yaml(path))


def framework_from(document: YamlDocument, *, timescales: Timescales | None = None) -> Framework:
    """Check a YAML document against the grammar and give the framework it holds."""
    fields = Fields(document)
    fields.only((), KEYS)
    fields.only(("score",), SCORE_KEYS)
    ratings = _ratings(fields)
    framework = Framework(
        name=fields.identifier(("framework",)),
        version=fields.text(("version",), required=True),
        title=fields.text(("title",), required=True),
        about=fields.text(("about",)),
        source=fields.text(("source",)),
        ratings=ratings,
        good=_good(fields, ratings),
        earns=_earns(fields, ratings),
        bands=_bands(fields, ratings),
        method=fields.choice(("score", "method"), ("flat",), default="flat"),
        not_applicable_policy=fields.choice(("score", "not_applicable"), ("leave-out",), default="leave-out"),
        missing_policy=fields.choice(("score", "missing"), ("incomplete",), default="incomplete"),
        complete_at=_complete_at(fields),
        criteria=read_criteria(fields, (timescales or load_timescales()).names),
        items=read_items(fields),
    )
    _check_earns(fields, framework)
    _check_order(fields, framework)
    framework = dataclasses.replace(framework, limits=read_limits(fields, framework))
    raise_if(fields.problems, FrameworkError)
    return framework


def _ratings(fields: Fields) -> tuple[str, ...]:
    """Read the grades, best first."""
    ratings = fields.texts(("ratings",), required=True)
    for position, label in enumerate(ratings):
        if label in ratings[:position]:
            fields.fault(
                ("ratings", position), f"the rating {label} stands twice", "Give each rating once, best first."
            )
        elif label != label.strip() or label == terms.NA_RATING or label.isdigit():
            what = f'"{label}" cannot be a rating: N/A, whole numbers and spaces around the text are kept for the tool'
            fields.fault(("ratings", position), what, "Choose a plain word.")
    return tuple(dict.fromkeys(ratings))


def _good(fields: Fields, ratings: tuple[str, ...]) -> str:
    """Read the lowest grade that counts as good; the second best unless stated."""
    second = ratings[min(1, len(ratings) - 1)] if ratings else ""
    return fields.choice(("good",), ratings, default=second) if ratings else ""


def _earns(fields: Fields, ratings: tuple[str, ...]) -> dict[str, Fraction]:
    """Read what each answer earns."""
    earns: dict[str, Fraction] = {}
    known = (*ratings, *EARNING)
    for label in fields.mapping(("earns",), required=True):
        path = ("earns", label)
        if label not in known:
            fields.fault(path, f"{label} under earns is not an answer of this framework", did_you_mean(label, known))
            continue
        share = fields.number(path)
        if share is not None and not 0 <= share <= 1:
            fields.fault(path, f"{label} earns {shown(fields.get(path))}, outside 0 to 1", "Write a share such as 3/4.")
        elif share is not None:
            earns[label] = share
    return earns


def _check_earns(fields: Fields, framework: Framework) -> None:
    """Note every answer the criteria allow that nothing is earned for."""
    written = fields.mapping(("earns",))
    needed = dict.fromkeys(framework.ratings)
    for criterion in framework.criteria:
        needed.update(dict.fromkeys(label for label in EARNING if label in _labels(criterion.response)))
    if written:
        for label in needed:
            if label not in written:
                fields.fault(
                    ("earns",), f"earns does not say what {label} earns", f'Add "{label}": with a share of 0 to 1.'
                )


def _check_order(fields: Fields, framework: Framework) -> None:
    """Note every answer that earns more than the better one before it."""
    fixed = [each for each in EARNING if each not in framework.ratings]
    yes_no = [each for each in fixed if each in (terms.YES, terms.PARTLY, terms.NO)]
    timely = [each for each in fixed if each in (terms.MET, terms.NOT_MET)]
    for ladder in (framework.ratings, yes_no, timely):
        written = [label for label in ladder if label in framework.earns]
        for better, label in itertools.pairwise(written):
            if framework.earns[label] > framework.earns[better]:
                what = f"{label} earns {framework.earns[label]}, more than {better}, the better answer"
                fields.fault(("earns", label), what, f"Write at most {framework.earns[better]}.")


def _labels(response: str) -> tuple[str, ...]:
    """Give the fixed answers of a kind of question that earn something."""
    yes_no = (terms.YES, terms.NO)
    timely = (terms.MET, terms.NOT_MET)
    table = {terms.YES_PARTLY_NO: EARNING[:3], terms.YES_NO: yes_no, terms.TIMELINESS: timely}
    return table.get(response, ())


def _bands(fields: Fields, ratings: tuple[str, ...]) -> tuple[tuple[str, Fraction], ...]:
    """Read the lowest percentage of each band, best first, ending in 0."""
    bands: list[tuple[str, Fraction]] = []
    for label in fields.mapping(("bands",), required=True):
        path = ("bands", label)
        if label not in ratings:
            fields.fault(path, f"{label} under bands is not one of the ratings", did_you_mean(label, ratings))
        lowest = fields.number(path)
        if lowest is None:
            continue
        if not 0 <= lowest <= 100:
            fields.fault(
                path, f"the band {label} begins outside 0 to 100 %", "Write the lowest percentage of the band."
            )
        elif bands and lowest >= bands[-1][1]:
            what = f"the band {label} does not begin below {bands[-1][0]}"
            fields.fault(path, what, "Write the bands best first, each lower than the one before.")
        bands.append((label, lowest))
    if bands and bands[-1][1] != 0:
        fields.fault(
            ("bands", bands[-1][0]), f"the last band, {bands[-1][0]}, does not begin at 0", "End the bands at 0."
        )
    order = [ratings.index(label) for label, _ in bands if label in ratings]
    if order != sorted(order):
        fields.fault(("bands",), "the bands are not in the order of the ratings", "Write both best first.")
    return tuple(bands)


def _complete_at(fields: Fields) -> Fraction:
    """Read the share of the applicable weight that must be answered; all of it unless stated."""
    path = ("score", "complete_at")
    share = fields.number(path, default=Fraction(1)) or Fraction(0)
    if not 0 < share <= 1:
        fields.fault(path, f"complete_at {shown(fields.get(path))} is outside 0 to 100 %", "Write a share such as 90%.")
    return share
