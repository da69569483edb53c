"""The scoring models in plain fractions, one case at a time: an independent reading of what models.py promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from audit_toolkit.scoring import Criterion, Framework

ONE, NOTHING = Fraction(1), Fraction(0)
SILENT = ("", "missing date")
LEFT_OUT = ("N/A", "pending")
LADDERS = {
    "yes_partly_no": ("Yes", "Partly", "No"),
    "yes_no": ("Yes", "Partly", "No"),
    "timeliness": ("met", "not met"),
}


def share(framework: Framework, criterion: Criterion, text: str) -> Fraction:
    """Give what an answer earns of its criterion's weight."""
    if " of " in text:
        met, due = text.split(" of ")
        return Fraction(int(met), int(due))
    if framework.scale == "share-of-max":
        return framework.earns[text]
    ladder = [framework.earns[each] for each in LADDERS.get(criterion.response, framework.ratings)]
    return (framework.earns[text] - min(ladder)) / (max(ladder) - min(ladder))


def worst(framework: Framework, criterion: Criterion) -> Fraction:
    """Give what the worst answer to a criterion earns."""
    if criterion.response == "repeated":
        return NOTHING
    ladder = framework.ratings if criterion.response == "graded" else LADDERS[criterion.response]
    return share(framework, criterion, ladder[-1])


def best(framework: Framework, criterion: Criterion) -> Fraction:
    """Give what the best answer to a criterion earns."""
    if criterion.response == "repeated":
        return ONE
    ladder = framework.ratings if criterion.response == "graded" else LADDERS[criterion.response]
    return share(framework, criterion, ladder[0])


def weight(framework: Framework, criterion: Criterion) -> Fraction:
    """Give what a criterion weighs in its pool."""
    return Fraction(criterion.weight > 0) if framework.method == "flat-unweighted" else criterion.weight


def counting(framework: Framework, row: Mapping[str, str]) -> list[tuple[Criterion, Fraction]]:
    """Give the criteria that count in a case with what each earns."""
    found = []
    for criterion in framework.criteria:
        text = row[criterion.id]
        if text in SILENT and framework.missing_policy == "worst":
            found.append((criterion, worst(framework, criterion)))
        elif text not in SILENT and text not in LEFT_OUT:
            found.append((criterion, share(framework, criterion, text)))
    return found


def mean(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Give the weighted mean of (weight, value); None where nothing weighs."""
    listed = list(pairs)
    whole = sum((each for each, _ in listed), NOTHING)
    return sum((each * value for each, value in listed), NOTHING) / whole if whole else None


def pooled(framework: Framework, earned: list[tuple[Criterion, Fraction]]) -> Fraction | None:
    """Join what the criteria earned (0-1) as the framework's model does."""
    if framework.method == "all-or-nothing":
        heavy = [(criterion, each) for criterion, each in earned if criterion.weight > 0]
        return Fraction(all(each == best(framework, criterion) for criterion, each in heavy)) if heavy else None
    if framework.method != "domains":
        return mean((weight(framework, criterion), each) for criterion, each in earned)
    scored = {domain: by_domain(earned, domain.id) for domain in framework.domains}
    return mean((domain.weight, each) for domain, each in scored.items() if each is not None)


def by_domain(earned: list[tuple[Criterion, Fraction]], domain: str) -> Fraction | None:
    """Give the score (0-1) of one domain."""
    return mean((criterion.weight, each) for criterion, each in earned if criterion.domain == domain)


def completeness(framework: Framework, row: Mapping[str, str]) -> Fraction | None:
    """Give the share of the applicable weight that was answered, joined as scores are."""
    applies = [each for each in framework.criteria if row[each.id] not in LEFT_OUT]
    answered = [(each, Fraction(row[each.id] not in SILENT)) for each in applies]
    if framework.method == "all-or-nothing":
        return mean((each.weight, there) for each, there in answered)
    return pooled(framework, answered)


def scored(framework: Framework, row: Mapping[str, str]) -> tuple[Fraction | None, str]:
    """Give a case's score in percent, as far as it stands, and its status."""
    if all(text in SILENT for text in row.values()):
        return None, "not rated"
    complete, score = completeness(framework, row), pooled(framework, counting(framework, row))
    if complete is None:
        return None, "not applicable"
    if score is None or (framework.missing_policy == "incomplete" and complete < framework.complete_at):
        return None, "incomplete"
    return 100 * score, "complete"
