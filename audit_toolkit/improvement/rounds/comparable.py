"""Which rounds may be compared: same rule, same event, windows of equal length, same criteria, same auditors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit_toolkit import terms
from audit_toolkit.errors import Problem
from audit_toolkit.improvement.changes.crews import FEWEST_OTHER_AUDITORS, too_few_words
from audit_toolkit.improvement.rounds.auditor_mix import mix_caution
from audit_toolkit.improvement.rounds.frameworks_compared import framework_notes, framework_refusals
from audit_toolkit.improvement.rounds.round import Round
from audit_toolkit.register import rule_window

STAYS_CLEAR = "stays_clear_of_earlier_rounds"
SMALL = "small_strata"
SAME_RULE = "Draw both rounds by the same rule. To see estimates without a verdict, compare with --anyway."
# From this share of the later cases on, what was audited before weighs heavily in the change.
LARGE_OVERLAP = 0.2


def refusals(earlier: Round, later: Round) -> list[Problem]:
    """Name what forbids comparing two rounds, unless told to go on without a verdict."""
    return [
        *_order(earlier, later),
        *_frame_rule(earlier, later),
        *_units(earlier, later),
        *_windows(earlier, later),
        *framework_refusals(earlier, later),
        *_time_limits(earlier, later),
    ]


def _order(earlier: Round, later: Round) -> list[Problem]:
    """Refuse rounds given the wrong way round: their registers say which came first."""
    first, second = earlier.plan.snapshot, later.plan.snapshot
    if first is None or second is None or first <= second:
        return []
    what = (
        f"the round given as the earlier has the later register ({first.isoformat()}, the other {second.isoformat()})"
    )
    return [Problem(what, f"{earlier.name} and {later.name}", "Swap them.")]


def _frame_rule(earlier: Round, later: Round) -> list[Problem]:
    then, now = earlier.receipt.frame_rule, later.receipt.frame_rule
    words = {
        "eligible": "the rules of who is eligible (or the length of their windows) differ",
        "exclude": "the rules of who is excluded differ",
        "strata": "the strata are made in another way",
    }
    found = [text for key, text in words.items() if then.get(key) != now.get(key)]
    if earlier.plan.small_strata != later.plan.small_strata:
        found.append("small strata are joined by another rule")
    elif then.get(SMALL) != now.get(SMALL):
        apart = sorted(_joined(then) ^ _joined(now))
        found.append(f"small strata were joined in both, but {', '.join(apart)} in one of them only")
    if then.get(STAYS_CLEAR) != now.get(STAYS_CLEAR) and not _nobody_left_out(earlier, later):
        found.append("one of them stays clear of earlier rounds and the other does not")
    return [Problem(text, f"{earlier.name} and {later.name}", SAME_RULE) for text in found]


def _joined(rule: Mapping[str, object]) -> set[str]:
    """Give the strata that were joined because they were small."""
    small = rule.get(SMALL)
    listed = small.get("joined") if isinstance(small, Mapping) else None
    return {str(each) for each in listed} if isinstance(listed, Sequence) else set()


def _nobody_left_out(earlier: Round, later: Round) -> bool:
    """Say whether staying clear of earlier rounds took no case out of either frame: then both speak of all."""
    clear = [each for each in (earlier, later) if each.receipt.frame_rule.get(STAYS_CLEAR)]
    return all(each.receipt.population_all and left_out(each) == 0 for each in clear)


def left_out(round_: Round) -> int:
    """Count the eligible cases left out because they were audited in an earlier round."""
    return sum(round_.receipt.population_all.values()) - round_.eligible if round_.receipt.population_all else 0


def _units(earlier: Round, later: Round) -> list[Problem]:
    then, now = _unit(earlier), _unit(later)
    if then == now:
        return []
    what = f"their units differ: {then} in the earlier and {now} in the later"
    return [Problem(what, f"{earlier.name} and {later.name}", SAME_RULE)]


def _unit(round_: Round) -> str:
    if round_.receipt.unit == terms.CASE_ID:
        return "a case"
    one = "one case" if round_.plan.unit is not None and round_.plan.unit.one_child else "all cases"
    return f"{one} under each {round_.receipt.unit}"


def _windows(earlier: Round, later: Round) -> list[Problem]:
    """Compare how long each window had been closed when its register was taken."""
    gaps = []
    for each in (earlier, later):
        rule = rule_window(each.plan.eligible)
        if rule is None or rule.last is None or each.plan.snapshot is None:
            return []
        gaps.append((each.plan.snapshot - rule.last).days)
    if gaps[0] == gaps[1]:
        return []
    what = f"the window had been closed {gaps[0]} days at the earlier snapshot and {gaps[1]} at the later"
    mend = "Take both registers the same time after the window closes. To go on without a verdict, use --anyway."
    return [Problem(what, f"{earlier.name} and {later.name}", mend)]


def _time_limits(earlier: Round, later: Round) -> list[Problem]:
    """Refuse rounds whose plans judge the same dates by other time limits."""
    then, now = _figures(earlier), _figures(later)
    differ = {limit for key in then.keys() & now.keys() if then[key] != now[key] for _, limit in (key,)}
    other = [f"the time limit {name}" for name in sorted(differ)]
    if (then or now) and earlier.timescales.weekend_start != later.timescales.weekend_start:
        other.append("the day that a step begun on a weekend is counted from")
    where = f"{earlier.name} and {later.name}"
    mend = "Give both plans the same timescales. To see estimates without a verdict, use --anyway."
    return [Problem(f"{what} is not the same in both", where, mend) for what in other]


def _figures(round_: Round) -> dict[tuple[str, str], object]:
    """Give the figures of every time limit that a round's frameworks are judged by."""
    return {
        (name, limit): framework.with_own_limits(round_.timescales).figures(limit)
        for name, framework in round_.frameworks.items()
        for limit in framework.time_limits
    }


