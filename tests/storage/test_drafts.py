"""Drafts: each revision is kept, two that save at once do not overwrite each other, a unit sees its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.actor import Actor
from models.draft import Draft, DraftStatus
from models.refusal import Refused
from models.vocabulary import Role
from storage.drafts import SqlDrafts
from tests.storage.journals import NOW

WANG = Actor(person="wang", unit="市科技局", role=Role.LEAD)


@pytest.fixture
def drafts(engine: Engine) -> SqlDrafts:
    return SqlDrafts(engine)


def draft(id: str = "D1", revision: int = 1, by: Actor = WANG, **more: object) -> Draft:
    content = {
        "id": id, "revision": revision, "scene": "YC-1", "verb": "ask_consultation", "by": by,
        "content": {"question": f"𠮷 {revision}"}, "saved_at": NOW + timedelta(minutes=revision), **more,
    }  # fmt: skip
    return Draft.model_validate(content)


def test_every_revision_is_kept_and_the_latest_found(drafts: SqlDrafts) -> None:
    for revision in (1, 2, 3):
        drafts.save(draft(revision=revision))
    assert drafts.find("D1") == draft(revision=3)
    assert drafts.find("D1", 2) == draft(revision=2)
    assert drafts.find("D1", 9) is None
    assert drafts.find("D2") is None


def test_of_two_that_save_the_same_revision_one_is_told(drafts: SqlDrafts) -> None:
    def save(person: str) -> str:
        try:
            drafts.save(draft(by=WANG.model_copy(update={"person": person})))
        except Refused as refused:
            return refused.code
        return "ok"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(save, [f"p{number}" for number in range(8)]))
    assert sorted(results) == ["draft_changed"] * 7 + ["ok"]


def test_a_unit_lists_its_own_that_are_open(drafts: SqlDrafts) -> None:
    drafts.save(draft("D1"))
    drafts.save(draft("D2", scene="YC-2"))
    drafts.save(draft("D2", 2, scene="YC-2", status=DraftStatus.DISCARDED))
    drafts.save(draft("D3", by=WANG.model_copy(update={"role": Role.COOPERATING})))
    drafts.save(draft("D4", by=WANG.model_copy(update={"unit": "市财政局"})))
    assert [each.id for each in drafts.of("市科技局", Role.LEAD)] == ["D1"]
    assert [each.id for each in drafts.of("市科技局", Role.LEAD, every=True)] == ["D2", "D1"]
    assert [each.id for each in drafts.of("市科技局", Role.LEAD, scene="YC-2", every=True)] == ["D2"]


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (WANG, True),
        (WANG.model_copy(update={"person": "li"}), True),
        (WANG.model_copy(update={"role": Role.COOPERATING}), False),
        (WANG.model_copy(update={"unit": "市财政局"}), False),
    ],
)
def test_a_unit_prepares_together(actor: Actor, seen: bool) -> None:
    assert draft().is_seen_by(actor) is seen


def test_what_an_expert_prepares_is_the_experts_own() -> None:
    expert = Actor(person="expert-1", unit="某高校", role=Role.EXPERT)
    assert draft(by=expert).is_seen_by(expert)
    assert not draft(by=expert).is_seen_by(expert.model_copy(update={"person": "expert-2"}))
