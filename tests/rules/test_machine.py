"""Scenes played by ear: whatever anybody does, in whatever order, and however time passes, the rules hold.

`Play` checks after every entry what must hold of every scene (`tests.invariants`); here are the moves, and what is
looked at from a little further away. One plays mostly what is due, the other attacks. Long runs:
`pytest tests/rules/test_machine.py --hypothesis-profile=long`, or for hours `python -m tests.long_run --seconds 3600`.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from models.journal import JournalEntry
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Mode, Scale, Stage, Suspends, Track
from rules.journal import fold
from tests.attacker import Attacker
from tests.hands import breaches, officers
from tests.improviser import BIDDERS, Improviser, dead_duties
from tests.scenario import Play, city, with_limit, with_rules

CITIES = ("yancheng", "ningbo", "chongqing")

LONG = settings.get_current_profile_name() == "long"
EXAMPLES, MOVES = (3_000, 120) if LONG else (50, 60)
NOTICES = ("recognition_notice", "ranking_notice", "acceptance_notice", "benchmark_notice")
STAGES = tuple(Stage)


@cache
def policies() -> tuple[Policy, ...]:
    """Each city's, with small panels; with other rules on what a stop holds; and without notices."""
    found = []
    for name in CITIES:
        panels = {key: rules.model_copy(update={"minimum": 3}) for key, rules in city(name).panels.items()}
        policy = city(name).model_copy(update={"panels": panels})
        other_stops = with_limit(
            with_limit(policy, "trial", when_suspended=Suspends.RUNS), "inclusion", when_suspended=Suspends.PAUSES
        )
        found += [
            policy,
            with_rules(other_stops, "inclusion", suspension_pauses=True),
            policy.model_copy(update={"steps_off": tuple(dict.fromkeys((*policy.steps_off, *NOTICES)))}),
        ]
    return tuple(found)


BEGINNINGS = ("draft", "draft", "listed", "contracting", "trial", "running", "acceptance", "candidate")


@cache
def _beginning(at: str, policy: int, scale: Scale, track: Track, mode: Mode) -> Play:
    play = Play(policies()[policy], scale=scale, track=track)
    winners = min(2, play.policy.modes[mode].winners)
    if at == "draft":
        return play
    if at == "listed":
        return play.to_listed()
    if at == "candidate":
        return play.to_candidate()
    walk = {"contracting": play.to_contracting, "trial": play.to_trial, "running": play.to_running}
    return walk.get(at, play.to_acceptance)(*BIDDERS, winners=winners, mode=mode)


def beginning(choose: Any) -> Play:
    """A scene somewhere on its way, so that the late steps are seen as often as the early ones."""
    at, policy = choose(BEGINNINGS), choose(range(len(policies())))
    mode = choose([mode for mode in (Mode.OPEN_CHALLENGE, Mode.HORSE_RACE) if mode in policies()[policy].modes])
    track = choose((Track.SANDBOX, Track.SANDBOX, Track.FAST))
    at = "trial" if track is Track.FAST and at in ("running", "acceptance", "candidate") else at
    return _beginning(at, policy, choose(tuple(Scale)), track, mode).fork()


@cache
def _below(length: int) -> st.SearchStrategy[int]:
    return st.sampled_from(range(length))


@pytest.mark.parametrize("plays", [Improviser, Attacker])
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_done_and_however_time_passes_the_rules_hold(plays: type[Improviser], data: st.DataObject) -> None:
    def choose(options: Sequence[Any]) -> Any:
        return options[data.draw(_below(len(options))) if len(options) > 1 else 0]

    play = beginning(choose)
    somebody = plays(play, choose, calm=choose((True, True, False)))
    seen = {play.state.stage}
    for move in range(MOVES):
        note(somebody.move())
        seen.add(play.state.stage)
        if play.state.closed:
            break
        if move % 20 == 19:
            assert not dead_duties(play)
    furthest = max(STAGES.index(stage) for stage in seen - {Stage.CLOSED} or {Stage.SOLICITATION})
    event(f"furthest: {STAGES[furthest]}")
    event(f"at last: {play.state.step}")
    if play.state.closed:
        event(f"outcome: {play.state.outcome}")
        _is_over(play, somebody)
    _is_its_journal(play)
    assert not [*breaches(play.journal), *officers(play.journal)]


def _is_over(play: Play, somebody: Improviser) -> None:
    for verb in ("withdraw", "register", "terminate", "suspend", "close_scene", "load_calendar"):
        assert somebody.attempt(verb) == "already_closed"


def _is_its_journal(play: Play) -> None:
    """The state is the fold of the journal as written down, from the beginning; and is itself written down whole."""
    state = SceneState(scene=play.scene)
    for entry in play.journal:
        state = fold(state, JournalEntry.model_validate_json(entry.model_dump_json()))
    assert state == play.state
    assert SceneState.model_validate_json(state.model_dump_json()) == state
