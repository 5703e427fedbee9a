"""What auditors rely on: the chains, the guards around them, and what was signed of them."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from audit.log import LogDiffers, verified
from cli import shown
from cli.output import say
from runtime.wiring import Parts
from storage.schema import missing_guards

from .finding import PAGE, Finding, of

CHECKPOINT_WITHIN = timedelta(days=2)


def chains(opened: Parts, chosen: tuple[str, ...], total: int) -> Finding:
    broken = {stream: at for stream in chosen if (at := opened.reads.verify_chain(stream)) is not None}
    if not broken:
        return Finding(
            "chains",
            "ok",
            say(f"账本链条完整：{of(len(chosen), total)}", f"the journals are whole: {of(len(chosen), total)}"),
        )
    named = ", ".join(f"{stream} #{at}" for stream, at in list(broken.items())[:5])
    return Finding(
        "chains",
        "error",
        say(f"账本有缺失或改动：{named}", f"entries are missing or changed: {named}"),
        say("从备份恢复，或 scene rebuild --from-archives", "restore a backup, or `scene rebuild --from-archives`"),
        {"broken": broken},
    )


def refusals(opened: Parts) -> Finding:
    broken = opened.reads.verify_refusals()
    if not broken:
        return Finding("refusals", "ok", say("拒绝记录链条完整", "the refusals are whole"))
    named = ", ".join(f"{scene} #{at}" for scene, at in list(broken.items())[:5])
    return Finding(
        "refusals",
        "error",
        say(f"拒绝记录缺失或被改动：{named}", f"refusals are missing or changed: {named}"),
        say("从备份恢复", "restore a backup"),
        {"broken": broken},
    )


def guards(opened: Parts) -> Finding:
    gone = missing_guards(opened.engine)
    if not gone:
        return Finding("guards", "ok", say("数据库拒绝改动只增的表", "the database refuses to change what only grows"))
    return Finding(
        "guards",
        "error",
        say(
            f"数据库的防改触发器缺失：{', '.join(gone[:5])}",
            f"triggers that guard the ledger are gone: {', '.join(gone[:5])}",
        ),
        say("查明何人移除；从备份恢复结构", "ask who took them away; restore the schema"),
        {"gone": gone},
    )


def _accepted(opened: Parts) -> frozenset[str]:
    """The first key, and those that took over from a lost one as the operator has confirmed; none where he has not:
    then the first is accepted, and what it gave way to."""
    known = frozenset(filter(None, opened.settings.audit_keys_after_loss.split(",")))
    first = next(iter(opened.checkpoints.readable()), None)
    return known | {first.checkpoint.key} if known and first is not None else frozenset()


def _signed_again(keys: Sequence[str]) -> str | None:
    """A key that signed after another had taken over."""
    in_turn = [key for key, _ in groupby(keys)]
    return next((key for key in in_turn if in_turn.count(key) > 1), None)


def checkpoints(opened: Parts) -> Finding:
    try:
        log = verified(opened.checkpoints.items(), _accepted(opened))
        last = log.last
    except LogDiffers as differs:
        return Finding(
            "checkpoints",
            "error",
            say(f"检查点日志：{differs.text('zh')}", f"the checkpoint log: {differs.text('en')}"),
            say(
                "与审计人员留存的副本比对：scene audit consistent",
                "compare with an auditor's copy: scene audit consistent",
            ),
            {"part": differs.part, "number": differs.number, "fault": differs.fault, "stream": differs.stream},
        )
    if back := _signed_again([each.checkpoint.key for each in log.checkpoints]):
        return Finding(
            "checkpoints",
            "error",
            say(f"已更换的密钥又签了检查点：{back}", f"a key that had been given up signed again: {back}"),
            say("此密钥可能在他人手中：告知审计人员", "somebody may have that key: tell the auditors"),
            {"key": back},
        )
    if differing := opened.checkpoints.differing():
        named = ", ".join(
            f"{each.logged.leaf.kind} {each.logged.leaf.stream} #{each.logged.leaf.sequence}" for each in differing[:5]
        )
        return Finding(
            "checkpoints",
            "error",
            say(f"账本与已签的检查点不符：{named}", f"the ledger is not what was signed: {named}"),
            say(
                "账本曾被改动：从备份恢复，并告知审计人员",
                "the ledger was changed: restore a backup, and tell the auditors",
            ),
            {"differing": [{**each.logged.leaf.model_dump(), "found": each.found} for each in differing[:PAGE]]},
        )
    if not opened.audit_key.exists():
        return Finding(
            "checkpoints",
            "warning",
            say(
                f"没有签名密钥（{opened.audit_key.file}），不作检查点",
                f"there is no key to sign with: {opened.audit_key.file}",
            ),
            "scene audit key --new",
        )
    if last is None:
        return Finding("checkpoints", "ok", say("还没有检查点", "there is no checkpoint yet"))
    if shown.now() - last.at > CHECKPOINT_WITHIN:
        return Finding(
            "checkpoints",
            "warning",
            say(f"最近的检查点是 {shown.moment(last.at)} 的", f"the last checkpoint is of {shown.moment(last.at)}"),
            "scene audit checkpoint",
            {"last": last.number},
        )
    return Finding(
        "checkpoints",
        "ok",
        say(f"{last.number} 个检查点与账本一致", f"{last.number} checkpoints, and the ledger is as they say"),
    )
