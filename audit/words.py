"""What the checks, their verdicts and deviations are called, in both languages."""

from audit.findings import Check, Verdict
from models.words import Word

CHECKS: dict[str, Word] = {
    Check.SIGNATURE: Word("签名", "signature"),
    Check.PARTS: Word("文件完整", "parts"),
    Check.SOURCES: Word("程序代码", "code"),
    Check.CHAIN: Word("账本链", "ledger chain"),
    Check.REFUSALS: Word("拒绝记录链", "refusals' chain"),
    Check.CHECKPOINT: Word("检查点", "checkpoint"),
    Check.RULEBOOKS: Word("政策与日历", "policies and calendars"),
    Check.HISTORIES: Word("运行历史与账本一致", "histories against ledger"),
    Check.ACTS: Word("操作与历史对应", "acts against histories"),
    Check.REPLAY: Word("历史重放", "replay"),
    Check.JOURNAL: Word("规则重新裁断", "journal judged again"),
    Check.ACTORS: Word("办理人资格", "actors' roles"),
    Check.APART: Word("职责分离", "separation of duties"),
    Check.DEADLINES: Word("期限重新计算", "dates counted again"),
    Check.DOCUMENTS: Word("公文登记", "official documents"),
}

VERDICTS: dict[str, Word] = {
    Verdict.PROVEN: Word("已证实", "proven"),
    Verdict.UNPROVEN: Word("未能证实", "unproven"),
    Verdict.DEVIATES: Word("不符", "deviates"),
}

NOTES: dict[str, Word] = {
    "unknown_key": Word(
        "签名有效，但未指明信任的公钥；与另行取得的指纹核对后用 --key 指明",
        "the signature is right; compare the key with the fingerprint that you were given, and say it with --key",
    ),
    "untrusted_build": Word(
        "由另一版本的程序产生，其代码未列为可信，故未运行；核对后用 --code 指明",
        "made by another version, whose code you do not trust, so it was not run; say so with --code",
    ),
    "no_sources": Word("包内缺少该版本的代码", "the code of that version is not in the bundle"),
    "no_scenes": Word("包内没有场景，无可证实", "there is no scene in it: nothing is proven"),
    "no_directory": Word("部分操作办理时没有人员目录", "some acts were done without a directory of persons"),
    "not_checkpointed": Word("尚未纳入检查点", "not yet under a checkpoint"),
    "later_entries": Word("其后的记录待下一个检查点", "later entries wait for the next checkpoint"),
    "after_the_copy": Word("留存的日志早于该检查点", "your copy of the log ends before the checkpoint"),
    "shorter": Word(
        "留存的日志中该场景有更多记录或拒绝记录", "your copy of the log knows later entries or refusals of the scene"
    ),
    "unnamed_build": Word(
        "历史未写明由哪个版本的程序产生，无从重新运行", "a history does not say which code made it, so none was run"
    ),
    "unknown_fields": Word("历史中有本版本不认识的字段", "a history has fields that this version does not know"),
    "build_failed": Word("该版本的代码无法在本机运行", "the code of that version could not be run here"),
}

FACTS: dict[str, Word] = {
    "key": Word("签名密钥的指纹为 {key}", "signed with the key {key}"),
    "untrusted": Word("版本 {build} 的代码摘要为 {digest}", "the code of {build} has the digest {digest}"),
    "handover": Word("密钥于 {day} 由信任的密钥签名交接", "by handover of {day}"),
    "checkpoint": Word(
        "第 {sequence} 条在 {day} 的第 {number} 号检查点中", "entry {sequence} stood in checkpoint {number} of {day}"
    ),
}

