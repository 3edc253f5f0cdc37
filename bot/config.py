"""Which settings exist: one class, read from ``RAPPORT_*`` variables or a ``rapport.toml``."""

import os
import re
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.config_faults import (
    PREFIX,
    TELEGRAM_API_URL,
    USUAL_HOURS,
    as_error,
    contradictions,
    describe,
    setting_of,
    unknown_variables,
)
from bot.config_rules import (
    check_aspects,
    check_database_url,
    is_http_url,
    knows_country,
    rule,
    secret_rule,
)
from bot.desk_file import check_desk, read_desk
from bot.outreach_file import check_outreach, read_outreach
from customers.company import NAMELESS, Chat, Company
from customers.desk import Desk
from customers.outreach import Outreach
from customers.phrases import languages
from feedback.reading.taxonomy import STANDARD, Taxonomy
from feedback.reading.taxonomy_file import read_taxonomy
from feedback.second_look.model import why_not
from scheduler.delivery.pacing import LaneRules, rules_for, telegram_rules
from store.errors import ConfigurationError

CONFIG_FILE = Path("rapport.toml")
FREE_PER_S = 30.0
PAID_PER_S = 1000.0
"""Messages a second that Telegram takes of a bot: https://core.telegram.org/bots/api#paid-broadcasts."""

WEB_STAFF_CHAT = Chat("webchat", "staff")


HttpUrl = Annotated[
    str,
    rule(is_http_url, "it must be an http:// or https:// address, e.g. https://bot.example.com"),
    AfterValidator(lambda value: value.rstrip("/")),
]
Hour = Annotated[int, Field(ge=0, le=23)]


