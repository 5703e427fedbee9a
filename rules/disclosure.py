"""What of a scene is shown to somebody: its state, its clocks and duties, its journal, what was refused in it.

The one place where displays ask, the command line as well as any console. `rules.reading` says what of each subject a
viewer may read, by the policy's table and the law; `rules.subjects` what everything is about; here the rest is taken
out. What is in neither is shown to nobody who looks in a role.

- What a viewer may not read of an entry is left out; of an entry of which nothing is left, number and time stand
  there: as `sealed` before the close of a call, else as `withheld`. What somebody did themselves they read.
- Who bids is told until the award to those who may read the bid, whatever else names the bidder.
- **Names of judges** stand open with the award (招标投标法37), to auditors too not before; nobody is named to anybody
  but themselves.

The journal stays complete, as proof: what is withheld is what an interface prints. Sealed bids hold no price and no
proposal even there (`rules.bidding`). Whoever reads the database or Temporal itself is not asked here; nor is anybody
who draws a panel's lots again from the whole journal and the directory.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from models.commands.matching import PostChallenge
from models.deadline import Deadline, Desk, Holder
from models.document import OfficialDocument
from models.events import AnyEvent
from models.events.matching import BidScored, BidsRanked
from models.events.review import MemberRecused, PanelConvened
from models.frozen import Frozen
from models.journal import JournalEntry
from models.policy import Policy, Reading, Subject
from models.state import Bid, Panel, Ranked, SceneState
from models.vocabulary import PanelPurpose, Role
from rules.keyed import find
from rules.permissions import bidders
from rules.reading import ANYBODY, PUBLIC, PUBLIC_CLOCKS, Extent, Sight, Stand, Viewer, stand
from rules.subjects import FIELDS, NOTICES, PURPOSES, Matter, Matters

__all__ = ["ANYBODY", "UNNAMED", "Extent", "Sight", "Stand", "Veil", "Viewer", "names_open", "stand"]

T = TypeVar("T", bound=Frozen)

_ABOUT_BIDS = ("submit_bid", "withdraw_bid", "reveal_bid", "verify_eligibility", "score_bid")
_POINTS = ("score_bid", "bid_scored", "bids_ranked")
"""All that holds points; what else is about the scoring tells none."""
_PUBLISHED = ("publish_notice", "notice_published", "notice_ran_out")
"""What is about something that was put before the public."""
_SCORING = "scoring"
"""The limit under which judges have their duties."""
UNNAMED = "judge"
"""Stands for a member of a scoring panel, with the number of the seat behind it where there is one."""


def names_open(state: SceneState, panel: Panel) -> bool:
    """Whether the members of a panel stand open by name."""
    return panel.purpose is not PanelPurpose.SCORING or stand(state) >= Stand.AWARDED


class Veil:
    """What of one scene is withheld from one viewer. `journal` is the whole of it, where entries are to be shown.

    `policy` is the one that the scene is pinned to; None where it was not found.
    """

    def __init__(
        self,
        policy: Policy | None,
        state: SceneState,
        viewer: Viewer = ANYBODY,
        journal: Sequence[JournalEntry] = (),
    ) -> None:
        self.sight = Sight(policy, state, viewer)
        self._state, self._viewer, self._stand = state, viewer, stand(state)
        self._matters = Matters(state, journal)
        convened = [each.sequence for each in journal if any(_scores(event) for event in each.events)]
        calls = [each.sequence for each in journal if isinstance(each.command.act, PostChallenge)]
        self._call, self._first_panel = max(calls, default=0), min(convened, default=0)
        self._judges = {} if self._stand >= Stand.AWARDED else _judges(state, journal)
        for person in viewer.persons[:1]:
            self._judges.pop(person, None)
        ids = sorted(map(re.escape, self._judges), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w.@-])(?:{'|'.join(ids)})(?![\w.@-])", re.ASCII) if ids else None

    # what the lists know

    def state(self) -> SceneState:
        """The scene as this viewer may see it: what they may not is as if it had never been."""
        return self._state.model_copy(update={name: self._field(name, about) for name, about in FIELDS.items()})

    def deadlines(self) -> tuple[Deadline, ...]:
        """The open ones that may be seen."""
        return tuple(self.deadline(each) for each in self._state.deadlines if self.shows(each))

    def _field(self, name: str, about: Subject) -> Any:
        value = getattr(self._state, name)
        state = self._state
        match name:
            case "scene":
                return value
            case "panels":
                return tuple(self._panel(each) for each in state.panels if self._may_know(each))
            case "bids":
                return tuple(self._bid(each) for each in state.bids if self.sight.whole(about, each.bidder))
            case "ranking":
                return tuple(line for each in state.ranking if (line := self._ranked(each)) is not None)
            case "contracts" | "payments" | "trials" | "inclusions" | "incidents" | "acceptances":
                return self._of_bidders(about, value)
            case "refunds" | "refunds_on_their_way":
                return self._of_bidders(about, value)
            case "suggestions":
                return tuple(each for each in state.suggestions if self.sight.whole(about, each.bidder))
            case "finances":
                lent = (each for each in state.finances if self.sight.whole(about, each.unit))
                return tuple(each for each in lent if self._may_name(each.unit))
            case "factors":
                asked = state.factors if self.sight.whole(about) else ()
                return tuple(each for each in asked if self._may_name(each.by))
            case "withdrawal":
                named = state.withdrawal is None or all(map(self._may_name, state.withdrawal.parties))
                return self._plain(name, about, value) if named else None
            case "deadlines":
                return self.deadlines()
            case "services":
                due = (each for each in state.services if self.shows(each) or self._is_to(each.to))
                return tuple(each for each in due if each.to is None or self._may_name(each.to.unit))
            case "notices":
                seen = self.sight.of(about) > Extent.NOTHING
                return tuple(each for each in state.notices if seen or self.sight.of(NOTICES[each.about], each.bidder))
            case "decisions":
                return tuple(
                    each
                    for each in state.decisions
                    if self._may(self._matters.verb(each.verb, each.bidder)) or self._is_unit(each.against)
                )
            case "objections":
                return tuple(
                    each
                    for each in state.objections
                    if self._may(Matter(NOTICES[each.about], each.bidder), at=Stand.AWARDED)
                    or each.objector in self._viewer.persons
                )
            case "complaints":
                return tuple(
                    each
                    for each in state.complaints
                    if self.sight.whole(about) or each.by in self._viewer.persons or self._answers(each.to)
                )
            case "extension_requests":
                return tuple(each for each in state.extension_requests if self._may(self._matters.id(each.deadline)))
            case "recused":
                return tuple(map(self.text, value)) if self.sight.whole(about) else ()
            case "hands" | "last" | "touched" | "receipts" | "directory_version":
                # Who did what, under which name; while a call runs it would tell who bids and who judges.
                open_ = state.challenge is None or self._stand >= Stand.AWARDED
                return value if open_ and self.sight.whole(about) else _nothing(name)
            case _:
                return self._plain(name, about, value)

    def _plain(self, name: str, about: Subject, value: Any) -> Any:
        extent = self.sight.of(about)
        if extent is Extent.WHOLE:
            return value
        if extent is Extent.NOTHING or name not in PUBLIC.get(about, ()) or value is None:
            return _nothing(name)
        if name == "profile":
            return value.model_copy(update={"owner_person": "", "assumed": ()})
        if name == "challenge":
            return value.model_copy(update={"opened_by": ()})
        return value

    def _of_bidders(self, about: Subject, items: Iterable[Any]) -> tuple[Any, ...]:
        """Each bidder's own record, its public part, or nothing."""
        found = []
        for each in items:
            extent, fields = self.sight.of(about, each.bidder), type(each).model_fields
            if extent is Extent.WHOLE:
                found.append(each)
            elif extent > Extent.NOTHING and "step" in fields and about in PUBLIC:
                public = {name: getattr(each, name) for name in PUBLIC[about] if name in fields}
                found.append(type(each)(**public))
        return tuple(found)

    def _bid(self, bid: Bid) -> Bid:
        own = tuple(score for score in bid.scores if score[0] in self._viewer.persons[:1])
        given = bid.scores if self.sight.whole(Subject.SCORE, bid.bidder) else own
        return bid.model_copy(update={"scores": tuple((self.text(person), points) for person, points in given)})

    def _ranked(self, line: Ranked) -> Ranked | None:
        """A line of the ranking; of one's place alone, nought stands for the points."""
        match self.sight.of(Subject.SCORE, line.bidder):
            case Extent.WHOLE:
                return line
            case Extent.TOTAL:
                return line.model_copy(update={"dimensions": ()})
            case Extent.RESULT:
                return line.model_copy(update={"dimensions": (), "hundredths": 0})
            case _:
                return None

    def _may_know(self, panel: Panel) -> bool:
        sits = any(panel.seat(person) is not None for person in self._viewer.persons[:1])
        return self.shows_panel(panel.purpose, panel.bidder) or (sits and self._viewer.role in (None, Role.EXPERT))

    def shows_panel(self, purpose: PanelPurpose, bidder: str | None) -> bool:
        """Of a panel of judges before the award: that it is there."""
        about = PURPOSES[purpose]
        at = Stand.AWARDED if about is Subject.SCORE else None
        return self.sight.of(about, bidder, at=at) is Extent.WHOLE

    def _panel(self, panel: Panel) -> Panel:
        if panel.purpose is not PanelPurpose.SCORING or not self._judges:
            return panel
        seats = tuple(
            seat.model_copy(update={"person": self._judges[seat.person], "unit": ""})
            if seat.person in self._judges
            else seat
            for seat in panel.seats
        )
        return panel.model_copy(update={"seats": seats, "reserve": ()})

    def _answers(self, role: Role) -> bool:
        return role is self._viewer.role and self.sight.plays

    def _is_unit(self, unit: str) -> bool:
        return self._viewer.role not in (None, Role.PUBLIC) and unit == self._viewer.unit

    def _is_to(self, holder: Holder | None) -> bool:
        return holder is not None and self.sight.did(holder.role, holder.unit, holder.person or "")

    def shows(self, clock: Any) -> bool:
        """Whether a deadline, a duty or an awaited service may be seen: one that is laid on a bidder tells who bids."""
        if self._is_to(clock.holder):
            return True
        matter = self._matters.clock(clock)
        at = Stand.AWARDED if matter.subject is Subject.SCORE else None
        public = self.sight.of(matter.subject) > Extent.NOTHING and clock.limit in PUBLIC_CLOCKS
        return self._may(matter, at=at) or (public and self._may_be_named(matter.bidder))

    def _may(self, matter: Matter, *, at: Stand | None = None) -> bool:
        whole = self.sight.of(matter.subject, matter.bidder, at=at) is Extent.WHOLE
        return whole and self._may_be_named(matter.bidder)

    def _may_be_named(self, bidder: str | None, *, at: Stand | None = None) -> bool:
        """Until the award it is the bid that tells who bids."""
        return (
            bidder is None
            or self._stand >= Stand.AWARDED
            or self.sight.is_own(bidder)
            or self.sight.of(Subject.BID, bidder, at=at) is Extent.WHOLE
        )

    def _may_name(self, unit: str) -> bool:
        """Any unit, unless it bids and that may not be told."""
        return unit not in bidders(self._state) or self._may_be_named(unit)

    def is_judges(self, clock: Any) -> bool:
        """Whether a deadline, or a duty, is a judge's who is not named to this viewer."""
        return clock.limit == _SCORING and clock.holder is not None and clock.holder.person in self._judges

    def deadline(self, deadline: Deadline) -> Deadline:
        if deadline.limit != _SCORING:
            return deadline
        to = {"id": self.text(deadline.id), "holder": self._holder(deadline.holder), "desk": self._desk(deadline.desk)}
        return deadline.model_copy(update=to)

    def _holder(self, holder: Holder | None) -> Holder | None:
        if holder is None or holder.person not in self._judges:
            return holder
        return holder.model_copy(update={"unit": "", "person": self._judges[holder.person]})

    def _desk(self, desk: Desk | None) -> Desk | None:
        return None if desk is None or desk.claimed_by in self._judges else desk

    def shows_document(self, document: OfficialDocument) -> bool:
        """Of the register: what is addressed to the viewer, or comes of an act on something that they may read."""
        to = Holder(role=Role(document.to_role), unit=document.to_unit, person=document.to_person)
        bidder = to.unit if to.role is Role.BIDDER else None
        return self._is_to(to) or self._may(self._matters.verb(document.form, bidder))

    # what was written

    def entry(self, entry: JournalEntry) -> dict[str, Any]:
        """An entry as data; what may not be read of it is left out. See the theory for `sealed` and `withheld`."""
        act, actor = entry.command.act, entry.command.actor
        did = self.sight.did(actor.role, actor.unit, actor.person) and self.sight.has_part
        brief = {"sequence": entry.sequence, "at": entry.model_dump(mode="json")["at"]}
        theirs = actor.role is Role.BIDDER or act.verb in _ABOUT_BIDS
        own = did or self.sight.is_own(actor.unit)
        if self._stand is Stand.SEALED and entry.sequence > self._call and theirs and not own:
            return {**brief, "sealed": True}
        records = self.sight.whole(Subject.AUDIT)
        matter = self._matters.act(act)
        told = did or (
            records and self._tells(entry, act.verb, matter, actor.unit if actor.role is Role.BIDDER else None)
        )
        events = [event for event in entry.events if self._tells_event(entry, event, records, matter if did else None)]
        if not told and not events:
            return {**brief, "withheld": True}
        data = entry.model_dump(mode="json")
        data["events"] = [seen for event in events if (seen := self._event(event, did)) is not None]
        if not told:
            del data["command"]
            return data if entry.sequence < self._first_panel else self._all_told(data)
        if act.verb == "score_bid" and not did and not self.sight.whole(Subject.SCORE, matter.bidder):
            data["command"]["act"]["scores"] = []
        if self._judges and any(map(_scores, entry.events)):
            # A pool stands in the order of the directory: a number in its place would be a name.
            data["command"]["act"] |= {"members": [], "pool": []}
            for event in data["events"]:
                if "panel" in event:
                    event["panel"]["reserve"] = []
                    event["draw"] = None
        return data if entry.sequence < self._first_panel else self._all_told(data)

    def _all_told(self, data: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = self.told(data)
        return told

    def _tells_event(self, entry: JournalEntry, event: AnyEvent, records: bool, own: Matter | None) -> bool:
        """`own`: what the act was about, where it was the viewer's: so much of what it did they read too."""
        matter = self._matters.event(event)
        actor = entry.command.actor
        theirs = actor.unit if actor.role is Role.BIDDER else None
        return matter == own or (records and self._tells(entry, event.kind, matter, theirs))

    def _tells(self, entry: JournalEntry, name: str, matter: Matter, actor: str | None) -> bool:
        """Whether an act or an event may be told. `actor`: the bidder who did it."""
        earlier = Stand.CLOSED if entry.sequence <= self._call else Stand.SEALED
        at = max(self._stand, earlier)
        if not all(self._may_be_named(each, at=at) for each in (matter.bidder, actor)):
            return False
        if name in _PUBLISHED:
            return self.sight.of(matter.subject, matter.bidder, at=at) > Extent.NOTHING
        if matter.subject is not Subject.SCORE:
            return self.sight.of(matter.subject, matter.bidder, at=at) is Extent.WHOLE
        if name in ("bids_ranked", "score_bid", "bid_scored"):
            # Points are taken out of it, bid by bid: that somebody has scored a bid is for who reads the bid.
            return name == "bids_ranked" or self.sight.of(Subject.BID, matter.bidder, at=at) is Extent.WHOLE
        return self.sight.of(Subject.SCORE, matter.bidder, at=Stand.AWARDED) is Extent.WHOLE

    def _event(self, event: AnyEvent, own: bool) -> dict[str, Any] | None:
        data: dict[str, Any] = event.model_dump(mode="json")
        match event:
            case BidsRanked():
                lines = [line for each in event.ranking if (line := self._ranked(each)) is not None]
                return {**data, "ranking": [each.model_dump(mode="json") for each in lines]} if lines else None
            case BidScored() if not own and not self.sight.whole(Subject.SCORE, event.bidder):
                data.pop("tenths")
            case _:
                pass
        return data

    def refusal(self, data: dict[str, Any]) -> dict[str, Any]:
        """A refused command as data; of one that tells who bids, or is not the viewer's to read, only where and why."""
        command, actor = data.get("command") or {}, data.get("actor") or {}
        act = command.get("act") or {} if isinstance(command, dict) else {}
        verb, bidder = str(act.get("verb", "")), act.get("bidder")
        did = self.sight.did(actor.get("role", ""), actor.get("unit", ""), actor.get("person", ""))
        theirs = actor.get("role") == Role.BIDDER or verb in _ABOUT_BIDS
        none: dict[str, Any] = {"command": None, "actor": None, "details": {}}
        if theirs and self._stand is Stand.SEALED and not did:
            return {**data, **none, "sealed": True}
        if not did and not self._reads_refusals(verb, bidder, actor):
            return {**data, **none, "withheld": True}
        if verb == "score_bid" and not did and not self.sight.whole(Subject.SCORE, bidder):
            data = {**data, "command": {**command, "act": {**act, "scores": []}}}
        told: dict[str, Any] = self.told(data)
        return told

    def _reads_refusals(self, verb: str, bidder: str | None, actor: dict[str, Any]) -> bool:
        """What others were refused is no act of the scene: it is for who reads all records."""
        if self.sight.cell(Subject.AUDIT) is not Reading.ALL or not self.sight.whole(Subject.AUDIT):
            return False
        matter = self._matters.verb(verb, bidder) if verb else Matter(Subject.SCENE)
        theirs = actor.get("unit") if actor.get("role") == Role.BIDDER else None
        if matter.subject is Subject.SCORE:
            return self._may_be_named(bidder)
        return self._may(matter) and self._may_be_named(theirs)

    def told(self, data: Any) -> Any:
        """Data that tells of the scoring, without the judges: numbers for their ids, nothing for their units."""
        if self._pattern is None:
            return data
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, list | tuple):
            return [self.told(each) for each in data]
        if not isinstance(data, dict):
            return data
        found = {self.text(key): self.told(value) for key, value in data.items()}
        person = data.get("person")
        if person in self._judges or (person is None and data.get("role") == Role.EXPERT):
            found |= {key: "" for key in ("unit",) if key in data} | {key: [] for key in ("ties",) if key in data}
        return found

    def text(self, text: str) -> str:
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._judges[found.group()], text)


