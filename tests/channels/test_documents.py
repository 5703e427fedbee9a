"""What official documents say: every form of every city, over whole lives of scenes."""

from pathlib import Path

import pytest

from activities.delivery import Unwritable
from channels.documents import DocumentWriter
from models.commands.anywhere import ReturnForCorrection
from models.commands.review import Refuse
from models.commands.solicitation import RequestSupplement
from models.document import OfficialDocument, number_of
from models.events.anywhere import DocumentIssued
from models.events.clock import DeadlineSet
from models.journal import JournalEntry
from models.policy import Policy
from models.vocabulary import RunsFrom
from rules.deadlines import local_day
from tests.plays import plays
from tests.scenario import Play, city, with_limit

WRITER = DocumentWriter()


def documents(play: Play) -> list[tuple[OfficialDocument, JournalEntry]]:
    found = []
    for entry in play.journal:
        issued = [event for event in entry.events if isinstance(event, DocumentIssued)]
        for place, event in enumerate(issued):
            year = local_day(entry.at).year
            document = OfficialDocument(
                stream=play.scene, sequence=entry.sequence, place=place, city=play.policy.city, year=year,
                series=event.series, ordinal=7, number=number_of(event.series, year, 7), form=event.form,
                title=event.title, to_role=event.to.role, to_unit=event.to.unit, to_person=event.to.person,
                issued_at=entry.at,
            )  # fmt: skip
            found.append((document, entry))
    return found


def words(play: Play, nth: int = -1) -> str:
    document, entry = documents(play)[nth]
    profile = play.state.profile
    assert profile is not None
    return WRITER.write(document, entry, play.policy, profile.name)


def asked(policy: Policy) -> Play:
    play = Play(policy)
    play.submit()
    play.do(RequestSupplement(items=("资金证明", "风险表")), play.platform)
    return play


def test_a_supplement_notice_says_what_is_missing_from_when_and_by_which_clause() -> None:
    play = asked(city("yancheng"))
    assert play.state.profile is not None
    assert (
        words(play)
        == f"""\
{play.policy.offices.platform_office}
补正通知书
盐场景补〔2026〕7号

{play.owner_unit}：

  你单位申报的“{play.state.profile.name}”（TEST-1）材料不齐全或者不符合要求，请一次补正下列内容：
  1. 资金证明
  2. 风险表
  逾期不补正的，视为撤回申报。

  补正：自本文书送达之日起10个工作日（依据：行政许可法第三十二条）。

{play.policy.offices.platform_office}
2026年3月2日
"""
    )


def test_a_decision_against_somebody_says_how_it_can_be_appealed() -> None:
    play = Play(city("ningbo")).to_expert_review()
    play.do(Refuse(reasons="价值不足"), play.lead)
    said = words(play)
    remedy = f"如不服本决定，可以自本文书送达之日起60日内向{play.policy.offices.complaint_supervisor}提出申诉"
    assert remedy in said
    assert "不予认定决定书\n甬场景不认〔2026〕7号" in said


def test_a_city_that_lets_the_time_run_from_the_act_says_nothing_of_service() -> None:
    play = asked(with_limit(city("yancheng"), "supplement", runs_from=RunsFrom.ACT))
    assert "送达" not in words(play)
    assert "补正：自本文书作出之日起10个工作日（依据：行政许可法第三十二条）" in words(play)


def test_a_start_notice_counts_nothing_from_itself_that_is_counted_from_another_day() -> None:
    play = Play(city("yancheng")).to_running("甲公司")
    at = next(n for n, (each, _) in enumerate(documents(play)) if each.form == "start_trial")
    limits = {event.deadline.limit for event in documents(play)[at][1].events if isinstance(event, DeadlineSet)}
    assert {"report", "midterm", "insurance"} <= limits
    said = words(play, at)
    assert "定期报告：自本文书作出之日起1个月" in said
    assert "中期" not in said
    assert "保险" not in said


def test_a_return_names_the_step_in_words() -> None:
    play = Play(city("chongqing")).to_registered()
    play.do(ReturnForCorrection(to="registered", then="start_over", reasons="缺单位意见"), play.lead)
    assert "退回至“已登记”环节修改" in words(play)
    assert "缺单位意见" in words(play)


def test_what_people_wrote_is_no_template() -> None:
    play = Play(city("yancheng"))
    play.submit()
    play.do(RequestSupplement(items=("{{ unit }}{% for x in y %}",)), play.platform)
    assert "1. {{ unit }}{% for x in y %}" in words(play)


def test_every_form_of_every_city_can_be_written_over_every_way_a_scene_can_go() -> None:
    written: set[str] = set()
    for play in plays():
        for document, entry in documents(play):
            if document.form not in written:
                said = WRITER.write(document, entry, play.policy, "场景")
                assert document.title in said
                assert "None" not in said
                written.add(document.form)
    rules = city("yancheng").documents
    assert rules is not None
    assert written == set(rules.forms)


def own(folder: Path, place: str, text: str) -> DocumentWriter:
    (folder / place).mkdir(parents=True)
    (folder / place / "request_supplement.txt.j2").write_text(text)
    return DocumentWriter(folder)


@pytest.mark.parametrize("place", ["documents", "盐城市/documents"])
def test_a_city_puts_its_own_template_in_the_place_of_the_built_in_one(tmp_path: Path, place: str) -> None:
    writer = own(
        tmp_path,
        place,
        '{% extends "document.txt.j2" %}{% block body %}请补：{{ act["items"]|join("、") }}{% endblock %}',
    )
    document, entry = documents(play := asked(city("yancheng")))[-1]
    said = writer.write(document, entry, play.policy, "场景")
    assert "请补：资金证明、风险表" in said
    assert "补正通知书\n盐场景补〔2026〕7号" in said, "the rest is the built-in one's"


def test_one_citys_template_is_not_anothers(tmp_path: Path) -> None:
    writer = own(tmp_path, "宁波市/documents", "只给宁波")
    document, entry = documents(play := asked(city("yancheng")))[-1]
    assert "只给宁波" not in writer.write(document, entry, play.policy, "场景")


def test_a_template_that_asks_for_what_is_not_there_says_so(tmp_path: Path) -> None:
    writer = own(tmp_path, "documents", "{{ nobody }}")
    document, entry = documents(play := asked(city("yancheng")))[-1]
    with pytest.raises(Unwritable, match="nobody"):
        writer.write(document, entry, play.policy, "场景")
