"""Reading the domains, dates, criteria and unscored items of a framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import did_you_mean
from audit_toolkit.scoring.criterion import Criterion, Domain, Item
from audit_toolkit.scoring.event_count import EVENT_COUNT_KEYS, read_event_count, read_longest_gap_over
from audit_toolkit.scoring.facts import DATE_ENDING
from audit_toolkit.scoring.fields import ID_PATTERN, Fields, Path, exact, shown
from audit_toolkit.scoring.framework import DOMAINS, FLAT_UNWEIGHTED, NOT_ALLOWED

TIMELINESS_KEYS: Final = ("from", "to", "limit")
CRITERION_KEYS: Final = (
    *("id", "theme", "domain", "ask", "response", "look_for", "not_applicable", "look_back", "evidences", "weight"),
    *("alert", *TIMELINESS_KEYS, *EVENT_COUNT_KEYS),
)
DOMAIN_KEYS: Final = ("id", "title", "weight")
ITEM_KEYS: Final = ("id", "ask", "look_for", "after", "longest_gap_over")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rest of a framework says that its criteria must fit: its rules, domains, dates and limits."""

    method: str
    na_policy: str
    domains: tuple[str, ...]
    dates: tuple[str, ...]
    limits: tuple[str, ...]


def read_domains(fields: Fields, method: str) -> tuple[Domain, ...]:
    """Read the domains, which the method of that name needs and no other may have."""
    count = len(fields.sequence(("domains",), required=method == DOMAINS))
    if count and method != DOMAINS:
        what = f"domains do nothing under the method {method}"
        fields.fault(("domains",), what, "Write method: domains under score, or take domains out.")
    domains = tuple(_domain(fields, ("domains", position)) for position in range(count))
    criteria = [each for each in fields.sequence(("criteria",)) if isinstance(each, dict)]
    used = [each.get("domain") for each in criteria]
    counting = [each.get("domain") for each in criteria if exact(each.get("weight", 1)) != 0]
    seen: set[str] = set()
    for position, each in enumerate(domains):
        path = ("domains", position, "id")
        if each.id and each.id in seen:
            fields.fault(path, f"the domain {each.id} stands twice", "Give every domain its own id.")
        elif each.id and each.id not in used:
            what = f"no criterion belongs to the domain {each.id}"
            fields.fault(path, what, f"Write domain: {each.id} at its criteria, or take the domain out.")
        elif each.id and each.weight > 0 and each.id not in counting:
            what = f"every criterion of the domain {each.id} weighs 0, so the domain never counts"
            fields.fault(path, what, "Give one of them a weight above 0, or the domain the weight 0.")
        seen.add(each.id)
    if count and all(each.weight == 0 for each in domains):
        fields.fault(("domains",), "every weight is 0", "Give at least one domain a weight above 0.")
    return domains


def _domain(fields: Fields, path: Path) -> Domain:
    """Read one domain."""
    fields.mapping(path)
    fields.only(path, DOMAIN_KEYS)
    title = fields.text((*path, "title"), required=True)
    return Domain(fields.identifier((*path, "id")), title, _weight(fields, (*path, "weight")))


def read_dates(fields: Fields) -> dict[str, str]:
    """Read the dates that criteria may name, each with what it means."""
    dates = {}
    for name in fields.mapping(("dates",)):
        if ID_PATTERN.fullmatch(name) is None or not name.endswith(DATE_ENDING):
            what = f"the date {name} is not a plain name that ends in {DATE_ENDING}"
            fields.fault(("dates", name), what, f"Name it such as referral{DATE_ENDING}.")
        dates[name] = fields.text(("dates", name), required=True)
    return dates


def read_criteria(fields: Fields, setting: Setting) -> tuple[Criterion, ...]:
    """Read the scored questions."""
    count = len(fields.sequence(("criteria",), required=True))
    criteria = tuple(_criterion(fields, ("criteria", position), setting) for position in range(count))
    if count and all(each.weight == 0 for each in criteria):
        fields.fault(("criteria",), "every weight is 0", "Give at least one criterion a weight above 0.")
    return criteria


def _criterion(fields: Fields, path: Path, setting: Setting) -> Criterion:
    """Read one scored question."""
    fields.mapping(path)
    fields.only(path, CRITERION_KEYS)
    response = fields.choice((*path, "response"), terms.RESPONSES)
    start, end, limit = _timeliness(fields, path, response, setting)
    allowed, reasons = _not_applicable(fields, path, setting.na_policy)
    events = read_event_count(fields, path, response, setting.limits)
    if events is not None:
        _check_declared(fields, path, setting, (("from", events.start), ("to", events.end)))
    return Criterion(
        id=fields.identifier((*path, "id")),
        ask=fields.text((*path, "ask"), required=True),
        response=response,
        weight=_criterion_weight(fields, path, setting.method),
        theme=fields.text((*path, "theme")),
        look_for=fields.text((*path, "look_for")),
        na_allowed=allowed,
        na_reasons=reasons,
        look_back=fields.text((*path, "look_back")),
        evidences=fields.texts((*path, "evidences")),
        start=start,
        end=end,
        limit=limit,
        event_count=events,
        domain=_belongs(fields, path, setting),
        alert=fields.texts((*path, "alert")),
    )


