"""What becomes of an accepted result: the owner buys it, or develops it further, on a legal basis."""

from models.commands.promotion import RecordUptake
from models.events.promotion import UptakeRecorded
from models.policy import Policy
from rules import benchmark_statement
from tests.scenario import Play, city, document, with_rules

A, B = "甲公司", "乙公司"


def uptake(route: str, basis: str, bidder: str = A) -> RecordUptake:
    return RecordUptake(
        route=route, bidder=bidder, legal_basis=basis, amount_yuan=900_000, document=document("采购合同")
    )


def test_the_owner_records_each_route_of_the_city_with_its_legal_basis(policy: Policy) -> None:
    play = Play(policy).to_candidate(A)
    for route in policy.promotion.uptake:
        act = uptake(route.key, route.legal_bases[0])
        play.refuses("not_permitted", act, play.lead)
        [event] = play.do(act, play.owner)
        assert event == UptakeRecorded(route=route.key, bidder=A, legal_basis=route.legal_bases[0], amount_yuan=900_000)
    shown = benchmark_statement.statement(play.policy, play.state, play.journal)
    assert [each.route for each in shown.uptakes] == ["direct_purchase", "joint_development"]


def test_a_basis_of_another_route_and_a_route_of_no_city_are_refused() -> None:
    play = Play(city("ningbo")).to_candidate(A)
    direct, joint = play.policy.promotion.uptake
    play.refuses("basis_not_of_route", uptake(direct.key, joint.legal_bases[0]), play.owner)
    assert "直接采购" in play.refuses("unknown_route", uptake("gift", "x"), play.owner).details["known"]


def test_only_what_was_accepted_is_taken_up_and_not_before() -> None:
    play = Play(city("yancheng")).to_candidate(A)
    act = uptake("direct_purchase", "政府采购法第三十一条", B)
    play.refuses("not_accepted", act, play.owner)
    before = Play(city("yancheng")).to_acceptance(A)
    before.refuses("wrong_step", uptake("direct_purchase", "政府采购法第三十一条"), before.owner)


def test_a_city_may_name_no_route() -> None:
    play = Play(with_rules(city("yancheng"), "promotion", uptake=())).to_candidate(A)
    play.refuses("unknown_route", uptake("direct_purchase", "政府采购法第三十一条"), play.owner)
