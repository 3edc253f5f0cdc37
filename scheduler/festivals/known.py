"""Which festivals deserve a greeting: what calendars call them, and the words that we say.

Only what is listed here is greeted. Days of mourning and remembrance (Good Friday, Memorial Day, Tomb
Sweeping), days off in lieu and purely civic days are not listed, so nobody is congratulated on them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival that we greet.

    Attributes:
        key: names it in dedupe keys.
        title: what it is called in English; the catalogues translate it.
        greeting: the English sentence; the catalogues translate it.
        names: what calendars call it in English, in small letters, with the days from that entry to the
            festival's first day (Easter Sunday is the day before "easter monday").
        countries: the only calendars in which the names mean it; empty is all.
        local_names: what only some countries' calendars call it, each with these countries.
        home: the calendar by which those keep it in whose own country it is not known; None where there is no
            such calendar.
        family: festivals that are one to most: on one day, nobody gets two greetings of a family.
        lunar_from: one of its days, where it moves through the whole year with the Islamic calendar.
    """

    key: str
    title: str
    greeting: str
    names: Mapping[str, int]
    countries: frozenset[str] = frozenset()
    local_names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    home: str | None = None
    family: str = ""
    lunar_from: date | None = None


def _named(*names: str) -> dict[str, int]:
    return dict.fromkeys(names, 0)


FESTIVALS: tuple[Festival, ...] = (
    Festival(
        "new_year",
        "New Year",
        "Happy New Year! May it be a good one for you.",
        _named(
            "new year's day",
            "new year holidays",
            "international new year day",
            "universal fraternization day",
        ),
        home="US",
    ),
    Festival(
        "spring_festival",
        "Spring Festival",
        "Happy Spring Festival! May the new year bring you health and good fortune.",
        _named(
            "chinese new year (spring festival)",
            "chinese new year",
            "chinese new year's day",
            "chinese spring festival",
        )
        | {"the second day of chinese new year": -1, "the third day of chinese new year": -2},
        local_names={"lunar new year": frozenset({"BN", "ID"})},
        home="CN",
        family="lunar_new_year",
    ),
    Festival(
        "lunar_new_year",
        "Mongolian New Year",
        "Happy Lunar New Year! May it bring you health and good fortune.",
        _named("lunar new year"),
        countries=frozenset({"MN"}),
        home="MN",
        family="lunar_new_year",
    ),
    Festival(
        "tet",
        "Tết",
        "Happy Tết! May the new year bring you and your family joy.",
        _named("lunar new year"),
        countries=frozenset({"VN"}),
        home="VN",
        family="lunar_new_year",
    ),
    Festival(
        "seollal",
        "Seollal",
        "Happy Seollal! May the new year bring you much luck.",
        _named("korean new year"),
        home="KR",
        family="lunar_new_year",
    ),
    Festival(
        "chuseok",
        "Chuseok",
        "Happy Chuseok! Have a good time with your family.",
        _named("chuseok"),
        home="KR",
        family="mid_autumn",
    ),
    Festival(
        "mid_autumn",
        "Mid-Autumn Festival",
        "Happy Mid-Autumn Festival! May the moon be bright and your family together.",
        _named("mid-autumn festival")
        | {
            "the day following mid-autumn festival": -1,
            "the second day following mid-autumn festival": -2,
        },
        home="CN",
        family="mid_autumn",
    ),
    Festival(
        "dragon_boat",
        "Dragon Boat Festival",
        "Wishing you health and peace this Dragon Boat Festival.",
        _named("dragon boat festival") | {"the day following dragon boat festival": -1},
        home="CN",
    ),
    Festival(
        "eid_al_fitr",
        "Eid al-Fitr",
        "Eid Mubarak! May this Eid al-Fitr bring you joy and peace.",
        _named("eid al-fitr", "eid-ul-fitr") | {"eid al-fitr holiday": 1},
        home="AE",
        lunar_from=date(2026, 3, 20),
    ),
    Festival(
        "eid_al_adha",
        "Eid al-Adha",
        "Eid Mubarak! May this Eid al-Adha bring you joy and peace.",
        _named("eid al-adha", "eid-ul-adha", "eid al-adha holiday"),
        home="AE",
        lunar_from=date(2026, 5, 27),
    ),
    Festival(
        "diwali",
        "Diwali",
        "Happy Diwali! May it bring you light and joy.",
        _named("diwali", "laxmi pooja"),
        home="IN",
    ),
    Festival(
        "holi",
        "Holi",
        "Happy Holi! May your days be full of colour.",
        _named("holi", "fagu poornima"),
        home="IN",
    ),
    Festival(
        "nowruz",
        "Nowruz",
        "Happy Nowruz! May the new year bring you joy.",
        _named("nowruz", "nowruz day", "international nowruz day", "nowruz holiday"),
        home="IR",
    ),
    Festival(
        "songkran",
        "Songkran",
        "Happy Songkran! May the new year bring you joy.",
        _named("songkran festival"),
        home="TH",
    ),
    Festival(
        "traditional_new_year",
        "Traditional New Year",
        "Happy New Year! May it bring you joy and health.",
        _named(
            "sinhala and tamil new year",
            "nepali new year",
            "ethiopian new year",
            "khmer new year's day",
            "lao new year's day",
            "myanmar new year",
            "bengali new year's day",
        ),
    ),
    Festival("passover", "Passover", "Happy Passover to you and your family!", _named("pesach"), home="IL"),
    Festival(
        "rosh_hashanah",
        "Rosh Hashanah",
        "Shana Tova! May you have a good and sweet new year.",
        _named("rosh hashanah"),
        home="IL",
    ),
    Festival(
        "easter",
        "Easter",
        "Happy Easter! Have a lovely spring day.",
        _named("easter sunday", "easter", "catholic easter", "catholic easter sunday")
        | {"easter monday": -1},
        home="DE",
        family="easter",
    ),
    Festival(
        "orthodox_easter",
        "Orthodox Easter",
        "Happy Easter to you and your family!",
        _named("orthodox easter", "orthodox easter sunday", "coptic easter", "julian easter sunday"),
        home="BY",
        family="easter",
    ),
    Festival(
        "thanksgiving",
        "Thanksgiving",
        "Happy Thanksgiving! We are thankful for you.",
        _named("thanksgiving day"),
        home="US",
    ),
    Festival(
        "christmas",
        "Christmas",
        "Merry Christmas! Have a peaceful and joyful time.",
        _named(
            "christmas day",
            "christmas",
            "catholic christmas day",
            "christmas day (by new style)",
            "christmas and family day",
            "christmas and epiphany",
        ),
        home="US",
        family="christmas",
    ),
    Festival(
        "orthodox_christmas",
        "Orthodox Christmas",
        "Merry Christmas to you and your family!",
        _named(
            "orthodox christmas day",
            "orthodox christmas",
            "coptic christmas day",
            "christmas day (by old style)",
        ),
        home="RS",
        family="christmas",
    ),
)

BY_KEY: Mapping[str, Festival] = MappingProxyType({festival.key: festival for festival in FESTIVALS})
