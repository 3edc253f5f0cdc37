"""What a campaign says to one customer: which variant, in which language, with what is known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from customers.company import Company
from customers.phrases import SOURCE_LANGUAGE
from scheduler.audience import Addressee
from scheduler.definitions.template import FIRST, Template, TemplateButton, TemplatePicture
from scheduler.text_languages import choose_language
from scheduler.variables import NOTHING_KNOWN, Known, Reader, fill, needs_look_up
from store.outbox import Button, ButtonRows, Enclosure
from store.tables.outreach import Campaign

ANSWER = "answer"
"""What the buttons under a campaign's messages carry first; its number and the button's place follow."""

ANY = ""
"""The language of a text that goes to all as it is."""

ROW_CHARACTERS = 24
"""Labels that together have no more stand beside one another."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a campaign says.

    Attributes:
        messages: the texts, by variant and language.
        buttons: under each.
        picture: above each.
    """

    messages: Mapping[str, Mapping[str, str]]
    buttons: Sequence[TemplateButton] = ()
    picture: Enclosure | None = None
    _rows: dict[tuple[int, str], ButtonRows] = field(default_factory=dict, compare=False, repr=False)

    def rows_in(self, language: str, campaign_id: int, company_language: str) -> ButtonRows:
        """Give the buttons in a language; they are made once, and many messages share them."""
        key = (campaign_id, language)
        if key not in self._rows:
            self._rows[key] = button_rows(self.buttons, campaign_id, language, company_language)
        return self._rows[key]

    @property
    def variants(self) -> tuple[str, ...]:
        """Name the variants, in an order that stays."""
        return tuple(sorted(self.messages))

    @property
    def looks_up(self) -> bool:
        """Whether a text says something that must be looked up."""
        return needs_look_up([text for texts in self.messages.values() for text in texts.values()])


class Words(NamedTuple):
    """What one customer reads.

    Attributes:
        text: the words.
        buttons, attachments: what goes with them.
        language: of the text that was chosen.
        fell_back: variables that are not known of them.
    """

    text: str
    buttons: ButtonRows
    attachments: tuple[Enclosure, ...]
    language: str
    fell_back: frozenset[str]


def content_of(campaign: Campaign) -> Content:
    """Read what a campaign says from its row."""
    picture = None if campaign.picture is None else TemplatePicture(**campaign.picture).enclosure()
    buttons = tuple(TemplateButton.model_validate(one) for one in campaign.buttons)
    return Content(campaign.messages or {FIRST: {ANY: campaign.text}}, buttons, picture)


def template_of(campaign: Campaign) -> Template:
    """Give what a campaign says as a template."""
    parts: dict[str, Any] = {"messages": campaign.messages, "buttons": campaign.buttons}
    if campaign.picture is not None:
        parts["picture"] = campaign.picture
    return Template.model_validate(
        parts if campaign.purpose is None else parts | {"purpose": campaign.purpose}
    )


def use_template(campaign: Campaign, template: Template, *, named_in: str = SOURCE_LANGUAGE) -> None:
    """Let a campaign say what a template says, and be called by its text in a language; does not commit."""
    written = template.model_dump(mode="json")
    campaign.messages, campaign.buttons = written["messages"], written["buttons"]
    campaign.picture, campaign.purpose = written["picture"], template.purpose
    campaign.text = first_text(campaign.messages, named_in)


def first_text(messages: Mapping[str, Mapping[str, str]], language: str) -> str:
    """Give the text that names a campaign: the first variant's, in a language as far as there is one."""
    return in_language(messages[min(messages)], language, language)


def words_for(
    content: Content,
    variant: str,
    who: Addressee,
    *,
    campaign_id: int,
    company: Company,
    known: Known = NOTHING_KNOWN,
) -> Words:
    """Write what one customer reads."""
    texts = content.messages[variant]
    language = choose_language(texts, who.language, company.language)
    read_in = language or who.language
    filled = fill(texts[language], Reader(who, known, company, read_in))
    return Words(
        filled.text,
        content.rows_in(read_in, campaign_id, company.language),
        () if content.picture is None else (content.picture,),
        read_in,
        filled.fell_back,
    )


def button_rows(
    buttons: Sequence[TemplateButton], campaign_id: int, language: str, company_language: str
) -> ButtonRows:
    """Make the buttons under a message; short ones stand beside one another."""
    made = [
        Button(
            in_language(button.label, language, company_language),
            f"{ANSWER}:{campaign_id}:{place}",
            button.link or "",
        )
        for place, button in enumerate(buttons)
    ]
    if sum(len(one.label) for one in made) <= ROW_CHARACTERS:
        return (tuple(made),) if made else ()
    return tuple((one,) for one in made)


def in_language(texts: Mapping[str, str], language: str, company_language: str) -> str:
    """Choose among the words of a button; "" where there are none."""
    return texts[choose_language(texts, language, company_language)] if texts else ""
