"""A campaign as real customers would read it: three of them, as different as can be, and who reads what."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Addressee, may_be_written_to, select_addressees, to_addressee, writes_on
from scheduler.campaigns.content import Content, Words, content_of, words_for
from scheduler.campaigns.kinds import purpose_of
from scheduler.segments.conditions import condition_as_kept
from scheduler.text_languages import choose_language
from scheduler.variables import NOTHING_KNOWN, know
from store.tables.customers import Customer
from store.tables.outreach import Campaign

SHOWN = 3
LOOKED_AT = 60
"""Customers of each language among whom the samples are chosen."""

SAMPLE = "sample:"
"""Begins the dedupe key of a sample: it names a customer, and yet a reply to it is not for them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A campaign as one customer would read it."""

    who: Addressee
    variant: str
    words: Words


def sample_key(campaign: Campaign, customer_id: int) -> str:
    """Name the message that shows a sample."""
    return f"{SAMPLE}{campaign.id}:{customer_id}"


def see_samples(
    session: Session, campaign: Campaign, *, channels: Collection[str], company: Company, now: datetime
) -> Sequence[Sample]:
    """Choose customers who would get a campaign, and write what they would read; only reads."""
    content = content_of(campaign)
    is_meant = condition_as_kept(session, campaign.audience, company=company, now=now)
    languages = sorted({language for texts in content.messages.values() for language in texts})
    people: list[Addressee] = []
    for speaks in [*(Customer.language == one for one in languages), Customer.language.not_in(languages)]:
        rows = session.execute(
            select_addressees(channels)
            .where(
                is_meant,
                speaks,
                *may_be_written_to(purpose_of(campaign), company=company, now=now),
            )
            .order_by(Customer.id)
            .limit(LOOKED_AT)
        )
        people += [to_addressee(row) for row in rows]
    return choose(_written(session, campaign, content, people, company=company, now=now))


def choose(samples: Sequence[Sample], *, most: int = SHOWN) -> Sequence[Sample]:
    """Choose a few that differ the most: in variant and language first, then in what is not known of them.

    Of those who have no name and read the same, one is enough.
    """
    chosen: list[Sample] = []
    rest = list(samples)
    while rest and len(chosen) < most:
        best = max(rest, key=lambda one: _difference(one, chosen))
        chosen.append(best)
        rest = [one for one in rest if one is not best and not _is_shown_by(best, one)]
    return chosen


def _is_shown_by(shown: Sample, other: Sample) -> bool:
    is_alike = (shown.variant, shown.words.text) == (other.variant, other.words.text)
    return is_alike and not shown.who.name and not other.who.name


def _difference(sample: Sample, others: Sequence[Sample]) -> tuple[bool, bool, bool, int]:
    """Tell how much a sample shows that others do not; of two alike, ``max`` takes the first."""
    return (
        all(sample.words.language != other.words.language for other in others),
        all(sample.variant != other.variant for other in others),
        all(sample.words.fell_back != other.words.fell_back for other in others),
        0 if others else -len(sample.words.fell_back),
    )


def _written(
    session: Session,
    campaign: Campaign,
    content: Content,
    people: Sequence[Addressee],
    *,
    company: Company,
    now: datetime,
) -> Sequence[Sample]:
    ids = [who.customer_id for who in people]
    known = know(session, ids, company=company, now=now) if content.looks_up else {}
    return [
        Sample(
            who,
            variant,
            words_for(
                content,
                variant,
                who,
                campaign_id=campaign.id,
                company=company,
                known=known.get(who.customer_id, NOTHING_KNOWN),
            ),
        )
        for place, who in enumerate(people)
        for variant in [content.variants[place % len(content.variants)]]
    ]


def count_by_language(
    languages: Mapping[str, int], campaign: Campaign, *, company: Company
) -> Mapping[tuple[str, str], int]:
    """Count readers by their language and that of the text which they get, the most first.

    Args:
        languages: how many are reached by language (``Reach.languages``).
        campaign: what they get; it has texts by language.
        company: whose language is read where there is no text in theirs.
    """
    content = content_of(campaign)
    texts = content.messages[content.variants[0]]
    counts = Counter(
        {(one, choose_language(texts, one, company.language)): number for one, number in languages.items()}
    )
    return dict(counts.most_common())


def count_all(session: Session, channels: Collection[str]) -> int:
    """Count all whom we met on live channels; only reads."""
    return session.scalar(select(func.count(Customer.id)).where(writes_on(channels))) or 0
