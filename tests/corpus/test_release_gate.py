"""The release gate in CI: what was recorded replays on this code, and is decided as it was decided.

What else a corpus has to be is asked in `test_recorded`: a file of its own, for pytest runs files side by side.

Where a rule was changed on purpose, CONTRIBUTING.md ("Changing a rule") says what to do with what fails here.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from audit import gate
from audit.gate import Gated, gated, told
from audit.sources import Sources, installed
from runtime.plugin import scene_plugin
from tests.corpus.keeping import TODAY, Corpus, kept, name_of
from tests.corpus.lives import CITIES
from tests.scenario import city
from workflows.scene import SceneWorkflow

DECIDED_OTHERWISE: Final[Mapping[tuple[str, str], str]] = {}
"""(corpus, scene) of a release: why today's rules decide it otherwise, on purpose. Never of today's own corpus."""

every_corpus = pytest.mark.parametrize("file", kept(), ids=name_of)


@every_corpus
@pytest.mark.parametrize("name", CITIES)
@pytest.mark.timeout(900)  # seconds; two minutes where the machine has nothing else to do
def test_every_history_replays_and_every_entry_is_decided_as_recorded(
    file: Path, name: str, corpus_of: Callable[[Path], Corpus]
) -> None:
    outcomes = list(gated(corpus_of(file).bundle, city=city(name).city, every_run=True))
    affected = [each for each in outcomes if each.cannot or each.otherwise]
    unexpected = [each for each in affected if each.cannot or (name_of(file), each.scene) not in DECIDED_OTHERWISE]
    assert not unexpected, "\n".join(told(unexpected, []))
    assert outcomes, f"the corpus has no history of {name}"


@every_corpus
async def test_a_start_that_came_to_nothing_replays(file: Path, corpus_of: Callable[[Path], Corpus]) -> None:
    history = WorkflowHistory.from_json("scene/NOBODY", corpus_of(file).abandoned())
    await Replayer(workflows=[SceneWorkflow], plugins=[scene_plugin(sandbox=True)]).replay_workflow(history)


def test_nothing_is_excused_in_todays_corpus() -> None:
    assert name_of(TODAY) not in {corpus for corpus, _ in DECIDED_OTHERWISE}


# the gate can fail


def changed(path: str, old: bytes, new: bytes) -> Sources:
    text = installed()[path]
    assert text.count(old) == 1, f"{path} has changed: this test needs another place to change"
    return {**installed(), path: text.replace(old, new)}


def first_affected(today: Corpus, monkeypatch: pytest.MonkeyPatch, sources: Sources) -> Gated:
    monkeypatch.setattr(gate, "installed", lambda: sources)
    return next(each for each in gated(today.bundle, every_run=True) if each.cannot or each.otherwise)


def test_a_rule_that_counts_otherwise_is_told_with_scene_entry_and_both_values(
    today: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = changed("rules/calendar.py", b"day.weekday() < SATURDAY", b"day.weekday() <= SATURDAY")
    scene = first_affected(today, monkeypatch, counts)
    first = scene.otherwise[0]
    assert first.what == "events"
    assert first.at is not None
    assert "due_" in first.at
    assert first.recorded != first.expected
    named = f"{scene.scene}: entry {first.sequence} would be decided otherwise: {first.at}: "
    assert f"{named}{first.recorded} -> {first.expected}" in list(told([scene], []))


def test_a_workflow_that_does_things_in_another_order_can_not_carry_on(
    today: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recording before the alarm's timer stands, instead of after it."""
    order = changed("workflows/scene.py", b"return self._moves_on() or self.timed != self.alarm", b"return False")
    scene = first_affected(today, monkeypatch, order)
    assert scene.cannot
    assert "ondeterminis" in str(scene.cannot[0].recorded)
