"""Who may read what: every role with every subject at every stage, from its own and other units, none left out.

The table is said here a second time, in the words of the domain's own table and not in those of a policy.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pytest

from models.commands import ACTS
from models.commands.review import AnswerObjection, FileComplaint, RaiseObjection
from models.commands.solicitation import DeclineAdmission
from models.document import Document
from models.events import EVENTS as KINDS
from models.policy import DEFAULT_READS, Limits, Policy, Reading, Sourced, Subject
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import NoticeAbout, PanelPurpose, Role
from models.words import OFFICE_VERBS, READINGS, SUBJECTS
from rules.fund_notifications import LIMIT_OF
from rules.permissions import bidders
from rules.reading import ANYBODY, Extent, Sight, Stand, Viewer, stand
from rules.subjects import EVENTS, FIELDS, LIMITS, VERBS
from tests.scenario import Play, city, digest

A, B = "甲公司", "乙公司"
STRANGER = "没有的单位"
CITY_ROLES = (
    Role.PLATFORM_OFFICE, Role.LEAD, Role.COOPERATING, Role.ST_BUREAU, Role.REGULATOR, Role.EVALUATION_TEAM,
    Role.SUPERVISOR, Role.PAYER, Role.LEADING_GROUP,
)  # fmt: skip
DEPARTMENTS = (Role.LEAD, Role.COOPERATING, Role.REGULATOR)
OFFICES = tuple(role for role in CITY_ROLES if role not in DEPARTMENTS)

HEAD = "scene bid score contract trial incident acceptance promotion fund quota rules audit"
TABLE = {
    Role.PLATFORM_OFFICE: "R R>close - R R R R R - R O O",
    Role.LEAD: "R R>close R>lock R R R O O O R R O",
    Role.COOPERATING: "R - - - O R O O - O R O",
    Role.OWNER: "O R>close result O O O O O O O R O",
    Role.ST_BUREAU: "R R>close R>lock O R R O R R R R O",
    Role.BIDDER: "P O O>award O O O O O O - - O",
    Role.EXPERT: "assigned assigned points - assigned - assigned assigned - - - O",
    Role.REGULATOR: "R - - R O O O R - - R O",
    Role.EVALUATION_TEAM: "R - - - R R R O - R R O",
    Role.SUPERVISOR: "case case case case case R case R - - - O",
    Role.PAYER: "R - - R - - R - O - - O",
    Role.LEADING_GROUP: "R R>award total R O R R O O O O R",
    Role.AUDITOR: "R R>close R>lock R R R R R R R R R",
    Role.ADMINISTRATOR: "- - - - - - - - - - - -",
    Role.SYSTEM: "- - - - - - - - - - - -",
    Role.PUBLIC: "P - P P P O P P P P P -",
}
"""R read, O own only, P public part, - none. Who creates or decides without an R reads what they create or decide."""
NO_PART = (Role.ADMINISTRATOR, Role.SYSTEM)
BIDDERS_OWN = (
    Subject.BID, Subject.SCORE, Subject.CONTRACT, Subject.TRIAL, Subject.INCIDENT, Subject.ACCEPTANCE, Subject.FUND,
)  # fmt: skip
OF_THE_CITY = (Subject.FUND, Subject.QUOTA, Subject.RULES)
"""Their public part needs no scene."""
SEALED, CLOSED, LOCKED, AWARDED = Stand


class Moment(NamedTuple):
    """What is so at it, said by hand."""

    build: Callable[[Play], object]
    reached: Stand = CLOSED
    published: bool = True
    announced: bool = False
    case: bool = False


def _posted(play: Play) -> None:
    play.to_listed().post()
    play.bid(A)
    play.bid(B)


def _scoring(play: Play) -> None:
    play.to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    play.do(play.score_act(A, 0.9), play.expert(1))


def _ranked(play: Play) -> None:
    play.to_scoring(A, B)
    play.score({A: 0.9, B: 0.8})


def _announced(play: Play) -> None:
    _ranked(play)
    play.publish(NoticeAbout.RANKING)


def _complaint(play: Play) -> None:
    _announced(play)
    paper = Document(title="异议书", sha256=digest("异议"))
    citizen = play.person(Role.PUBLIC, "公众", "citizen")
    play.do(RaiseObjection(about=NoticeAbout.RANKING, real_name=True, text="不公", document=paper), citizen)
    objection = play.state.objections[-1].id
    play.do(AnswerObjection(objection=objection, upheld=False, text="不成立"), play.platform)
    play.serve_notices()
    play.do(FileComplaint(objection=objection, text="不服"), citizen)


def _not_admitted(play: Play) -> None:
    play.submit()
    play.do(DeclineAdmission(reasons="不符合"), play.platform)


def _accepting(play: Play) -> None:
    play.to_acceptance(A, B)
    play.apply(A)
    play.seat_panel(PanelPurpose.ACCEPTANCE, A)


MOMENTS: dict[str, Moment] = {
    "submitted": Moment(lambda play: play.submit(), published=False),
    "not admitted": Moment(_not_admitted, published=False),
    "consultation": Moment(lambda play: play.to_consultation(), published=False),
    "expert review": Moment(lambda play: play.to_expert_review().seat_panel(PanelPurpose.RECOGNITION), published=False),
    "listed": Moment(lambda play: play.to_listed()),
    "posted": Moment(_posted, reached=SEALED),
    "eligibility": Moment(lambda play: play.to_eligibility(A, B)),
    "scoring": Moment(_scoring),
    "ranked": Moment(_ranked, reached=LOCKED),
    "announced": Moment(_announced, reached=LOCKED, announced=True),
    "complaint": Moment(_complaint, reached=LOCKED, announced=True, case=True),
    "contracting": Moment(lambda play: play.to_contracting(A, B), reached=AWARDED, announced=True),
    "running": Moment(lambda play: play.to_running(A, B), reached=AWARDED, announced=True),
    "acceptance": Moment(
        _accepting,
        reached=AWARDED,
        announced=True,
    ),
    "benchmark": Moment(lambda play: play.to_candidate(A).to_benchmark(), reached=AWARDED, announced=True),
}


@cache
def at(moment: str) -> Play:
    play = Play(city("yancheng"))
    MOMENTS[moment].build(play)
    return play


def own_unit(play: Play, role: Role) -> str:
    """A unit that plays the role, where one does by now; else one that might."""
    state, domain = play.state, play.policy.domains[0]
    match role:
        case Role.LEAD:
            return state.lead or domain.lead
        case Role.COOPERATING:
            return (*state.cooperating, *domain.units)[0]
        case Role.REGULATOR:
            return state.regulator or domain.regulator
        case Role.OWNER:
            return play.owner_unit
        case Role.BIDDER:
            return A
        case Role.EXPERT:
            return "高校"
        case Role.AUDITOR | Role.ADMINISTRATOR | Role.SYSTEM | Role.PUBLIC:
            return "某单位"
        case _:
            return play.policy.office(role) or ""


def judge(state: SceneState, bidder: str | None) -> bool:
    panels = [panel for panel in state.panels if not panel.void and panel.seat("expert-1")]
    return any(bidder is None or panel.bidder in (None, bidder) for panel in panels)


def plays(play: Play, role: Role, unit: str) -> bool:
    state = play.state
    match role:
        case Role.LEAD:
            return state.lead == unit
        case Role.COOPERATING:
            return unit in state.cooperating
        case Role.REGULATOR:
            return state.regulator == unit
        case Role.OWNER:
            return unit == play.owner_unit
        case Role.BIDDER:
            return unit == A and A in bidders(state)
        case Role.EXPERT:
            return judge(state, None)
        case Role.AUDITOR:
            return True
        case _:
            return role in OFFICES and unit == play.policy.office(role)


def expected(play: Play, moment: Moment, role: Role, unit: str, subject: Subject, bidder: str | None) -> Extent:
    if role in NO_PART:
        return Extent.NOTHING
    cell = dict(zip(HEAD.split(), TABLE[role].split(), strict=True))[subject]
    public = dict(zip(HEAD.split(), TABLE[Role.PUBLIC].split(), strict=True))[subject] == "P"
    floor = Extent.NOTHING
    if public and subject is Subject.SCORE:
        floor = Extent.RESULT if moment.announced else Extent.NOTHING
    elif public and (moment.published or subject in OF_THE_CITY):
        floor = Extent.PUBLIC
    own = plays(play, role, unit)
    reads = unit in play.policy.unit_names if role in DEPARTMENTS else own
    if role is Role.BIDDER and cell.startswith("O"):
        own = unit == bidder if subject in BIDDERS_OWN else own
        if subject is Subject.PROMOTION:
            own = own and moment.reached is AWARDED
    if role is Role.EXPERT:
        own = judge(play.state, bidder)
    match cell:
        case "-" | "P" | "points":
            whole = False
        case "R":
            whole = reads
        case "R>close":
            whole = reads and moment.reached >= CLOSED
        case "R>lock":
            whole = reads and moment.reached >= LOCKED
        case "R>award":
            whole = reads and moment.reached >= AWARDED
        case "result" | "total":
            known = reads and moment.reached >= LOCKED
            return max(floor, Extent[cell.upper()] if known else Extent.NOTHING)
        case "O":
            whole = own
        case "O>award":
            whole = own and moment.reached >= AWARDED
        case "assigned":
            whole = own
        case "case":
            whole = own and moment.case
        case _:
            raise AssertionError(cell)
    first = {Subject.BID: CLOSED, Subject.SCORE: LOCKED}.get(subject, SEALED)
    if moment.reached < first and not (role is Role.BIDDER and subject is Subject.BID):
        whole = False
    return Extent.WHOLE if whole else floor


@pytest.mark.parametrize("name", MOMENTS)
def test_every_role_reads_every_subject_as_the_table_says_from_its_own_and_other_units(name: str) -> None:
    play, moment = at(name), MOMENTS[name]
    assert stand(play.state) is moment.reached
    cells, whole = 0, 0
    for role in Role:
        own = own_unit(play, role)
        others = (unit.name for unit in play.policy.units if unit.name != own)
        other = next(each for each in others if role not in CITY_ROLES or not plays(play, role, each))
        for unit in (own, other, STRANGER):
            person = "expert-1" if role is Role.EXPERT else "somebody"
            sight = Sight(play.policy, play.state, Viewer(role, unit, person))
            for subject in Subject:
                for bidder in (None, A, B):
                    found = sight.of(subject, bidder)
                    assert found is expected(play, moment, role, unit, subject, bidder), (role, subject, unit, bidder)
                    cells, whole = cells + 1, whole + (found is Extent.WHOLE)
    assert cells == len(Role) * 3 * len(Subject) * 3
    assert whole > len(Role), "much is somebody's to read here"


def test_the_table_leaves_nobody_and_nothing_out() -> None:
    assert set(TABLE) == set(Role)
    assert HEAD.split() == [*Subject]
    assert all(len(row.split()) == len(Subject) for row in TABLE.values())
    assert set(SUBJECTS) == {*Subject}
    assert set(READINGS) == {*Reading}


@pytest.mark.parametrize("name", MOMENTS)
def test_who_does_not_say_in_which_role_reads_what_the_law_does_not_close(name: str) -> None:
    play, moment = at(name), MOMENTS[name]
    sight = Sight(play.policy, play.state, ANYBODY)
    for subject in Subject:
        first = {Subject.BID: CLOSED, Subject.SCORE: LOCKED}.get(subject, SEALED)
        assert sight.whole(subject, A) is (moment.reached >= first)


# everything is about something


def test_every_verb_has_a_subject() -> None:
    """A verb without one would be shown to nobody who looks in a role: say in rules/subjects.py what it is about."""
    assert set(VERBS) == {*ACTS, *OFFICE_VERBS}


def test_every_kind_of_event_has_a_subject() -> None:
    assert set(EVENTS) == set(KINDS), "say in rules/subjects.py what a new event is about"


def test_every_field_of_the_state_has_a_subject() -> None:
    assert set(FIELDS) == set(SceneState.model_fields), "say in rules/subjects.py what a new field is about"


def test_every_limit_has_a_subject() -> None:
    keys = Limits.model_fields.keys() - Sourced.model_fields.keys()
    assert set(LIMITS) == keys | set(LIMIT_OF.values()), "say in rules/subjects.py what a new limit is about"


# the policy


def test_the_three_cities_read_alike_and_as_policies_from_before_there_was_a_table() -> None:
    for name in ("yancheng", "ningbo", "chongqing"):
        policy = city(name)
        assert policy.reads == DEFAULT_READS
        before = policy.model_copy(update={"reads": None})
        assert before.reading == DEFAULT_READS
        assert "reads" not in before.model_dump(mode="json")


def with_cell(policy: Policy, role: Role, subject: Subject, word: Reading) -> Policy:
    row = tuple(word if about is subject else cell for about, cell in zip(
        policy.reading.of, policy.reading.roles[role], strict=True))  # fmt: skip
    roles = {**policy.reading.roles, role: row}
    return policy.model_copy(update={"reads": policy.reading.model_copy(update={"roles": roles})})


def test_a_city_changes_one_cell_and_nothing_else_changes() -> None:
    play = at("running")
    payer = Viewer(Role.PAYER, play.policy.office(Role.PAYER), "p")
    changed = with_cell(play.policy, Role.PAYER, Subject.TRIAL, Reading.ALL)
    before, after = Sight(play.policy, play.state, payer), Sight(changed, play.state, payer)
    different = [about for about in Subject if before.of(about, A) is not after.of(about, A)]
    assert different == [Subject.TRIAL]


@pytest.mark.parametrize("word", Reading)
@pytest.mark.parametrize("role", Role)
def test_no_table_opens_bids_before_the_close_or_points_before_the_lock(role: Role, word: Reading) -> None:
    rows = {role: tuple(word for _ in Subject)}
    reads = DEFAULT_READS.model_copy(update={"roles": {**DEFAULT_READS.roles, **rows}})
    for moment in ("posted", "scoring"):
        play = at(moment)
        policy = play.policy.model_copy(update={"reads": reads})
        sight = Sight(policy, play.state, Viewer(role, own_unit(play, role), "expert-1"))
        assert sight.of(Subject.SCORE, A) is Extent.NOTHING
        if moment == "posted":
            assert sight.of(Subject.BID, B) is Extent.NOTHING


def test_a_subject_without_a_column_is_read_by_nobody() -> None:
    play = at("running")
    narrow = DEFAULT_READS.model_copy(update={
        "of": DEFAULT_READS.of[:-1], "roles": {role: row[:-1] for role, row in DEFAULT_READS.roles.items()},
    })  # fmt: skip
    policy = play.policy.model_copy(update={"reads": narrow})
    for role in Role:
        assert Sight(policy, play.state, Viewer(role, own_unit(play, role), "x")).of(Subject.AUDIT) is Extent.NOTHING


def test_where_no_policy_is_found_no_office_is_anybodys() -> None:
    play = at("running")
    sight = Sight(None, play.state, Viewer(Role.PLATFORM_OFFICE, play.platform.unit, "x"))
    assert sight.of(Subject.SCENE) is Extent.PUBLIC


# whose own


def test_a_member_of_a_consortium_reads_what_its_consortium_has() -> None:
    play = at("running").fork()
    contract = play.state.contracts[0].model_copy(update={"consortium": ("丙公司",)})
    state = play.state.model_copy(update={"contracts": (contract,)})
    sight = Sight(play.policy, state, Viewer(Role.BIDDER, "丙公司", "x"))
    assert sight.whole(Subject.TRIAL, A)
    assert not sight.whole(Subject.BID, B)


def test_an_expert_reads_the_acceptance_of_the_bidder_whose_panel_it_is() -> None:
    play = at("acceptance")
    seat = next(panel for panel in play.state.panels if panel.bidder == A).seats[0]
    state = play.state.model_copy(update={"panels": tuple(each for each in play.state.panels if each.bidder == A)})
    sight = Sight(play.policy, state, Viewer(Role.EXPERT, seat.unit, seat.person))
    assert sight.whole(Subject.ACCEPTANCE, A)
    assert not sight.whole(Subject.ACCEPTANCE, B)


def test_a_delegate_does_not_sit_for_the_member_of_a_panel() -> None:
    play = at("scoring")
    sight = Sight(play.policy, play.state, Viewer(Role.EXPERT, "高校1", "somebody", ("expert-1",)))
    assert sight.of(Subject.BID, A) is Extent.NOTHING


def test_who_may_not_read_is_told_who_may() -> None:
    play = at("running")
    sight = Sight(play.policy, play.state, Viewer(Role.PAYER, play.policy.office(Role.PAYER), "x"))
    with pytest.raises(Refused, match="not_readable") as refused:
        sight.demand(Subject.BID)
    assert refused.value.details["allowed"].startswith("platform_office, lead_department, scene_owner")
