"""Settings: every fault is told at once, with its name and how to mend it, and no secret is shown."""

import re
from pathlib import Path

import pytest

from bot.config import WEB_STAFF_CHAT, Settings, load_settings
from customers.company import Chat
from scheduler.delivery.pacing import TELEGRAM, UNLIMITED, ChatRule, LaneRules
from store.errors import ConfigurationError

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
TOKEN = "123456:not-a-real-token-but-secret"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in an empty folder, with no settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RAPPORT_{name.upper()}", raising=False)
    return tmp_path


def _fault(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for name, value in values.items():
        monkeypatch.setenv(f"RAPPORT_{name}", value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return str(caught.value)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert settings.staff == WEB_STAFF_CHAT
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.company.channels == {"webchat"}


@pytest.mark.parametrize(
    ("settings", "pages_url"),
    [
        ({}, "http://127.0.0.1:8080"),  # the web chat alone, on this machine
        ({"HTTP_HOST": "192.168.1.5"}, "http://192.168.1.5:8080"),
        ({"HTTP_HOST": "0.0.0.0"}, None),  # noqa: S104 - compared, not bound
        ({"HTTP_HOST": "::"}, None),
        ({"TELEGRAM_TOKEN": TOKEN}, None),
        ({"HTTP_HOST": "0.0.0.0", "PUBLIC_URL": "https://tea.example"}, "https://tea.example"),  # noqa: S104
    ],
)
def test_links_for_customers_lead_where_they_can_be_opened(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], pages_url: str | None
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"RAPPORT_{name}", value)
    assert load_settings().company.pages_url == pages_url


def test_a_variable_wins_over_the_file(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "rapport.toml").write_text('company_name = "From file"\ntimezone = "Asia/Shanghai"\n')
    monkeypatch.setenv("RAPPORT_COMPANY_NAME", "From variable")
    settings = load_settings()
    assert (settings.company_name, settings.timezone) == ("From variable", "Asia/Shanghai")


def test_a_telegram_staff_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("RAPPORT_STAFF_CHAT", "telegram:-100123")
    settings = load_settings()
    assert settings.staff == Chat("telegram", "-100123")
    assert settings.company.channels == {"webchat", "telegram"}
    assert TOKEN not in repr(settings)


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    message = _fault(
        monkeypatch,
        HTTP_PORT="eighty",
        TIMEZONE="Mars/Olympus",
        TELEGRAM_MODE="webhook",
        COMPANYNAME="typing error",
        QUIET_FROM_HOUR="9",
    )
    lines = [line.split(":")[0].strip(" -") for line in message.splitlines()[1:]]
    assert sorted(lines) == [
        "RAPPORT_COMPANYNAME",
        "RAPPORT_HTTP_PORT",
        "RAPPORT_PUBLIC_URL",
        "RAPPORT_QUIET_UNTIL_HOUR",
        "RAPPORT_TELEGRAM_TOKEN",
        "RAPPORT_TELEGRAM_WEBHOOK_SECRET",
        "RAPPORT_TIMEZONE",
    ]
    assert "did you mean RAPPORT_COMPANY_NAME?" in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://me:hidden-word@host/db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "not a url hidden-word"),
        ("TELEGRAM_TOKEN", "hidden-word"),
        ("TELEGRAM_API_URL", "ftp://hidden-word"),
        ("TELEGRAM_MODE", "hidden-word"),
        ("TELEGRAM_WEBHOOK_SECRET", "hidden-word with spaces"),
        ("PUBLIC_URL", "hidden-word"),
        ("STAFF_CHAT", "hidden-word"),
        ("STAFF_CHAT", "telegram:-100123"),
        ("HTTP_PORT", "0"),
        ("COUNTRY", "XX"),
        ("LANGUAGE", "tlh"),
        ("LOG_LEVEL", "hidden-word"),
        ("VISIT_EVERY_DAYS", "0"),
        ("QUIET_FROM_HOUR", "24"),
        ("FIRST_RESPONSE_HOURS", "-1"),
        ("COMPANY_NAME", "x" * 81),
        ("COMPANY_NAME", " \t "),
        ("TELEGRAM_MESSAGES_PER_S", "0"),
        ("TELEGRAM_CHAT_MESSAGES_PER_S", "-1"),
        ("TELEGRAM_GROUP_MESSAGES_PER_MINUTE", "hidden-word"),
        ("TELEGRAM_PAID_BROADCASTS", "hidden-word"),
    ],
)
def test_a_wrong_value_is_named_and_not_quoted(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = _fault(monkeypatch, **{name: value})
    assert f"RAPPORT_{name}: " in message
    assert "hidden-word" not in message


def test_a_case_is_not_to_be_solved_before_it_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    message = _fault(monkeypatch, RESOLUTION_HOURS="3")
    assert "RAPPORT_RESOLUTION_HOURS: it is 3, less than RAPPORT_FIRST_RESPONSE_HOURS (4)" in message
    monkeypatch.setenv("RAPPORT_FIRST_RESPONSE_HOURS", "3")
    assert load_settings().company.resolution_hours == 3
    message = _fault(monkeypatch, FIRST_RESPONSE_HOURS="soon")
    assert "RAPPORT_RESOLUTION_HOURS" not in message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("company_name = ", "not valid TOML"),
        ('companyname = "x"', "did you mean company_name?"),
        ("http_port = [1]", "RAPPORT_HTTP_PORT: "),
    ],
)
def test_a_wrong_file_is_told(empty_folder: Path, content: str, reason: str) -> None:
    (empty_folder / "rapport.toml").write_text(content)
    with pytest.raises(ConfigurationError, match=re.escape(reason)):
        load_settings()


