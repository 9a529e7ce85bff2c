"""Where each token of an output comes from in the stream: align once, score many.

The method, version 2. The stream's tokens stand in *lanes* by what they count as: content, neutral, noise, extra. Each
is a token sequence of its own, so that body text goes on across the advert in its middle.

1. *Units.* Consecutive tokens, any number of them, whose concatenation equals one token of the other side match it
   (words glued or split at inline tags, a line that lost its spaces). The output is rewritten in the stream's units, so
   that a glued word counts as the words it is. Looked for are, in time linear in the two texts, glued tokens that begin
   with a token of the stream of up to 64 code points, and split ones of up to 256.
2. *Long runs.* Lane by lane, in the order content, neutral, noise, extra: the output is walked; a run goes on where the
   last one ended, if it can, else it starts at the longest exact run of at least :data:`SEED` tokens among the nearest
   places. A place in the stream is used once. Priority comes before length: a sentence that stands in the body and in a
   teaser is the body's.
3. *Repeats.* What is left and equals a run of at least :data:`SEED` tokens at used places is *repeated*: a second copy
   must not be taken apart to earn two words here and there.
4. *Short runs* of two tokens, lane by lane, where they are rare in the lane or go on near the last run.
5. *Gaps.* What is left between two neighbours in the output is matched against the unused tokens between their places
   in the stream by a longest common subsequence.
6. *Short blocks.* What is left is searched for whole blocks of the stream of up to :data:`SHORT` tokens: a tag, a table
   cell or a button that was put out somewhere else. Other single words that are left match nothing: a paraphrase or a
   list of the page's words must not earn the text it does not hold.
7. What is left is *invented*. A token that was split, and whose parts are not found side by side, is one invented
   token: its parts earn nothing elsewhere.

Ties are broken by the order of the stream, so that the same input always gives the same alignment.
"""

from goldspan.core.align.alignment import Alignment, align
from goldspan.core.align.target import Target
from goldspan.core.align.units import in_units_of

ALIGN = "2"
"""The version of the method; it stands in every protocol string."""

__all__ = ["ALIGN", "Alignment", "Target", "align", "in_units_of"]
