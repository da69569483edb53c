"""A figure that a notebook shows as a picture, whatever its plotting settings."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

DOTS_PER_INCH = 110


class Picture(Figure):
    """A matplotlib Figure of its own canvas; the last line of a notebook cell shows it."""

    def _repr_png_(self) -> bytes:
        """Give the picture to a notebook."""
        held = io.BytesIO()
        self.savefig(held, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        return held.getvalue()
