"""From the text of a segment to its tree, each text once."""

from functools import lru_cache

from scheduler.segments.tree import Holds, Name, Place, Tree

EVERYBODY = "all"


@lru_cache(maxsize=256)
def read_segment(source: str) -> Tree:
    """Read a segment, once; whether its fields exist is not looked at.

    Raises:
        SegmentError: it is too long, too deep or not in the language.
    """
    if source == EVERYBODY:  # so are most programmes, and reading the grammar takes 0.2 s
        return Holds(Name(source, Place(0, len(source))))
    from scheduler.segments.parsing import parse_segment  # Lark, 4 MB: only where somebody has a segment

    return parse_segment(source)
