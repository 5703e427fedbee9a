"""What follows a decision against somebody: service, appeal, and the day on which it is final."""

from demo.scene import Person, Scene, Script
from models.commands.anywhere import Appeal, DecideAppeal, RecordService


def served(scene: Scene) -> Script:
    """Every decision and notice whose service is open is served."""
    yield scene.workdays(3)
    state = scene.state
    open_ones = {each.sequence: each.against for each in state.decisions if each.served_on is None}
    open_ones |= {each.entry: each.to.person or each.to.unit for each in state.services if each.to is not None}
    yield [
        scene.platform.does(
            RecordService(entry=entry, how="electronic", served_on=scene.today, to=to, proof=scene.document("送达回证"))
        )
        for entry, to in open_ones.items()
    ]


def final(scene: Scene) -> Script:
    """Served, and nobody appeals."""
    yield from served(scene)
    yield scene.passed(f"appeal_window/{scene.state.decisions[-1].sequence}")


def appealed(scene: Scene, by: Person, *, upheld: bool) -> Script:
    """Served, appealed against, and decided by the supervisor, who did not take part in the decision."""
    yield from served(scene)
    decision = scene.state.decisions[-1].sequence
    yield scene.workdays(10)
    yield by.does(Appeal(decision=decision, grounds="事实认定有误，请求复核。"))
    yield scene.workdays(15)
    reasons = "原决定依据不足，撤销。" if upheld else "原决定事实清楚，维持。"
    yield scene.supervisor.does(DecideAppeal(decision=decision, upheld=upheld, reasons=reasons))
