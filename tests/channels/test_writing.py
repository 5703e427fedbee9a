"""What letters say, in both languages, for every kind of message that scenes send."""

from datetime import timedelta
from pathlib import Path

import pytest

from activities.delivery import Unwritable
from channels.template_files import TEMPLATES, broken_templates
from channels.writing import Writer
from models.commands.anywhere import Withdraw
from models.commands.trial import RecordFault, ReportIncident
from models.mailbox import Message
from models.notification import NotificationKind
from models.refusal import Language
from models.state import SceneState
from rules.journal import fold
from rules.notifications import notifications
from tests.scenario import Play, city, document

LANGUAGES: tuple[Language, ...] = ("zh", "en")


def messages(play: Play) -> list[Message]:
    state, found = SceneState(scene=play.scene), []
    for entry in play.journal:
        before, state = state, fold(state, entry)
        found += [
            Message(
                stream=play.scene,
                sequence=entry.sequence,
                recipient=each.recipient,
                rung=each.rung,
                kind=each.kind,
                level=each.level,
                payload=each.matter.model_dump(mode="json"),
                send_after=each.send_after,
            )
            for each in notifications(before, state, entry)
        ]
    return found


@pytest.fixture(scope="module")
def life() -> Play:
    """With reminders, alerts and an end."""
    play = Play(city("yancheng")).to_registered()
    play.wait(timedelta(days=60))
    play.do(Withdraw(reasons="不再需要"), play.owner)
    return play


@pytest.fixture(scope="module")
def writer(life: Play) -> Writer:
    return Writer(life.policy.calendar)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_can_be_written(life: Play, writer: Writer, language: Language) -> None:
    found = messages(life)
    assert {NotificationKind.DUTY_SET, NotificationKind.REMINDER, NotificationKind.CLOSED} <= {
        each.kind for each in found
    }
    for each in found:
        letter = writer.write((each,), language, life.now)
        assert each.payload["name"] in letter.subject
        assert each.payload["name"] in letter.text
        assert "\n" not in letter.subject
        assert not {"None", "{{", "}}"} & set(letter.text.split())


def test_a_letter_says_what_by_when_and_on_which_ground(life: Play, writer: Writer) -> None:
    first = messages(life)[0]
    letter = writer.write((first,), "zh", first.send_after)
    assert letter.subject.startswith("【新的待办】")
    for said in ("完整性核查", "受理", f"期限：{first.payload['due_on']}", "个工作日", "第 1 号记录"):
        assert said in letter.text


def test_a_date_that_is_over_is_said_in_working_days_over(life: Play, writer: Writer) -> None:
    late = next(each for each in messages(life) if each.level.value == "red")
    assert "已超 5 个工作日" in writer.write((late,), "zh", late.send_after).text
    assert "5 working days over" in writer.write((late,), "en", late.send_after).text


def test_several_messages_make_one_letter_that_counts_the_urgent(life: Play, writer: Writer) -> None:
    found = tuple(messages(life))
    urgent = sum(each.level.value != "remind" for each in found)
    letter = writer.write(found, "zh", life.now)
    assert letter.subject == f"【场景】{len(found)} 件事项，其中 {urgent} 件须抓紧"
    assert letter.text.count("号记录") == len(found)


def test_a_name_cannot_become_markup(life: Play, writer: Writer) -> None:
    first = messages(life)[0]
    sly = first.model_copy(update={"payload": {**first.payload, "name": "<script>A&B</script>{{ 7 * 7 }}"}})
    letter = writer.write((sly,), "zh", life.now)
    assert "<script>" not in letter.html
    assert "A&amp;B" in letter.html
    assert "<script>A&B</script>{{ 7 * 7 }}" in letter.text


@pytest.mark.parametrize("payload", [{}, {"scene": "S", "name": "N", "city": "C", "step": "unheard_of"}])
def test_a_message_that_lacks_something_cannot_be_written(life: Play, writer: Writer, payload: dict[str, str]) -> None:
    broken = messages(life)[0].model_copy(update={"payload": payload})
    with pytest.raises(Unwritable):
        writer.write((broken,), "zh", life.now)


