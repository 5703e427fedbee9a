"""How a city sorts its scenes is its own: what an application, a track or a benefit names stands in its lists."""

from typing import Any, ClassVar

import pytest

from models.commands.anywhere import AdoptPolicy
from models.commands.solicitation import Application, Submit
from models.policy import Benefit, Classification, Policy
from models.vocabulary import Track
from rules.policy_check import contradictions
from tests.scenario import Play, city, with_rules

LISTS = {"clause": "本市", "default": True}


class Saying(Play):
    """With an application that says so."""

    said: ClassVar[dict[str, Any]] = {}

    def application(self) -> Application:
        return Application.model_validate(super().application().model_dump() | self.said)


def saying(policy: Policy, **said: Any) -> Saying:
    play = Saying(policy)
    vars(play)["said"] = said
    return play


@pytest.mark.parametrize(
    ("said", "what", "known"),
    [
        ({"type": "科普型"}, "type", "赛道引领型, 产业赋能型, 行业应用型, 治理服务型"),
        ({"maturity": "中试"}, "maturity", "早期, 成熟"),
        ({"firsts": ["首台套", "首单"]}, "firsts", "首台套, 首批次, 首版次"),
        ({"project": {"kind": "重大会议", "name": "年会"}}, "project.kind", "重大项目, 重大活动"),
    ],
)
def test_what_the_city_does_not_list_is_refused_with_what_it_lists(
    policy: Policy, said: dict[str, Any], what: str, known: str
) -> None:
    play = saying(policy, **said)
    no = play.refuses("unknown_class", Submit(application=play.application()), play.owner)
    assert (no.details["what"], no.details["known"]) == (what, known)
    play.refuses("unknown_class", play.take_over_act("registered"), play.platform)


def test_a_city_adds_to_its_lists_without_any_code(policy: Policy) -> None:
    lists = policy.classification
    wider = policy.model_copy(
        update={
            "classification": lists.model_copy(
                update={
                    "types": (*lists.types, "科普型"),
                    "maturities": ("早期", "中试", "成熟"),
                    "project_kinds": ("重大会议",),
                }
            )
        }
    )
    assert contradictions(wider) == ()
    play = saying(wider, type="科普型", maturity="中试", project={"kind": "重大会议", "name": "年会"}).submit()
    assert play.state.profile is not None
    assert (play.state.profile.type, play.state.profile.maturity) == ("科普型", "中试")


def test_a_scene_keeps_the_lists_that_it_was_submitted_under() -> None:
    play = saying(city("yancheng"), type="治理服务型").submit()
    types = tuple(each for each in play.policy.classification.types if each != "治理服务型")
    narrower = with_rules(play.policy, "classification", types=types)
    other = narrower.model_copy(update={"domains": tuple(each for each in narrower.domains if each.type in types)})
    play.do(AdoptPolicy(policy=other.model_copy(update={"version": "v2"}), reasons="改版"), play.group)
    assert play.state.profile is not None
    assert play.state.profile.type == "治理服务型"


def test_a_domain_that_is_still_in_use_stays_in_the_list() -> None:
    """R8: the list of domains changes by a new policy file; no scene loses its own."""
    play = Play(city("yancheng")).submit()
    domains = tuple(each for each in play.policy.domains if each.name != play.domain)
    without = play.policy.model_copy(update={"domains": domains, "version": "v2"})
    no = play.refuses("policy_problem", AdoptPolicy(policy=without, reasons="改版"), play.group)
    assert play.domain in no.details["problem"]
    new = play.policy.domains[0].model_copy(update={"name": "深海"})
    wider = play.policy.model_copy(update={"domains": (*play.policy.domains, new)})
    assert Play(wider, domain="深海").submit().state.step == "submitted"


def test_a_policy_from_before_these_lists_has_those_of_before() -> None:
    old = city("yancheng").model_copy(
        update={
            "classification": city("yancheng").classification.model_copy(
                update={"clause": "平台默认值（无法定依据）", "default": True}
            )
        }
    )
    assert "classification" not in old.model_dump()
    assert Play(old).submit().state.step == "submitted"


def fast(policy: Policy) -> Policy:
    rule = policy.tracks[Track.FAST].model_copy(update={"maturities": ("量产",)})
    return policy.model_copy(update={"tracks": {**policy.tracks, Track.FAST: rule}})


@pytest.mark.parametrize(
    ("policy", "key"),
    [
        (with_rules(city("yancheng"), "classification", types=("治理服务型",)), "domains.0.type"),
        (with_rules(city("yancheng"), "classification", maturities=("早期", "早期")), "classification.maturities"),
        (fast(city("yancheng")), "tracks.fast.maturities.0"),
        (
            with_rules(
                city("yancheng"), "promotion", benefits=(Benefit(kind="award"), Benefit(kind="x", firsts=("首单",)))
            ),
            "promotion.benefits.1.firsts.0",
        ),
    ],
)
def test_what_the_rules_name_is_listed(policy: Policy, key: str) -> None:
    assert any(each.key.startswith(key) for each in contradictions(policy))


def test_the_lists_may_not_be_empty() -> None:
    with pytest.raises(ValueError, match="types"):
        Classification.model_validate({"types": [], **LISTS})
