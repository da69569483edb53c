"""Versions of a framework: what each held, and which criteria of an earlier one may still be compared."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import Problem, did_you_mean
from audit_toolkit.files import json_bytes
from audit_toolkit.scoring.criterion import Criterion, Sealed
from audit_toolkit.scoring.fields import Fields
from audit_toolkit.scoring.framework import Framework

SEALED_KEYS: Final = ("version", "digest", "criteria")
ALL: Final = "all"
DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
HISTORY_MEND: Final = (
    "Raise the version and seal it (audit-toolkit framework seal FILE); in a copy under a new name, take history out."
)
# A criterion's digest is shortened to what a line of a file can hold: 16 of its 64 digits.
SHORT: Final = 16
# What makes a criterion the question it is: with these the same, its answers mean the same.
STEP: Final = ("from", "to", "limit")
MEANING: Final = ("ask", "response", "look_for", "na_allowed", "na_reasons", "look_back", *STEP)


def criterion_digest(criterion: Criterion, framework: Framework) -> str:
    """Give what identifies a criterion's meaning (16 hex digits): its words, its N/A rule and what answers it may get.

    Its weight, domain and theme are left out: they change the score and not what an answer says. So is the table of
    events that a count may be made from: it is how the answer is found.
    """
    content = criterion.to_dict()
    keys = MEANING if criterion.response == terms.TIMELINESS else tuple(set(MEANING) - set(STEP))
    kept = {key: content.get(key) for key in keys}
    kept["ratings"] = list(framework.ratings) if criterion.response == terms.GRADED else []
    return hashlib.sha256(json_bytes(kept)).hexdigest()[:SHORT]


def sealed(framework: Framework) -> Sealed:
    """Give what this version holds, as a line of its history."""
    criteria = {each.id: criterion_digest(each, framework) for each in framework.criteria}
    return Sealed(framework.version, framework.digest, criteria)


def read_history(fields: Fields) -> tuple[Sealed, ...]:
    """Read what each version held."""
    found = []
    seen: set[str] = set()
    for position in range(len(fields.sequence(("history",)))):
        path = ("history", position)
        fields.mapping(path)
        fields.only(path, SEALED_KEYS)
        version, digest = fields.text((*path, "version"), required=True), fields.text((*path, "digest"), required=True)
        if digest and DIGEST.fullmatch(digest) is None:
            mend = "Take the line as `audit-toolkit framework seal` prints it."
            fields.fault((*path, "digest"), f"{digest} is not a digest of 64 digits", mend)
        if version in seen:
            fields.fault(
                (*path, "version"), f"the version {version} stands twice", "Keep the line that was sealed first."
            )
        seen.add(version)
        criteria = {each: fields.text((*path, "criteria", each)) for each in fields.mapping((*path, "criteria"))}
        found.append(Sealed(version, digest, criteria))
    return tuple(found)


def check_history(fields: Fields, framework: Framework) -> None:
    """Note content that changed while the version did not."""
    for each in framework.history:
        if each.version == framework.version and each.digest != framework.digest:
            now = sealed(framework).criteria
            changed = [name for name in {**each.criteria, **now} if each.criteria.get(name) != now.get(name)]
            about = f" ({', '.join(changed)})" if changed else ""
            what = f"the content changed{about} while the version stayed {framework.version}"
            fields.fault(("version",), what, HISTORY_MEND)
    sealed_versions = [each.version for each in framework.history]
    if sealed_versions and framework.version not in sealed_versions:
        latest = max(sealed_versions, key=_order)
        if _order(framework.version) < _order(latest):
            what = f"the version {framework.version} is below {latest}, which is sealed already"
            fields.fault(("version",), what, f"Write a version above {latest}.")


def _order(version: str) -> tuple[int, ...]:
    """Give the numbers of a version, by which versions follow one another."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def changed_since(framework: Framework, earlier: Framework) -> list[Problem]:
    """Name a framework that holds something else than an earlier one of the same name and version."""
    same_name = (framework.name, framework.version) == (earlier.name, earlier.version)
    if not same_name or framework.digest == earlier.digest:
        return []
    what = f"{framework.name} holds something else than before, and its version is still {framework.version}"
    return [Problem(what, mend="Raise the version: framework diff says what changed.")]


def read_compare_with(fields: Fields, framework: Framework) -> dict[str, tuple[str, ...]]:
    """Read which criteria of an earlier version may still be compared, and note those that changed since."""
    known = {each.version: each for each in framework.history if each.version != framework.version}
    now = sealed(framework).criteria
    found: dict[str, tuple[str, ...]] = {}
    for version in fields.mapping(("compare_with",)):
        path = ("compare_with", version)
        if version == framework.version:
            fields.fault(path, f"{version} is this version itself", "Name an earlier version.")
            continue
        if version not in known:
            what = f"the version {version} is not in the history"
            fields.fault(path, what, did_you_mean(version, known) if known else "Seal each version when it is issued.")
            continue
        then = known[version].criteria
        if isinstance(fields.get(path), str) and fields.get(path) != ALL:
            what = f"{fields.get(path)} does not say which criteria may be compared"
            fields.fault(path, what, "Write all, or a list of their ids in [ ].")
            continue
        if fields.get(path) == ALL:
            found[version] = tuple(each for each in framework.criterion_ids if then.get(each) == now[each])
            continue
        found[version] = fields.texts(path, required=True)
        for position, each in enumerate(found[version]):
            if each not in now:
                fields.fault((*path, position), f"{each} is not a criterion of this framework", did_you_mean(each, now))
            elif then.get(each) != now[each]:
                since = f"changed since version {version}" if each in then else f"was not in version {version}"
                mend = "Give a question whose meaning changed a new id, or take it out here."
                fields.fault((*path, position), f"{each} {since}, so its answers cannot be compared", mend)
    return found
