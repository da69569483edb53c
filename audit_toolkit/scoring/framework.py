"""A framework: the questions of an audit, what each answer earns, and how the score becomes a band."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import FrameworkError, Problem, did_you_mean
from audit_toolkit.files import json_bytes
from audit_toolkit.scoring.criterion import Criterion, Domain, Item, Language, Limit, Sealed
from audit_toolkit.scoring.event_count import EventCount
from audit_toolkit.scoring.timescales import TimescaleRow, Timescales, timescales_with

# How answers become a score. The four models of XCCDF 1.2 (NISTIR 7275 r4, section 7.3), in the words of audits:
# its default, flat, flat unweighted and absolute models.
FLAT: Final = "flat"
FLAT_UNWEIGHTED: Final = "flat-unweighted"
DOMAINS: Final = "domains"
ALL_OR_NOTHING: Final = "all-or-nothing"
METHODS: Final = (FLAT, FLAT_UNWEIGHTED, DOMAINS, ALL_OR_NOTHING)
SHARE_OF_MAX: Final = "share-of-max"
RANGE: Final = "range"
SCALES: Final = (SHARE_OF_MAX, RANGE)
LEAVE_OUT: Final = "leave-out"
NOT_ALLOWED: Final = "not-allowed"
INCOMPLETE: Final = "incomplete"
WORST: Final = "worst"
NA_POLICIES: Final = (LEAVE_OUT, NOT_ALLOWED)
MISSING_POLICIES: Final = (INCOMPLETE, WORST, LEAVE_OUT)

# Fixed answers that earn something, best first, in ladders of their own beside the grades.
YES_LADDER: Final = (terms.YES, terms.PARTLY, terms.NO)
TIMELY_LADDER: Final = (terms.MET, terms.NOT_MET)


@dataclass(frozen=True, slots=True)
class Framework:
    """The questions of an audit, what each answer earns, and how a score becomes a band.

    Numbers are exact fractions: `earns` maps an answer to a share of its criterion's weight (0-1), which counts as
    it stands or, on the range scale, from the worst answer up (`shares`); `bands` gives the lowest percentage of
    each band, best first, `complete_at` the share (0-1) of the applicable weight that must be answered. `ratings`
    are the grades, best first; `codes` maps "4".."1" to them; `good` is the lowest grade that counts as good or
    better. `dates` are the facts its criteria may name, with what they mean. `extends` names the framework it was
    made from. `history` is what each sealed version held, `compare_with` the criteria of an earlier version that
    may still be compared. `own_limits` are time limits that it states itself, in place of those of the timescales.
    """

    name: str
    version: str
    title: str
    ratings: tuple[str, ...]
    earns: Mapping[str, Fraction]
    bands: tuple[tuple[str, Fraction], ...]
    criteria: tuple[Criterion, ...]
    items: tuple[Item, ...] = ()
    limits: tuple[Limit, ...] = ()
    good: str = ""
    method: str = FLAT
    not_applicable_policy: str = LEAVE_OUT
    missing_policy: str = INCOMPLETE
    complete_at: Fraction = Fraction(1)
    about: str = ""
    source: str = ""
    scale: str = SHARE_OF_MAX
    domains: tuple[Domain, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    own_limits: tuple[TimescaleRow, ...] = ()
    languages: tuple[Language, ...] = ()
    extends: str = ""
    history: tuple[Sealed, ...] = ()
    compare_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def codes(self) -> dict[str, str]:
        """The numbers that may be written for the grades: the best of four is 4."""
        count = len(self.ratings)
        return {str(count - position): label for position, label in enumerate(self.ratings)}

    @property
    def ladders(self) -> tuple[tuple[str, ...], ...]:
        """The answers that are of one scale, best first: the grades, Yes to No, and met or not met."""
        fixed = ([each for each in ladder if each not in self.ratings] for ladder in (YES_LADDER, TIMELY_LADDER))
        return (self.ratings, *map(tuple, fixed))

    @property
    def shares(self) -> dict[str, Fraction]:
        """The share (0-1) of its criterion's weight that each answer earns, by the framework's scale."""
        if self.scale == SHARE_OF_MAX:
            return dict(self.earns)
        found: dict[str, Fraction] = {}
        # A grade may be called as a fixed answer is: it is measured among the grades, the others of its ladder by it.
        for ladder in (self.ratings, YES_LADDER, TIMELY_LADDER):
            points = {label: self.earns[label] for label in ladder if label in self.earns}
            low, high = min(points.values(), default=Fraction(0)), max(points.values(), default=Fraction(0))
            measured = {label: (each - low) / (high - low) for label, each in points.items() if high > low}
            found = measured | found
        return found

    def worst(self, response: str) -> str:
        """Give the worst answer to a kind of question; "" for a count, where the worst is none met."""
        fixed = {terms.YES_PARTLY_NO: terms.NO, terms.YES_NO: terms.NO, terms.TIMELINESS: terms.NOT_MET}
        return self.ratings[-1] if response == terms.GRADED else fixed.get(response, "")

    def most(self, response: str) -> Fraction:
        """Give the most that an answer to a kind of question can earn: its best, or all of a count."""
        fixed = {terms.YES_PARTLY_NO: YES_LADDER, terms.YES_NO: YES_LADDER, terms.TIMELINESS: TIMELY_LADDER}
        labels = self.ratings if response == terms.GRADED else fixed.get(response, ())
        return max((self.shares.get(label, Fraction(0)) for label in labels), default=Fraction(1))

    @property
    def criterion_ids(self) -> tuple[str, ...]:
        """The ids of the scored questions, in the order they are asked."""
        return tuple(each.id for each in self.criteria)

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of the unscored yes/no questions."""
        return tuple(each.id for each in self.items)

    @property
    def questions(self) -> tuple[Criterion | Item, ...]:
        """The criteria and, after them, the unscored items."""
        return (*self.criteria, *self.items)

    @property
    def good_or_better(self) -> tuple[str, ...]:
        """The grades that count as good or better, best first."""
        return self.ratings[: self.ratings.index(self.good) + 1]

    @property
    def computed(self) -> tuple[Criterion, ...]:
        """The criteria computed from dates."""
        return tuple(each for each in self.criteria if each.response == terms.TIMELINESS)

    @property
    def translated(self) -> dict[str, str]:
        """Our label for every label of another language."""
        return {theirs: ours for language in self.languages for ours, theirs in language.labels.items()}

    def language(self, code: str) -> Language:
        """Give the words of one language; FrameworkError names the nearest where there are none."""
        for each in self.languages:
            if each.code == code:
                return each
        mend = did_you_mean(code, [each.code for each in self.languages]) if self.languages else ""
        raise FrameworkError(
            Problem(f"{self.name} has no words in {code}", mend=mend or "Add them under languages in its file.")
        )

    def with_own_limits(self, timescales: Timescales) -> Timescales:
        """Give the time limits its criteria are judged by: those it states itself stand before the others."""
        return timescales_with(timescales, self.own_limits) if self.own_limits else timescales

    @property
    def from_events(self) -> tuple[tuple[Criterion, EventCount], ...]:
        """The criteria that dated events can answer, each with how they are counted."""
        return tuple((each, each.event_count) for each in self.criteria if each.event_count is not None)

    @property
    def time_limits(self) -> frozenset[str]:
        """The names of the time limits that its criteria are judged by."""
        counted = [limit for _, rule in self.from_events for _, limit in rule.limits]
        return frozenset([*(each.limit for each in self.computed), *counted])

    @property
    def digest(self) -> str:
        """SHA-256 of the content (64 hex digits): comments and layout do not change it, any word does."""
        return hashlib.sha256(json_bytes(self.to_dict())).hexdigest()

    def criterion(self, criterion_id: str) -> Criterion:
        """Give the criterion with this id; FrameworkError names the nearest where there is none."""
        for each in self.criteria:
            if each.id == criterion_id:
                return each
        mend = did_you_mean(criterion_id, self.criterion_ids)
        raise FrameworkError(Problem(f"{criterion_id} is not a criterion of {self.name}", mend=mend))

    def to_dict(self) -> dict[str, object]:
        """Give the whole content as plain values; fractions are text such as "3/4".

        A part that a framework does not use is left out. `history` and `compare_with` are about other versions
        and `notes` about the reading: they are no content.
        """
        content: dict[str, object] = {
            "framework": self.name,
            "version": self.version,
            "title": self.title,
            "about": self.about,
            "source": self.source,
            "ratings": list(self.ratings),
            "good": self.good,
            "earns": {label: str(points) for label, points in self.earns.items()},
            "bands": [[label, str(lowest)] for label, lowest in self.bands],
            "score": self._rules(),
            "criteria": [each.to_dict() for each in self.criteria],
            "items": [each.to_dict() for each in self.items],
            "limits": [each.to_dict() for each in self.limits],
        }
        further = {
            "extends": self.extends,
            "domains": [each.to_dict() for each in self.domains],
            "dates": dict(self.dates),
            "timescales": [each.to_dict() for each in self.own_limits],
            "languages": {each.code: each.to_dict() for each in self.languages},
        }
        return content | {key: value for key, value in further.items() if value}

    def _rules(self) -> dict[str, object]:
        """Give how answers become a score, as plain values."""
        rules: dict[str, object] = {
            "method": self.method,
            "not_applicable": self.not_applicable_policy,
            "missing": self.missing_policy,
            "complete_at": str(self.complete_at),
        }
        return rules | ({} if self.scale == SHARE_OF_MAX else {"scale": self.scale})

    def to_frame(self) -> pd.DataFrame:
        """Give one row a criterion, in the order asked."""
        frame = pd.DataFrame([each.to_dict() for each in self.criteria]).astype(object)
        for name in ("na_reasons", "evidences"):
            frame[name] = pd.Series(["; ".join(getattr(each, name)) for each in self.criteria], dtype=object)
        frame["weight"] = pd.Series([float(each.weight) for each in self.criteria], dtype=float)
        return frame

    def __str__(self) -> str:
        bands = ", ".join(f"{label} from {float(lowest):g} %" for label, lowest in self.bands)
        extends = [f"Made from {self.extends}"] if self.extends else []
        return "\n".join(
            [
                f"{self.title} ({self.name} {self.version})",
                *extends,
                f"{_counted(len(self.criteria), 'criterion', 'criteria')}, "
                f"{_counted(len(self.items), 'unscored item')}, {_counted(len(self.limits), 'limit')}",
                f"Bands: {bands}",
                f"Score: {METHOD_WORDS[self.method]}{SCALE_WORDS[self.scale]}",
                f"{self._completeness()} N/A {NA_WORDS[self.not_applicable_policy]}.",
                f"Digest {self.digest[:16]}",
                *self.notes,
            ]
        )

    def _completeness(self) -> str:
        """Say when a score stands and what a blank does."""
        if self.missing_policy == WORST:
            return "A blank counts as the worst answer."
        if self.missing_policy == LEAVE_OUT:
            return "A blank is left out."
        return f"Complete when {float(100 * self.complete_at):g} % of the applicable weight is answered."


METHOD_WORDS: Final = {
    FLAT: "each criterion counts by its weight",
    FLAT_UNWEIGHTED: "each criterion counts the same",
    DOMAINS: "each domain counts by its weight, and each criterion by its weight within its domain",
    ALL_OR_NOTHING: "100 % where every answer earns all it can, else 0 %",
}
SCALE_WORDS: Final = {SHARE_OF_MAX: "", RANGE: "; the worst answer earns nothing"}
NA_WORDS: Final = {LEAVE_OUT: "is left out", NOT_ALLOWED: "may not be used"}


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
