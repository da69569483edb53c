"""A framework as an auditor reads it: on the terminal, as Markdown, and as a page."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit import terms
from audit_toolkit.reporting.page import page_environment
from audit_toolkit.scoring import Criterion, Framework, Item, Language

WIDTH = 100
INDENT = "      "
ANSWER_WORDS: Mapping[str, str] = {
    terms.YES_PARTLY_NO: "Yes, Partly or No",
    terms.YES_NO: "Yes or No",
    terms.REPEATED: "how many of how many, such as 3 of 5",
    terms.TIMELINESS: "worked out from dates",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an auditor reads it: its id and words, and the sentences under it."""

    id: str
    ask: str
    answer: str
    details: tuple[str, ...]
    weight: str
    scored: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The questions of one domain; one section without a title where a framework has no domains."""

    title: str
    questions: tuple[Asked, ...]


def sections(framework: Framework, language: str = "") -> tuple[Section, ...]:
    """Give the questions in the order they are asked, each item after its criterion, by domain."""
    words = framework.language(language) if language else Language("")
    rest = [each for each in framework.items if each.after not in framework.criterion_ids]
    found = []
    for domain in framework.domains or ((None),):
        mine = [each for each in framework.criteria if domain is None or each.domain == domain.id]
        asked: list[Asked] = []
        for criterion in mine:
            asked.append(_criterion(framework, criterion, words))
            asked += [_item(each, words) for each in framework.items if each.after == criterion.id]
        title = "" if domain is None else f"{domain.title} (weight {domain.weight})"
        found.append(Section(title, tuple(asked)))
    return (*found, Section("", tuple(_item(each, words) for each in rest))) if rest else tuple(found)


def _criterion(framework: Framework, criterion: Criterion, words: Language) -> Asked:
    details = [words.look_fors.get(criterion.id, criterion.look_for)]
    if criterion.response == terms.TIMELINESS:
        details.append(f"From {criterion.start} to {criterion.end}, by the limit {criterion.limit}.")
    details.append(_excused(criterion, words))
    if criterion.look_back:
        details.append(f"Look back: {criterion.look_back}.")
    if criterion.alert:
        details.append(f"{' or '.join(criterion.alert)} is told the same day, and changes no score.")
    if criterion.evidences:
        details.append(f"Evidence for {', '.join(criterion.evidences)}.")
    graded = ", ".join(words.labels.get(each, each) for each in framework.ratings)
    answer = graded if criterion.response == terms.GRADED else ANSWER_WORDS[criterion.response]
    weight = "" if criterion.weight == 1 else str(criterion.weight)
    ask = words.asks.get(criterion.id, criterion.ask)
    return Asked(criterion.id, ask, answer, tuple(each for each in details if each), weight, True)


def _excused(criterion: Criterion, words: Language) -> str:
    """Say when N/A may be answered."""
    if not criterion.na_allowed:
        return "N/A may not be used."
    reasons = words.na_reasons.get(criterion.id, criterion.na_reasons)
    return f"N/A only for: {'; '.join(reasons)}." if reasons else "N/A needs a reason."


def _item(item: Item, words: Language) -> Asked:
    look_for = words.look_fors.get(item.id, item.look_for)
    answer = ANSWER_WORDS[terms.YES_NO]
    return Asked(item.id, words.asks.get(item.id, item.ask), answer, (look_for,) if look_for else (), "", False)


def limit_sentences(framework: Framework) -> tuple[str, ...]:
    """Give each limit as a sentence."""
    found = []
    for limit in framework.limits:
        when = " and ".join(f"{each} is {' or '.join(answers)}" for each, answers in limit.conditions())
        found.append(f"If {when}: no better than {limit.no_better_than}. {limit.why.rstrip('.')}.")
    return tuple(found)


def framework_text(framework: Framework, *, language: str = "") -> str:
    """Give a framework as lines for a terminal."""
    lines = [*str(framework).splitlines(), ""]
    for section in sections(framework, language):
        lines += [section.title, ""] if section.title else []
        for asked in section.questions:
            scored = "" if asked.scored else " (not scored)"
            lines += _wrapped(f"{asked.id}  {asked.ask}{scored}")
            weight = f" Weight {asked.weight}." if asked.weight else ""
            lines += [*_wrapped(f"[{asked.answer}]{weight} {' '.join(asked.details)}", INDENT), ""]
    if framework.limits:
        lines.append("Limits, applied last:")
        lines += [line for each in limit_sentences(framework) for line in _wrapped(each)]
    return "\n".join(lines).rstrip("\n")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent or INDENT)


def framework_markdown(framework: Framework, *, language: str = "") -> str:
    """Give a framework as Markdown, for a manual or a page of one's own."""
    lines = [f"# {_plain(framework.title)}", "", *[f"{_plain(each)}  " for each in str(framework).splitlines()], ""]
    lines += [_plain(framework.about), ""] if framework.about else []
    for section in sections(framework, language):
        lines += [f"## {_plain(section.title)}", ""] if section.title else []
        for asked in section.questions:
            weight = f" Weight {asked.weight}." if asked.weight else ""
            scored = "" if asked.scored else " *Not scored.*"
            lines += [f"**{_plain(asked.id)}** {_plain(asked.ask)}{scored}", ""]
            lines += [f"*{_plain(asked.answer)}.*{weight} {_plain(' '.join(asked.details))}".rstrip(), ""]
    if framework.limits:
        lines += ["## Limits, applied last", "", *[f"- {_plain(each)}" for each in limit_sentences(framework)], ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Give text whose characters are no marks of Markdown or HTML."""
    return "".join(f"\\{each}" if each in "\\`*_[]<>#|" else each for each in text)


def framework_html(framework: Framework, *, language: str = "") -> str:
    """Give a framework as one self-contained page, to print or to send."""
    return (
        page_environment()
        .get_template("framework.html")
        .render(
            framework=framework,
            language=language or "en-GB",
            title=(framework.language(language).title if language else "") or framework.title,
            summary=str(framework).splitlines()[1:],
            sections=sections(framework, language),
            limits=limit_sentences(framework),
            earns=_earned(framework),
            bands=[(label, f"{float(lowest):g} %") for label, lowest in framework.bands],
            version=terms.VERSION,
        )
    )


def _earned(framework: Framework) -> Sequence[tuple[str, str]]:
    """Give what each answer earns, by the framework's scale, as a person writes it."""
    return [(label, str(share)) for label, share in framework.shares.items()]
