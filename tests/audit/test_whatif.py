"""The recorded commands under another policy: what would have been otherwise, first things first."""

from datetime import date, timedelta

import pytest

from audit.whatif import compared
from models.calendar import Holiday, Period, Unit, YearNotice
from models.policy import Policy
from tests.improviser import improvise
from tests.scenario import Play, at, city, loading, of_narrow_pools

CITIES = ("yancheng", "ningbo", "chongqing")


def other(policy: Policy, **limits: int) -> Policy:
    """The same, with other lengths of some limits, in working days."""
    changed = {
        key: policy.limit(key).model_copy(update={"period": Period(length=length, unit=Unit.WORKDAYS)})
        for key, length in limits.items()
    }
    return policy.model_copy(update={"limits": policy.limits.model_copy(update=changed)})


@pytest.mark.parametrize("name", CITIES)
@pytest.mark.parametrize("seed", range(6))
def test_under_its_own_policy_no_scene_would_be_otherwise(name: str, seed: int) -> None:
    """Lives of chance, each command of which is done again as it was."""
    policy = of_narrow_pools(city(name))
    play = improvise(Play(policy).submit(), seed, 60)
    found = compared(play.scene, play.journal, policy, policy)
    adopted = any(entry.command.act.verb == "adopt_policy" for entry in play.journal)
    assert adopted or not found.divergences, found.divergences[:3]
    assert all(each.kind != "refused" for each in found.divergences), "panels are drawn as they were"
    assert not found.unlike_record


def test_a_longer_limit_moves_its_date_and_its_reminders_and_nothing_else() -> None:
    play = Play(city("盐城市")).to_consultation()
    found = compared(play.scene, play.journal, play.policy, other(play.policy, consultation=12))
    assert found.first is not None
    assert {each.kind for each in found.divergences} == {"date"}
    assert all(each.what.startswith("consultation/") for each in found.divergences)
    assert found.ended == found.would_end


def test_a_shorter_limit_that_would_have_passed_makes_the_opinion_impossible() -> None:
    play = Play(city("盐城市")).to_consultation()
    play.wait(timedelta(days=9))
    play.agree(play.state.cooperating[0])
    found = compared(play.scene, play.journal, play.policy, other(play.policy, consultation=2))
    refused = next(each for each in found.divergences if each.kind == "refused")
    assert (refused.what, refused.after) == ("give_opinion", "wrong_step")
    assert found.first is not None
    assert found.first.kind == "date", "the date came first, the refusal follows from it"


@pytest.mark.parametrize(("holiday", "moved"), [((), False), ((date(2027, 1, 4), date(2027, 1, 5)), True)])
def test_a_notice_known_from_the_start_sets_the_date_to_which_loading_it_moved_another(
    holiday: tuple[date, ...], moved: bool
) -> None:
    """In one life the notice comes on the way, in the other it is there from the beginning."""
    play = Play(city("盐城市"), now=at(2026, 12, 21)).to_consultation()
    before = play.policy
    given = len(play.journal)
    days = (Holiday(name="元旦", days=holiday),) if holiday else ()
    play.do(loading(YearNotice(year=2027, source="通知", holidays=days)), play.platform)
    found = compared(play.scene, play.journal, before, play.policy)
    dates = [each for each in found.divergences if each.kind == "date"]
    assert [(each.kind, each.after) for each in found.divergences if each.kind != "date"] == [
        ("refused", "same_calendar")
    ]
    assert all(each.sequence <= given for each in dates), "after the notice both lives have the same dates"
    assert {(each.before, each.after) for each in dates} == ({("2027-01-04", "2027-01-06")} if moved else set())
