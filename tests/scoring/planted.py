"""The planted faults of lint/faults.txt: what is changed in which file, and every line that lint then prints.

# what the fault is
@ domains.yaml        the file that is changed; base.yaml where this line is left out
- a text of the file, once in it
+ what stands there instead
= a line that is printed
"""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "lint"
BASES = ("base.yaml", "domains.yaml", "child.yaml", "limits.yaml")


@dataclass(frozen=True)
class Planted:
    """One fault: its title, the file it is planted in, the changes, and the lines that tell it."""

    title: str
    file: str
    changes: tuple[tuple[str, str], ...]
    told: tuple[str, ...]

    def plant(self, folder: Path) -> Path:
        """Copy the files into a folder, change the one, and give its path."""
        for name in BASES:
            shutil.copy(HERE / name, folder)
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        for old, new in self.changes:
            assert text.count(old) >= 1, f"{self.title}: {old!r} is not in {self.file}"
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return path


def planted_faults(text: str) -> list[Planted]:
    """Read the faults; a block of changes is minus lines and then plus lines."""
    found = []
    for block in text.split("\n\n"):
        # A control character is no end of a line here.
        lines = [line for line in block.split("\n") if line and not line.startswith("## ")]
        if not lines:
            continue
        title, file, changes, told = lines[0].removeprefix("# "), "base.yaml", [], []
        for before, line in itertools.pairwise(lines):
            sign, rest = line[:1], line[2:]
            if sign == "@":
                file = rest
            elif sign == "=":
                told.append(rest)
            elif sign == "-":
                changes.append([[rest], []])
            elif sign == "+":
                changes[-1][1].append(rest)
            else:
                raise ValueError(f"{before!r} is followed by {line!r}")
        edits = tuple(("\n".join(old), "\n".join(new)) for old, new in changes)
        found.append(Planted(title, file, edits, tuple(told)))
    return found
