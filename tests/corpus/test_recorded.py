"""What was recorded is sound evidence, and what was due from whom by when is due today as it was.

Where a rule was changed on purpose, CONTRIBUTING.md ("Changing a rule") says what to do with what fails here.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from audit.findings import Check, Verdict, first_difference
from audit.verify import Trust, verify
from models.journal import JournalEntry
from rules.duties import duties
from tests.corpus import keeping
from tests.corpus.keeping import Corpus, kept, name_of, standings

every_corpus = pytest.mark.parametrize("file", kept(), ids=name_of)


@every_corpus
@pytest.mark.timeout(900)  # seconds; half a minute where the machine has nothing else to do
def test_what_was_due_after_every_entry_is_due_today(file: Path, corpus_of: Callable[[Path], Corpus]) -> None:
    corpus = corpus_of(file)
    recorded = corpus.standing()
    found = [each for scene, entries in corpus.journals() for each in otherwise_due(scene, entries, recorded[scene])]
    assert not found, "\n".join(found)


def otherwise_due(scene: str, entries: Sequence[JournalEntry], recorded: Sequence[Any]) -> Iterator[str]:
    """The first entry after which somebody else has to do something else, or by another time, than was recorded."""
    for entry, then, now in zip(entries, recorded, standings(scene, entries), strict=True):
        if (found := first_difference(then, json.loads(json.dumps(now)))) is not None:
            at, was, stands = found
            yield f"{scene}, after entry {entry.sequence} ({entry.command.act.verb}): {at}: {was} -> {stands}"
            return


@every_corpus
@pytest.mark.timeout(900)  # seconds; half a minute where the machine has nothing else to do
def test_the_corpus_itself_is_sound_evidence(file: Path, corpus_of: Callable[[Path], Corpus]) -> None:
    """Chains, histories, acts, duties kept apart, dates, papers; whether it replays is asked in `test_release_gate`."""
    findings = list(verify(corpus_of(file).bundle, Trust()))
    assert [each for each in findings if each.verdict is Verdict.DEVIATES] == []
    assert {each.check for each in findings} == set(Check)


def test_a_duty_that_is_nobodys_any_more_is_told_with_scene_and_entry(
    today: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "duties", lambda state: duties(state)[1:])
    scene, entries = next(today.journals())
    told = next(otherwise_due(scene, entries, today.standing()[scene]))
    assert told.startswith(f"{scene}, after entry 1 (")
