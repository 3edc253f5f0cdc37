"""What somebody of staff is writing in a talk of several steps, and may go on with after another command.

A chat has one open question for each speaker. Where another one takes the place of a half-written draft,
the draft is kept beside it, under ``ASIDE``; with nothing else open it is kept alone, at the step ``ASIDE``,
which takes no words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from store.tables.conversations import Dialogue

ASIDE = "aside"
CAMPAIGN, BROADCAST, EVENT, DETAILS = "campaign", "broadcast", "newevent", "eventmore"
WRITTEN: Mapping[str, str] = {
    CAMPAIGN: "messages",
    BROADCAST: "text",
    EVENT: "title",
    DETAILS: "changes",
}
"""The talks that write a draft, and under which key is what would be lost."""

REPLACES, DETAILS_OF = "replaces", "campaign"
"""In what was said so far: the drafted campaign that it changes, where the talk began at a preview."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft that is half written.

    Attributes:
        step: of the talk that writes it.
        data: what was said so far, as the talk keeps it.
    """

    step: str
    data: Mapping[str, Any]

    @property
    def written(self) -> Any:
        """What was written so far."""
        return self.data.get(WRITTEN[self.step])

    @property
    def changes(self) -> int | None:
        """The number of the drafted campaign that is changed; None for one that is new."""
        found: int | None = self.data.get(DETAILS_OF if self.step == DETAILS else REPLACES)
        return found


def begun_in(dialogue: Dialogue | None) -> tuple[Begun, ...]:
    """Give the drafts that are half written in a talk: the one under way first, then those beside it."""
    if dialogue is None:
        return ()
    aside = tuple(Begun(one["step"], one["data"]) for one in dialogue.data.get(ASIDE, ()))
    if dialogue.step not in WRITTEN:
        return aside
    open_one = Begun(dialogue.step, without_aside(dialogue.data))
    return (open_one, *aside) if open_one.written else aside


def with_aside(data: Mapping[str, Any], drafts: Iterable[Begun]) -> dict[str, Any]:
    """Write what a talk keeps, with the drafts beside it."""
    kept = [{"step": one.step, "data": dict(one.data)} for one in drafts]
    return {**without_aside(data), **({ASIDE: kept} if kept else {})}


def without_aside(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a talk itself keeps."""
    return {name: value for name, value in data.items() if name != ASIDE}
