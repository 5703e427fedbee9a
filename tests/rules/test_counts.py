"""What the ledger says of a city's quotas: each scene once, in the year that counts in law."""

from datetime import date

import pytest

from models.commands.promotion import RecommendUpward, RecordReplication
from models.quota import Quota
from models.vocabulary import Scale
from rules.counts import Count, counted, facts
from runtime.quotas import load_quotas
from runtime.settings import PROJECT
from tests.scenario import Play, city, document, with_rules

QUOTAS = {each.id: each for each in load_quotas(PROJECT / "samples")}
UPWARD, OUTSIDE, OPENED = "YC26-Q039", "YC26-Q040", "YC26-Q001"


def count(play: Play, id: str, year: int, **changes: object) -> Count:
    known = [fact for entry in play.journal for fact in facts(play.scene, play.policy.city, entry)]
    quota = Quota.model_validate(QUOTAS[id].model_dump() | changes)
    (found,) = counted([quota], known, {play.scene: play.application()}, year)
    return found


@pytest.fixture
def candidate() -> Play:
    allowed = ("replication", "recommendation")
    policy = city("yancheng")
    upward = tuple(each.model_copy(update={"from_level": None}) for each in policy.promotion.upward)
    return Play(with_rules(policy, "promotion", before_title=allowed, upward=upward)).to_candidate()


def test_the_texts_figures_for_recommendations_and_copies_out_of_the_city_are_counted_each_year() -> None:
    assert (QUOTAS[UPWARD].least, QUOTAS[UPWARD].counts) == (20, "recommendations")
    assert (QUOTAS[OUTSIDE].least, QUOTAS[OUTSIDE].counts) == (3, "copies_outside")
    assert {QUOTAS[id].period.kind for id in (UPWARD, OUTSIDE)} == {"per_year"}


def test_a_scene_recommended_twice_counts_once_on_the_first_day(candidate: Play) -> None:
    for to in ("province", "nation"):
        act = RecommendUpward.model_validate({"to": to, "document": document("推荐函")})
        candidate.do(act, candidate.lead)
    found = count(candidate, UPWARD, candidate.today.year)
    assert found.scenes == ((candidate.scene, candidate.today),)
    assert (found.number, found.missing) == (1, 19)


def test_a_copy_in_another_district_is_no_copy_out_of_the_city(candidate: Play) -> None:
    year = candidate.today.year
    candidate.do(RecordReplication(city="盐城市", district="大丰区"), candidate.owner)
    assert count(candidate, OUTSIDE, year).number == 0
    assert count(candidate, OUTSIDE, year, counts="copies").number == 1
    candidate.do(RecordReplication(city="宁波市"), candidate.owner)
    assert (count(candidate, OUTSIDE, year).number, count(candidate, OUTSIDE, year).missing) == (1, 2)


def test_an_act_on_paper_counts_in_the_year_of_its_own_date(candidate: Play) -> None:
    candidate.until(candidate.morning_of(date(candidate.today.year + 1, 1, 20)))
    candidate.do(RecordReplication(city="宁波市"), candidate.owner, on=date(candidate.today.year - 1, 12, 28))
    assert count(candidate, OUTSIDE, candidate.today.year - 1).number == 1
    assert count(candidate, OUTSIDE, candidate.today.year).number == 0


def test_a_cumulative_quota_counts_from_the_plans_first_year_and_a_yearly_one_its_own_year() -> None:
    play = Play(city("yancheng")).to_listed()
    assert count(play, OPENED, 2027).number == 1
    assert count(play, OPENED, 2027, period={"kind": "per_year", "start": 2026, "end": 2028}).number == 0
    assert counted([QUOTAS[OPENED]], (), {}, 2029) == (), "the plan ends in 2028"


def test_domain_and_scale_decide_whom_a_quota_binds() -> None:
    play = Play(city("yancheng"), scale=Scale.INTEGRATED).to_listed()
    assert count(play, OPENED, 2026, domain=play.domain, scale="集成式").number == 1
    assert count(play, OPENED, 2026, domain=play.domain, scale="小切口").number == 0
    assert count(play, OPENED, 2026, domain="低空经济").number == 0


def test_a_scene_taken_over_behind_the_lists_was_opened_when_it_began() -> None:
    late = Play(city("yancheng")).taken_over("contracting", "甲公司")
    assert count(late, OPENED, 2026, period={"kind": "per_year", "start": 2020, "end": 2028}).number == 0
    assert count(late, OPENED, 2025, period={"kind": "per_year", "start": 2020, "end": 2028}).number == 1
    early = Play(city("yancheng")).taken_over("registered")
    assert count(early, OPENED, 2026).number == 0


def test_what_the_ledger_knows_nothing_of_has_no_counter() -> None:
    assert not [each.id for each in QUOTAS.values() if each.counts and each.relevance == "context"]
    assert QUOTAS["YC26-Q026"].counts is None, "no application says that it is a smart building site"


@pytest.mark.parametrize("changes", [{"op": "<="}, {"op": "approx"}, {"per_unit": True}])
def test_only_a_least_number_for_the_whole_city_is_counted(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="least number"):
        Quota.model_validate(QUOTAS[UPWARD].model_dump() | changes)