DEVIATIONS: dict[str, Word] = {
    "algorithm": Word("未知的算法", "an unknown algorithm"),
    "alarm": Word("到期事项不符", "another alarm was due"),
    "alarm_by": Word("到期事项不是系统所为", "an alarm by somebody else than the system"),
    "ambiguous": Word("内容有歧义，不同程序读法不同", "readers differ about what it says"),
    "answer": Word("账本回执与账本不符", "the ledger answered otherwise"),
    "asked": Word("重放所求与历史不符", "the replay asks the server for something else"),
    "begins_later": Word("首段历史不是场景的开始", "the first run is not the beginning"),
    "born_with": Word("场景一开始就有未经办理的内容", "the scene began with what no act brought"),
    "build": Word("版本名称与代码不符", "the build's name is not its code's"),
    "calendar_missing": Word("缺少所用日历", "the calendar is missing"),
    "city": Word("城市不符", "the city is another"),
    "command": Word("操作内容与历史不符", "the act is not what the history has"),
    "delegation_cycle": Word("委托成环", "the delegation goes round in a ring"),
    "digest": Word("摘要不符", "the digest is another"),
    "directory_missing": Word("缺少所用人员目录", "the directory is missing"),
    "due_on": Word("到期日计算不符", "the date is counted otherwise"),
    "end": Word("结束记录不符", "the end is another"),
    "entry": Word("账本与历史内容不符", "the ledger has another content than the history"),
    "events": Word("按规则应有另一结果", "the rules give something else"),
    "failed": Word("无法重新运行", "it could not be run again"),
    "fold": Word("无法接续", "it does not follow"),
    "form": Word("文字不是账本的写法", "it is not written as the ledger writes"),
    "handover": Word("密钥交接声明是伪造的", "a forged handover of keys"),
    "hash": Word("哈希不符", "the hash is another"),
    "head": Word("链头不符", "the chain's head is another"),
    "hidden": Word("压缩包内有各程序所见不同之处", "programs unpack it differently"),
    "inclusion": Word("不在检查点的树中", "it does not stand in the checkpoint's tree"),
    "length": Word("条数不符", "the number of entries is another"),
    "malformed": Word("内容残缺", "what stands there is malformed"),
    "moment": Word("时间与历史不符", "the moment is not that of the history"),
    "name": Word("场景名称不符", "the scene's name is another"),
    "never_issued": Word("登记了未曾发出的公文", "a document that was never issued"),
    "next_run": Word("历史不相接", "the runs do not follow one another"),
    "no_answer": Word("已受理而无答复", "it was taken in and never answered"),
    "no_entry": Word("历史中的操作不在账本中", "an accepted act is not in the ledger"),
    "no_task": Word("历史中没有这一时刻", "the history knows no such moment"),
    "no_update": Word("历史中没有这一操作", "the history has no such act"),
    "not_a_member": Word("办理人当日不具此身份", "the actor did not have that role that day"),
    "not_delegated": Word("没有相应的委托", "there was no such delegation"),
    "not_the_copy": Word("与留存的日志不同", "it is not as your copy of the log has it"),
    "not_in_histories": Word("历史中没有这一条", "no history holds this entry"),
    "not_in_ledger": Word("账本中没有这一条", "the ledger lacks this entry"),
    "not_in_register": Word("公文未登记", "the document is not in the register"),
    "not_listed": Word("清单外的文件", "a file that is not listed"),
    "not_named": Word("清单未提及的文件", "a file of which the manifest knows nothing"),
    "number": Word("文号与历史不符", "the number is not that of the history"),
    "opening": Word("交接内容被改动", "what was handed over is another"),
    "order": Word("时间倒置", "it is earlier than the one before"),
    "other_actor": Word("办理人身份不符", "the actor is another"),
    "other_code": Word("混入了其他代码", "other code was loaded"),
    "other_document": Word("公文内容写的是另一文号", "its words bear the number of another document"),
    "other_key": Word("由其他密钥签名", "signed with another key"),
    "other_scene": Word("属于另一场景", "it is of another scene"),
    "other_workflow": Word("属于另一种工作流", "it is another kind of workflow"),
    "path": Word("文件位置不符", "it stands elsewhere"),
    "policy": Word("政策与其摘要不符", "the policy is not what its digest says"),
    "previous": Word("与上一条不相接", "it does not name the one before"),
    "receipt": Word("回执不符", "the receipt is another"),
    "reference": Word("所引用的事件不符", "it names the wrong event"),
    "refused": Word("历史中该操作被拒绝", "the history has it refused"),
    "register": Word("登记簿所记与公文不符", "the register says otherwise than the document"),
    "replay": Word("历史不能重放", "the history does not replay"),
    "reset": Word(
        "流程曾被重置（temporal workflow reset），同一段有两份历史",
        "it was reset (temporal workflow reset): two histories of one stretch",
    ),
    "restarted": Word(
        "流程由账本重启，非由前段接续", "started again from the ledger, not carried on by the run before"
    ),
    "run_id": Word("运行编号不符", "the run is another"),
    "runs": Word("运行段数不符", "the number of runs is another"),
    "sealed": Word("称已封存而场景未办结", "said to be sealed, and the scene is open"),
    "sequence": Word("编号不连续", "the number is not the next"),
    "signature": Word("签名无效", "the signature is wrong"),
    "snapshot": Word("重放所得状态与账本不符", "the replay saw another state than the ledger gives"),
    "state": Word("交接时的状态不符", "the state handed over is another"),
    "time": Word("时间不可能", "a time that can not be"),
    "timer": Word("定时器提前到期", "a timer that fired before it was due"),
    "twice": Word("出现两次", "it stands twice"),
    "type": Word("事件类型与内容不符", "the event's type is not that of its content"),
    "unclear_membership": Word("办理人身份不明确", "the actor's role is not clear"),
    "unknown_person": Word("人员目录中无此人", "the directory knows no such person"),
    "unreadable": Word("无法读取", "it can not be read"),
    "words": Word("公文内容与摘要不符", "the document's words are not those of its digest"),
}
"""Separation of duties has the words of its refusals (`models.refusal`)."""
