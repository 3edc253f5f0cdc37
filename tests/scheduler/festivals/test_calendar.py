"""Which festivals are greeted, and on which day of several years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.phrases import languages, phrases
from scheduler.festival_calendar import festivals_of, festivals_on
from scheduler.festivals.known import BY_KEY, FESTIVALS

KNOWN = [
    ("CN", "spring_festival", ["2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13"]),
    ("SG", "spring_festival", ["2026-02-17", "2027-02-06", "2028-01-26"]),
    ("HK", "spring_festival", ["2026-02-17", "2027-02-06", "2028-01-26"]),
    ("VN", "tet", ["2026-02-17", "2027-02-06", "2028-01-26"]),
    ("KR", "seollal", ["2026-02-17", "2027-02-07", "2028-01-27"]),
    ("CN", "mid_autumn", ["2025-10-06", "2026-09-25", "2027-09-15", "2028-10-03"]),
    ("HK", "mid_autumn", ["2026-09-25", "2027-09-15", "2028-10-03"]),
    ("TW", "mid_autumn", ["2026-09-25", "2027-09-15", "2028-10-03"]),
    ("KR", "chuseok", ["2026-09-25", "2027-09-15", "2028-10-03"]),
    ("CN", "dragon_boat", ["2026-06-19", "2027-06-09", "2028-05-28"]),
    ("IN", "diwali", ["2026-11-08", "2027-10-29", "2028-10-17"]),
    ("SG", "diwali", ["2026-11-08"]),
    ("IN", "holi", ["2026-03-04", "2027-03-22"]),
    ("US", "thanksgiving", ["2026-11-26", "2027-11-25", "2028-11-23"]),
    ("US", "easter", ["2026-04-05", "2027-03-28", "2028-04-16"]),
    ("DE", "easter", ["2026-04-05", "2027-03-28", "2028-04-16"]),
    ("GB", "easter", ["2026-04-05", "2027-03-28"]),
    ("BG", "easter", ["2026-04-12", "2027-05-02"]),
    ("RS", "orthodox_christmas", ["2026-01-07", "2027-01-07"]),
    ("RU", "christmas", ["2026-01-07", "2027-01-07"]),
    ("IL", "rosh_hashanah", ["2026-09-12", "2027-10-02"]),
    ("TR", "eid_al_fitr", ["2026-03-20"]),
    ("SA", "eid_al_fitr", ["2026-03-20"]),
    ("MY", "eid_al_fitr", ["2026-03-21"]),
    ("TR", "eid_al_adha", ["2026-05-27"]),
    ("TH", "songkran", ["2026-04-13", "2027-04-13"]),
    ("KZ", "nowruz", ["2026-03-21"]),
    ("BR", "new_year", ["2026-01-01", "2027-01-01"]),
]


@pytest.mark.parametrize(("country", "festival", "days"), KNOWN, ids=lambda value: str(value)[:20])
def test_movable_festivals_fall_on_their_known_days(country: str, festival: str, days: list[str]) -> None:
    for day in map(date.fromisoformat, days):
        found = [each.day for each in festivals_of(country, day.year) if each.festival == festival]
        assert found == [day]


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("US", "2026-05-25"),  # Memorial Day
        ("CN", "2026-04-05"),  # Tomb-Sweeping Day
        ("GB", "2026-04-03"),  # Good Friday
        ("EG", "2026-04-13"),  # Egypt's "Spring Festival" is Sham el-Nessim
        ("US", "2027-12-31"),  # New Year's Day, observed
        ("CN", "2026-02-16"),  # the eve
        ("CN", "2026-02-18"),  # the second day
        ("MY", "2026-03-20"),  # a day off before Eid
        ("KR", "2026-05-25"),  # a substitute day
        ("IL", "2026-09-21"),  # Yom Kippur
        ("JP", "2026-11-23"),  # Labour Thanksgiving Day
        ("FR", "2026-11-01"),  # All Saints' Day
    ],
)
def test_solemn_substitute_and_further_days_are_not_greeted(country: str, day: str) -> None:
    assert festivals_on(country, date.fromisoformat(day)) == []


def test_eid_that_comes_twice_in_a_year_is_two_occasions() -> None:
    names = [each.name for each in festivals_of("TR", 2033) if each.festival == "eid_al_fitr"]
    assert names == ["eid_al_fitr:2033", "eid_al_fitr:2033:2"]


@pytest.mark.parametrize("country", ["", "XX", "zz", "GBR?"])
def test_an_unknown_country_has_no_festivals(country: str) -> None:
    assert festivals_of(country, 2026) == ()


@given(
    country=st.sampled_from(["CN", "US", "GB", "IN", "VN", "TR", "BG", "RU", "MY"]),
    year=st.integers(2024, 2034),
)
def test_each_festival_is_one_occasion_in_one_stretch_of_days(country: str, year: int) -> None:
    occasions = festivals_of(country, year)
    names = [occasion.name for occasion in occasions]
    assert len(set(names)) == len(names)
    for first in occasions:
        again = [
            other
            for other in occasions
            if other.festival == first.festival and timedelta() < other.day - first.day < timedelta(days=30)
        ]
        assert not again


@pytest.mark.parametrize(("country", "festival"), [("ID", "spring_festival"), ("MN", "lunar_new_year")])
def test_the_new_year_of_the_moon_is_called_by_whose_it_is(country: str, festival: str) -> None:
    found = {each.festival for each in festivals_of(country, 2027)}
    assert found & {"spring_festival", "lunar_new_year", "tet", "seollal"} == {festival}
    assert [phrases(language)(BY_KEY["lunar_new_year"].title) for language in ("en", "zh")] == [
        "Mongolian New Year",
        "蒙古新年",
    ]


def test_every_greeting_is_translated_and_every_key_is_its_own() -> None:
    assert len({festival.key for festival in FESTIVALS}) == len(FESTIVALS)
    for language in languages()[1:]:
        say = phrases(language)
        assert [festival.key for festival in FESTIVALS if say(festival.greeting) == festival.greeting] == []
        assert [festival.key for festival in FESTIVALS if say(festival.title) == festival.title] == []
