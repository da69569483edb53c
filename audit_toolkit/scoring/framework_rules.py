"""Reading how a framework turns answers into a band: its ratings, what each answer earns, the bands, the score."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import did_you_mean
from audit_toolkit.scoring.criterion import Criterion
from audit_toolkit.scoring.fields import Fields, Path, shown
from audit_toolkit.scoring.framework import (
    ALL_OR_NOTHING,
    FLAT,
    INCOMPLETE,
    LEAVE_OUT,
    METHODS,
    MISSING_POLICIES,
    NA_POLICIES,
    RANGE,
    SCALES,
    SHARE_OF_MAX,
    Framework,
)
from audit_toolkit.scoring.responses import EARNING

SCORE_KEYS: Final = ("method", "scale", "not_applicable", "missing", "complete_at")


def read_ratings_of(fields: Fields) -> tuple[str, ...]:
    """Read the grades, best first."""
    ratings = fields.texts(("ratings",), required=True)
    folded = [label.casefold() for label in ratings]
    if len(ratings) == 1:
        what = f"{ratings[0]} is the only rating, so every case is given it"
        fields.fault(("ratings",), what, "Write at least two, best first.")
    for position, label in enumerate(ratings):
        if folded[position] in folded[:position]:
            fields.fault(
                ("ratings", position), f"the rating {label} stands twice", "Give each rating once, best first."
            )
        elif not _may_be(label):
            what = f'"{label}" cannot be a rating: N/A, whole numbers and spaces around the text are kept for the tool'
            fields.fault(("ratings", position), what, "Choose a plain word.")
    first = [label for position, label in enumerate(ratings) if folded[position] not in folded[:position]]
    return tuple(dict.fromkeys(label.strip() for label in first if _may_be(label.strip())))


def _may_be(label: str) -> bool:
    """Say whether a text may be a rating: N/A, whole numbers and spaces around it are kept for the tool."""
    return label == label.strip() and label != terms.NA_RATING and not label.isdigit()


def read_good(fields: Fields, ratings: tuple[str, ...]) -> str:
    """Read the lowest grade that counts as good; the second best unless stated."""
    second = ratings[min(1, len(ratings) - 1)] if ratings else ""
    return fields.choice(("good",), ratings, default=second) if ratings else ""


def read_earns(fields: Fields, ratings: tuple[str, ...]) -> dict[str, Fraction]:
    """Read what each answer earns."""
    earns: dict[str, Fraction] = {}
    known = (*ratings, *EARNING)
    for label in fields.mapping(("earns",), required=True):
        path = ("earns", label)
        if label == terms.NA_RATING:
            fields.fault(path, "N/A earns nothing and costs nothing: it leaves the score", "Take it out of earns.")
            continue
        if label not in known:
            fields.fault(path, f"{label} under earns is not an answer of this framework", did_you_mean(label, known))
            continue
        share = fields.number(path)
        if share is not None and not 0 <= share <= 1:
            mend = (
                f"Write {float(share):g}% or a share such as 3/4."
                if 2 <= share <= 100
                else "Write a share such as 3/4."
            )
            fields.fault(path, f"{label} earns {shown(fields.get(path))}, outside 0 to 1", mend)
        elif share is not None:
            earns[label] = share
    return earns


def read_bands(fields: Fields, ratings: tuple[str, ...]) -> tuple[tuple[str, Fraction], ...]:
    """Read the lowest percentage of each band, best first, ending in 0."""
    bands: list[tuple[str, Fraction]] = []
    written = fields.mapping(("bands",), required=True)
    order = [ratings.index(label) for label in written if label in ratings]
    for label in written:
        path = ("bands", label)
        if label not in ratings:
            fields.fault(path, f"{label} under bands is not one of the ratings", did_you_mean(label, ratings))
        lowest = _lowest(fields, path)
        if lowest is None:
            continue
        if not 0 <= lowest <= 100:
            fields.fault(
                path, f"the band {label} begins outside 0 to 100 %", "Write the lowest percentage of the band."
            )
        elif bands and lowest >= bands[-1][1] and order == sorted(order):
            what = f"the band {label} does not begin below {bands[-1][0]}"
            fields.fault(path, what, "Write the bands best first, each lower than the one before.")
        bands.append((label, lowest))
    _check_bands(fields, bands, ratings, written)
    return tuple(bands)


def _lowest(fields: Fields, path: Path) -> Fraction | None:
    """Read where a band begins, in percent, with or without its sign: 62.5 and 62.5% are the same."""
    value = fields.get(path)
    lowest = fields.number(path, mend="Write its lowest percentage alone, such as 62.5: a band ends at the next.")
    return lowest if lowest is None or not isinstance(value, str) or "%" not in value else 100 * lowest


def _check_bands(
    fields: Fields, bands: Sequence[tuple[str, Fraction]], ratings: Sequence[str], written: dict[str, object]
) -> None:
    """Note bands that leave a gap or stand in another order than the ratings."""
    order = [ratings.index(label) for label, _ in bands if label in ratings]
    if order != sorted(order):
        fields.fault(("bands",), "the bands are not in the order of the ratings", "Write both best first.")
    elif bands and bands[-1][1] != 0:
        what = f"the last band, {bands[-1][0]}, does not begin at 0"
        fields.fault(("bands", bands[-1][0]), what, "End the bands at 0.")
    if bands and 0 < bands[0][1] <= 1:
        what = f"the band {bands[0][0]} begins at {float(bands[0][1]):g} %, so nearly every score is in it"
        fields.fault(("bands", bands[0][0]), what, f"Write percentages: {float(100 * bands[0][1]):g}.")
    for label in ratings:
        if written and label not in written:
            what = f"bands does not say where {label} begins, so no case could be given it"
            fields.fault(("bands",), what, f'Add "{label}": with its lowest percentage, or take it out of ratings.')


def read_score(fields: Fields) -> dict[str, str | Fraction]:
    """Read how answers become a score, as the Framework's own fields."""
    fields.mapping(("score",))
    fields.only(("score",), SCORE_KEYS)
    missing = fields.choice(("score", "missing"), MISSING_POLICIES, default=INCOMPLETE)
    return {
        "method": fields.choice(("score", "method"), METHODS, default=FLAT),
        "scale": fields.choice(("score", "scale"), SCALES, default=SHARE_OF_MAX),
        "not_applicable_policy": fields.choice(("score", "not_applicable"), NA_POLICIES, default=LEAVE_OUT),
        "missing_policy": missing,
        "complete_at": _complete_at(fields, missing),
    }


