"""Templates: what a campaign says, kept by name; a campaign's own content has the same form.

In a file a template reads so::

    [templates.spring.messages.A]
    en = "Dear {first_name|friend}, the new oolong is here."
    zh = "{first_name|朋友}您好，新茶到了。"

    [[templates.spring.buttons]]
    label = { en = "Keep me one", zh = "给我留一份" }
    thanks = { en = "Done!", zh = "好的！" }
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from customers.phrases import SOURCE_LANGUAGE, phrases
from scheduler.pointing import with_carets
from scheduler.text_languages import LanguageTag
from scheduler.text_length import length
from scheduler.text_rules import check_variables, limit_of
from store.errors import InputError
from store.outbox import Enclosure
from store.tables.customers import Purpose

FIRST = "A"
"""The variant of a message that has but one."""

VARIANTS = ("A", "B", "C", "D")
MOST_BUTTONS = 8
LONGEST_LABEL = 40
LONGEST_THANKS = 1000
LONGEST_LINK = 500


def _broken(message: str) -> PydanticCustomError:
    """Make the error of a value that breaks a rule, in the same way as those of other files."""
    return PydanticCustomError("rule", "{message}", {"message": message})


def _check_text(text: str) -> str:
    try:
        check_variables(text, phrases(SOURCE_LANGUAGE), pointing=with_carets)
    except InputError as error:
        raise _broken(str(error)) from None
    return text.strip()


def _check_label(text: str) -> str:
    label = " ".join(text.split())
    if not label or len(label) > LONGEST_LABEL:
        raise _broken(f"a button's label must have 1 to {LONGEST_LABEL} characters")
    return label


def _check_link(link: str) -> str:
    if not is_link(link):
        raise _broken(
            f"a link must begin with https:// or http:// and have at most {LONGEST_LINK} characters"
        )
    return link


def is_link(text: str) -> bool:
    """Tell whether a text is a web address that a button can lead to."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and "." in (parts.hostname or "")
    return is_whole and len(text) <= LONGEST_LINK and text.isprintable() and not any(map(str.isspace, text))


Text = Annotated[str, AfterValidator(_check_text)]
Label = Annotated[str, AfterValidator(_check_label)]
Thanks = Annotated[str, Field(max_length=LONGEST_THANKS)]
Variant = Annotated[str, Field(pattern=r"^[A-D]$")]


class TemplateButton(BaseModel):
    """A button under a message: an answer that is counted, or a link.

    Attributes:
        label: what stands on it, by language.
        thanks: what whoever taps it reads, by language; empty is a plain thank-you.
        link: where it leads; None for an answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Annotated[Mapping[LanguageTag, Label], Field(min_length=1)]
    thanks: Mapping[LanguageTag, Thanks] = {}
    link: Annotated[str, AfterValidator(_check_link)] | None = None


class TemplatePicture(BaseModel):
    """A picture that somebody sent to us; its bytes lie in the app where it came in.

    Attributes:
        kind: how it is shown.
        channel: the app where it came in.
        reference: how that app finds it again.
        name: the file's, where it has one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = "photo"
    channel: str
    reference: str
    name: str = ""

    def enclosure(self) -> Enclosure:
        """Let it go along with a message, which goes without it where it is gone."""
        return Enclosure(self.kind, self.channel, self.reference, self.name, may_be_missing=True)


class Template(BaseModel):
    """What a campaign says.

    Attributes:
        messages: the texts, by variant and language.
        buttons: under it.
        picture: above it.
        purpose: what consent it needs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    messages: Annotated[
        Mapping[Variant, Annotated[Mapping[LanguageTag, Text], Field(min_length=1)]], Field(min_length=1)
    ]
    buttons: Annotated[tuple[TemplateButton, ...], Field(max_length=MOST_BUTTONS)] = ()
    picture: TemplatePicture | None = None
    purpose: Purpose = Purpose.OFFERS

    @model_validator(mode="after")
    def _fits(self) -> Self:
        limit = limit_of(has_picture=self.picture is not None)
        for variant, texts in self.messages.items():
            for language, text in texts.items():
                if length(text) > limit:
                    raise _broken(
                        f"message {variant} in {language} takes {length(text)} of at most {limit} characters"
                    )
        return self

    @property
    def variants(self) -> tuple[str, ...]:
        """Name the variants, in an order that stays."""
        return tuple(sorted(self.messages))

    def to_json(self) -> dict[str, Any]:
        """Write it as a JSON object, as ``Template.model_validate`` reads it."""
        return self.model_dump(mode="json", exclude_defaults=True)
