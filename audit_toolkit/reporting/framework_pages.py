"""A framework as an auditor reads it: on the terminal, as Markdown, and as a page."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit import terms
from audit_toolkit.reporting.page import page_environment
from audit_toolkit.scoring import Criterion, Framework, Item, Language, labels_of

WIDTH = 100
INDENT = "      "
ANSWER_WORDS: Mapping[str, str] = {
    terms.REPEATED: "how many of how many, such as 3 of 5",
    terms.TIMELINESS: "worked out from dates",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an auditor reads it: its id and words, and the sentences under it.

    `language` is the code of the language it is asked in, where that is not the framework's own.
    """

    id: str
    ask: str
    answer: str
    details: tuple[str, ...]
    weight: str
    scored: bool
    language: str = ""


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
            asked += [_item(framework, each, words) for each in framework.items if each.after == criterion.id]
        title = "" if domain is None else f"{domain.title} (weight {domain.weight})"
        found.append(Section(title, tuple(asked)))
    return (*found, Section("", tuple(_item(framework, each, words) for each in rest))) if rest else tuple(found)


def _criterion(framework: Framework, criterion: Criterion, words: Language) -> Asked:
    details = [words.look_fors.get(criterion.id, criterion.look_for)]
    if criterion.response == terms.TIMELINESS:
        details.append(f"From {criterion.start} to {criterion.end}, by the limit {criterion.limit}.")
    details.append(_excused(criterion, words))
    if criterion.look_back:
        details.append(f"Look back: {criterion.look_back}.")
    if criterion.evidences:
        details.append(f"Evidence for {', '.join(criterion.evidences)}.")
    if criterion.alert:
        told = " or ".join(words.labels.get(each, each) for each in criterion.alert)
        details.append(f"{told} is told the same day, and changes no score.")
    weight = "" if criterion.weight == 1 else str(criterion.weight)
    ask = words.asks.get(criterion.id, criterion.ask)
    answer = _answers(framework, criterion.response, words)
    return Asked(
        criterion.id, ask, answer, tuple(each for each in details if each), weight, True, _spoken(criterion.id, words)
    )


def _spoken(question_id: str, words: Language) -> str:
    """Give the code of the language a question is asked in; "" where it is asked in the framework's own."""
    return words.code if question_id in words.asks else ""


def _answers(framework: Framework, response: str, words: Language) -> str:
    """Give the answers a kind of question may get, in the words of a language."""
    if response in ANSWER_WORDS:
        return ANSWER_WORDS[response]
    *first, last = (words.labels.get(each, each) for each in labels_of(framework, response))
    return f"{', '.join(first)} or {last}" if first else last


def _excused(criterion: Criterion, words: Language) -> str:
    """Say when N/A may be answered."""
    if not criterion.na_allowed:
        return "N/A may not be used."
    reasons = words.na_reasons.get(criterion.id, criterion.na_reasons)
    return f"N/A only for: {'; '.join(reasons)}." if reasons else "N/A needs a reason."


def _item(framework: Framework, item: Item, words: Language) -> Asked:
    look_for = words.look_fors.get(item.id, item.look_for)
    answer = _answers(framework, terms.YES_NO, words)
    return Asked(
        item.id,
        words.asks.get(item.id, item.ask),
        answer,
        (look_for,) if look_for else (),
        "",
        False,
        _spoken(item.id, words),
    )


def limit_sentences(framework: Framework, language: str = "") -> tuple[str, ...]:
    """Give each limit as a sentence."""
    labels = framework.language(language).labels if language else {}
    found = []
    for limit in framework.limits:
        given = [(each, " or ".join(labels.get(one, one) for one in answers)) for each, answers in limit.conditions()]
        when = " and ".join(f"{each} is {answers}" for each, answers in given)
        cap = labels.get(limit.no_better_than, limit.no_better_than)
        found.append(f"If {when}: no better than {cap}. {limit.why.rstrip('.')}.")
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
        lines += [line for each in limit_sentences(framework, language) for line in _wrapped(each)]
    return "\n".join(map(_seen, lines)).rstrip("\n")


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
        lines += [
            "## Limits, applied last",
            "",
            *[f"- {_plain(each)}" for each in limit_sentences(framework, language)],
            "",
        ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Give text on one line whose characters are no marks of Markdown or HTML."""
    line = " ".join(_seen(" ".join(text.split())).split())
    return "".join(
        f"\\{each}" if each in "\\`*_[]<>#|~&" or (each in "-+=" and at == 0) else each for at, each in enumerate(line)
    )


def _seen(text: str) -> str:
    """Show control characters instead of obeying them: a framework may come from anybody."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def framework_html(framework: Framework, *, language: str = "") -> str:
    """Give a framework as one self-contained page, to print or to send."""
    return (
        page_environment()
        .get_template("framework.html")
        .render(
            framework=framework,
            language=language if language and framework.language(language).title else "",
            title=(framework.language(language).title if language else "") or framework.title,
            summary=[each for each in str(framework).splitlines()[1:] if not each.startswith("Digest ")],
            sections=sections(framework, language),
            limits=limit_sentences(framework, language),
            earns=_earned(framework),
            bands=[(label, f"{float(lowest):g} %") for label, lowest in framework.bands],
            version=terms.VERSION,
        )
    )


def _earned(framework: Framework) -> Sequence[tuple[str, str]]:
    """Give what each answer earns, by the framework's scale, as a person writes it."""
    return [(label, str(share)) for label, share in framework.shares.items()]
