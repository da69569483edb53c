"""DID IT CHANGE: later minus earlier, how sure that is, and the word for it."""

from __future__ import annotations
