"""What changed between two frameworks, and what may still be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.versions import MEANING, criterion_digest

# Parts of a framework that a score or band depends on.
RULES: Final = ("ratings", "good", "earns", "bands", "score", "domains", "limits", "items")
NOT_THE_SAME: Final = "Scores and bands do not: compare them only where both rounds are scored by one version."


@dataclass(frozen=True, slots=True)
class FrameworkDiff:
    """What changed between two versions: the rules, and the criteria by id.

    `changed` gives for each criterion the parts that differ, as (part, then, now). `comparable` are the criteria
    whose answers mean the same in both, `scores_comparable` says whether the scores and bands do.
    """

    earlier: Framework
    later: Framework
    rules: tuple[tuple[str, str, str], ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, tuple[tuple[str, str, str], ...]]
    comparable: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing that was read differs; comments, layout and the version do not count."""
        return not (self.rules or self.added or self.removed or self.changed)

    @property
    def scores_comparable(self) -> bool:
        """Whether a score or band means the same in both."""
        scored = {part for parts in self.changed.values() for part, _, _ in parts} & {*MEANING, "weight", "domain"}
        return not (scored or self.added or self.removed or any(rule in RULES for rule, _, _ in self.rules))

    def to_dict(self) -> dict[str, object]:
        """Give the differences as plain values."""
        return {
            "earlier": {"framework": self.earlier.name, "version": self.earlier.version, "digest": self.earlier.digest},
            "later": {"framework": self.later.name, "version": self.later.version, "digest": self.later.digest},
            "same": self.same,
            "rules": [dict(zip(("rule", "then", "now"), each, strict=True)) for each in self.rules],
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": {
                each: [dict(zip(("part", "then", "now"), part, strict=True)) for part in parts]
                for each, parts in self.changed.items()
            },
            "comparable": list(self.comparable),
            "scores_comparable": self.scores_comparable,
        }

    def __str__(self) -> str:
        names = f"{self.earlier.name} {self.earlier.version} and {self.later.name} {self.later.version}"
        if self.same:
            return f"{names} hold the same."
        lines = [f"Between {names}:"]
        lines += [f"  {rule}: {then} -> {now}" for rule, then, now in self.rules]
        lines += [f"  {each} is new" for each in self.added]
        lines += [f"  {each} is gone" for each in self.removed]
        lines += [
            f"  {each} {part}: {then} -> {now}" for each, parts in self.changed.items() for part, then, now in parts
        ]
        same = f"Answers still mean the same for {_listed(self.comparable, len(self.later.criteria))}."
        scores = "Scores and bands still mean the same." if self.scores_comparable else NOT_THE_SAME
        return "\n".join([*lines, same, scores])


def compare_frameworks(earlier: Framework, later: Framework) -> FrameworkDiff:
    """Say what changed between two frameworks, usually two versions of one.

    Parameters
    ----------
    earlier, later : the two, as `load_framework` gives them.

    Returns
    -------
    FrameworkDiff. Criteria are matched by id: a question whose meaning changed should have a new one.

    Checked against: tests/scoring/test_framework_diff.py.
    """
    then = {each.id: each for each in earlier.criteria}
    now = {each.id: each for each in later.criteria}
    changed = {each: _parts(then[each].to_dict(), now[each].to_dict()) for each in now if each in then}
    before, after = earlier.to_dict(), later.to_dict()
    skipped = ("framework", "version", "criteria")
    keys = [key for key in dict.fromkeys((*before, *after)) if key not in skipped]
    rules = _parts({key: before.get(key, "") for key in keys}, {key: after.get(key, "") for key in keys})
    before_order, after_order = _in_both(then, now), _in_both(now, then)
    if before_order != after_order:
        rules = (*rules, ("order of the questions", before_order, after_order))
    return FrameworkDiff(
        earlier,
        later,
        rules=rules,
        added=tuple(each for each in now if each not in then),
        removed=tuple(each for each in then if each not in now),
        changed={each: parts for each, parts in changed.items() if parts},
        comparable=tuple(
            each
            for each in now
            if each in then and criterion_digest(now[each], later) == criterion_digest(then[each], earlier)
        ),
    )


def _in_both(one: Mapping[str, object], other: Mapping[str, object]) -> str:
    """List the questions of one that the other has too, in the one's order."""
    return ", ".join(each for each in one if each in other)


def _parts(then: Mapping[str, object], now: Mapping[str, object]) -> tuple[tuple[str, str, str], ...]:
    """Give every key whose value differs, with both values in words."""
    keys = dict.fromkeys((*then, *now))
    differ = [key for key in keys if (then.get(key) or "") != (now.get(key) or "")]
    return tuple((key, _shown(then.get(key)), _shown(now.get(key))) for key in differ)


def _shown(value: object) -> str:
    """Give a value in words a person can set beside another."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(each)}" for key, each in value.items()) or "nothing"
    if isinstance(value, list | tuple):
        return "; ".join(_shown(each) for each in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in (None, "") else "nothing"


def _listed(ids: tuple[str, ...], whole: int) -> str:
    if len(ids) == whole:
        return "every criterion"
    return ", ".join(ids) if ids else "no criterion"
