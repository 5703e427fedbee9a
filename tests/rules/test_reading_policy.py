"""A city's table of reading rights: what would not be true, would mean nothing, or leaves who acts in the dark."""

from pathlib import Path

import pytest

from models.policy import DEFAULT_READS, Policy, Reading, Subject
from models.vocabulary import Role
from rules.policy_check import contradictions
from runtime.policy_files import load_policy
from runtime.yaml_files import FileProblems
from tests.scenario import ROOT, city

POLICIES = ROOT / "policies"


def with_cell(role: Role, subject: Subject, word: Reading, policy: Policy | None = None) -> Policy:
    row = dict(zip(DEFAULT_READS.of, DEFAULT_READS.roles[role], strict=True)) | {subject: word}
    reads = DEFAULT_READS.model_copy(update={"roles": {**DEFAULT_READS.roles, role: tuple(row.values())}})
    return (policy or city("yancheng")).model_copy(update={"reads": reads})


def complaints(policy: Policy) -> list[str]:
    return [f"{each.key}: {each.message}; {each.hint}" for each in contradictions(policy)]


@pytest.mark.parametrize(
    ("role", "subject", "word", "complaint"),
    [
        (Role.LEAD, Subject.BID, Reading.ALL, "before the close, when nobody reads who bids"),
        (Role.PAYER, Subject.BID, Reading.PUBLIC, "before the close"),
        (Role.LEAD, Subject.SCORE, Reading.CLOSED, "before all points are in (招标投标法第三十八条、第四十四条)"),
        (Role.AUDITOR, Subject.SCORE, Reading.ALL, "write locked, or later"),
        (Role.PUBLIC, Subject.INCIDENT, Reading.PUBLIC, "nothing of it is ever published"),
        (Role.LEAD, Subject.TRIAL, Reading.RESULT, "is a word for scores"),
        (Role.LEAD, Subject.TRIAL, Reading.ASSIGNED, "is a word for expert"),
        (Role.EXPERT, Subject.TRIAL, Reading.CASE, "is a word for complaint_supervisor"),
        (Role.PUBLIC, Subject.TRIAL, Reading.ALL, "the public has a part in no scene"),
        (Role.AUDITOR, Subject.AUDIT, Reading.OWN, "the auditor reads all records"),
        (
            Role.REGULATOR,
            Subject.INCIDENT,
            Reading.NONE,
            "regulator may acknowledge_incident and reads nothing of incident",
        ),
    ],
)
def test_a_word_that_would_not_be_true_is_found(role: Role, subject: Subject, word: Reading, complaint: str) -> None:
    found = complaints(with_cell(role, subject, word))
    assert found
    assert any(complaint in each for each in found), found
    assert all(each.startswith("reads.roles") for each in found)


def test_reading_later_or_less_than_the_table_is_a_citys_own_affair() -> None:
    for role, subject, word in (
        (Role.LEAD, Subject.BID, Reading.AWARDED),
        (Role.COOPERATING, Subject.TRIAL, Reading.ALL),
        (Role.PAYER, Subject.SCENE, Reading.OWN),
        (Role.ST_BUREAU, Subject.QUOTA, Reading.NONE),
    ):
        assert complaints(with_cell(role, subject, word)) == []


def test_the_systems_administrator_has_no_line() -> None:
    rows = {**DEFAULT_READS.roles, Role.ADMINISTRATOR: tuple(Reading.NONE for _ in DEFAULT_READS.of)}
    policy = city("yancheng").model_copy(update={"reads": DEFAULT_READS.model_copy(update={"roles": rows})})
    assert complaints(policy) == [
        "reads.roles.administrator: administrator has no business rights (separation of duties); remove the line"
    ]


def broken(tmp_path: Path, old: str, new: str) -> str:
    text = (POLICIES / "yancheng.yaml").read_text()
    assert text.count(old) == 1, old
    (tmp_path / "city.yaml").write_text(text.replace(old, new))
    with pytest.raises(FileProblems) as refused:
        load_policy(tmp_path / "city.yaml", POLICIES / "calendars")
    return str(refused.value)


def line(start: str) -> str:
    found = [each for each in (POLICIES / "yancheng.yaml").read_text().splitlines() if each.startswith(start)]
    return next(each for each in found if "own" in each)


def test_a_misspelt_word_is_named_with_its_line_and_the_words_there_are(tmp_path: Path) -> None:
    payer = line("    payer:")
    said = broken(tmp_path, payer, payer.replace("own", "mine", 1))
    number = (POLICIES / "yancheng.yaml").read_text().splitlines().index(payer) + 1
    assert f"city.yaml:{number}: reads.roles.payer" in said
    assert "'own_awarded'" in said


def test_a_line_that_is_too_short_is_named_with_what_it_lacks(tmp_path: Path) -> None:
    payer = line("    payer:")
    said = broken(tmp_path, payer, payer.rsplit(maxsplit=1)[0])
    assert "payer has 11 words for 12 subjects" in said


def test_a_subject_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    head = next(each for each in (POLICIES / "yancheng.yaml").read_text().splitlines() if each.startswith("  of:"))
    assert "stands twice" in broken(tmp_path, head, head.replace("quota", "fund ", 1))


def test_a_policy_keeps_its_table_on_its_way() -> None:
    policy = with_cell(Role.PAYER, Subject.TRIAL, Reading.ALL)
    assert Policy.model_validate_json(policy.model_dump_json()) == policy
    assert policy.digest != city("yancheng").digest