def test_a_webhook_needs_https_unless_the_server_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("RAPPORT_TELEGRAM_WEBHOOK_SECRET", "abc")
    monkeypatch.setenv("RAPPORT_TELEGRAM_MODE", "webhook")
    assert "https:// only" in _fault(monkeypatch, PUBLIC_URL="http://bot.example.com")
    monkeypatch.setenv("RAPPORT_TELEGRAM_API_URL", "http://127.0.0.1:8081")
    assert load_settings().public_url == "http://bot.example.com"


@pytest.mark.parametrize(
    ("variables", "rules"),
    [
        ({}, TELEGRAM),
        (
            {"MESSAGES_PER_S": "25"},
            LaneRules(25, ChatRule(1, 3), ChatRule(4, 5), concurrency=125, text_limit=4096),
        ),
        (
            {"PAID_BROADCASTS": "true"},
            LaneRules(1000, ChatRule(1, 3), ChatRule(4, 5), concurrency=512, text_limit=4096),
        ),
        (
            {"PAID_BROADCASTS": "true", "MESSAGES_PER_S": "200"},
            LaneRules(200, ChatRule(1, 3), ChatRule(4, 5), concurrency=512, text_limit=4096),
        ),
        (
            {"CHAT_MESSAGES_PER_S": "0.5"},
            LaneRules(30, ChatRule(2, 3), ChatRule(4, 5), concurrency=150, text_limit=4096),
        ),
        (
            {"GROUP_MESSAGES_PER_MINUTE": "1"},
            LaneRules(30, ChatRule(1, 3), ChatRule(60, 1), concurrency=150, text_limit=4096),
        ),
    ],
)
def test_the_limits_of_a_lane(
    variables: dict[str, str], rules: LaneRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"RAPPORT_TELEGRAM_{name}", value)
    settings = load_settings()
    assert settings.lane_rules("telegram") == rules
    assert settings.lane_rules("webchat") is UNLIMITED


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `RAPPORT_(\w+)` \| (\S.*?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {name.lower(): default.strip("`") for name, default in rows}
    assert set(documented) == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        default = field.default
        plain = default.get_secret_value() if hasattr(default, "get_secret_value") else default
        shown = "none" if plain is None else f"{plain:g}" if isinstance(plain, float) else str(plain)
        assert documented[name] == shown, name