@pytest.mark.parametrize(
    "template", ["{{ items[0].no_such_word }}", "{{ items.__class__.__mro__ }}", "{% for each in %}"]
)
def test_a_template_that_asks_for_what_is_not_there_is_an_error(
    life: Play, writer: Writer, tmp_path: Path, template: str
) -> None:
    folder = tmp_path / "zh"
    folder.mkdir()
    for file in (TEMPLATES / "zh").iterdir():
        (folder / file.name).write_text(file.read_text())
    (folder / "subject.txt.j2").write_text(template)
    with pytest.raises(Unwritable):
        Writer(writer.calendar, tmp_path).write(tuple(messages(life)[:1]), "zh", life.now)


def own(folder: Path, place: str, words: str) -> None:
    (folder / place).mkdir(parents=True, exist_ok=True)
    (folder / place / "subject.txt.j2").write_text(words, encoding="utf-8")


def test_a_city_s_own_words_stand_in_for_the_common_ones_and_these_for_the_built_in(
    life: Play, writer: Writer, tmp_path: Path
) -> None:
    own(tmp_path, "zh", "本平台：{{ items[0].name }}")
    own(tmp_path, "盐城市/zh", "盐城：{{ items[0].name }}")
    mine = Writer(writer.calendar, tmp_path)
    here = messages(life)[0]
    there = here.model_copy(update={"payload": {**here.payload, "city": "宁波市"}})
    name = here.payload["name"]

    assert mine.write((here,), "zh", life.now).subject == f"盐城：{name}"
    assert mine.write((there,), "zh", life.now).subject == f"本平台：{name}"
    assert mine.write((here, there), "zh", life.now).subject == f"本平台：{name}"
    assert mine.write((here,), "zh", life.now).text == writer.write((here,), "zh", life.now).text
    assert mine.write((here,), "en", life.now) == writer.write((here,), "en", life.now)


@pytest.mark.parametrize("city", ["..", "../other", "/", "", "zh/..", "盐*"])
def test_a_city_s_name_leads_nowhere_outside_the_folder(life: Play, writer: Writer, tmp_path: Path, city: str) -> None:
    own(tmp_path / "other", "zh", "elsewhere")
    own(tmp_path, "zh", "elsewhere")
    own(tmp_path / "mine", "盐城市/zh", "elsewhere")
    here = messages(life)[0]
    sly = here.model_copy(update={"payload": {**here.payload, "city": city}})
    written = Writer(writer.calendar, tmp_path / "mine").write((sly,), "zh", life.now)
    assert written.subject == writer.write((sly,), "zh", life.now).subject


def test_templates_that_cannot_be_loaded_are_named(tmp_path: Path) -> None:
    own(tmp_path, "zh", "{{ fine }}")
    own(tmp_path, "en", "{% for each in %}")
    own(tmp_path, "盐城市/zh", "")
    (tmp_path / "盐城市/zh/subject.txt.j2").write_bytes(b"\xff\xfe")
    (tmp_path / "盐城市/zh/notes.txt").write_text("{% not a template")

    broken = broken_templates(tmp_path)

    assert list(broken) == [str(tmp_path / "en/subject.txt.j2"), str(tmp_path / "盐城市/zh/subject.txt.j2")]
    assert "Expected an expression" in broken[str(tmp_path / "en/subject.txt.j2")]
    with pytest.raises(FileNotFoundError):
        broken_templates(tmp_path / "nowhere")


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_of_several_orders_of_one_bidder_say_which_is_meant(writer: Writer, language: Language) -> None:
    """As those of several incidents do."""
    play = Play(city("yancheng")).to_trial("甲公司")
    play.start("甲公司", inclusion=False)
    for kind in ("one", "two"):
        play.do(
            RecordFault(
                bidder="甲公司", kind=kind, plan_clause="1.1", finding="属实", evidence=document("证据"),
                with_officer="regulator-3",
            ),
            play.regulator,
        )  # fmt: skip
    play.serve_notices()
    play.do(ReportIncident(bidder="甲公司", incident="I-1", text="碰撞"), play.bidder("甲公司"))
    told = [writer.write((each,), language, play.now).text for each in messages(play) if each.payload.get("item")]
    for item in ("#1", "#2", "I-1"):
        assert [text for text in told if f"甲公司 {item}" in text]
    assert all(sum(f"甲公司 {item}" in text for item in ("#1", "#2", "I-1")) == 1 for text in told)
