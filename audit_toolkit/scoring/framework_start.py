"""A starting point for a framework of one's own: a small one that holds, with a comment at every line to change."""

from __future__ import annotations

from audit_toolkit.errors import FileError, FrameworkError, Problem
from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring.fields import ID_PATTERN, PLAIN_NAME
from audit_toolkit.scoring.framework_file import load_framework

# Written so that it holds as it stands: `framework lint` finds no fault in it.
START = """\
# {words}: a framework for case audits. Change what is below to your own questions, then look it over with
#   audit-toolkit framework lint {name}.yaml
#   audit-toolkit framework show {name}.yaml
# and name the file in your plan: frameworks: [{name}.yaml]. Lines that begin with # are comments.

framework: {quoted}               # letters, digits, - and _
version: "1.0.0"                # in quotation marks; raise it whenever anything below changes
title: {title}
about: What these questions are for, in a sentence.

ratings: [Outstanding, Good, Adequate, Inadequate]    # the grades, best first
good: Good                                            # the lowest grade that counts as good or better
# What each answer earns, 0 to 1. "Yes" and "No" stand in quotation marks.
earns: {{Outstanding: 1, Good: 3/4, Adequate: 1/2, Inadequate: 1/4, "Yes": 1, Partly: 1/2, "No": 0, met: 1, not met: 0}}
# The lowest percentage of each grade, best first, the last 0. Scores are not rounded first.
bands: {{Outstanding: 87.5, Good: 62.5, Adequate: 37.5, Inadequate: 0}}
# method: flat, flat-unweighted, domains or all-or-nothing. missing: incomplete, worst or leave-out.
score: {{method: flat, not_applicable: leave-out, missing: incomplete, complete_at: 90%}}

# The dates that timeliness questions are worked out from: a name that ends in _date, and what it means.
dates:
  referral_date: The day the referral was received
  decision_date: The day a manager decided what happens next

criteria:
  - id: {prefix}01                    # a question whose meaning changes needs a new id
    ask: Is the reason for the decision recorded?
    response: graded            # one of the ratings above
    weight: 2                   # 1 where it is left out
    look_for: Why, on what evidence, and what else was considered.
    not_applicable: never       # or a list of the reasons that allow N/A, as below

  - id: {prefix}02
    ask: Was the child seen?
    response: yes_partly_no     # or yes_no
    look_for: A record of the visit that says who was present. "Not on file" is No, never N/A.
    not_applicable:
      - unborn child

  - id: {prefix}03
    ask: Were visits written up in time?
    response: repeated          # how many of how many, such as 3 of 5
    look_for: The last five visits, and the day each was entered.
    not_applicable:
      - no visit was due

  - id: {prefix}04
    ask: Was the decision made within one working day?
    response: timeliness        # worked out from two dates and a limit
    from: referral_date
    to: decision_date
    limit: referral_decision    # a limit of the timescales: see docs/timeliness.md
    look_for: The two dates on the file.

# However good the rest, a case is no better than this. Every limit that fires is listed with its reason.
limits:
  - {{if: {prefix}02, is: ["No"], no_better_than: Inadequate, why: The child was not seen}}
"""

EXTENDING = """\
# {words}: {parent} with changes of our own. Only what differs stands here; look at the whole with
#   audit-toolkit framework show {name}.yaml

framework: {quoted}
version: "1.0.0"                # in quotation marks; raise it whenever anything below changes
title: {title}
extends: {{framework: {parent}, version: {version}}}    # everything that is not said here is as it is there

# Take questions out by their ids; limits that hang on them go too:
# without: [{last}]

# Change a question by its id, key by key, or add one with a new id at the end:
# criteria:
#   - id: {first}
#     weight: 2
"""


def framework_start(name: str, *, title: str = "", extends: str = "", called: str = "") -> str:
    """Give the text of a new framework file, with a comment at every line to change.

    Parameters
    ----------
    name : the framework's name. title : as reports show it; the name in words where it is left out.
    extends : a framework to start from, by name or path; only the changes then stand in the new file.
    called : the path of that framework from the new file's folder, where it is another than from here.

    Raises
    ------
    FrameworkError if the name is not a plain one, or what is to be extended cannot be read.

    Checked against: tests/scoring/test_framework_start.py.
    """
    if ID_PATTERN.fullmatch(name) is None:
        raise FrameworkError(Problem(f"{name} is not a plain name", mend=PLAIN_NAME))
    shown = " ".join(title.split()) or name.replace("_", " ").replace("-", " ").capitalize()
    if not shown.isprintable():
        raise FrameworkError(Problem("the title holds a control character", mend="Type the title again."))
    words = {"name": name, "quoted": _quoted(name), "title": _quoted(shown), "words": shown}
    if not extends:
        return START.format(**words, prefix=_prefix(name))
    parent = load_framework(extends)
    ids = parent.criterion_ids
    named = {"parent": _quoted(called or extends), "version": f'"{parent.version}"'}
    return EXTENDING.format(**words, **named, first=ids[0], last=ids[-1])


def _prefix(name: str) -> str:
    """Give the letters that the ids of a new framework begin with: the first of each word, and never a digit alone."""
    first = "".join(part[0] for part in name.replace("-", "_").split("_") if part).upper()[:4]
    return first if first[0].isalpha() else f"Q{first}"


def _quoted(title: str) -> str:
    """Give a text as YAML holds it: in quotation marks where it would be read as anything else without."""
    plain = title.replace(" ", "").replace("_", "").replace("-", "").replace(".", "").replace("/", "").isalnum()
    try:
        plain = plain and parse_yaml(f"{{text: {title}}}", title).data == {"text": title}
    except FileError:
        plain = False
    return title if plain else '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
