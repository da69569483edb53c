"""The search for the smallest number of cases that will do, and go on doing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

# After the first size that will do, so large a share more is tried, and at least so many cases: all must do.
AHEAD, AHEAD_CASES = 0.05, 4


@dataclass(slots=True)
class Search:
    """Looks for the smallest size that will do, and go on doing, between the fewest and the most cases there can be."""

    enough: Callable[[int], bool]
    lowest: int
    highest: int

    def smallest(self, guess: int) -> int | None:
        """Bracket it around a guess, halve, then look ahead: an exact test wavers from one size to the next."""
        low, high = self._bracket(min(max(guess, self.lowest), self.highest))
        if high is None:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self.enough(middle):
                high = middle
            else:
                low = middle
        return self._settled(high)

    def _bracket(self, guess: int) -> tuple[int, int | None]:
        """Give a size that will not do (or one below the fewest) and one that will; None where there is none."""
        step = max(2, guess // 8)
        if self.enough(guess):
            low = guess
            while low >= self.lowest and self.enough(low):
                guess, low, step = low, low - step, 2 * step
            return max(low, self.lowest - 1), guess
        high = guess
        while high < self.highest and not self.enough(high):
            guess, high, step = high, min(high + step, self.highest), 2 * step
        return guess, (high if self.enough(high) else None)

    def _settled(self, n: int) -> int | None:
        """Move on past every size a little further on that falls short again."""
        ahead = n
        while ahead < min(self.highest, n + max(AHEAD_CASES, math.ceil(AHEAD * n))):
            ahead += 1
            if not self.enough(ahead):
                n = ahead + 1
        return n if n <= self.highest else None
