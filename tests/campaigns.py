"""Playing the beats that drive campaigns, in one transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.campaigns.moves import move_campaigns
from scheduler.campaigns.progress import see_campaigns, tell_campaigns
from tests.factories import COMPANY


def move_all(session: Session, *, now: datetime, company: Company = COMPANY) -> int:
    """Do all that the states of campaigns ask for; tell in how many steps."""
    steps = 0
    while move_campaigns(session, company=company, channels=company.channels, now=now):
        steps += 1
    return steps


def tell(session: Session, *, now: datetime, company: Company = COMPANY) -> int:
    """Count and tell how campaigns go."""
    seen = see_campaigns(session, company=company, channels=company.channels, now=now)
    return tell_campaigns(session, seen, company=company, now=now)


def refresh(session: Session, *, now: datetime, company: Company = COMPANY) -> int:
    """Let all beats of campaigns come once; tell how many messages they queued to tell how it goes."""
    move_all(session, now=now, company=company)
    return tell(session, now=now, company=company)
