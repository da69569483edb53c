"""HOW MANY: what rounds of a given size could show, before any case is drawn."""

from __future__ import annotations
