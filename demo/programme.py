"""What the demo shows: how far it is, and in the end what became of every scene."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import compress
from pathlib import Path
from typing import Literal, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from demo.life import STAGES, Life
from demo.post import Delivery
from demo.scene import Deed, Scene, Story
from models.deadline import Level
from models.refusal import Language
from models.words import OUTCOMES, ROLES, VERBS, Word
from rules.deadlines import BEIJING

WIDE = 160
"""Columns where the output is no terminal."""
EVERY = 10
"""Scenes after which a line says how far it is, where the output is no terminal."""
NAME = 12
"""Characters of a scene's name that are shown."""
COLOURS = {Level.YELLOW: "yellow", Level.ORANGE: "dark_orange", Level.RED: "red", Level.ASSESSMENT: "red bold"}
LEVELS = {
    Level.YELLOW: Word("黄", "yellow"),
    Level.ORANGE: Word("橙", "orange"),
    Level.RED: Word("红", "red"),
    Level.ASSESSMENT: Word("考核", "assessed"),
}
INITIALS = {stage: Word("征评对试验推"[at], "SRMTAP"[at]) for at, stage in enumerate(STAGES)}
COLUMNS = (
    Word("编号", "id"),
    Word("场景", "scene"),
    Word("城市", "city"),
    Word("规模", "scale"),
    Word("天数", "days"),
    Word("环节", "stages"),
    Word("办理", "acts"),
    Word("提醒", "reminders"),
    Word("逾期", "overdue"),
    Word("结局", "outcome"),
)
POST_COLUMNS = (Word("送达时间", "delivered"), Word("收件人", "recipient"), Word("信件", "letter"))
NUMBERS = ("天数", "办理", "提醒")
NARROW = 110
"""Columns of a terminal below which some of ours are left out."""
DISPENSABLE = ("城市", "规模", "环节")


class Performance(NamedTuple):
    """One story as it was played: its life as the ledger tells it, or what broke, and to whose mailboxes it writes."""

    story: Story
    scene: Scene
    life: Life | None
    broken: str | None
    writes_to: frozenset[str] = frozenset()


