"""Where each token of an output comes from in the stream: align once, score many.

The method, version 1. The stream's tokens stand in *lanes* by what they count as: content, neutral, noise, extra. Each
is a token sequence of its own, so that body text goes on across the advert in its middle.

1. *Units.* Up to three adjacent tokens whose concatenation equals one token of the other side match it (words glued or
   split at inline tags). The output is rewritten in the stream's units, so that a glued word counts as the words it is.
2. *Long runs.* Lane by lane, in the order content, neutral, noise, extra: the output is walked; a run goes on where the
   last one ended, if it can, else it starts at the longest exact run of at least ``SEED`` tokens among the nearest
   places. A place in the stream is used once. Priority comes before length: a sentence that stands in the body and in a
   teaser is the body's.
3. *Repeats.* What is left and equals a run of at least ``SEED`` tokens at used places is *repeated*: a second copy
   must not be taken apart to earn two words here and there.
4. *Scattered words.* A hole of at least ``LONG`` tokens is matched in order with the unused tokens of a lane between its
   neighbours' places, where those are not many more, and stays so if at least ``DENSE`` of the words that the page knows
   find a place.
5. *Short runs* of two tokens, lane by lane, where they are rare in the lane or go on near the last run.
6. *Gaps.* What is left between two neighbours in the output is matched with the unused tokens next to their places in
   the stream by a longest common subsequence.
7. *Chance.* After 5 and after 6, what only looks like a match is taken back. Tokens that stand near each other both in
   the output and in the stream hang together; what hangs together stays if it touches a long run, or if it is at least
   ``SEED`` tokens and ``SUPPORTED`` of its stretch. A paraphrase or a list of the page's words must not earn
   the text that it does not hold.
8. *Short blocks.* What is left is searched for whole blocks of the stream of up to ``SHORT`` tokens: a tag, a table
   cell or a button that was put out somewhere else; at used places it is *repeated*.
9. What is left is *invented*.

Ties are broken by the order of the stream, so that the same input always gives the same alignment.
"""

from benchmark.align.target import Target
from benchmark.align.tiling import Alignment, align
from benchmark.align.units import in_units_of

ALIGN = "1"
"""The version of the method; it stands in every protocol string."""

__all__ = ["ALIGN", "Alignment", "Target", "align", "in_units_of"]