def _complete_at(fields: Fields, missing: str) -> Fraction:
    """Read the share of the applicable weight that must be answered; all of it unless stated."""
    path = ("score", "complete_at")
    share = fields.number(path, default=Fraction(1)) or Fraction(0)
    if not 0 < share <= 1:
        what = f"complete_at {shown(fields.get(path))} is not above 0 and at most 100 %"
        fields.fault(path, what, f"Write {float(share):g}%." if 2 <= share <= 100 else "Write a share such as 90%.")
    elif missing != INCOMPLETE and fields.get(path) is not None:
        what = f"complete_at does nothing where missing is {missing}: every score stands"
        fields.fault(path, what, "Take complete_at out, or write missing: incomplete.")
    return share


def check_earns(fields: Fields, framework: Framework) -> None:
    """Note every answer the criteria allow that nothing is earned for, and answers that earn more than a better one."""
    written = fields.mapping(("earns",))
    needed = dict.fromkeys(framework.ratings)
    for criterion in framework.criteria:
        needed.update(dict.fromkeys(label for label in EARNING if label in _labels(criterion.response)))
    for label in needed if written else ():
        if label not in written:
            mend = f'Add "{label}": with a share of 0 to 1.'
            fields.fault(("earns",), f"earns does not say what {label} earns", mend)
    for ladder in framework.ladders:
        _check_ladder(fields, framework, [label for label in ladder if label in framework.earns])


def _check_ladder(fields: Fields, framework: Framework, ladder: Sequence[str]) -> None:
    """Note every answer that earns more than the better one before it, and a range of nothing."""
    for better, label in itertools.pairwise(ladder):
        if framework.earns[label] > framework.earns[better]:
            what = f"{label} earns {framework.earns[label]}, more than {better}, the better answer"
            fields.fault(("earns", label), what, f"Write at most {framework.earns[better]}.")
    points = {framework.earns[label] for label in ladder}
    if framework.scale == RANGE and len(ladder) > 1 and len(points) == 1:
        what = f"{', '.join(ladder[:-1])} and {ladder[-1]} earn the same, so the range scale has nothing to measure by"
        fields.fault(("earns", ladder[0]), what, "Let the best answer earn more than the worst, or use share-of-max.")


def _labels(response: str) -> tuple[str, ...]:
    """Give the fixed answers of a kind of question that earn something."""
    yes_no = (terms.YES, terms.NO)
    timely = (terms.MET, terms.NOT_MET)
    table = {terms.YES_PARTLY_NO: EARNING[:3], terms.YES_NO: yes_no, terms.TIMELINESS: timely}
    return table.get(response, ())


def check_reachable(fields: Fields, framework: Framework) -> None:
    """Note every band that no score and no limit can lead to."""
    capped = {limit.no_better_than for limit in framework.limits}
    shares = [_extremes(framework, each) for each in framework.criteria if each.weight > 0 and each.response]
    bands = framework.bands
    if not shares or not bands or [lowest for _, lowest in bands] != sorted((low for _, low in bands), reverse=True):
        return
    lowest_score, highest_score = 100 * min(low for low, _ in shares), 100 * max(high for _, high in shares)
    if framework.method == ALL_OR_NOTHING:
        lowest_score, highest_score = Fraction(0), Fraction(100)
    for position, (label, lowest) in enumerate(bands):
        above = bands[position - 1][1] if position else None
        if label in capped or lowest > 100:
            continue
        if framework.method == ALL_OR_NOTHING and 0 < position < len(bands) - 1:
            what = f"the band {label} can never be reached: under all-or-nothing a score is 0 or 100 %"
            fields.fault(("bands", label), what, "Keep the best and the last rating, or use another method.")
        elif lowest > highest_score:
            what = f"the band {label} can never be reached: the best answers come to {float(highest_score):g} %"
            fields.fault(("bands", label), what, "Lower where it begins, or let the best answers earn more.")
        elif above is not None and above <= lowest_score:
            what = f"the band {label} can never be reached: the worst answers come to {float(lowest_score):g} %"
            fields.fault(
                ("bands", label), what, "Raise where the band above begins, or let the worst answers earn less."
            )


def _extremes(framework: Framework, criterion: Criterion) -> tuple[Fraction, Fraction]:
    """Give the least and the most that an answer to a criterion can earn."""
    if criterion.response == terms.REPEATED:
        return Fraction(0), Fraction(1)
    labels = framework.ratings if criterion.response == terms.GRADED else _labels(criterion.response)
    earned = [framework.shares.get(label, Fraction(0)) for label in labels]
    return min(earned, default=Fraction(0)), max(earned, default=Fraction(1))
