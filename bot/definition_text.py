"""What a company defines of speaking first, as a file that explains itself."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from sqlalchemy.orm import Session

from bot.toml_text import key_text, table_text
from scheduler.definitions.kept import KeptDefinition, find_definitions
from scheduler.definitions.kinds import ACTIVE, Defined, kept_definition, plural_of
from store.errors import InputError
from store.tables.definitions import DefinitionKind

KINDS = (
    DefinitionKind.SEGMENT,
    DefinitionKind.PROGRAMME,
    DefinitionKind.FESTIVAL,
    DefinitionKind.TEMPLATE,
)
"""In the order in which they are written: segments first, for others name them."""

HEAD = """\
# What we define of speaking first. `rapport outreach check FILE` says what is wrong with this file, and
# `rapport outreach import FILE` takes it over as a whole; with --dry-run it only says what that would change.
# A definition with `active = false` is kept and not used. docs/outreach.md has more.
"""

EXPLAINED: Mapping[DefinitionKind, str] = MappingProxyType(
    {
        DefinitionKind.SEGMENT: """\
# Segments: groups of customers by name.
#   filter: whom it picks, such as "standing = key and index < 60"; `/segment` tries it out
""",
        DefinitionKind.PROGRAMME: """\
# Visit programmes: whom we ask how things are, how often, and with which questions.
#   segment: who is in it; without it all are
#   trigger: what the period counts from: "silence", "purchase" or "resolved" (a complaint)
#   period_days: how long after that we ask
#   window: weekdays, from_hour and until_hour (local), and over how many days visits are spread
#   questions: kind is "stars", "nps", "text" or "expectation" (with then); text by language
#   opening, retry: what stands before the questions, at first and when we ask once more; by language
#   openings: several openings that are compared, by variant (A to D) and language
#   retry_after_days: when we ask once more, if nobody answers: 5 where it is not given, and with the
#     trigger "silence" less than half of period_days; false is never
#   task: whether somebody is asked to get in touch when that was in vain
#   longer, longest: by how much the period grows without an answer, and the most it grows to
#   late_days: for how many days a visit that something held back is still made
#   holdout: which part gets none, 0 to 0.5; priority: 0 to 100, the highest asks first
#   most_a_day: visits a day for the customers of one contact
""",
        DefinitionKind.FESTIVAL: """\
# Festivals: what we say on which day, to whom.
#   festival: which one; without it that of this name. Also "birthday" and "anniversary"
#   what: "greeting", or "invitation" to an event of that festival
#   every_year, dates: a day of our own ("09-01"), or its dates; title: its name by language
#   countries: where it holds; segment: whom it is for; without them everywhere, and all
#   lead_days: how many days before; hour: at which local hour
#   messages: what is said, by variant (A to D) and language; without them our own words
#   holdout: which part gets none, 0 to 0.5
""",
        DefinitionKind.TEMPLATE: """\
# Templates: what campaigns say.
#   messages: the texts, by variant (A to D) and language; {first_name|friend} is the name, or "friend"
#   buttons: label by language, thanks (what whoever taps reads), or link (where it leads)
#   picture: one that was sent to us: kind, channel, reference, name
#   purpose: which consent it needs: "offers", "greetings", "invitations" or "visits"
""",
    }
)

EXAMPLES: Mapping[DefinitionKind, str] = MappingProxyType(
    {
        DefinitionKind.SEGMENT: """\
# [segments.unhappy-key-customers]
# filter = "standing = key and index < 60"
""",
        DefinitionKind.PROGRAMME: """\
# [programmes.key-customers]
# segment = "key"
# period_days = 30
""",
        DefinitionKind.FESTIVAL: """\
# [festivals.our-birthday]
# every_year = "09-01"
# title = { en = "Our birthday", zh = "我们的生日" }
# messages.A = { en = "Today we are a year older. Thank you!", zh = "今天我们又长了一岁，谢谢您！" }
""",
        DefinitionKind.TEMPLATE: """\
# [templates.spring]
# messages.A = { en = "Dear {first_name|friend}, the new oolong is here." }
""",
    }
)


def export(session: Session, kinds: Collection[DefinitionKind]) -> str:
    """Write what is defined as a file that ``read_file`` reads; only reads.

    Raises:
        InputError: what is kept breaks a rule, as after a change by hand.
    """
    parts = [HEAD]
    for kind in KINDS:
        if kind in kinds:
            written = [_definition_text(_kept(row)) for row in find_definitions(session, kind)]
            parts += [EXPLAINED[kind], *(written or [f"[{plural_of(kind)}]\n{EXAMPLES[kind]}"])]
    return "\n".join(parts)


def _kept(row: KeptDefinition) -> Defined:
    kept = kept_definition(row)
    if isinstance(kept, Defined):
        return kept
    faults = "; ".join(f"{'.'.join(map(str, fault.where))}: {fault.error['msg']}" for fault in kept)
    raise InputError(f"the {row.kind} {row.name!r} cannot be written out: {faults}")


def _definition_text(one: Defined) -> str:
    path = (plural_of(one.kind), one.name)
    heading = ".".join(map(key_text, path))
    return f"[{heading}]\n{table_text({**one.body, **({} if one.active else {ACTIVE: False})}, path)}\n"
