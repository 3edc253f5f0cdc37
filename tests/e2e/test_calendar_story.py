"""A customer chooses festivals and tells a birthday; a marketer sees the days ahead."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from store.tables.customers import Customer, FestivalChoice
from store.tables.staff import Role
from tests.e2e.stage import playing, quiet_hours
from tests.faults.bent import Bend


async def test_festivals_by_taps_and_the_days_ahead(tmp_path: Path) -> None:
    no_beat_runs = Bend(tmp_path / "clock", {"bot.beats.FIRST_AFTER_S": 3600.0})
    async with playing(tmp_path, no_beat_runs, **quiet_hours(now=False)) as stage:
        ana, lin = stage.botapi.user("Ana"), stage.botapi.user("Lin")
        ana.says("/festivals")
        shown = await ana.hears("On these festivals we greet you")
        assert "✓ Christmas" in [label for label, _ in shown.buttons]
        ana.taps("✓ Christmas")
        edit = await ana.sees_edit("✗ Christmas")
        assert "✗ Christmas" in [label for label, _ in edit.buttons]
        assert stage.column(select(FestivalChoice.wanted)) == [False]
        today = datetime.now(UTC)
        ana.says(f"/birthday {today.day} {today:%B}")
        await ana.hears("I have noted")
        assert stage.column(select(Customer.birthday)) == [f"{today:%m-%d}"]

        await stage.joins(lin, role=Role.MARKETER)
        lin.says("/calendar")
        told = await lin.hears("by our clock")
        assert "1 greeting" in told.text
        drawn = await lin.hears()  # which no beat brings at its time
        assert (drawn.media, drawn.reply_to) == (("photo", "calendar.png"), told.message_id)
