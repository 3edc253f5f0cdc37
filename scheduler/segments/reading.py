"""From the text of a segment to its tree, each text once."""

from functools import lru_cache

from scheduler.segments.tree import Tree


@lru_cache(maxsize=256)
def read_segment(source: str) -> Tree:
    """Read a segment, once; whether its fields exist is not looked at.

    Raises:
        SegmentError: it is too long, too deep or not in the language.
    """
    from scheduler.segments.parsing import parse_segment  # Lark, 4 MB: only where somebody has a segment

    return parse_segment(source)
