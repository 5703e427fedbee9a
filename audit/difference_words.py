"""What differences between ledger and histories, and the ways out, are called in both languages."""

from audit.differences import Kind, Plan
from models.words import Word

KINDS: dict[str, Word] = {
    Kind.FORK: Word("分叉：两边各自继续", "a fork: both went on"),
    Kind.REWRITTEN: Word("账本曾确认另一内容", "the ledger once confirmed something else"),
    Kind.CHANGED: Word("账本记录被改动", "an entry was changed after it was recorded"),
    Kind.UNREADABLE: Word("无法读取", "can not be read"),
    Kind.WITNESS_DIFFERS: Word("与见证不符", "a witness saw another head"),
    Kind.ENTRIES_LOST: Word("两边都没有这些记录", "neither side holds these entries"),
    Kind.UNPROVABLE: Word("历史所记连不上已知链头", "what the histories hold does not lead to the known head"),
    Kind.ONLY_IN_HISTORIES: Word("只有历史知道此场景", "only histories know the scene"),
    Kind.LEDGER_BEHIND: Word("账本落后于历史", "the ledger is behind the histories"),
    Kind.LEDGER_GAP: Word("账本中间缺失", "entries are missing in the middle of the ledger"),
    Kind.HISTORY_BEHIND: Word("流程落后于账本", "the workflow is behind the ledger"),
    Kind.WORKFLOW_MISSING: Word("场景没有运行中的流程", "no workflow runs for the scene"),
    Kind.ONLY_IN_LEDGER: Word("只有账本知道此场景", "only the ledger knows the scene"),
    Kind.NOT_IN_HISTORIES: Word("没有历史保存这些记录", "no history holds these entries"),
    Kind.WITNESS_LONGER: Word("见证证明账本原更长", "a witness proves a longer chain"),
    Kind.JUDGED_OTHERWISE: Word("未重启：规则会作出另一裁断", "not restarted: the rules would decide otherwise"),
    Kind.NOT_RESTARTED: Word("未重启", "not restarted"),
    Kind.PROJECTION: Word("列表与账本不符", "a list does not follow from the ledger"),
    Kind.DOCUMENT: Word("公文登记与历史不符", "the register of documents is not what the history says"),
    Kind.RULEBOOK: Word("缺少所用政策", "a policy that entries name is missing"),
    Kind.REFUSALS_BEHIND: Word("拒绝记录缺失", "refusals are missing"),
    Kind.REFUSALS_CHANGED: Word("拒绝记录被改动", "a refusal is missing or was changed"),
    Kind.ARCHIVE_INDEX: Word("归档索引缺失", "the archive's index lacks a run"),
}

PLANS: dict[str, Word] = {
    Plan.APPEND: Word("--repair：由历史补入", "--repair: appended from the histories"),
    Plan.REBUILD: Word("--repair：由账本重建", "--repair: made again from the ledger"),
    Plan.RESTART: Word("--repair --restart：由账本重启流程", "--repair --restart: started again from the ledger"),
    Plan.PERSON: Word("须由人处理", "a person has to decide"),
}

WHYS: dict[str, Word] = {
    "act_lost": Word(
        "旧流程在交接时收到了操作，须由人补办", "the old run took in an act meanwhile; a person has to enter it again"
    ),
    "no_rulebook": Word("缺少所用政策", "the policy it is pinned to is missing"),
    "server_away": Word("连不上 Temporal", "Temporal does not answer"),
    "went_on": Word("流程已有变化，请再运行一次", "the workflow went on meanwhile; run this again"),
}
"""Why a workflow was not started again; else the kind of difference that stands against it."""
