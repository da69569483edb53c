"""What of two rounds' frameworks may be compared: the same questions, and grades that are made in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit_toolkit.errors import Problem
from audit_toolkit.improvement.rounds.measures import CRITERION, Measure
from audit_toolkit.improvement.rounds.round import Round
from audit_toolkit.scoring import Framework, criterion_digest

SAME_VERSION = (
    "Score both rounds by the same version, or declare in the later one which questions still mean the same "
    "(compare_with). To see estimates of what is common without a verdict, use --anyway."
)
# What a grade depends on besides the criteria.
OWN_RULES = ("ratings", "good", "earns", "bands", "score", "domains", "limits")


def framework_refusals(earlier: Round, later: Round) -> list[Problem]:
    """Name the frameworks that forbid a comparison: in one round only, or changed without saying what stayed."""
    problems = []
    where = f"{earlier.name} and {later.name}"
    for name in sorted((set(earlier.frameworks) ^ set(later.frameworks)) - set(_new_frameworks(earlier, later))):
        problems.append(Problem(f"only one of them was scored by {name}", where, SAME_VERSION))
    for name in _common(earlier, later):
        then, now = earlier.frameworks[name], later.frameworks[name]
        differing = _differing(then, now)
        if differing and _declared(then, now) is None:
            what = f"{name} asks or scores {', '.join(differing)} in another way"
            problems.append(Problem(what, where, SAME_VERSION))
    return problems


def framework_notes(earlier: Round, later: Round) -> list[str]:
    """Say which frameworks are new, and of which only some questions are compared."""
    notes = [
        f"{later.frameworks[name].title} is new in the later round: there is nothing to compare it with yet."
        for name in _new_frameworks(earlier, later)
    ]
    for name in _common(earlier, later):
        then, now = earlier.frameworks[name], later.frameworks[name]
        declared = _declared(then, now)
        if declared is None or not _differing(then, now):
            continue
        kept = [each for each in now.criterion_ids if each in declared]
        dropped = [each for each in now.criterion_ids if each not in declared]
        note = f"{now.title}: version {now.version} is compared with version {then.version} on "
        note += f"{', '.join(kept)} alone" if dropped else "its questions"
        reason = ", ".join(_differing(then, now))
        notes.append(f"{note}. Its grades are not compared: {reason} changed what they are made of.")
    return notes


def comparable_measures(earlier: Round, later: Round, measures: Sequence[Measure]) -> list[Measure]:
    """Keep the measures that mean the same in both rounds: of a changed framework the questions declared to."""
    return [each for each in measures if each.framework in earlier.frameworks and _kept(earlier, later, each)]


def _kept(earlier: Round, later: Round, measure: Measure) -> bool:
    then, now = earlier.frameworks[measure.framework], later.frameworks[measure.framework]
    declared = _declared(then, now) if _differing(then, now) else None
    if measure.kind != CRITERION:
        return declared is None
    return measure.criterion in (then.criterion_ids if declared is None else declared)


def _declared(then: Framework, now: Framework) -> tuple[str, ...] | None:
    """Give the criteria the later version declares to mean the same; None where it declares nothing of the earlier.

    A declaration is not believed where the question itself differs from what the earlier round asked.
    """
    listed = now.compare_with.get(then.version)
    if listed is None:
        return None
    meant = {each.id: criterion_digest(each, then) for each in then.criteria}
    same = {each.id for each in now.criteria if meant.get(each.id) == criterion_digest(each, now)}
    return tuple(each for each in listed if each in same)


def _common(earlier: Round, later: Round) -> list[str]:
    return sorted(set(earlier.frameworks) & set(later.frameworks))


def _new_frameworks(earlier: Round, later: Round) -> list[str]:
    """Give the frameworks that only the later round was scored by, the primary one aside: it must stand in both."""
    primary = next(iter(later.frameworks), "")
    return [name for name in later.frameworks if name not in earlier.frameworks and name != primary]


def _differing(then: Framework, now: Framework) -> list[str]:
    """Name what a score depends on and what differs: criteria by their ids, and the framework's own rules."""
    before, after = _scored(then), _scored(now)
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def _scored(framework: Framework) -> Mapping[str, object]:
    content = framework.to_dict()
    parts: dict[str, object] = {key: content[key] for key in OWN_RULES if key in content}
    for criterion in framework.criteria:
        parts[criterion.id] = (
            criterion.ask,
            criterion.response,
            criterion.weight,
            criterion.na_allowed,
            criterion.start,
            criterion.end,
            criterion.limit,
            criterion.domain,
            criterion.event_count,
        )
    return parts
