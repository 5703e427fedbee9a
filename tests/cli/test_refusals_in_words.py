"""A refusal in Chinese says its details in Chinese; what has to be typed again stands beside it."""

import pytest

from cli.wording import in_words
from models.refusal import Refused


@pytest.mark.parametrize(
    ("code", "details", "said"),
    [
        ("trial_too_long", {"longest": "12 months"}, "12 个月"),
        ("inclusion_not_eligible", {"why": "risk high"}, "风险等级为高"),
        ("inclusion_not_eligible", {"why": "credit 较差"}, "信用等级为较差"),
        ("inclusion_not_eligible", {"why": "breached before"}, "此前已触碰红线"),
        ("wrong_phase", {"order": "test > pilot", "expected": "pilot"}, "测试 test > 试运行 pilot"),
        ("fault_not_excused", {"findings": "minor, harmless"}, "轻微 minor、无危害后果 harmless"),
        ("verdict_below_panel", {"verdict": "failed", "yes": "4", "size": "5"}, "不合格 failed"),
    ],
)
def test_its_details_are_in_the_readers_words(code: str, details: dict[str, str], said: str) -> None:
    assert said in Refused(code, **in_words(details, "zh")).text("zh")
    assert in_words(details, "en") == details


def test_a_reason_that_has_no_word_stays_as_it_is() -> None:
    assert in_words({"why": "livelihood"}, "zh") == {"why": "livelihood"}
