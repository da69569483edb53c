"""Reading the fields of a YAML document while gathering every problem, each with its line."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from audit_toolkit.errors import Problem, did_you_mean
from audit_toolkit.files import YamlDocument, unknown_keys

Path = tuple[str | int, ...]

ID_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
# No weight or percentage needs more: longer ones only make exact arithmetic slow.
MOST_DIGITS: Final = 12
PLAIN_NAME: Final = "Use letters, digits, - and _ only, at most 64, the first a letter or digit."
NUMBER_MEND: Final = "Write a number such as 2, 87.5 or 3/4."

_RATIO = re.compile(r"(-?\d{1,12})(?:/(\d{1,12}))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,9})?) ?%", re.ASCII)


class Fields:
    """A YAML document being read: `problems` grows, and a field that is wrong gives its default."""

    def __init__(self, document: YamlDocument, problems: Iterable[Problem] = ()) -> None:
        self.document = document
        self.problems: list[Problem] = list(problems)

    def fault(self, path: Path, what: str, mend: str = "") -> None:
        """Note a problem at a place of the document."""
        self.problems.append(Problem(what, self.document.place(*path), mend))

    def only(self, path: Path, allowed: Sequence[str]) -> None:
        """Note every key of a mapping that is not allowed, with the nearest that is."""
        self.problems.extend(unknown_keys(self.document, path, allowed))

    def get(self, path: Path) -> object:
        """Give the value at a path, None where there is none."""
        value: object = self.document.data
        for key in path:
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def mapping(self, path: Path, *, required: bool = False) -> dict[str, object]:
        """Give the mapping at a path."""
        value = self.get(path)
        if isinstance(value, dict):
            return value
        if value is not None:
            self.fault(path, f"{_name(path)} must hold keys and values", f"Write {_name(path)}: {{key: value}}.")
        elif required:
            self.missing(path)
        return {}

    def sequence(self, path: Path, *, required: bool = False) -> list[object]:
        """Give the list at a path."""
        value = self.get(path)
        if isinstance(value, list):
            if required and not value:
                self.fault(path, f"{_name(path)} is empty", "List at least one.")
            return value
        if value is not None:
            first = "first, second" if isinstance(value, dict) else self.document.literal(*path) or shown(value)
            self.fault(path, f"{_name(path)} must be a list", f"Write {_name(path)}: [{first}].")
        elif required:
            self.missing(path)
        return []

    def text(self, path: Path, *, required: bool = False, default: str = "") -> str:
        """Give the text at a path; a number, date or yes/no that is not text is refused, never turned into text."""
        value = self.get(path)
        if isinstance(value, str):
            if required and not value.strip():
                self.fault(path, f"{_name(path)} is empty", f"Write a text after {_name(path)}.")
            odd = next((each for each in value if unicodedata.category(each) == "Cc" and each not in "\n\t"), "")
            if odd:
                code = odd.encode("unicode_escape").decode("ascii")
                mend = "In double quotes a backslash begins a code: use single quotes."
                self.fault(path, f"{_name(path)} holds the control character {code}", mend)
            return value
        if value is not None:
            written = self.document.literal(*path) or shown(value)
            mend = f'Quote it: "{written}".' if not isinstance(value, dict | list) else "Write one text."
            if isinstance(value, bool):
                mend = f'Write "{"Yes" if value else "No"}" if that is meant, or quote it: "{written}".'
            self.fault(path, f"{_name(path)} must be text, and {written} is not", mend)
        elif required:
            self.missing(path)
        return default

    def identifier(self, path: Path) -> str:
        """Give the plain name at a path: letters, digits, - and _, at most 64, beginning with a letter or digit."""
        value = self.text(path, required=True)
        if value.strip() and not ID_PATTERN.fullmatch(value):
            self.fault(path, f"{value} is not a plain name{_odd(value)}", PLAIN_NAME)
            return ""
        return value

    def texts(self, path: Path, *, required: bool = False) -> tuple[str, ...]:
        """Give the list of texts at a path."""
        found = self.sequence(path, required=required)
        return tuple(text for position in range(len(found)) if (text := self.text((*path, position), required=True)))

    def flag(self, path: Path) -> bool:
        """Give the true or false at a path; absent is false."""
        value = self.get(path)
        if value is not None and not isinstance(value, bool):
            self.fault(path, f"{_name(path)} must be true or false", "Write true or false without quotes.")
        return value is True

    def date(self, path: Path, *, required: bool = False) -> datetime.date | None:
        """Give the date at a path."""
        value = self.get(path)
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        if value is not None:
            self.fault(path, f"{shown(value)} is not a date", "Write dates as 2010-01-31, without quotes.")
        elif required:
            self.missing(path)
        return None

    def number(self, path: Path, *, default: Fraction | None = None, mend: str = NUMBER_MEND) -> Fraction | None:
        """Give the exact number at a path: 2, 87.5 or 3/4; absent gives the default, and none is a problem."""
        value = self.get(path)
        if value is None:
            if default is None:
                self.missing(path)
            return default
        found = exact(value)
        if found is None:
            what = f"{_name(path)} must be a number, and {shown(value)} is not"
            self.fault(path, what, mend)
            return default
        return found

    def choice(self, path: Path, allowed: Sequence[str], *, default: str = "") -> str:
        """Give the text at a path, which must be one of a few."""
        value = self.text(path, required=not default, default=default)
        if value and value not in allowed:
            self.fault(path, f"{_name(path)} {value} is not known", did_you_mean(value, allowed))
            return default
        return value

    def missing(self, path: Path) -> None:
        """Note that a key that must be there is not."""
        self.fault(path[:-1], f"{_name(path)} is missing", f"Add {_name(path)}:.")


def _name(path: Path) -> str:
    """Give the key a reader sees at the end of a path; an item of a list goes by the list's key."""
    keys = [key for key in path if isinstance(key, str)]
    return keys[-1] if keys else "the document"


def _odd(name: str) -> str:
    """Name the first letter of a name that only looks like one of A to Z; nothing where there is none."""
    for each in name:
        if each.isalpha() and not each.isascii():
            return f" (the {each} in it is {unicodedata.name(each, 'another letter').lower()})"
    return ""


def shown(value: object) -> str:
    """Give a YAML value as the person who wrote it would recognise it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else str(value)


def exact(value: object) -> Fraction | None:
    """Give a number of the document exactly: whole, decimal, "3/4" or "90%"; None where it is not a finite number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value) if abs(value) < 10**MOST_DIGITS else None
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return _exact_decimal(value)
    return _exact_text(value) if isinstance(value, str) else None


def _exact_decimal(value: Decimal) -> Fraction | None:
    """Give a decimal as a fraction, unless it is NaN, infinite, or absurdly large or fine."""
    if not value.is_finite():
        return None
    exponent = value.as_tuple().exponent
    fine = isinstance(exponent, int) and exponent >= -MOST_DIGITS
    return Fraction(value) if fine and value.adjusted() < MOST_DIGITS else None


def _exact_text(text: str) -> Fraction | None:
    """Give "3/4" or "90%" as a fraction."""
    ratio = _RATIO.fullmatch(text)
    if ratio is not None and int(ratio[2] or 1) != 0:
        return Fraction(int(ratio[1]), int(ratio[2] or 1))
    percent = _PERCENT.fullmatch(text)
    return Fraction(percent[1]) / 100 if percent is not None else None
