"""When a beat runs again: at fixed intervals, of which those that were missed are made up by one."""

from datetime import datetime

from apscheduler.triggers.interval import IntervalTrigger


class Every(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """An interval that steps over what was missed.

    APScheduler would reckon each missed time before it drops all but one of them: after a machine slept for
    weeks, or its clock was put forward by so much, that takes minutes in which nothing else is done.
    """

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Give the next time after the last one; where that is over, the first that is not."""
        following: datetime | None = super().get_next_fire_time(previous, now)
        if previous is None or following is None or following > now:
            return following
        missed: int = (now - following) // self.interval
        late: datetime = following + (missed + 1) * self.interval
        return late
