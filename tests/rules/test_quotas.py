"""A city's quotas: set by its leading group alone, one after the other, and counted as they stand."""

import math
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from models.actor import Actor
from models.policy import Policy
from models.quota import Quota, QuotaPeriod, QuotaSet
from models.refusal import Refused
from models.vocabulary import Role
from rules import quotas as rules
from runtime.quotas import load_quotas
from runtime.yaml_files import FileProblems, load_yaml
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


# what is no figure


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1, 10**13])
def test_a_figure_is_finite_and_no_less_than_nothing(yancheng: Policy, texts: tuple[Quota, ...], value: float) -> None:
    play = Play(yancheng)
    with pytest.raises(Refused) as no:
        other(play, texts, value)
    assert (no.value.code, no.value.details["fields"]) == ("quota_invalid", "value")
    with pytest.raises(Refused, match="quota_invalid"):
        setting(play, texts, other(play, texts).model_copy(update={"value": value}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"op": "range"}, {"value": (3, 1), "op": "range"}, {"value": (1, 3)}, {"baseline": math.nan},
        {"op": "<="}, {"per_unit": True},
        {"period": {"kind": "per_year", "start": 2028, "end": 2026}},
        {"period": {"kind": "per_year", "start": 20260, "end": None}},
    ],
)  # fmt: skip
def test_nor_is_a_quota_set_that_its_model_does_not_take(
    yancheng: Policy, texts: tuple[Quota, ...], wrong: dict[str, object]
) -> None:
    stands = next(each for each in texts if each.id == OUTSIDE)
    with pytest.raises(ValidationError):
        Quota.model_validate({**stands.model_dump(), **wrong})
    if isinstance(period := wrong.get("period"), dict):
        wrong = {"period": QuotaPeriod.model_construct(**period)}
    with pytest.raises(Refused, match="quota_invalid"):
        setting(Play(yancheng), texts, stands.model_copy(update=wrong))


def test_one_figure_is_not_put_where_a_range_stands(yancheng: Policy, texts: tuple[Quota, ...]) -> None:
    ranged = next(each.id for each in texts if each.op == "range")
    with pytest.raises(Refused) as no:
        rules.with_value(yancheng, texts, ranged, 2)
    assert "--file" in no.value.text("zh")


def test_what_is_wrong_with_a_quota_in_a_file_is_said_in_both_languages(tmp_path: Path) -> None:
    quota = next(each for each in load_quotas(ROOT / "samples") if each.id == OUTSIDE).model_dump(mode="json")
    file = tmp_path / "q.yaml"
    file.write_text(yaml.safe_dump({**quota, "per_unit": True}, allow_unicode=True))
    with pytest.raises(FileProblems) as no:
        load_yaml(file, Quota)
    assert "只有全市的最低数" in no.value.text("zh")
    assert "only a least number" in no.value.text("en")


@pytest.mark.parametrize(("op", "value", "least"), [(">=", 3, 3), (">", 3, 4), (">=", 2.5, 3), (">", 2.5, 3)])
def test_the_least_number_that_fulfils_it_is_whole(texts: tuple[Quota, ...], op: str, value: float, least: int) -> None:
    stands = next(each for each in texts if each.id == OUTSIDE)
    assert Quota.model_validate({**stands.model_dump(), "op": op, "value": value}).least == least


def test_what_a_setting_replaces_is_known_and_whether_it_drops_years(
    yancheng: Policy, texts: tuple[Quota, ...]
) -> None:
    play = Play(yancheng)
    stands = next(each for each in texts if each.id == OUTSIDE)
    assert rules.replaced(texts, (), OUTSIDE) == stands
    assert rules.replaced(texts, (), "NEW-1") is None
    later = stands.model_copy(update={"period": QuotaPeriod(kind="per_year", start=2027, end=2028)})
    first = setting(play, texts, later)
    assert rules.replaced(texts, (first,), OUTSIDE) == later
    assert (later.period.covers(stands.period), stands.period.covers(later.period)) == (False, True)


def test_it_is_the_citys_own_and_known(yancheng: Policy, ningbo: Policy, texts: tuple[Quota, ...]) -> None:
    with pytest.raises(Refused, match="wrong_city"):
        setting(Play(ningbo), texts, other(Play(yancheng), texts))
    with pytest.raises(Refused) as no:
        rules.with_value(yancheng, texts, "YC26-Q4", 1)
    assert no.value.code == "unknown_quota"
    assert "YC26-Q04" in no.value.details["near"]
