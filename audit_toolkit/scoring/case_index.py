"""The place of each case id, for millions of them: ids as bytes in whole words, found by a hash and compared exactly.

pandas and pyarrow take about ten times as long for this, because they make or hash one string a row.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

WORD: Final = 8
# Odd multipliers of the words of an id; the first is 2**64 divided by the golden ratio
# (Knuth 1998, The Art of Computer Programming 3, section 6.4: multiplicative hashing).
GOLDEN: Final = 0x9E3779B97F4A7C15
FIRST_BITS: Final = 16
# Slots for each case: with fewer, more ids meet on the same slot.
SLOTS_PER_CASE: Final = 2

Bytes: TypeAlias = npt.NDArray[np.bytes_]
Places: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = npt.NDArray[np.uint64]


class CaseIndex:
    """Case ids in the order they were first met, each at its place, counted from 0."""

    __slots__ = ("_bits", "_count", "_keys", "_slots")

    def __init__(self) -> None:
        # Key 0 belongs to nobody: a slot that holds 0 is free.
        self._keys: list[Words] = [np.zeros(1024, dtype=np.uint64)]
        self._slots = np.zeros(1 << FIRST_BITS, dtype=np.int32)
        self._bits = FIRST_BITS
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def ids(self, start: int, stop: int) -> list[str]:
        """Give the ids of some places as text."""
        keys = np.stack([each[start + 1 : stop + 1] for each in self._keys], axis=1)
        return [each.decode("utf-8") for each in keys.view(f"S{WORD * len(self._keys)}").ravel().tolist()]

    def places(self, ids: Bytes, wanted: npt.NDArray[np.bool_] | None = None) -> Places:
        """Give the place of each id, -1 where it is not known; ids that are `wanted` become known.

        Parameters
        ----------
        ids : bytes, filled up with NUL to whole words; none is empty where it is wanted.
        wanted : mask on the ids. None: nothing new is taken.
        """
        words = self._words(ids)
        found = self._find(words)
        if wanted is not None:
            new = np.flatnonzero((found == 0) & wanted)
            if len(new):
                first, which = _distinct(ids[new])
                added = self._add([each[new[first]] for each in words])
                found[new] = added[which]
                rest = np.flatnonzero((found == 0) & ~wanted)
                found[rest] = self._find([each[rest] for each in words])
        return found.astype(np.int64) - 1

    def _words(self, ids: Bytes) -> list[Words]:
        """Give the words of each id, as many as the longest one met so far has."""
        width = ids.dtype.itemsize // WORD
        while len(self._keys) < width:
            self._keys.append(np.zeros_like(self._keys[0]))
        table = ids.view(np.uint64).reshape(-1, width)
        words = [np.ascontiguousarray(table[:, each]) for each in range(width)]
        return words + [np.zeros(len(ids), dtype=np.uint64)] * (len(self._keys) - width)

    def _hash(self, words: list[Words]) -> Places:
        """Give the slot each id is looked for first; words that are 0 change nothing."""
        mixed = words[0] * np.uint64(GOLDEN)
        for number, word in enumerate(words[1:], 2):
            mixed ^= (word ^ (word >> np.uint64(29))) * np.uint64((GOLDEN * (2 * number + 1)) % 2**64)
        mixed ^= mixed >> np.uint64(32)
        mixed *= np.uint64(GOLDEN)
        mixed >>= np.uint64(64 - self._bits)
        return mixed.view(np.int64)

    def _find(self, words: list[Words]) -> npt.NDArray[np.int32]:
        """Give the key of each id, 0 where it is not known."""
        slots = self._hash(words)
        found = self._slots.take(slots, mode="clip")
        # Nothing stands at key 0, and no id is empty: where a slot is free the id is not the same either.
        open_ = np.flatnonzero(~self._same(found, words))
        open_ = open_[found[open_] > 0]
        last = len(self._slots) - 1
        while len(open_):
            slots[open_] = (slots[open_] + 1) & last
            here = self._slots.take(slots[open_], mode="clip")
            found[open_] = here
            open_ = open_[(here > 0) & ~self._same(here, [each[open_] for each in words])]
        return found

    def _same(self, keys: npt.NDArray[np.int32], words: list[Words]) -> npt.NDArray[np.bool_]:
        """Say of each id whether it is the one with this key."""
        same: npt.NDArray[Any] = self._keys[0].take(keys, mode="clip") == words[0]
        for known, word in zip(self._keys[1:], words[1:], strict=True):
            same &= known.take(keys, mode="clip") == word
        return same

    def _add(self, words: list[Words]) -> npt.NDArray[np.int32]:
        """Take ids that are new and differ from one another; give their keys."""
        count = len(words[0])
        keys = np.arange(self._count + 1, self._count + 1 + count, dtype=np.int32)
        self._count += count
        if self._count >= len(self._keys[0]):
            more = max(len(self._keys[0]), self._count + 1 - len(self._keys[0]))
            self._keys = [np.concatenate([each, np.zeros(more, dtype=np.uint64)]) for each in self._keys]
        for known, word in zip(self._keys, words, strict=True):
            known[keys] = word
        if self._count * SLOTS_PER_CASE > len(self._slots):
            self._rebuild()
        else:
            self._claim(keys, words)
        return keys

    def _rebuild(self) -> None:
        """Make enough slots and give every id one again."""
        while self._count * SLOTS_PER_CASE > 1 << self._bits:
            self._bits += 1
        self._slots = np.zeros(1 << self._bits, dtype=np.int32)
        step = 1 << FIRST_BITS
        for start in range(1, self._count + 1, step):
            keys = np.arange(start, min(start + step, self._count + 1), dtype=np.int32)
            self._claim(keys, [each[keys] for each in self._keys])

    def _claim(self, keys: npt.NDArray[np.int32], words: list[Words]) -> None:
        """Give each new key the first free slot from where it is looked for."""
        slots, last = self._hash(words), len(self._slots) - 1
        while len(keys):
            free = self._slots[slots] == 0
            # Of several keys that claim one slot the last one written has it; the others go on.
            self._slots[slots[free]] = keys[free]
            left = self._slots[slots] != keys
            keys, slots = keys[left], (slots[left] + 1) & last


def _distinct(ids: Bytes) -> tuple[Places, Places]:
    """Give where each distinct id stands first, in that order, and which of them every id is."""
    _, first, which = np.unique(ids, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[which.ravel()]
