"""What is meant as a link and was written without ``https://`` or its ``|``, and what is none."""

import pytest

from handlers.marketing.bare_links import meant_as_both, meant_as_link


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("example.com", "https://example.com"),
        ("shop.Example.com/tea?a=1", "https://shop.Example.com/tea?a=1"),
        ("www.example.com", "https://www.example.com"),
        ("https:example.com", "https://example.com"),
        ("http//example.com", "https://example.com"),
        ("Example.COM", "https://Example.COM"),
        ("example.com。", "https://example.com"),
        ("(www.example.com)", "https://www.example.com"),
        ("example.co.uk.", "https://example.co.uk"),
        ("tea.cn，", "https://tea.cn"),
        ("Done, we will call you.", None),
        ("Thanks.bye", None),
        ("Node.js", None),
        ("24.de", None),
        ("See www.example.com for more", None),
        ("Thanks.", None),
        ("3.30", None),
        ("tea@example.com", None),
        ("谢谢.再见", None),
        ("", None),
    ],
)
def test_words_behind_a_bar_that_are_a_link_alone_are_meant_as_one(written: str, link: str | None) -> None:
    assert meant_as_link(written) == link


@pytest.mark.parametrize(
    ("label", "both"),
    [
        ("Site: www.example.com", ("Site", "https://www.example.com")),
        ("官网：example.com", ("官网", "https://example.com")),
        ("Menu https://example.com/menu", ("Menu", "https://example.com/menu")),
        ("The menu example.com/menu", ("The menu", "https://example.com/menu")),
        ("www.example.com", ("", "https://www.example.com")),
        ("官网www.example.com", ("官网", "https://www.example.com")),
        ("官网https://example.com", ("官网", "https://example.com")),
        ("Menu，https://example.com/menu", ("Menu", "https://example.com/menu")),
        ("Menu (www.example.com)", ("Menu", "https://www.example.com")),
        ("（www.example.com）", ("", "https://www.example.com")),
        ("Site: example.de.", ("Site", "https://example.de")),
        ("Learn Node.js", None),
        ("Menu: menu.pdf", None),
        ("Meet: 7.pm", None),
        ("When: 24.dec", None),
        ("Price: 5.eur", None),
        ("Cost: 24.de", None),
        ("incl.tea/milk", None),
        ("Mail tea@www.example.com", None),
        ("Book at Booking.com", None),
        ("Wiki: ASP.NET", None),
        ("Yes: at 3.30", None),
        ("Tea/coffee", None),
        ("Keep me one", None),
    ],
)
def test_a_label_that_ends_with_a_link_lacks_its_bar(label: str, both: tuple[str, str] | None) -> None:
    assert meant_as_both(label) == both
