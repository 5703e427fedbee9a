"""A city's quotas: set by its leading group alone, one after the other, and counted as they stand."""

import pytest

from models.actor import Actor
from models.policy import Policy
from models.quota import Quota, QuotaSet
from models.refusal import Refused
from models.vocabulary import Role
from rules import quotas as rules
from runtime.quotas import load_quotas
from tests.scenario import ROOT, Play, document

OUTSIDE = "YC26-Q040"


@pytest.fixture
def texts() -> tuple[Quota, ...]:
    return tuple(each for each in load_quotas(ROOT / "samples") if each.city == "盐城市")


def setting(
    play: Play, texts: tuple[Quota, ...], quota: Quota, *before: QuotaSet, who: Actor | None = None
) -> QuotaSet:
    return rules.set_quota(
        play.policy, texts, before, quota, "年度调整", document("纪要"), who or play.group, play.now
    )  # fmt: skip


def other(play: Play, texts: tuple[Quota, ...], value: float = 25) -> Quota:
    return rules.with_value(play.policy, texts, OUTSIDE, value)


def test_what_the_leading_group_set_last_is_in_force_in_its_place(yancheng: Policy, texts: tuple[Quota, ...]) -> None:
    play = Play(yancheng)
    first = setting(play, texts, other(play, texts, 25))
    last = setting(play, texts, other(play, texts, 30), first)
    assert (first.number, last.number, last.set_by) == (1, 2, play.group)
    found = rules.in_force(texts, (last, first))
    assert [each.id for each in found] == [each.id for each in texts]
    assert next(each.value for each in found if each.id == OUTSIDE) == 30
    assert rules.in_force(texts, ()) == texts


def test_nobody_else_sets_one(policy: Policy, texts: tuple[Quota, ...]) -> None:
    play = Play(policy)
    mine = texts[0].model_copy(update={"id": "NEW-1", "city": policy.city})
    for role in Role:
        if role is Role.LEADING_GROUP:
            continue
        with pytest.raises(Refused) as no:
            setting(play, (), mine, who=play.person(role, policy.office(role) or play.owner_unit))
        assert no.value.code == "not_permitted"
    with pytest.raises(Refused, match="not_the_office"):
        setting(play, (), mine, who=play.person(Role.LEADING_GROUP, policy.units[0].name, "x"))
    assert setting(play, (), mine).quota == mine


def test_what_stands_so_already_is_not_set_again(yancheng: Policy, texts: tuple[Quota, ...]) -> None:
    play = Play(yancheng)
    stands = next(each for each in texts if each.id == OUTSIDE)
    with pytest.raises(Refused, match="same_quota"):
        setting(play, texts, stands)
    first = setting(play, texts, other(play, texts))
    with pytest.raises(Refused, match="same_quota"):
        setting(play, texts, other(play, texts), first)
    assert setting(play, texts, stands, first).number == 2, "back to the figure of the texts"


def test_a_quota_of_the_texts_stays_what_it_is_about(yancheng: Policy, texts: tuple[Quota, ...]) -> None:
    play = Play(yancheng)
    with pytest.raises(Refused) as no:
        setting(play, texts, other(play, texts).model_copy(update={"subject": "别的"}))
    assert (no.value.code, no.value.details["field"]) == ("quota_of_texts", "subject")


def test_it_is_the_citys_own_and_known(yancheng: Policy, ningbo: Policy, texts: tuple[Quota, ...]) -> None:
    with pytest.raises(Refused, match="wrong_city"):
        setting(Play(ningbo), texts, other(Play(yancheng), texts))
    with pytest.raises(Refused) as no:
        rules.with_value(yancheng, texts, "YC26-Q4", 1)
    assert no.value.code == "unknown_quota"
    assert "YC26-Q04" in no.value.details["near"]
