"""How a scene's panels voted, told from the journal: every panel ever convened, and who dissented in what words.

Nothing of a vote is told before the last member has spoken, so that nobody votes by what others said. Then each
opinion stands beside its text; one against the majority is a dissent, whatever the decision made of the panel's
advice, and so is an acceptance opinion that was signed with one. The names of these members stand open. A scoring panel
has points and no votes: a score far from the mean is no dissent. Its members are numbers until the award
(docs/explanation/domain.md, duties kept apart, 6), and its points are in `rules.scoring`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import Field

from models.commands.acceptance import SignAcceptanceOpinion
from models.commands.review import GiveExpertOpinion
from models.events.handling import ActTakenBack
from models.events.review import Draw, PanelConvened
from models.frozen import Frozen
from models.journal import JournalEntry
from models.policy import Policy
from models.state import Panel, SceneState, Seat
from models.text import Moment
from models.vocabulary import PanelPurpose
from rules.disclosure import names_open
from rules.journal import fold
from rules.panels import votes_needed


class Vote(Frozen):
    """One seat. `person` and `unit` are None while names are hidden, `recommend` and `text` before all have spoken.

    `signed_dissent` is what a member wrote when they signed the acceptance opinion with a dissent, `tenths` are the
    points that they gave for each criterion of the panel, where it has any.
    """

    seat: int
    person: str | None
    unit: str | None
    expert: bool
    recommend: bool | None = None
    text: str | None = None
    against_majority: bool = False
    signed_dissent: str | None = None
    tenths: tuple[tuple[str, int], ...] = Field((), exclude_if=lambda tenths: not tenths)

    @property
    def dissents(self) -> bool:
        return self.against_majority or self.signed_dissent is not None


class Lots(Frozen):
    """How to draw a panel again: everything its seed is made of (`rules.lots`). The pool stands in the entry."""

    seed: str
    command: str
    at: Moment
    excused: tuple[str, ...] = ()


class PanelVotes(Frozen):
    """A panel as it was convened in entry `convened`; `stands` until another took its place or it became void.

    `spoken` counts those who have given everything they were asked for. `yes` and `no` are None before all have.
    """

    purpose: PanelPurpose
    bidder: str | None
    convened: int
    stands: bool
    spoken: int
    needed: int | None
    yes: int | None
    no: int | None
    votes: tuple[Vote, ...]
    lots: Lots | None = None


class _Sitting(NamedTuple):
    """A panel as it last stood, who had spoken then, and what was written, by person."""

    convened: int
    panel: Panel
    lots: Lots | None = None
    spoken: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    dissents: tuple[tuple[str, str | None], ...] = ()


def told(policy: Policy, scene: str, journal: Sequence[JournalEntry]) -> tuple[PanelVotes, ...]:
    """Every panel of a scene in the order convened. `journal` is the whole of it."""
    state = SceneState(scene=scene)
    sittings: list[_Sitting] = []
    for entry in journal:
        state = fold(state, entry)
        undone = {event.entry for event in entry.events if isinstance(event, ActTakenBack)}
        sittings = [each for each in sittings if each.convened not in undone]
        convened = (each for each in entry.events if isinstance(each, PanelConvened))
        sittings += [_Sitting(entry.sequence, each.panel, _lots(entry, each.draw)) for each in convened]
        for panel in state.panels:
            at = _newest(sittings, panel)
            if at is not None:
                sittings[at] = _after(sittings[at], state, panel, entry)
    return tuple(_votes(policy, state, each, at == _newest(sittings, each.panel)) for at, each in enumerate(sittings))


def _lots(entry: JournalEntry, draw: Draw | None) -> Lots | None:
    if draw is None:
        return None
    excused = tuple(each.person for each in draw.excused)
    return Lots(seed=draw.seed, command=entry.command.digest, at=entry.at, excused=excused)


def _newest(sittings: Sequence[_Sitting], panel: Panel) -> int | None:
    """Where the sitting of this panel that was convened last stands."""
    return max((at for at, each in enumerate(sittings) if each.panel.key == panel.key), default=None)


def _after(sitting: _Sitting, state: SceneState, panel: Panel, entry: JournalEntry) -> _Sitting:
    act, person = entry.command.act, entry.command.actor.person
    texts, dissents = sitting.texts, sitting.dissents
    match act:
        case GiveExpertOpinion(purpose=panel.purpose, bidder=panel.bidder):
            texts = (*texts, (person, act.text))
        case SignAcceptanceOpinion(bidder=panel.bidder) if panel.purpose is PanelPurpose.ACCEPTANCE:
            dissents = (*dissents, (person, act.dissent))
        case _:
            pass
    return sitting._replace(panel=panel, spoken=_spoken(sitting, state, panel), texts=texts, dissents=dissents)


def _spoken(sitting: _Sitting, state: SceneState, panel: Panel) -> tuple[str, ...]:
    if panel.purpose is not PanelPurpose.SCORING:
        return tuple(seat.person for seat in panel.seats if seat.recommend is not None)
    scored = [{person for person, _ in bid.scores} for bid in state.bids if bid.eligible]
    if not scored:  # a new call has other bids; who scored those before has spoken nonetheless
        return sitting.spoken
    return tuple(seat.person for seat in panel.seats if all(seat.person in persons for persons in scored))


def _votes(policy: Policy, state: SceneState, sitting: _Sitting, newest: bool) -> PanelVotes:
    panel, scoring = sitting.panel, sitting.panel.purpose is PanelPurpose.SCORING
    rules = policy.panels.get(panel.purpose.value)  # a newer policy may ask no panel to evaluate an exit
    determined = not scoring and len(sitting.spoken) == len(panel.seats)
    yes = sum(seat.recommend is True for seat in panel.seats)
    no = len(panel.seats) - yes
    return PanelVotes(
        purpose=panel.purpose,
        bidder=panel.bidder,
        convened=sitting.convened,
        stands=newest and not panel.void and panel in state.panels,
        spoken=len(sitting.spoken),
        needed=None if scoring or rules is None else votes_needed(rules, len(panel.seats)),
        yes=yes if determined else None,
        no=no if determined else None,
        votes=tuple(
            _vote(
                sitting, number, seat, (yes > no) - (yes < no) if determined else None, named=names_open(state, panel)
            )
            for number, seat in enumerate(panel.seats, start=1)
        ),
        lots=sitting.lots if names_open(state, panel) else None,
    )


def _vote(sitting: _Sitting, number: int, seat: Seat, majority: int | None, *, named: bool) -> Vote:
    """`majority` is above zero for a yes, below for a no, zero where there is none; None: nothing is told yet."""
    own = Vote(
        seat=number, person=seat.person if named else None, unit=seat.unit if named else None, expert=seat.expert
    )
    if majority is None:
        return own
    return own.model_copy(
        update={
            "recommend": seat.recommend,
            "text": dict(sitting.texts).get(seat.person),
            "against_majority": majority < 0 if seat.recommend else majority > 0,
            "signed_dissent": dict(sitting.dissents).get(seat.person),
            "tenths": seat.tenths,
        }
    )
