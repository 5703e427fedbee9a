"""What goes out and comes in: letters and their templates, events of other systems, holiday notices."""

from channels.template_files import broken_templates
from cli import output, shown
from cli.output import say
from cli.year_notices import SHOWN_DIGITS
from client.standing import Standings
from rules.year_notices import in_force
from runtime.contact_files import ContactFile
from runtime.receiving import SourceFile
from runtime.wiring import Parts
from runtime.yaml_files import FileProblems
from storage.outbox import Outbox
from storage.received import ReceivedFilter, SqlReceived

from .finding import Finding


def outbox(opened: Parts) -> Finding:
    try:
        ContactFile(opened.settings).book()
    except FileProblems as problems:
        return Finding("outbox", "error", problems.text(output.language()), "scene notify contacts")
    box = Outbox(opened.engine)
    if dead := box.given_up():
        return Finding(
            "outbox",
            "error",
            say(f"{dead} 条消息发送失败，已放弃", f"{dead} messages could not be delivered and were given up"),
            "scene outbox list --dead; scene outbox retry",
            {"given_up": dead},
        )
    if not opened.settings.delivers:
        return Finding(
            "outbox", "ok", say("未设置邮件服务器，消息在待办中查看", "no mail server is set: all read the inbox")
        )
    late = box.waiting(shown.now())
    if not late:
        return Finding("outbox", "ok", say("没有滞留的消息", "no message waits"))
    return Finding(
        "outbox",
        "warning",
        say(f"{late} 条到时的消息尚未送出", f"{late} messages are due and not delivered"),
        "scene outbox list --pending",
        {"waiting": late},
    )


def templates(opened: Parts) -> Finding:
    own = opened.settings.templates_dir
    if own is None:
        return Finding("templates", "ok", say("使用内置的信件模板", "letters use the built-in templates"))
    try:
        broken = broken_templates(own)
    except OSError as problem:
        broken = {str(own): str(problem.strerror)}
    if not broken:
        return Finding(
            "templates", "ok", say(f"{own} 的信件模板可用", f"the templates of letters in {own} can be used")
        )
    named = "; ".join(f"{file}: {why}" for file, why in list(broken.items())[:5])
    return Finding(
        "templates",
        "error",
        say(f"信件模板无法读取：{named}", f"templates of letters cannot be loaded: {named}"),
        say("改正后 scene notify preview", "mend them, then scene notify preview"),
        {"broken": broken},
    )


def events(opened: Parts) -> Finding:
    try:
        SourceFile(opened.settings).book()
    except FileProblems as problems:
        return Finding("events", "error", problems.text(output.language()), "scene event sources")
    failed = SqlReceived(opened.engine).events(ReceivedFilter(failed=True), limit=1).total
    if not failed:
        return Finding("events", "ok", say("外部事件均已办理", "every event from outside became an act"))
    return Finding(
        "events",
        "warning",
        say(f"{failed} 个外部事件未办成", f"{failed} events from outside have not become an act"),
        "scene event list --failed; scene event retry --all-failed; scene event dismiss ID",
        {"failed": failed},
    )


def provisional(opened: Parts) -> Finding:
    count = Outbox(opened.engine).provisional()
    if not count:
        return Finding("provisional", "ok", say("没有暂定的期限", "no deadline is provisional"))
    return Finding(
        "provisional",
        "warning",
        say(
            f"{count} 个期限为暂定（放假通知未发布或未载入）",
            f"{count} deadlines are provisional (a holiday notice is not loaded)",
        ),
        say("通知发布后：scene calendar propose", "once the notice is published: scene calendar propose"),
        {"count": count},
    )


def notices(opened: Parts) -> Finding:
    standings, scenes = Standings(opened.reads, opened.rulebooks), opened.reads.open_scenes()
    lacking: dict[str, list[str]] = {}
    for proposal in in_force(opened.year_notices.all()):
        done = opened.year_notices.done(proposal.digest)
        if without := [each for each in scenes if each not in done and not standings.has(each, proposal.notice)]:
            lacking[proposal.digest] = without
    if not lacking:
        return Finding("notices", "ok", say("已确认的放假通知均已载入", "every open scene has the confirmed notices"))
    count = len({each for without in lacking.values() for each in without})
    return Finding(
        "notices",
        "warning",
        say(f"{count} 个未结场景尚未载入已确认的放假通知", f"{count} open scenes lack a confirmed holiday notice"),
        "; ".join(f"scene calendar apply {digest[:SHOWN_DIGITS]}" for digest in lacking),
        {"lacking": lacking},
    )
