"""What an event from outside asks for, as the policy reads it: given an event, then this command."""

from typing import Any

import pytest

from models.commands.anywhere import RecordService
from models.commands.matching import SignContract
from models.commands.trial import ReportIncident
from models.outside import OutsideEvent, Source
from models.policy import OutsideField, OutsideRule, Policy
from models.refusal import Refused
from models.vocabulary import Role
from rules.outside import act_from, at, command_for, scene_of
from tests.scenario import Play, city, digest

INCIDENT = {"bidder": "甲公司", "incident": "INC-1", "casualty": True, "text": "车辆偏离车道"}
SOURCE = Source.model_validate(
    {
        "name": "sensors",
        "source": "https://sensors.city.example",
        "secrets": ["a secret of some length"],
        "types": ["incident.reported"],
        "cities": ["盐城市"],
    }
)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return city("盐城市")


def event(data: Any, type: str = "incident.reported", subject: str | None = "YC-1") -> OutsideEvent:
    return OutsideEvent(id="e-1", source=SOURCE.source, type=type, subject=subject, data=data)


def rule(policy: Policy, type: str = "incident.reported") -> OutsideRule:
    found = policy.outside_rule(type)
    assert found is not None
    return found


def refusal(rule: OutsideRule, event: OutsideEvent) -> Refused:
    with pytest.raises(Refused) as refused:
        act_from(rule, event)
    return refused.value


def test_the_events_data_fills_the_acts_fields(policy: Policy) -> None:
    act = act_from(rule(policy), event(INCIDENT))
    assert act == ReportIncident(bidder="甲公司", incident="INC-1", casualty=True, text="车辆偏离车道")


def test_what_the_event_lacks_is_filled_by_the_constant_for_that(policy: Policy) -> None:
    text = OutsideField(field="text", path="data.text", otherwise="传感平台未作说明")
    fields = (*(each for each in rule(policy).fields if each.field != "text"), text)
    told = rule(policy).model_copy(update={"fields": fields})
    act = act_from(told, event({**INCIDENT, "casualty": None, "text": None}))
    assert isinstance(act, ReportIncident)
    assert (act.casualty, act.text) == (False, "传感平台未作说明")


def test_what_has_no_stand_in_is_left_to_the_act(policy: Policy) -> None:
    signed = event({"bidder": "甲公司", "sha256": digest("任务书")}, "contract.signed.bidder")
    assert act_from(rule(policy, "contract.signed.bidder"), signed) == SignContract(
        bidder="甲公司", terms_sha256=digest("任务书")
    )


def test_constants_and_parts_of_a_document_make_one_act(policy: Policy) -> None:
    data = {"entry": 7, "served_on": "2026-03-02", "to": "甲公司", "title": "回执", "sha256": digest("回执")}
    act = act_from(rule(policy, "document.served"), event(data, "document.served"))
    assert isinstance(act, RecordService)
    assert (act.how, act.proof.title, act.served_on.isoformat()) == ("electronic", "回执", "2026-03-02")


@pytest.mark.parametrize("lacking", ["bidder", "incident", "text"])
def test_an_event_that_lacks_what_is_needed_is_refused_by_its_path(policy: Policy, lacking: str) -> None:
    refused = refusal(rule(policy), event({**INCIDENT, lacking: None}))
    assert refused.code == "event_incomplete"
    assert refused.details == {"type": "incident.reported", "field": lacking, "path": f"data.{lacking}"}


@pytest.mark.parametrize("data", [None, [], "text", 1, {}])
def test_data_of_another_shape_lacks_everything(policy: Policy, data: object) -> None:
    assert refusal(rule(policy), event(data)).code == "event_incomplete"


@pytest.mark.parametrize(
    "wrong",
    [{"casualty": "perhaps"}, {"text": ["a"]}, {"incident": "编号 1"}, {"bidder": {"a": 1}}, {"text": "\u202e"}],
)
def test_what_a_field_cannot_hold_is_refused_with_the_fields_name(policy: Policy, wrong: dict[str, object]) -> None:
    refused = refusal(rule(policy), event({**INCIDENT, **wrong}))
    assert refused.code == "malformed"
    assert refused.details["problem"].startswith(next(iter(wrong)))