class Programme:
    def __init__(self, console: Console, language: Language) -> None:
        self.console = console
        self.language = language

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    @contextmanager
    def progress(self, deeds: int, scenes: int) -> Iterator["Curtain"]:
        """Shows how far the play is: a bar on a terminal, else a line now and then."""
        columns = (
            TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[latest]}"),
        )  # fmt: skip
        bar = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        with bar:
            acts = bar.add_task(self.say("办理", "acts"), total=deeds, latest="")
            ends = bar.add_task(self.say("场景", "scenes"), total=scenes, latest="")
            yield Curtain(self, bar, acts, ends, scenes)

    def show(self, performances: Sequence[Performance]) -> None:
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, show_footer=True)
        shown = [each.zh not in DISPENSABLE or self.console.width >= NARROW for each in COLUMNS]
        for column, footer in compress(zip(COLUMNS, self._totals(performances), strict=True), shown):
            side: Literal["left", "right"] = "right" if column.zh in NUMBERS else "left"
            table.add_column(column.text(self.language), footer, justify=side, no_wrap=True)
        for each in performances:
            table.add_row(*compress(self._row(each), shown))
        self.console.print(table)
        self.console.print(Text(self._legend(), "dim"), soft_wrap=True)
        for each in performances:
            if each.broken:
                self.broke(each.broken)

    def post(self, deliveries: Sequence[Delivery]) -> None:
        """The letters that remind somebody, or that gathered a day's news; the others are counted."""
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for column in POST_COLUMNS:
            table.add_column(column.text(self.language), no_wrap=True)
        shown = [each for each in deliveries if each.reminds or len(each.messages) > 1]
        for each in shown:
            at = f"{each.at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
            subject = Text(each.letter["Subject"], COLOURS.get(each.level, ""))
            table.add_row(at, self._reader(each.contact.mailbox), subject)
        self.console.print()
        if shown:
            self.console.print(table)
        mailboxes = len({each.contact.mailbox for each in deliveries})
        letters, messages = len(deliveries), sum(len(each.messages) for each in deliveries)
        other = letters - len(shown)
        self._line(
            f"信件：{mailboxes} 个信箱经真实邮件服务器收到 {letters} 封（{messages} 条消息，无遗漏、无重复）；"
            f"上列提醒、预警和每日汇总，另 {other} 封为待办、决定和办结通知。",
            f"Letters: {mailboxes} mailboxes got {letters} from a real mail server ({messages} messages, none missing, "
            f"none twice); above are reminders, alerts and digests, {other} more tell of duties, decisions and ends.",
        )

    def register(self, documents: int, numbers: Sequence[str]) -> None:
        """The official documents that the lives made, and the last number of some series."""
        shown = self.say("、", ", ").join(numbers)
        self._line(
            f"文书：编发 {documents} 份，文号连续、不重复，如 {shown}。",
            f"Documents: {documents} were issued, their numbers without a gap and none twice, such as {shown}.",
        )

    def _reader(self, mailbox: str) -> str:
        name = mailbox.rpartition("/")[2]
        return ROLES[name].text(self.language) if mailbox.startswith("role:") else name

    def broke(self, what: str) -> None:
        self.console.print(Text(f"✗ {what}", "red"), soft_wrap=True)

    def took(self, seconds: float, processor_seconds: float | None, refused: int) -> None:
        work = ""
        if processor_seconds is not None:
            work = self.say(f"（处理器 {processor_seconds:.0f} 秒）", f" ({processor_seconds:.0f} s of processor time)")
        self._line(
            f"用时 {seconds:.1f} 秒{work}。另有 {refused} 次不合规则的操作被拒绝，均已留痕。",
            f"It took {seconds:.1f} s{work}. {refused} acts against the rules were refused, and recorded as such.",
        )

    def how_to_keep(self) -> None:
        self._line("数据已随演示清除；加 --keep 可保留并逐个查看。", "Nothing is kept; with --keep it is.")

    def how_to_look(self, scene: str, data_dir: Path, ui_url: str | None) -> None:
        self._line(
            f"数据在 {data_dir}。在另一个终端查看：\n"
            f"  scene show {scene}      某个场景\n"
            f"  scene history {scene}   它的全部记录\n"
            f"  {data_dir}/mail      收到的信件（.eml）\n"
            f"  {ui_url}      Temporal 界面：每个场景一个工作流，scene-<编号>\n"
            "服务仍在运行，按 Ctrl-C 停止。",
            f"The data are in {data_dir}. In another terminal:\n"
            f"  scene show {scene}      one scene\n"
            f"  scene history {scene}   its whole journal\n"
            f"  {data_dir}/mail      the letters that came (.eml)\n"
            f"  {ui_url}      Temporal's own pages: a workflow each, scene-<id>\n"
            "The server keeps running; Ctrl-C stops it.",
        )

    def not_empty(self, data_dir: Path) -> None:
        self._line(
            f"{data_dir} 中已有场景，虚构的演示场景不应混入。请用 SCENE_DATA_DIR 指定一个空目录。",
            f"{data_dir} holds scenes already, and invented ones do not belong among them. "
            "Name an empty folder in SCENE_DATA_DIR.",
        )

    def _line(self, zh: str, en: str) -> None:
        self.console.print(Text(self.say(zh, en)), soft_wrap=True)

    def _row(self, performance: Performance) -> tuple[Text | str, ...]:
        story, scene, life, broken, _ = performance
        application, policy = scene.application, scene.policy
        domain = policy.domain(application.domain)
        placeholder = "†" if domain is not None and domain.assumed else ""
        name = application.name if len(application.name) <= NAME else application.name[: NAME - 1] + "…"
        city = application.city.removesuffix("市") + placeholder
        scale = application.scale + ("*" if "scale" in application.assumed else "")
        if life is None:
            return story.scene, name, city, scale, "", "", "", "", "", Text("✗", "red")
        stages = "".join(INITIALS[each].text(self.language) if each in life.stages else "·" for each in STAGES)
        outcome = OUTCOMES[life.outcome].text(self.language) if life.outcome else "?"
        told = Text.assemble(
            ("✗ ", "red") if broken else ("✓ ", "green"), (outcome, "bold"), f"  {story.title.text(self.language)}"
        )
        numbers = (str(life.days), stages, str(life.decisions), str(life.reminders))
        return story.scene, name, city, scale, *numbers, self._overdue(life), told

    def _overdue(self, life: Life) -> Text:
        if not life.overdue:
            return Text("·", "dim")
        level = f" {LEVELS[life.loudest].text(self.language)}" if life.loudest else ""
        return Text(f"{life.overdue}{level}", COLOURS.get(life.loudest, "") if life.loudest else "")

    def _totals(self, performances: Sequence[Performance]) -> tuple[str, ...]:
        lives = [each.life for each in performances if each.life is not None]
        return (
            self.say("合计", "all"),
            self.say(f"{len(performances)} 个", f"{len(performances)} scenes"),
            self._cities(performances),
            "",
            str(sum(life.days for life in lives)),
            "",
            str(sum(life.decisions for life in lives)),
            str(sum(life.reminders for life in lives)),
            str(sum(life.overdue for life in lives)),
            "",
        )

    def _cities(self, performances: Sequence[Performance]) -> str:
        number = len({each.scene.application.city for each in performances})
        return self.say(f"{number} 城", f"{number} cities")

    def _legend(self) -> str:
        return self.say(
            "* 规模为假定（assumed）：原文未写。† 责任单位为假定（assumed）：原文未写明，取占位或由本项目归入。\n"
            "场景和点名的单位取自三市政策文本；申报内容、揭榜方、人员、经过和2040—2042年放假通知均为虚构。\n"
            "环节：征集、评审、对接、试点、验收、推广；逾期后为最高一级提醒（黄、橙、红、计入年度考核）。",
            "* the scale is assumed: the text states none. † responsible units are assumed, in whole or in part.\n"
            "Scenes and named units are those of the policy texts; applications, bidders, people, events and the\n"
            "holiday notices of 2040 to 2042 are invented. Stages: solicitation, review, matching, trial, acceptance,\n"
            "promotion. Overdue: how many duties, and the loudest reminder that followed.",
        )


class Curtain:
    """Told what happens, shows it."""

    def __init__(self, programme: Programme, bar: Progress, acts: TaskID, ends: TaskID, scenes: int) -> None:
        self._programme = programme
        self._scenes = scenes
        self._ended = 0
        self._bar = bar
        self._acts = acts
        self._ends = ends

    def act(self, scene: Scene, deed: Deed) -> None:
        verb = VERBS[deed.act.verb].text(self._programme.language)
        self._bar.update(self._acts, advance=1, latest=f"{scene.today} {scene.id} {verb}")

    def end(self) -> None:
        self._ended += 1
        self._bar.update(self._ends, advance=1)
        console = self._programme.console
        if not console.is_terminal and (self._ended % EVERY == 0 or self._ended == self._scenes):
            said = f"{self._ended}/{self._scenes}"
            console.print(self._programme.say(f"已走完 {said} 个场景", f"{said} scenes have ended"))