def _scores(event: object) -> bool:
    return isinstance(event, PanelConvened) and event.panel.purpose is PanelPurpose.SCORING


def _judges(state: SceneState, journal: Sequence[JournalEntry]) -> dict[str, str]:
    """Everybody who sits or sat on a scoring panel, or might: by the number of the seat they have now."""
    found: dict[str, str] = {}
    for entry in journal:
        for event in entry.events:
            if isinstance(event, PanelConvened) and event.panel.purpose is PanelPurpose.SCORING:
                found |= dict.fromkeys(_of(event.panel), UNNAMED)
                act = entry.command.act
                pool = (*getattr(act, "members", ()), *getattr(act, "pool", ()))
                found |= {each.person: UNNAMED for each in pool}
            elif isinstance(event, MemberRecused) and event.purpose is PanelPurpose.SCORING:
                found[event.person] = UNNAMED
    panel = find(state.panels, purpose=PanelPurpose.SCORING, bidder=None)
    if panel is not None:
        found |= dict.fromkeys(_of(panel), UNNAMED)
        found |= {seat.person: f"{UNNAMED}-{number}" for number, seat in enumerate(panel.seats, start=1)}
    return found


def _of(panel: Panel) -> tuple[str, ...]:
    return tuple(seat.person for seat in (*panel.seats, *panel.reserve))


def _nothing(field: str) -> Any:
    """What a field says of a scene of which nothing is known."""
    return SceneState.model_fields[field].get_default(call_default_factory=True)
