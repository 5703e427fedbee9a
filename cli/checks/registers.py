"""What is kept beside the journals: documents' numbers, directories, risk pools, quotas, and what copies inherited."""

from cli.output import say
from client.lineage import left_to_tell
from models.document import number_of
from runtime.wiring import Parts
from storage.lineage import SqlLineage

from .finding import PAGE, Finding


def documents(opened: Parts) -> Finding:
    if faults := opened.documents.faults():
        each = faults[0]
        first = number_of(each.series, each.year, each.ordinal)
        return Finding(
            "documents",
            "error",
            say(
                f"{len(faults)} 个文号缺失或重复，如 {first}",
                f"{len(faults)} numbers are missing or stand twice, such as {first}",
            ),
            say("从备份恢复发文登记簿；重复的须人工更正", "restore the register; those that stand twice need a person"),
            {"faults": [fault._asdict() for fault in faults[:PAGE]]},
        )
    if lacking := opened.documents.without_number():
        return Finding(
            "documents",
            "warning",
            say(f"{lacking} 份文书没有文号", f"{lacking} documents have no number"),
            "scene rebuild --from-archives",
            {"without_number": lacking},
        )
    return Finding("documents", "ok", say("文号连续、不重复", "the numbers of documents have no gap"))


def directories(opened: Parts) -> Finding:
    for city in opened.directories.cities():
        if (broken := opened.directories.broken(city)) is not None:
            return Finding(
                "directories",
                "error",
                say(f"{city}人员目录第 {broken} 版缺失或被改动", f"version {broken} of {city} is missing or changed"),
                say("从备份恢复", "restore a backup"),
                {"city": city, "broken": broken},
            )
    return Finding("directories", "ok", say("人员目录各版完整", "every version of the directories is whole"))


def funds(opened: Parts) -> Finding:
    for city in opened.funds.cities():
        if (broken := opened.funds.broken(city)) is not None:
            return Finding(
                "funds",
                "error",
                say(
                    f"{city}风险补偿资金池第 {broken} 号记录缺失或被改动",
                    f"entry {broken} of the risk compensation pool of {city} is missing or changed",
                ),
                say("从备份恢复", "restore a backup"),
                {"city": city, "broken": broken},
            )
    return Finding("funds", "ok", say("风险补偿资金池记录完整", "the risk compensation pools are whole"))


def quotas(opened: Parts) -> Finding:
    for city in opened.quotas.cities():
        if (broken := opened.quotas.broken(city)) is not None:
            return Finding(
                "quotas",
                "error",
                say(
                    f"{city}第 {broken} 次指标设定缺失或被改动",
                    f"setting {broken} of the quotas of {city} is missing or changed",
                ),
                say("从备份恢复", "restore a backup"),
                {"city": city, "broken": broken},
            )
    return Finding("quotas", "ok", say("指标设定记录完整", "the settings of quotas are whole"))


def lineage(opened: Parts, chosen: tuple[str, ...]) -> Finding:
    """Every copy of an original that it named, and whatever else the scenes that are looked into have inherited."""
    lineage = SqlLineage(opened.engine)
    copies = {replica for _, replica in lineage.inherited()}
    if unproven := lineage.unproven(sorted(copies.union(chosen))):
        named = ", ".join(f"{each.original}@{each.sequence} > {each.replica}" for each in unproven[:5])
        return Finding(
            "lineage",
            "error",
            say(
                f"承接的佐证与原场景账本不符：{named}",
                f"inherited evidence that the original's journal does not have: {named}",
            ),
            say(
                "工作进程五分钟内换上真实佐证；何人录入：scene history",
                "a worker replaces it within five minutes where there is any; who entered it: scene history",
            ),
            {"unproven": [each._asdict() for each in unproven[:PAGE]]},
        )
    unread = left_to_tell(lineage).unread
    if not unread:
        return Finding(
            "lineage",
            "ok",
            say(
                "复制场景的佐证可承接、与账本相符", "every copy can be told what its original showed, and has no other"
            ),
        )
    named = ", ".join(f"{each.original} > {each.replica}" for each in unread[:5])
    return Finding(
        "lineage",
        "error",
        say(f"佐证无法读取：{named}", f"evidence that cannot be read: {named}"),
        "scene rebuild",
        {"unread": [each.model_dump() for each in unread[:PAGE]]},
    )
