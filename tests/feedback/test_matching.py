"""Patterns of words in a sentence."""

import pytest

from feedback.matching import Matcher, Rule, graded


def found(pattern: str, text: str) -> list[str]:
    tokens = text.split()
    return [" ".join(tokens[match.start : match.end]) for match in Matcher([Rule(1.0, pattern)]).find(tokens)]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("tea", "i like tea", ["tea"]),
        ("tea|coffee pot", "a coffee pot and a tea pot", ["coffee pot", "tea pot"]),
        ("was charg*", "i was charging it", ["was charging"]),
        ("charged ~2 twice", "charged me again twice", ["charged me again twice"]),
        ("charged ~2 twice", "charged me one more time twice", []),
        ("charged ~2 twice", "charged , twice", []),
        ("is ~2 broken", "it is not broken", []),
        ("is ~1 not ~1 broken", "it is not broken", ["is not broken"]),
        ("ends here", "it ends", []),
    ],
)
def test_patterns_match(pattern: str, text: str, expected: list[str]) -> None:
    assert found(pattern, text) == expected


def test_the_longer_rule_wins_and_takes_its_words() -> None:
    rules = (*graded({-0.7: "bad"}), Rule(0.4, "not bad"))
    matches = Matcher(rules).find(["not", "bad", "bad"])
    assert [match.rule.weight for match in matches] == [0.4, -0.7]
