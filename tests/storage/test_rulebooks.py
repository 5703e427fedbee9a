import pytest
from sqlalchemy import Engine

from models.calendar import Calendar
from models.policy import Policy
from storage.rulebooks import SqlRulebooks
from tests.storage.journals import rows, spoil


def test_a_policy_is_found_by_its_digest_and_its_calendar(engine: Engine, policy: Policy) -> None:
    rulebooks = SqlRulebooks(engine)
    rulebooks.keep(policy)
    rulebooks.keep(policy)
    earlier = policy.model_copy(update={"calendar": Calendar(notices=policy.calendar.notices[:-1])})
    rulebooks.keep(earlier)
    assert rulebooks.find(policy.digest, policy.calendar.version) == policy
    assert rulebooks.find(policy.digest, earlier.calendar.version) == earlier
    assert rulebooks.find("0" * 64, policy.calendar.version) is None
    assert len(rows(engine, "rulebook")) == 2


def test_a_changed_rulebook_is_not_passed_off_as_the_one_that_was_kept(engine: Engine, policy: Policy) -> None:
    rulebooks = SqlRulebooks(engine)
    rulebooks.keep(policy)
    words = {"old": policy.title, "new": f"{policy.title}（改）"}
    spoil(engine, "rulebook", "UPDATE rulebook SET text = replace(text, :old, :new)", **words)
    with pytest.raises(ValueError, match="was changed"):
        rulebooks.find(policy.digest, policy.calendar.version)