class Settings(BaseSettings):
    """Everything that can be set; each setting is the variable ``RAPPORT_<NAME>`` or a key of the file.

    A variable wins over the file. ``docs/settings.md`` explains each for the people who run the program.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    database_url: Annotated[SecretStr, AfterValidator(check_database_url)] = Field(
        default=SecretStr("sqlite:///data/rapport.db"), examples=["sqlite:///data/rapport.db"]
    )
    data_dir: Path = Field(default=Path("data"), examples=["data"])
    telegram_token: (
        Annotated[
            SecretStr,
            secret_rule(
                r"\d+:[\w-]+",
                "it must look like 123456789:AAE… as @BotFather gives it; copy it again from there",
            ),
        ]
        | None
    ) = None
    telegram_api_url: HttpUrl = TELEGRAM_API_URL
    telegram_mode: Literal["polling", "webhook"] = Field(default="polling", examples=["polling", "webhook"])
    telegram_webhook_secret: (
        Annotated[
            SecretStr,
            secret_rule(
                r"[\w-]{1,256}",
                "it may have 1 to 256 letters, digits, - and _ only, e.g. from `openssl rand -hex 32`",
            ),
        ]
        | None
    ) = None
    telegram_messages_per_s: float | None = Field(default=None, gt=0, le=10_000, examples=[30])
    telegram_chat_messages_per_s: float = Field(default=1.0, gt=0, le=100, examples=[1])
    telegram_group_messages_per_minute: int = Field(default=20, ge=1, le=6000, examples=[20])
    telegram_paid_broadcasts: bool = Field(default=False, examples=["true", "false"])
    public_url: HttpUrl | None = None
    staff_chat: Annotated[
        str,
        rule(
            lambda value: re.fullmatch(r"web|telegram:-?\d+", value),
            "it must be web, or telegram: and the number of a chat, e.g. telegram:-1001234567890",
        ),
    ] = "web"
    http_host: str = Field(default="127.0.0.1", min_length=1, examples=["127.0.0.1", "0.0.0.0"])  # noqa: S104 - an example
    http_port: int = Field(default=8080, ge=1, le=65535, examples=[8080])
    company_name: Annotated[
        str, rule(str.strip, "it is blank; set the name that customers read, e.g. Lantern Tea")
    ] = Field(default=NAMELESS, max_length=80, examples=["Lantern Tea"])
    timezone: Annotated[
        str,
        rule(lambda value: value in available_timezones(), "it must be an IANA name, e.g. Europe/London"),
    ] = "UTC"
    country: Annotated[
        str,
        AfterValidator(str.upper),
        rule(
            knows_country,
            "it must be the two-letter code (ISO 3166) of a country with a known calendar, e.g. GB",
        ),
    ] = "US"
    language: Annotated[
        str, rule(lambda value: value in languages(), f"it must be one of {', '.join(languages())}")
    ] = "en"
    first_response_hours: float = Field(
        default=USUAL_HOURS["first_response_hours"], gt=0, le=24 * 30, examples=[4]
    )
    resolution_hours: float = Field(default=USUAL_HOURS["resolution_hours"], gt=0, le=24 * 365, examples=[72])
    realert_minutes: float = Field(default=15.0, gt=0, le=60 * 24, examples=[15])
    visit_every_days: int = Field(default=90, ge=1, le=3650, examples=[90])
    quiet_from_hour: Hour = Field(default=21, examples=[21])
    quiet_until_hour: Hour = Field(default=9, examples=[9])
    file_megabytes: int = Field(default=10, ge=1, le=20, examples=[10])
    second_look: Literal["auto", "off"] = Field(default="auto", examples=["auto", "off"])
    aspects: Annotated[Path, AfterValidator(check_aspects)] | None = Field(
        default=None, examples=["aspects.toml"]
    )
    desk: Annotated[Path, AfterValidator(check_desk)] | None = Field(default=None, examples=["desk.toml"])
    outreach: Annotated[Path, AfterValidator(check_outreach)] | None = Field(
        default=None, examples=["outreach.toml"]
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", examples=["INFO"])

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read variables first, then ``rapport.toml`` in the working directory."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, CONFIG_FILE)

    @model_validator(mode="wrap")
    @classmethod
    def _tell_every_fault(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Report contradictions between settings together with the faults of single ones."""
        faults = [as_error(name, message) for name, message in contradictions(data)]
        try:
            settings = handler(data)
        except ValidationError as error:
            faults += [
                as_error(setting_of(found), describe(found, cls.model_fields))
                for found in error.errors(include_input=False)
            ]

            settings = None
        if settings is None or faults:
            raise ValidationError.from_exception_data(cls.__name__, faults, hide_input=True)
        return settings

    @property
    def staff(self) -> Chat:
        """The chat where staff get their alerts."""
        if self.staff_chat == "web":
            return WEB_STAFF_CHAT
        channel, _, address = self.staff_chat.partition(":")
        return Chat(channel, address)

    @property
    def telegram_staff_chat(self) -> str | None:
        """The staff chat's number on Telegram; None where staff are elsewhere."""
        return self.staff.address if self.staff.channel == "telegram" else None

    @property
    def telegram_per_s(self) -> float:
        """Messages a second to all chats of Telegram together."""
        usual = PAID_PER_S if self.telegram_paid_broadcasts else FREE_PER_S
        return self.telegram_messages_per_s or usual

    def lane_rules(self, channel: str) -> LaneRules:
        """Give what a messaging app allows our account."""
        if channel != "telegram":
            return rules_for(channel)
        return telegram_rules(
            self.telegram_per_s,
            chat_per_s=self.telegram_chat_messages_per_s,
            group_per_minute=self.telegram_group_messages_per_minute,
        )

    @property
    def base_url(self) -> str:
        """Where the program's pages are, for a person on this machine or, with ``public_url``, anywhere."""
        host = "127.0.0.1" if self._serves_everywhere else self.http_host
        return self.public_url or f"http://{host}:{self.http_port}"

    @property
    def _serves_everywhere(self) -> bool:
        """Whether other machines reach our pages, by an address that nobody told us."""
        return self.http_host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound

    @property
    def _customers_pages_url(self) -> str | None:
        """Where customers reach our pages; without an address, those who chat on this machine alone do."""
        if self.public_url is None and (self.telegram_token or self._serves_everywhere):
            return None
        return self.base_url

    @property
    def taxonomy(self) -> Taxonomy:
        """The parts of the service: the company's own, read anew, or those that come with the program.

        Raises:
            InputError: the file was spoilt since the settings were read.
        """
        return STANDARD if self.aspects is None else read_taxonomy(self.aspects)

    @property
    def company(self) -> Company:
        """The company, as the rest of the program knows it."""
        return Company(
            name=self.company_name,
            timezone=self.timezone,
            country=self.country,
            language=self.language,
            staff_chat=self.staff,
            first_response_hours=self.first_response_hours,
            resolution_hours=self.resolution_hours,
            realert_minutes=self.realert_minutes,
            visit_every_days=self.visit_every_days,
            quiet_from_hour=self.quiet_from_hour,
            quiet_until_hour=self.quiet_until_hour,
            channels=frozenset({"webchat"} | ({"telegram"} if self.telegram_token else set())),
            second_look=self.second_look == "auto" and why_not() is None,
            desk=Desk() if self.desk is None else read_desk(self.desk),
            outreach=Outreach() if self.outreach is None else read_outreach(self.outreach),
            pages_url=self._customers_pages_url,
        )


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        ConfigurationError: one message that lists every fault with the variable's name and how to mend
            it; it never quotes a value.
    """
    faults = [f"{name}: {fault}" for name, fault in unknown_variables(os.environ, Settings.model_fields)]
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        faults += [
            f"{PREFIX}{setting_of(found).upper()}: {found['msg']}"
            for found in error.errors(include_input=False)
        ]
    except TOMLDecodeError as error:
        faults.append(f"{CONFIG_FILE}: it is not valid TOML ({error}); mend that line")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{CONFIG_FILE}: it cannot be read ({type(error).__name__}); it must be a UTF-8 file")
    if settings is None or faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise ConfigurationError(
            f"Rapport cannot start: {len(faults)} setting{'s' * (len(faults) > 1)} must be changed"
            f" (docs/settings.md explains each).\n{lines}"
        ) from None
    return settings
