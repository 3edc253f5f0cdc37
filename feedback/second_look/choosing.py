"""Which messages deserve a second look: those that the first was unsure of, and those that matter most."""

from feedback.reading.language import Language
from feedback.second_look.deciding import MAY_BE_COMPLAINTS, OPINIONS, complaint_in
from feedback.understanding import Understanding
from store.tables.customers import Standing
from store.tables.second_looks import LookReason

UNSURE_BELOW = 0.6
"""The first look is unsure where it holds no sentiment for as likely as this."""
DOUBTFUL_FROM = 0.25
"""From this probability on, what is called no complaint may be one."""
LOW_STARS = 2
READ = frozenset({Language.ENGLISH, Language.UNKNOWN})
"""The second look has read English; of two words nobody knows the language, and they may be English."""


def reason_for(
    understanding: Understanding, *, standing: Standing, rating: int | None = None
) -> LookReason | None:
    """Tell why a message deserves a second look; ``None`` where it does not.

    Args:
        understanding: what the first look found.
        standing: of the customer who wrote it.
        rating: stars that were given with it or for it, 1–5.
    """
    if understanding.kind not in OPINIONS or understanding.language not in READ or not understanding.kinds:
        return None
    may_be_complaint = understanding.kind in MAY_BE_COMPLAINTS
    if rating is not None and rating <= LOW_STARS and may_be_complaint:
        return LookReason.RATING_CONTRADICTS
    if standing is Standing.KEY:
        return LookReason.KEY_CUSTOMER
    if may_be_complaint and complaint_in(understanding) >= DOUBTFUL_FROM:
        return LookReason.COMPLAINT_DOUBTFUL
    return LookReason.UNSURE if max(understanding.probabilities) < UNSURE_BELOW else None
