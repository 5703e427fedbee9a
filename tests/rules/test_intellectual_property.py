"""No result passes, where the city asks for it, before its intellectual property was looked at with nothing open."""

import pytest

from models.policy import Policy
from models.vocabulary import PanelPurpose
from tests.scenario import Play, with_rules

A = "甲公司"
OWN: dict[str, object] = {"name": "调度软件", "kind": "software", "origin": "made", "owners": (A,)}


def reviewed(policy: Policy) -> Play:
    """Everybody was heard, everybody has signed: what is left is the conclusion."""
    play = Play(policy).to_acceptance(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.hear_all(A)
    play.sign_all(A)
    return play


def test_nothing_passes_before_somebody_has_looked(yancheng: Policy) -> None:
    play = reviewed(yancheng)
    play.refuses("ip_check_missing", play.conclude_act(A), play.lead)
    play.do(play.ip_act(A), play.bureau)
    play.do(play.conclude_act(A), play.lead)


def test_the_lead_department_may_look_as_well_and_nobody_of_the_bidder(yancheng: Policy) -> None:
    play = reviewed(yancheng)
    play.refuses("not_permitted", play.ip_act(A), play.bidder(A))
    own = play.bureau.model_copy(update={"person": play.bidder(A).person})
    play.refuses("own_bid", play.ip_act(A), own)
    play.do(play.ip_act(A), play.lead)


def test_over_a_conflict_nothing_passes_until_a_later_look_finds_none(yancheng: Policy) -> None:
    play = reviewed(yancheng)
    play.do(play.ip_act(A, OWN | {"conflict": "第三方主张专利权"}), play.bureau)
    assert play.refuses("ip_conflict_open", play.conclude_act(A), play.lead).details["items"] == "调度软件"
    play.do(play.ip_act(A, OWN), play.bureau)
    play.do(play.conclude_act(A), play.lead)
    check = play.state.acceptances[0].ip_check
    assert check is not None
    assert (check.items, check.conflicts) == (1, ())


@pytest.mark.parametrize("verdict", ["conditional", "failed"])
def test_another_verdict_needs_no_look(yancheng: Policy, verdict: str) -> None:
    play = reviewed(yancheng)
    play.do(play.conclude_act(A, verdict, conditions=("补许可",)), play.lead)


def test_a_conflict_can_be_settled_while_the_result_is_rectified(yancheng: Policy) -> None:
    play = reviewed(yancheng)
    play.do(play.ip_act(A, OWN | {"conflict": "许可到期"}), play.bureau)
    play.do(play.conclude_act(A, "conditional", conditions=("续签许可",)), play.lead)
    play.do(play.ip_act(A, OWN), play.bureau)
    check = play.state.acceptances[0].ip_check
    assert check is not None
    assert check.conflicts == ()


@pytest.mark.parametrize("origin", ["licensed", "open_source"])
def test_what_belongs_to_others_names_its_licence(yancheng: Policy, origin: str) -> None:
    play = reviewed(yancheng)
    foreign = OWN | {"name": "定位组件", "origin": origin, "owners": ("社区",)}
    assert play.refuses("ip_licence_missing", play.ip_act(A, foreign), play.bureau).details["items"] == "定位组件"
    play.do(play.ip_act(A, foreign | {"licence": "Apache-2.0"}), play.bureau)


def test_each_item_stands_there_once(yancheng: Policy) -> None:
    play = reviewed(yancheng)
    play.refuses("ip_item_twice", play.ip_act(A, OWN, OWN), play.bureau)


def test_that_there_is_none_is_an_answer_too(yancheng: Policy) -> None:
    play = reviewed(yancheng)
    play.do(play.ip_act(A).model_copy(update={"items": ()}), play.bureau)
    play.do(play.conclude_act(A), play.lead)


def test_what_a_re_trial_makes_is_looked_at_anew(yancheng: Policy) -> None:
    play = reviewed(yancheng)
    play.do(play.ip_act(A), play.bureau)
    play.do(play.conclude_act(A, "retrial"), play.lead)
    play.start(A)
    play.end_trial(A)
    assert play.state.acceptances[0].ip_check is None


def test_before_the_trial_is_over_there_is_nothing_to_look_at(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.refuses("unknown_bidder", play.ip_act(A), play.bureau)


def test_a_city_whose_text_does_not_ask_for_it_lets_a_result_pass_without(policy: Policy) -> None:
    play = reviewed(with_rules(policy, "acceptance", ip_check=False))
    play.do(play.conclude_act(A), play.lead)


def test_which_city_asks_for_it(policy: Policy) -> None:
    """盐城十四五科技规划 四（九）; the other two texts do not name it."""
    assert policy.acceptance.ip_check is (policy.code == "YC")
