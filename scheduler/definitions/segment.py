"""Segments by name: a filter over all that is known of customers, kept to be used again.

In a file a segment reads so::

    [segments.unhappy-key-customers]
    filter = "standing = key and index < 60"
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from scheduler.segments.mistakes import SegmentError
from scheduler.segments.reading import read_segment


def _check_filter(source: str) -> str:
    try:
        read_segment(source)
    except SegmentError as error:
        raise PydanticCustomError("rule", "{message}", {"message": str(error)}) from None
    return source.strip()


class Segment(BaseModel):
    """A segment.

    Attributes:
        filter: whom it picks, in the language of segments; what it names is looked up when it is used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    filter: Annotated[str, AfterValidator(_check_filter)]


def segment_of(body: Mapping[str, Any]) -> Segment:
    """Give the segment that a definition holds."""
    return Segment.model_construct(filter=str(body["filter"]))