def test_a_path_leads_through_blocks_and_lists() -> None:
    one = event({"a": {"b": [{"c": "here"}]}})
    assert at(one, "data.a.b.0.c") == "here"
    for nowhere in ("data.a.b.1.c", "data.a.b.c", "data.a.x.c", "data.a.b.0.c.0", "data.a.b.-1", "data.a.b.٣"):
        assert at(one, nowhere) is None
    assert (at(one, "id"), at(one, "subject"), at(one, "time")) == ("e-1", "YC-1", None)


def test_lists_are_filled_in_order_whatever_the_order_of_the_fields() -> None:
    fields = [
        OutsideField(field=f"documents.{number}.{part}", path=f"data.{number}.{part}")
        for number in (1, 0)
        for part in ("sha256", "title")
    ]
    applied = OutsideRule(
        event="x",
        verb="apply_for_acceptance",
        role=Role.BIDDER,
        clause="x",
        fields=(OutsideField(field="bidder", value="甲公司"), *fields),
    )
    papers = [{"title": f"文件{number}", "sha256": digest(str(number))} for number in (0, 1)]
    assert [each["title"] for each in act_from(applied, event(papers)).model_dump()["documents"]] == ["文件0", "文件1"]


def test_the_scene_stands_where_the_policy_says(policy: Policy) -> None:
    incident = rule(policy)
    assert scene_of(incident, event({})) == "YC-1"
    elsewhere = incident.model_copy(update={"scene": "data.place"})
    assert scene_of(elsewhere, event({"place": "YC-2"})) == "YC-2"
    for data, code in (
        ({}, "event_incomplete"),
        ({"place": "../etc"}, "unknown_scene"),
        ({"place": 7}, "unknown_scene"),
    ):
        with pytest.raises(Refused) as refused:
            scene_of(elsewhere, event(data))
        assert refused.value.code == code


def test_it_is_entered_by_the_source_for_the_unit_that_plays_the_role_there(policy: Policy) -> None:
    play = Play(policy).to_running("甲公司")
    command = command_for(policy, rule(policy), play.state, event(INCIDENT), SOURCE)
    assert (command.actor.person, command.actor.unit) == ("source:sensors", play.state.regulator)
    assert (command.actor.role, command.seen) == (Role.REGULATOR, play.state.sequence)
    again = command_for(policy, rule(policy), play.state, event(INCIDENT), SOURCE)
    assert again == command
    other = event(INCIDENT).model_copy(update={"id": "e-2"})
    assert command_for(policy, rule(policy), play.state, other, SOURCE).command_id != command.command_id


def test_the_rules_take_what_the_policies_map(policy: Policy) -> None:
    play = Play(policy).to_running("甲公司")
    command = command_for(policy, rule(policy), play.state, event(INCIDENT), SOURCE)
    play.do(command.act, command.actor)
    assert [each.id for each in play.state.incidents] == ["INC-1"]
    assert play.state.incidents[0].acknowledged_by is None, "entered in the regulator's name, and read by nobody yet"
    assert "incident_acknowledgement/甲公司/INC-1" in [each.id for each in play.state.deadlines]


def test_a_platform_may_say_how_severe_it_is_and_whether_data_leaked(policy: Policy) -> None:
    act = act_from(rule(policy), event({**INCIDENT, "severity": "serious", "leak": True}))
    assert act == ReportIncident(
        bidder="甲公司", incident="INC-1", casualty=True, severity="serious", leak=True, text="车辆偏离车道"
    )


def test_the_unit_can_stand_in_the_rule_or_in_the_event(policy: Policy) -> None:
    play = Play(policy).to_running("甲公司")
    public = rule(policy).model_copy(update={"role": Role.PUBLIC, "unit": "公众"})
    assert command_for(policy, public, play.state, event(INCIDENT), SOURCE).actor.unit == "公众"
    named = public.model_copy(update={"unit": None, "unit_path": "data.by"})
    by = event({**INCIDENT, "by": "某小区业委会"})
    assert command_for(policy, named, play.state, by, SOURCE).actor.unit == "某小区业委会"
    with pytest.raises(Refused, match="event_unit"):
        command_for(policy, named, play.state, event(INCIDENT), SOURCE)


def test_a_role_that_nobody_plays_yet_has_no_unit(policy: Policy) -> None:
    play = Play(policy).submit()
    assert play.state.regulator is None
    with pytest.raises(Refused, match="event_unit"):
        command_for(policy, rule(policy), play.state, event(INCIDENT), SOURCE)
