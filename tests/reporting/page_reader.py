"""A page as a reader meets it: its words, its tables, and what it would fetch."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


class Page(HTMLParser):
    """What a page says (`text`), its `tables` as rows of cells, its `tags`, and what it would `fetch`."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self.feed(source)
        self.text = " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "action")]
        self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass
        if tag not in ("span", "strong", "time", "code"):
            self._words.append(" ")

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self._words.append(data)
        if "td" in self._open or "th" in self._open:
            self.tables[-1][-1][-1] += data
