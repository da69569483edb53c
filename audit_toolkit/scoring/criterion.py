"""The parts of a framework: the questions asked, the domains they stand in, the limits, and their words elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from audit_toolkit.scoring.event_count import EventCount


@dataclass(frozen=True, slots=True)
class Criterion:
    """One scored question.

    `na_allowed` is False where every case has an answer; `na_reasons` are the reasons that excuse one
    (none listed: any reason). `start`, `end` and `limit` name the two facts and the row of the timescales
    of a timeliness criterion, and are empty otherwise; `event_count` is how a repeated one is counted from events.
    `domain` is the part of the framework it counts in,
    `alert` the answers that are told the same day and change no score.
    """

    id: str
    ask: str
    response: str
    weight: Fraction = Fraction(1)
    theme: str = ""
    look_for: str = ""
    na_allowed: bool = True
    na_reasons: tuple[str, ...] = ()
    look_back: str = ""
    evidences: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    limit: str = ""
    event_count: EventCount | None = None
    domain: str = ""
    alert: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the criterion as plain values; a part that it does not use is left out."""
        content: dict[str, object] = {
            "id": self.id,
            "ask": self.ask,
            "response": self.response,
            "weight": str(self.weight),
            "theme": self.theme,
            "look_for": self.look_for,
            "na_allowed": self.na_allowed,
            "na_reasons": list(self.na_reasons),
            "look_back": self.look_back,
            "evidences": list(self.evidences),
            "from": self.start,
            "to": self.end,
            "limit": self.limit,
        }
        counted = None if self.event_count is None else self.event_count.to_dict()
        return content | _used(event_count=counted, domain=self.domain, alert=list(self.alert))


@dataclass(frozen=True, slots=True)
class Item:
    """One unscored yes/no question, asked because a limit needs its answer.

    `longest_gap_over` is so many times the limit of the criterion it stands after: where the auditor left it blank,
    the events of the case answer whether a gap was longer. 0 where only the auditor can.
    """

    id: str
    ask: str
    look_for: str = ""
    after: str = ""
    longest_gap_over: int = 0

    def to_dict(self) -> dict[str, object]:
        """Give the item as plain values."""
        content: dict[str, object] = {"id": self.id, "ask": self.ask, "look_for": self.look_for, "after": self.after}
        return content | _used(longest_gap_over=self.longest_gap_over)


@dataclass(frozen=True, slots=True)
class Domain:
    """A part of the framework that is scored by itself and then counts by its weight."""

    id: str
    title: str
    weight: Fraction = Fraction(1)

    def to_dict(self) -> dict[str, object]:
        """Give the domain as plain values."""
        return {"id": self.id, "title": self.title, "weight": str(self.weight)}


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule that keeps the band from being better than `no_better_than`.

    It fires where the answer to `criterion` is one of `answers` and, for every (id, answers) of `also`,
    that answer is one of those too. `id` is the name by which a framework that extends this one replaces it.
    """

    criterion: str
    answers: tuple[str, ...]
    no_better_than: str
    why: str
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()
    id: str = ""

    def conditions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Give every (id, answers) that must hold together."""
        return ((self.criterion, self.answers), *self.also)

    def to_dict(self) -> dict[str, object]:
        """Give the limit as plain values; the name it may have is left out where it has none."""
        content: dict[str, object] = {
            "if": self.criterion,
            "is": list(self.answers),
            "also": {each: list(answers) for each, answers in self.also},
            "no_better_than": self.no_better_than,
            "why": self.why,
        }
        return content | _used(id=self.id)


@dataclass(frozen=True, slots=True)
class Language:
    """A framework's words in another language: `code` such as "cy", `labels` from our label to theirs.

    `asks`, `look_fors` and `na_reasons` are by the id of the question; what is not there stays as it is.
    """

    code: str
    title: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    asks: Mapping[str, str] = field(default_factory=dict)
    look_fors: Mapping[str, str] = field(default_factory=dict)
    na_reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Give the words as plain values."""
        return {
            "title": self.title,
            "labels": dict(self.labels),
            "asks": dict(self.asks),
            "look_fors": dict(self.look_fors),
            "na_reasons": {each: list(reasons) for each, reasons in self.na_reasons.items()},
        }


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a version of a framework held, as its history keeps it: digests of the whole and of each criterion."""

    version: str
    digest: str
    criteria: Mapping[str, str]


def _used(**parts: object) -> dict[str, object]:
    """Give the parts that hold something: a framework that does not use them keeps the digest it had without."""
    return {key: value for key, value in parts.items() if value}
