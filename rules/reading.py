"""Who may read what of a scene: the policy's table (`models.policy.reads`) come to one scene and one viewer.

`Sight` is the one entry point of every display: (policy, state, viewer) says of each subject how far it may be read.
It denies by default: a role without a line in the table reads nothing, a subject without a column nobody; a unit that
is not of the city, or does not hold the office it says, has no part here. What the words come to:

- **all**: any scene of the city, for the city's own units and offices. Owner, bidder, expert and public have a place
  only in scenes: for them it reaches the scenes in which they have a part. An auditor reads every scene.
- **closed, locked, awarded**: as all, from then on. **total, result**: of the points, from the lock on, each bid's
  total and place, or its place alone.
- **own**: scenes in which the unit plays the role (every scene, for an office that is the only one of its kind); of
  what is a bidder's, that bidder's and its consortium's; of points, a judge's own. **own_awarded**: from the award
  on.
- **assigned**: scenes in which the person sits on a panel that stands, of one bidder where the panel is one bidder's.
- **case**: scenes in which a complaint, an objection or an appeal was put to the supervisor.
- **public**: what was published (`PUBLIC`); nothing before the scene's first notice. Whoever has a line in the table
  reads at least what the public may.

No policy opens anything before the law does, for nobody: bids with the close (招标投标法22、36), points with the
lock, when the last judge has scored (招标投标法38、44). A bidder reads its own bid, a judge their own points at any
time. Names of judges are closed until the award (招标投标法37): `rules.disclosure`.

Who does not say in which role they look stands outside the table: whoever works at the database. To them all is open
that the law does not close.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple, assert_never

from models.policy import DEFAULT_READS, Policy, Reading, ReadRules, Subject
from models.refusal import Refused
from models.state import SceneState
from models.state.review import ObjectionStatus
from models.vocabulary import NoticeAbout, Role, Stage
from rules.permissions import FROM_THE_CITY, bidders

SCENE, BID, SCORE, CONTRACT, TRIAL, INCIDENT, ACCEPTANCE, PROMOTION, FUND, QUOTA, RULES, AUDIT = Subject


class Stand(IntEnum):
    """How far a call has come."""

    SEALED = 0
    CLOSED = 1
    LOCKED = 2
    AWARDED = 3


class Extent(IntEnum):
    """How far a subject may be read. RESULT and TOTAL are of points only."""

    NOTHING = 0
    PUBLIC = 1
    RESULT = 2
    TOTAL = 3
    WHOLE = 4


class Viewer(NamedTuple):
    """Who asks, as far as they have said; and on whose behalf, as with an act (`Actor.on_behalf_of`)."""

    role: Role | None = None
    unit: str | None = None
    person: str | None = None
    on_behalf_of: tuple[str, ...] = ()

    @property
    def persons(self) -> tuple[str, ...]:
        return (self.person, *self.on_behalf_of) if self.person is not None else self.on_behalf_of


ANYBODY = Viewer()

EARLIEST: Mapping[Subject, Stand] = {BID: Stand.CLOSED, SCORE: Stand.LOCKED}
"""Before it, the law closes the subject to everybody."""
FROM: Mapping[Reading, Stand] = {
    Reading.CLOSED: Stand.CLOSED, Reading.LOCKED: Stand.LOCKED, Reading.AWARDED: Stand.AWARDED,
    Reading.OWN_AWARDED: Stand.AWARDED, Reading.RESULT: Stand.LOCKED, Reading.TOTAL: Stand.LOCKED,
}  # fmt: skip
OF_BIDDERS = (BID, SCORE, CONTRACT, TRIAL, INCIDENT, ACCEPTANCE, FUND)
"""What each bidder has of its own."""
PUBLIC: Mapping[Subject, tuple[str, ...]] = {
    SCENE: (
        "scene", "sequence", "stage", "step", "entered_at", "entered_on", "outcome", "declared", "began_on", "profile",
        "call", "policy_version", "policy_digest", "calendar", "lead", "notices", "listed_in", "challenge",
    ),
    CONTRACT: ("bidder", "rank", "step", "entered_on"),
    TRIAL: ("bidder", "step", "phase", "started_on", "entered_on", "last_day"),
    ACCEPTANCE: ("bidder", "step", "verdict", "concluded_on", "entered_on"),
    PROMOTION: ("benchmark", "replications", "awarded_yuan", "benefits_yuan", "recommendations"),
}  # fmt: skip
"""The public part: fields of the scene's state, or of each bidder's own record in it."""
PUBLIC_CLOCKS = ("public_notice", "bidding")


def stand(state: SceneState) -> Stand:
    """An appeal may bring a call that was broken off back before its close: until then it stays sealed."""
    if state.contracts:
        return Stand.AWARDED
    back = state.step == "remedies" and any(each.reopens == "posted" for each in state.decisions)
    if state.challenge is not None and (state.step == "posted" or back):
        return Stand.SEALED
    return Stand.LOCKED if state.ranking else Stand.CLOSED


def is_published(state: SceneState) -> bool:
    """Whether there is a public part at all: a scene that was refused before its first notice never has one."""
    return bool(
        state.notices
        or state.listed_in
        or state.challenge
        or state.contracts
        or state.stage not in (Stage.SOLICITATION, Stage.REVIEW, Stage.CLOSED)
    )


class Sight:
    """What one viewer may read of one scene. `policy` None: it was not found, and nobody's office can be told.

    For what belongs to a city and to no scene (fund, quota, rules), a scene that never began.
    """

    def __init__(self, policy: Policy | None, state: SceneState, viewer: Viewer = ANYBODY) -> None:
        self._policy, self._state, self.viewer = policy, state, viewer
        self._table: ReadRules = policy.reading if policy is not None else DEFAULT_READS
        self._stand = stand(state)
        self.plays = self._plays_its_role()
        self._reaches = self._reaches_the_scene()

    def of(self, subject: Subject | None, bidder: str | None = None, *, at: Stand | None = None) -> Extent:
        """How far the subject may be read: a bidder's part of it, or all of it (`bidder` None).

        `at`: how far a call had come that is over, where it is read of now.
        """
        role, reached = self.viewer.role, self._stand if at is None else at
        if subject is None:
            return Extent.NOTHING if role is not None else Extent.WHOLE
        found = Extent.WHOLE
        if role is not None:
            if not self._table.has(role):
                return Extent.NOTHING
            words = (self._table.cell(role, subject), self._table.cell(Role.PUBLIC, subject))
            own, public = words[0], words[1] if words[1] is Reading.PUBLIC else Reading.NONE
            found = max(self._word(own, subject, bidder, reached), self._word(public, subject, bidder, reached))
        if found is Extent.WHOLE and reached < EARLIEST.get(subject, Stand.SEALED):
            return Extent.WHOLE if subject is BID and self.is_own(bidder) else Extent.NOTHING
        return found

    def whole(self, subject: Subject | None, bidder: str | None = None) -> bool:
        return self.of(subject, bidder) is Extent.WHOLE

    @property
    def has_part(self) -> bool:
        """Whether the viewer's role has a line in the table at all."""
        return self.viewer.role is not None and self._table.has(self.viewer.role)

    def cell(self, subject: Subject) -> Reading:
        """The word that stands in the table."""
        return Reading.ALL if self.viewer.role is None else self._table.cell(self.viewer.role, subject)

    def demand(self, subject: Subject, bidder: str | None = None, *, least: Extent = Extent.WHOLE) -> None:
        """For a display that is about one subject. Raises Refused: not_readable."""
        if self.of(subject, bidder) < least:
            may = [role for role in Role if self._table.cell(role, subject) is not Reading.NONE]
            role, unit = self.viewer.role or "-", self.viewer.unit or "-"
            raise Refused("not_readable", role=role, unit=unit, subject=subject, allowed=", ".join(may) or "-")

    def is_own(self, bidder: str | None) -> bool:
        """Whether this is the viewer's own bid, or what became of it."""
        return self.viewer.role is Role.BIDDER and bidder is not None and bidder in self._own_bidders()

    def did(self, role: Role | str, unit: str, person: str) -> bool:
        """Whether the viewer, or their unit, was the actor. Experts and citizens act for themselves alone."""
        if self.viewer.role is None or role != self.viewer.role:
            return False
        if self.viewer.role in (Role.EXPERT, Role.PUBLIC):
            return person in self.viewer.persons
        return unit == self.viewer.unit

    def _word(self, word: Reading, subject: Subject, bidder: str | None, reached: Stand) -> Extent:
        if reached < FROM.get(word, Stand.SEALED):
            return Extent.NOTHING
        match word:
            case Reading.NONE:
                return Extent.NOTHING
            case Reading.PUBLIC:
                return self._public(subject)
            case Reading.RESULT:
                return Extent.RESULT if self._reaches else Extent.NOTHING
            case Reading.TOTAL:
                return Extent.TOTAL if self._reaches else Extent.NOTHING
            case Reading.OWN | Reading.OWN_AWARDED:
                mine = self._owns(subject, bidder)
            case Reading.ASSIGNED:
                mine = self._sits(bidder)
            case Reading.CASE:
                mine = self.plays and self._has_case()
            case Reading.CLOSED | Reading.LOCKED | Reading.AWARDED | Reading.ALL:
                mine = self._reaches
            case _:
                assert_never(word)
        return Extent.WHOLE if mine else Extent.NOTHING

    def _public(self, subject: Subject) -> Extent:
        if subject in (FUND, QUOTA, RULES):
            return Extent.PUBLIC
        if subject is SCORE:
            announced = any(each.about is NoticeAbout.RANKING for each in self._state.notices) or self._state.contracts
            return Extent.RESULT if announced else Extent.NOTHING
        return Extent.PUBLIC if subject in PUBLIC and is_published(self._state) else Extent.NOTHING

    def _owns(self, subject: Subject, bidder: str | None) -> bool:
        match self.viewer.role:
            case Role.BIDDER if subject in OF_BIDDERS:
                return self.is_own(bidder)
            case Role.BIDDER if subject is PROMOTION:
                return any(self.is_own(each.bidder) for each in self._state.contracts)
            case Role.EXPERT:
                return subject is not SCORE and self._sits(bidder)
            case _:
                return self.plays

    def _own_bidders(self) -> tuple[str, ...]:
        unit = self.viewer.unit
        bids = self._state.bids if self._stand >= Stand.CLOSED else ()
        led = [each.bidder for each in bids if unit in each.consortium]
        led += [each.bidder for each in self._state.contracts if unit in each.consortium]
        return tuple(filter(None, (unit, *led)))

    def _sits(self, bidder: str | None) -> bool:
        return any(
            each.seat(person) is not None and not each.void and (bidder is None or each.bidder in (None, bidder))
            for each in self._state.panels
            for person in self.viewer.persons[:1]
        )

    def _has_case(self) -> bool:
        """Open, or answered by them: what the state forgets of a case, its hands remember."""
        state = self._state
        decided = ("decide_complaint", "decide_appeal")
        return (
            any(each.to is Role.SUPERVISOR for each in state.complaints)
            or any(each.status is ObjectionStatus.COMPLAINT for each in state.objections)
            or any(each.appealed_by is not None for each in state.decisions)
            or any(each.deed.partition(":")[0] in decided for each in state.hands)
        )

    def _plays_its_role(self) -> bool:
        """Whether the viewer's unit plays the viewer's role in this scene."""
        state, unit, role = self._state, self.viewer.unit, self.viewer.role
        if role is None or unit is None:
            return False
        match role:
            case Role.LEAD:
                return unit == state.lead
            case Role.COOPERATING:
                return unit in state.cooperating
            case Role.OWNER:
                return unit in state.owners
            case Role.REGULATOR:
                return unit == state.regulator
            case Role.BIDDER:
                return bool(set(self._own_bidders()) & set(bidders(state)))
            case Role.EXPERT:
                return self._sits(None)
            case Role.AUDITOR:
                return True
            case Role.PUBLIC | Role.SYSTEM | Role.ADMINISTRATOR:
                return False
            case _:
                return self._policy is not None and unit == self._policy.office(role)

    def _reaches_the_scene(self) -> bool:
        """How far `all` reaches: an office or a unit of the city everywhere, who is neither where it has a part."""
        role, unit, policy = self.viewer.role, self.viewer.unit, self._policy
        if role is None or role not in FROM_THE_CITY or policy is None or policy.office(role) is not None:
            return self.plays
        return unit in policy.unit_names
