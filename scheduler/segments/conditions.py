"""From the text of a segment to the condition that picks its customers."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, not_
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases
from scheduler.definitions.kept import KeptDefinition, find_definitions
from scheduler.definitions.segment import segment_of
from scheduler.segments.around import Around
from scheduler.segments.asking import any_of
from scheduler.segments.fields import field_names, find_field
from scheduler.segments.kinds import Truth
from scheduler.segments.known import is_language
from scheduler.segments.mistakes import SegmentError, no_such, written_like
from scheduler.segments.names import SEGMENT, find_segment, is_filter
from scheduler.segments.reading import read_segment
from scheduler.segments.tree import (
    AllOf,
    AnyOf,
    Compared,
    Condition,
    Holds,
    Name,
    Named,
    Not,
    Operator,
    Place,
    Tree,
)
from store.tables.definitions import DefinitionKind

LANGUAGE = "language"
"""The field of what a customer speaks."""

MOST_CONDITIONS = 200
"""Conditions that a segment may have, those of the saved segments in it included."""

logger = logging.getLogger(__name__)


def condition_of(
    session: Session, source: str, *, company: Company, now: datetime, of_all: bool = False
) -> ColumnElement[bool]:
    """Give the condition, for a query over ``Customer``, that picks who is in a segment.

    It is true or false of everybody, never null, and holds the words of the text as bound values only.

    Args:
        session: where saved segments, staff, events and campaigns are looked up.
        source: what a marketer wrote: ``all``, ``key``, ``zh``, a filter, or else a saved segment's name.
        company: who we are.
        now: the moment that «30 days ago» counts from; aware UTC.
        of_all: whether all customers are asked at once, as for a count; else it suits one, or a batch.

    Raises:
        SegmentError: it cannot be read, an ``InputError``; its text, in the company's language, points at the
            mistake.
    """
    reader = _Reader(Around(session, company, now, source, of_all))
    saved = None if is_filter(source) else find_segment(session, source.strip())
    return reader.truth_of(source) if saved is None else reader.of_saved(saved, Place(0, len(source)))


def condition_as_kept(
    session: Session, source: str, *, company: Company, now: datetime, of_all: bool = False
) -> ColumnElement[bool]:
    """Give the condition for a segment that was read before and kept, as ``condition_of`` does.

    What it names may be gone since, such as a member of staff. Then nobody is in it, and the log says why: a
    planner has others to look after.
    """
    try:
        return condition_of(session, source, company=company, now=now, of_all=of_all)
    except SegmentError as error:
        logger.warning("nobody is in the segment %r any more: %s", source, error)
        return false()


@dataclass(slots=True)
class _Reader:
    """Turns one segment, with the saved ones in it, into a condition."""

    around: Around
    inside: Sequence[str] = ()
    left: int = MOST_CONDITIONS

    def truth_of(self, source: str, *, negated: bool = False) -> Truth:
        """Give the condition of a text, or its opposite."""
        try:
            tree = read_segment(source)
        except SegmentError as error:
            raise error.said_in(self.around.company.language) from error
        return self._truth(tree, negated=negated)

    def _truth(self, tree: Tree, *, negated: bool) -> Truth:
        """Give the condition of a tree; «not» is brought down to single conditions, where it costs least."""
        match tree:
            case Not(part):
                return self._truth(part, negated=not negated)
            case AllOf(parts) | AnyOf(parts):
                truths = [self._truth(part, negated=negated) for part in parts]
                return (
                    and_(*truths) if isinstance(tree, AllOf) is not negated else any_of(self.around, truths)
                )
            case _:
                return self._condition(tree, negated=negated)

    def _condition(self, condition: Condition, *, negated: bool) -> Truth:
        self.left -= 1
        if self.left < 0:
            limit = MOST_CONDITIONS
            raise self.around.wrong(
                condition.name.place,
                lambda say: say("with what is in it, this has more than {limit} conditions", limit=limit),
            )
        if condition.name.words == SEGMENT:
            return self._named(condition, negated=negated)
        field = find_field(condition.name.words)
        if field is not None:
            truth = field.kind.truth(condition, self.around)
            return not_(truth) if negated else truth
        saved = self._find(condition.name.words) if isinstance(condition, Holds) else None
        if saved is None:
            raise self._unknown(condition.name)
        return self.of_saved(saved, condition.name.place, negated=negated)

    def _named(self, condition: Condition, *, negated: bool) -> Truth:
        match condition:
            case Named(_, value, None) | Compared(_, Operator.IS, value, None):
                name, place = str(value.what), value.place
            case _:
                raise self.around.wrong(condition.name.place, written_like(SEGMENT, f'{SEGMENT} "VIP"'))
        saved = self._find(name)
        if saved is None:

            def unknown(say: Phrases) -> str:
                return say("there is no segment “{name}”", name=name)

            raise self.around.wrong(place, no_such(unknown, name, _saved_names(self.around.session)))
        return self.of_saved(saved, place, negated=negated)

    def _find(self, name: str) -> KeptDefinition | None:
        return find_segment(self.around.session, name)

    def of_saved(self, saved: KeptDefinition, place: Place, *, negated: bool = False) -> Truth:
        """Give the condition of a saved segment; a mistake in it is pointed at where it is named."""
        way = (*self.inside, saved.name)
        if saved.name in self.inside:
            circle = " → ".join(way[way.index(saved.name) :])
            raise self.around.wrong(
                place, lambda say: say("these segments are made of each other: {circle}", circle=circle)
            )
        source = segment_of(saved.body).filter
        inner = _Reader(replace(self.around, source=source), way, self.left)
        try:
            truth = inner.truth_of(source, negated=negated)
        except SegmentError as error:

            def broken(say: Phrases) -> str:
                return say("the segment “{name}” cannot be used:", name=saved.name)

            raise self.around.wrong(place, broken, inside=error) from error
        self.left = inner.left
        return truth

    def _unknown(self, name: Name) -> SegmentError:
        """Point at a name that is no field's; one that begins with a field's lacks what follows.

        The tag of a language stands for who speaks it by itself; in a longer filter only ours do.
        """
        if is_language(name.words) and name.place.length < len(self.around.source.strip()):
            return self.around.wrong(name.place, written_like(LANGUAGE, f"{LANGUAGE} = {name.words}"))
        words = name.words.split(" ")
        for number in range(len(words) - 1, 0, -1):
            field = find_field(" ".join(words[:number]))
            if field is not None:
                return self.around.wrong(name.place, written_like(field.name, field.example))
        as_written = self.around.source[name.place.start :][: name.place.length]

        def unknown(say: Phrases) -> str:
            return say("I do not know “{name}”", name=as_written)

        names = (*field_names(), *_saved_names(self.around.session))
        return self.around.wrong(name.place, no_such(unknown, as_written, names))


def _saved_names(session: Session) -> Sequence[str]:
    return [found.name for found in find_definitions(session, DefinitionKind.SEGMENT)]
