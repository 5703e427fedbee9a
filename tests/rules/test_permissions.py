"""Who may do what: every role with every verb at every stage, none left out; what only the system does."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest

from models.actor import SYSTEM, Actor
from models.commands import ACTS, Act, BidderAct, Command
from models.commands.anywhere import PassDeadline, Terminate
from models.commands.solicitation import AcceptFiling, Submit
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import Mode, Role, Stage
from rules.decide import decide
from rules.journal import admit, due_alarm, entry_for
from rules.permissions import authorise, units_playing
from tests.improviser import some_act
from tests.scenario import Play, city

VERBS = tuple(verb for verb in ACTS if verb != "pass_deadline")
CITY_ROLES = (
    Role.PLATFORM_OFFICE, Role.LEAD, Role.COOPERATING, Role.ST_BUREAU, Role.REGULATOR, Role.EVALUATION_TEAM,
    Role.SUPERVISOR, Role.PAYER, Role.LEADING_GROUP,
)  # fmt: skip
BIDDERS = ("甲公司", "乙公司", "丙公司")


@cache
def running(name: str = "yancheng") -> Play:
    """A scene in which every part is taken: three bidders, of whom one runs a trial."""
    policy = city(name)
    modes = {**policy.modes, Mode.HORSE_RACE: policy.modes[Mode.OPEN_CHALLENGE].model_copy(update={"winners": 3})}
    return Play(policy.model_copy(update={"modes": modes})).to_running(*BIDDERS, winners=3, mode=Mode.HORSE_RACE)


def asked(play: Play, act: Act, role: Role, unit: str) -> Command:
    return play.command(act, Actor(person="somebody", unit=unit, role=role))


def refusal(play: Play, act: Act, role: Role, unit: str) -> Refused | None:
    try:
        authorise(play.policy, play.state, asked(play, act, role, unit))
    except Refused as refused:
        return refused
    return None


def a_unit(play: Play, role: Role, act: Act) -> str:
    units = units_playing(play.policy, play.state, role, act)
    return units[0] if units else "某单位"


@pytest.mark.parametrize("verb", VERBS)
def test_the_right_role_of_the_wrong_unit_is_refused(verb: str) -> None:
    play = running()
    act = some_act(play, verb)
    for role in play.policy.permissions[verb]:
        expected = units_playing(play.policy, play.state, role, act)
        if expected is None:
            assert role in (Role.EXPERT, Role.PUBLIC), "only these come from anywhere"
            continue
        outside = next(unit.name for unit in reversed(play.policy.units) if unit.name not in expected)
        no = refusal(play, act, role, outside)
        assert no is not None
        assert (no.code, no.details["expected"]) == ("not_your_part", ", ".join(expected))
        unknown = refusal(play, act, role, "没有的单位")
        assert unknown is not None
        assert unknown.code == ("unknown_unit" if role in CITY_ROLES else "not_your_part")


# the whole matrix


def _reviewing(play: Play) -> None:
    play.to_acceptance(*BIDDERS)
    play.apply(BIDDERS[0])


def _ended(play: Play) -> None:
    play.to_listed()
    play.do(Terminate(ground="breach", reasons="违约"), play.group)


STAGES: dict[Stage, Callable[[Play], object]] = {
    Stage.SOLICITATION: lambda play: play.submit(),
    Stage.REVIEW: lambda play: play.to_consultation(),
    Stage.MATCHING: lambda play: play.to_scoring(*BIDDERS),
    Stage.TRIAL: lambda play: play.to_running(*BIDDERS),
    Stage.ACCEPTANCE: _reviewing,
    Stage.PROMOTION: lambda play: play.to_candidate(BIDDERS[0]).to_benchmark(),
    Stage.CLOSED: _ended,
}
AUTHORISATION = ("not_permitted", "unknown_unit", "not_your_part")


def parts(play: Play, role: Role, act: Act) -> tuple[str, ...] | None:
    """Who plays a role, said a second time and in another way than the rules do; None where anybody may."""
    state = play.state
    match role:
        case Role.EXPERT | Role.PUBLIC | Role.AUDITOR | Role.ADMINISTRATOR | Role.SYSTEM:
            return None
        case Role.COOPERATING:
            return state.cooperating
        case Role.BIDDER if isinstance(act, BidderAct):
            return (act.bidder,)
        case Role.BIDDER:
            taking_part = [*(bid.bidder for bid in state.bids), *(each.bidder for each in state.contracts)]
            return tuple(bidder for bidder in BIDDERS if bidder in taking_part)
        case Role.LEAD | Role.REGULATOR:
            unit = state.lead if role is Role.LEAD else state.regulator
            return (unit,) if unit else ()
        case Role.OWNER:
            return (play.owner_unit,)
        case _:
            return (getattr(play.policy.offices, role.value),)


def expected_refusal(play: Play, role: Role, act: Act, unit: str) -> str | None:
    """What the table alone says to this."""
    if role in (Role.SYSTEM, Role.AUDITOR, Role.ADMINISTRATOR) or role not in play.policy.permissions[act.verb]:
        return "not_permitted"
    if role in CITY_ROLES and unit not in play.policy.unit_names:
        return "unknown_unit"
    playing = parts(play, role, act)
    return None if playing is None or unit in playing else "not_your_part"


def is_about(no: Refused, actor: Actor) -> bool:
    """Some acts are refused with the same codes for a unit that they name."""
    said = (no.details.get("role", actor.role), no.details.get("unit", actor.unit))
    return no.code in AUTHORISATION and said == (actor.role, actor.unit)


@pytest.mark.parametrize("name", ["yancheng", "ningbo", "chongqing"])
@pytest.mark.parametrize("stage", list(Stage))
def test_every_role_with_every_verb_at_every_stage_from_its_own_and_other_units(stage: Stage, name: str) -> None:
    play = Play(city(name))
    STAGES[stage](play)
    assert play.state.stage is stage
    cells, passed = 0, 0
    for verb in VERBS:
        command = play.command(some_act(play, verb), play.owner)
        act = command.act
        for role in Role:
            playing = parts(play, role, act) or ()
            own = playing[0] if playing else "无人承担"
            other = next(unit.name for unit in play.policy.units if unit.name not in playing)
            for unit in (own, other, "没有的单位"):
                asking = command.model_copy(update={"actor": Actor(person="somebody", unit=unit, role=role)})
                expected = expected_refusal(play, role, act, unit)
                try:
                    decide(play.policy, play.state, asking, play.now)
                except Refused as no:
                    told = no.code if is_about(no, asking.actor) else None
                else:
                    told = None
                assert told == expected, (verb, role, unit)
                cells, passed = cells + 1, passed + (expected is None)
    assert cells == len(VERBS) * len(Role) * 3
    assert passed > len(VERBS), "most verbs are somebody's here"


def test_an_unknown_unit_is_told_which_known_ones_are_near(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    no = refusal(play, AcceptFiling(), Role.PLATFORM_OFFICE, "全市场景征集和发布平台")
    assert no is not None
    assert "全市场景征集和发布统一平台" in no.details["near"]


def test_before_the_parts_are_given_nobody_plays_them(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    for role in (Role.LEAD, Role.REGULATOR, Role.COOPERATING, Role.BIDDER):
        assert units_playing(yancheng, play.state, role, some_act(play, "suspend")) == ()


def test_an_act_within_a_bidders_part_is_that_bidders_alone() -> None:
    play = running()
    act = some_act(play, "file_report")
    other = next(bidder for bidder in BIDDERS if bidder != act.bidder)  # type: ignore[attr-defined]
    no = refusal(play, act, Role.BIDDER, other)
    assert no is not None
    assert no.code == "not_your_part"


# the system


def test_nobody_acts_in_the_name_of_the_system(yancheng: Policy) -> None:
    play = Play(yancheng)
    act = Submit(application=play.application())
    for actor in (SYSTEM, Actor(person="mallory", unit=play.owner_unit, role=Role.SYSTEM)):
        no = play.refuses("not_permitted", act, actor)
        assert no.details["allowed"] == "scene_owner"


def test_even_a_policy_that_allows_the_system_an_act_does_not(yancheng: Policy) -> None:
    allowed = {**yancheng.permissions, "accept_filing": (Role.PLATFORM_OFFICE, Role.SYSTEM)}
    play = Play(yancheng.model_copy(update={"permissions": allowed})).submit()
    play.refuses("not_permitted", AcceptFiling(), SYSTEM)


def test_nobody_passes_a_deadline_by_hand(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    due = play.deadline("completeness").due_at
    for role in Role:
        actor = Actor(person="mallory", unit=play.policy.offices.platform_office, role=role)
        play.refuses("not_permitted", PassDeadline(at=due), actor)
    play.now = due + timedelta(days=1)
    for actor in (SYSTEM, Actor(person="mallory", unit="system", role=Role.SYSTEM)):
        with pytest.raises(Refused, match="not_permitted"):
            admit(play.policy, play.state, play.command(PassDeadline(at=due), actor), play.now)


def test_the_systems_own_alarm_is_its_own_and_is_not_due_early(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    due = play.deadline("completeness").due_at
    early = play.command(PassDeadline(at=due), SYSTEM)
    with pytest.raises(Refused, match="not_due"):
        entry_for(play.policy, play.state, early, play.now)
    alarm = due_alarm(play.state, due)
    assert alarm is not None
    assert alarm.actor == SYSTEM
    assert entry_for(play.policy, play.state, alarm, due).events