def no_verdict(earlier: Round, later: Round) -> list[str]:
    """Give the reasons why no verdict can be reached although the rounds are alike in rule."""
    reasons = [
        f"{each.name} was not drawn at random for comparison (purpose: {each.plan.purpose})."
        for each in (earlier, later)
        if not each.estimated
    ]
    then, now = set(earlier.auditors), set(later.auditors)
    if "" in then | now:
        reasons.append(
            "Some ratings do not say who made them, so it cannot be known that the same auditors rated both."
        )
    if then != now and min(len(then), len(now)) < FEWEST_OTHER_AUDITORS:
        only = f"{len(then - now)} only in the earlier, {len(now - then)} only in the later, {len(then & now)} in both"
        reasons.append(too_few_words(only))
    if earlier.receipt.seed == later.receipt.seed and earlier.receipt.files == later.receipt.files:
        reasons.append("Both rounds drew the same cases of the same register.")
    return reasons


def cautions(earlier: Round, later: Round) -> list[str]:
    """Give what a reader should know of the pair although it does not forbid a verdict."""
    notes = [*_overlap(earlier, later), *_populations(earlier, later)]
    notes += [text for text in (mix_caution(earlier, later), _other_auditors(earlier, later)) if text]
    notes += framework_notes(earlier, later)
    for each in (earlier, later):
        notes += [f"{each.name}: {text}" for text in (*_size(each), *each.notes)]
    return notes


def _other_auditors(earlier: Round, later: Round) -> str:
    """Say that the interval allows for other auditors, where there are enough of them for that."""
    then, now = set(earlier.auditors), set(later.auditors)
    if then == now or "" in then | now or min(len(then), len(now)) < FEWEST_OTHER_AUDITORS:
        return ""
    both = f", {len(then & now)} of them in both" if then & now else ""
    return (
        f"Other auditors rated the two rounds ({len(then)} and {len(now)}{both}): the variance counts each auditor as "
        "a cluster, which is wider."
    )


def _overlap(earlier: Round, later: Round) -> list[str]:
    """Say what cases audited in both rounds mean, and whether they were taken on purpose."""
    again = len(set(earlier.findings.index) & set(later.findings.index))
    if not again:
        return []
    on_purpose = " on purpose" if later.receipt.reaudit else ""
    note = (
        f"{again} cases were audited in both rounds{on_purpose}. For them the change shows whether actions on those "
        "files were done, not whether practice changed."
    )
    if earlier.estimated and later.estimated and again >= LARGE_OVERLAP * len(later.findings):
        note += f" They are {100 * again / len(later.findings):.0f} % of the later round: the verdict leans on them."
    return [note]


def _populations(earlier: Round, later: Round) -> list[str]:
    """Say where a round leaves out cases audited before: then it does not speak of them."""
    return [
        f"{each.name} speaks of the {each.eligible:,} eligible cases not audited in earlier rounds, of "
        f"{sum(each.receipt.population_all.values()):,}."
        for each in (earlier, later)
        if left_out(each)
    ]


def _size(round_: Round) -> list[str]:
    """Say where other cases were opened than the plan asked for, other than to take the place of some."""
    asked, opened = round_.plan.size, len(round_.cases)
    disposed = int(round_.cases[terms.DRAW_STATUS].isin(terms.DISPOSITIONS).sum())
    if asked is None or not round_.chosen.empty or asked <= opened <= asked + disposed:
        return []
    return [f"the plan asked for {asked} cases and {opened} were drawn."]
