"""Where each token of an output comes from in the stream."""

from goldspan.core.align.alignment import ALIGN, Alignment, Target, align, in_units_of

__all__ = ["ALIGN", "Alignment", "Target", "align", "in_units_of"]
