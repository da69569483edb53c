"""Reading a plan's values one key at a time, gathering every fault instead of stopping at the first."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from audit_toolkit.errors import Place, Problem, did_you_mean
from audit_toolkit.files import YamlDocument


class PlanReader:
    """Takes values out of a mapping of a YAML document by kind; `problems` holds what was wrong."""

    def __init__(self, document: YamlDocument, keys: tuple[str, ...] = ()) -> None:
        self.document = document
        self.keys = keys
        self.problems: list[Problem] = []
        value: object = document.data
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        self.values: Mapping[str, object] = value if isinstance(value, Mapping) else {}

    def place(self, key: str | None = None) -> Place:
        """Say where a key stands, or the mapping itself."""
        if key is None or key not in self.values:
            return self.document.place(*self.keys)
        return self.document.place(*self.keys, key)

    def refuse(self, key: str, what: str, mend: str) -> None:
        """Note a fault at a key."""
        self.problems.append(Problem(what, self.place(key), mend))

    def only(self, allowed: Sequence[str]) -> None:
        """Note every key that is not one of those allowed, with the nearest right one."""
        for key in self.values:
            if key not in allowed:
                name = ".".join((*self.keys, str(key)))
                self.refuse(str(key), f'"{name}" is not a key of a plan', did_you_mean(str(key), allowed))

    def within(self, key: str, allowed: Sequence[str], *further: str) -> PlanReader:
        """Give a reader of the mapping at a key, whose unknown keys are noted; what is no mapping is noted too."""
        inside = PlanReader(self.document, (*self.keys, key, *further))
        value: object = self.values.get(key)
        for each in further:
            value = value.get(each) if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping):
            example = ", ".join(f"{each}: ..." for each in allowed)
            inside.refuse(key, f"{'.'.join((key, *further))} is not a mapping", f"Write {key}: {{{example}}}.")
        inside.only(allowed)
        return inside

    def text(self, key: str, *, needed: bool = False, default: str = "") -> str:
        """Take text."""
        value = self.values.get(key)
        if value is None:
            if needed:
                self.refuse(key, f"{'.'.join((*self.keys, key))} is missing", f"Add {key}: and its value.")
            return default
        if not isinstance(value, str):
            # As it was typed: 0041 would be read as the number 41.
            typed = self.document.literal(*self.keys, key)
            mend = f"Write {key}: and one text." if typed is None else f'Put it in quotation marks: {key}: "{typed}".'
            self.refuse(key, f"{key}: {value if typed is None else typed} is not text", mend)
            return default
        return value

    def yes(self, key: str) -> bool:
        """Take true or false; absent is false."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, f"{key}: {value} is neither true nor false", f"Write {key}: true or {key}: false.")
            return False
        return bool(value)

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """Take one of a list of words."""
        value = self.text(key, default=default)
        if value not in choices:
            self.refuse(key, f'{key}: "{value}" is not known', did_you_mean(value, choices))
            return default
        return value

    def whole(self, key: str, *, lowest: int, default: int) -> int:
        """Take a whole number of at least `lowest`."""
        found = self.optional_whole(key, lowest=lowest)
        return default if found is None else found

    def optional_whole(self, key: str, *, lowest: int) -> int | None:
        """Take a whole number of at least `lowest`, or None where the key is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
            self.refuse(
                key, f"{key}: {value} is not a whole number of at least {lowest}", f"Write {key}: {lowest}, or more."
            )
            return None
        return value

    def date(self, key: str, *, needed: bool = False) -> datetime.date | None:
        """Take a date."""
        value = self.values.get(key)
        if value is None:
            if needed:
                self.refuse(key, f"{key} is missing", f"Add {key}: and a date such as 2010-01-31.")
            return None
        if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
            self.refuse(key, f"{key}: {value} is not a date", "Write it as 2010-01-31, without quotation marks.")
            return None
        return value

    def share(self, key: str, default: Fraction | None) -> Fraction | None:
        """Take a share of 0 to 1, written as 20% or 0.2."""
        value = self.values.get(key)
        if value is None:
            return default
        text, share = str(value), read_share(value)
        if not 0 <= share <= 1:
            self.refuse(key, f"{key}: {text} is not a share", f"Write {key}: 20%, or another share from 0% to 100%.")
            return default
        return share

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """Take a list of texts."""
        value = self.values.get(key)
        if value is None:
            if needed:
                self.refuse(key, f"{key} is missing", f"Add {key}: and a list such as [one, two].")
            return ()
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, Sequence) or not all(isinstance(each, str) for each in listed):
            self.refuse(key, f"{key} is not a list of texts", f"Write {key}: [one, two].")
            return ()
        return tuple(listed)

    def mapping(self, key: str) -> dict[str, str]:
        """Take a mapping of text to text."""
        value = self.values.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
            self.refuse(key, f"{key} is not a mapping of names", f"Write {key}: {{case_id: Child reference}}.")
            return {}
        return {str(name): str(each) for name, each in value.items()}


def read_share(value: object) -> Fraction:
    """Read a share written as 20% or 0.2; -1 where it is neither."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", str(value)) if not isinstance(value, bool) else None
    if found is None:
        return Fraction(value) if isinstance(value, Fraction) else Fraction(-1)
    return Fraction(found[1]) / (100 if found[2] else 1)