def _belongs(fields: Fields, path: Path, setting: Setting) -> str:
    """Read the domain a criterion counts in."""
    path = (*path, "domain")
    domain = fields.text(path, required=setting.method == DOMAINS and bool(setting.domains))
    if domain and setting.domains and setting.method == DOMAINS and domain not in setting.domains:
        mend = did_you_mean(domain, dict.fromkeys(setting.domains))
        fields.fault(path, f"the domain {domain} is not among the domains", mend)
    elif domain and setting.method != DOMAINS and not setting.domains:
        what = f"domain does nothing under the method {setting.method}"
        fields.fault(path, what, "Write method: domains under score, or take domain out.")
    return domain


def _criterion_weight(fields: Fields, path: Path, method: str) -> Fraction:
    """Read a criterion's weight, which counts for nothing but 0 or not where all count the same."""
    weight = _weight(fields, (*path, "weight"))
    if method == FLAT_UNWEIGHTED and weight not in (0, 1):
        what = f"weight {weight} does nothing under the method {method}: every criterion counts the same"
        fields.fault((*path, "weight"), what, "Take the weight out, or write method: flat under score.")
    return weight


def _weight(fields: Fields, path: Path) -> Fraction:
    """Read a weight: 1 unless stated, never negative."""
    weight = fields.number(path, default=Fraction(1)) or Fraction(0)
    if weight < 0:
        fields.fault(path, f"weight {shown(fields.get(path))} is negative", "Write 0 or more.")
    return weight


def _not_applicable(fields: Fields, path: Path, policy: str) -> tuple[bool, tuple[str, ...]]:
    """Read whether N/A may be answered, and for which reasons."""
    path = (*path, "not_applicable")
    value = fields.get(path)
    if value is None or isinstance(value, list):
        reasons = fields.texts(path, required=value is not None)
        if reasons and policy == NOT_ALLOWED:
            what = f"N/A has reasons here, and not_applicable under score is {policy}"
            fields.fault(path, what, "Take one of the two out.")
        return policy != NOT_ALLOWED, reasons
    if value != "never":
        fields.fault(path, f"not_applicable {shown(value)} is not known", "Write never, or a list of reasons in [ ].")
    return False, ()


def _timeliness(fields: Fields, path: Path, response: str, setting: Setting) -> tuple[str, str, str]:
    """Read the two facts and the limit of a timeliness criterion, which no other kind may have."""
    if response != terms.TIMELINESS:
        for key in TIMELINESS_KEYS if response != terms.REPEATED else ():
            if response and fields.get((*path, key)) is not None:
                what = f"{key} belongs to timeliness criteria, and to repeated ones counted from events"
                fields.fault((*path, key), what, f"Take {key} out.")
        return "", "", ""
    start, end, limit = (fields.text((*path, key), required=True) for key in TIMELINESS_KEYS)
    if limit and limit not in setting.limits:
        mend = did_you_mean(limit, setting.limits)
        fields.fault((*path, "limit"), f"the limit {limit} is not in the timescales", mend)
    if start and start == end:
        fields.fault((*path, "to"), f"from and to are both {start}", "Name the fact that ends the step.")
    _check_declared(fields, path, setting, (("from", start), ("to", end)))
    return start, end, limit


def _check_declared(fields: Fields, path: Path, setting: Setting, named: Sequence[tuple[str, str]]) -> None:
    """Note every date that is named and not declared, in a framework that declares its dates."""
    for key, name in named:
        if setting.dates and name and name not in setting.dates:
            mend = did_you_mean(name, setting.dates)
            fields.fault((*path, key), f"{name} is not among the dates declared", mend)


def read_items(fields: Fields) -> tuple[Item, ...]:
    """Read the unscored questions, and check that no id stands twice anywhere."""
    items = tuple(_item(fields, ("items", position)) for position in range(len(fields.sequence(("items",)))))
    seen: set[str] = set()
    for section in ("criteria", "items"):
        for position in range(len(fields.sequence((section,)))):
            path = (section, position, "id")
            value = fields.get(path)
            if isinstance(value, str) and value in seen:
                fields.fault(path, f"the id {value} stands twice", "Give every criterion and item its own id.")
            if isinstance(value, str):
                seen.add(value)
    return items


def _item(fields: Fields, path: Path) -> Item:
    """Read one unscored question; `after` must be a criterion."""
    fields.mapping(path)
    fields.only(path, ITEM_KEYS)
    after = fields.text((*path, "after"))
    ids = [fields.get(("criteria", position, "id")) for position in range(len(fields.sequence(("criteria",))))]
    if after and ids and after not in ids:
        mend = did_you_mean(after, dict.fromkeys(each for each in ids if isinstance(each, str)))
        fields.fault((*path, "after"), f"{after} is not a criterion of this framework", mend)
    return Item(
        id=fields.identifier((*path, "id")),
        ask=fields.text((*path, "ask"), required=True),
        look_for=fields.text((*path, "look_for")),
        after=after,
        longest_gap_over=read_longest_gap_over(fields, path, after),
    )
