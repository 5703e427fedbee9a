"""What helps a scene along: the green channel, a factor, a loan; and a citizen who complains."""

from datetime import timedelta

from demo.scene import Scene, Script
from models.commands.support import (
    AnswerComplaint,
    AnswerFactor,
    AskGreenChannel,
    Complain,
    DecideGreenChannel,
    RecordFinance,
    RequestFactor,
)


def hurried(scene: Scene) -> Script:
    """A green channel halves what authorities take from here on."""
    yield scene.owner.does(AskGreenChannel(grounds="列入市重大项目，须赶在旺季前投用。"))
    yield scene.soon()
    yield scene.platform.does(DecideGreenChannel(granted=True, reasons="符合绿色通道条件。"))


def supplied(scene: Scene, bidder: str, factor: str) -> Script:
    """A factor is asked for and granted by whom the city says; a loan is on record."""
    ask = RequestFactor(request="F-1", factor=factor, amount="两处场站", grounds="试点用。")
    yield scene.bidder(bidder).does(ask)
    yield scene.soon()
    holder = scene.deadline("factor/F-1").holder
    answer = AnswerFactor(request="F-1", granted=True, result="已落实。")
    unit = holder.unit if holder else ""
    yield (scene.lead if unit == scene.state.lead else scene.department(unit)).does(answer)
    loan = RecordFinance(
        kind="loan", provider="某银行", amount_yuan=2_000_000, since=scene.today,
        until=scene.today + timedelta(days=365), document=scene.document("场景贷合同"),
    )  # fmt: skip
    yield scene.bidder(bidder).does(loan)


def complained_about(scene: Scene, bidder: str) -> Script:
    """Heard, and found to be nothing."""
    yield scene.citizen.does(
        Complain(complaint="C-1", against=bidder, real_name=True, text="车辆占道停放。")
    )  # fmt: skip
    yield scene.soon()
    yield scene.regulator.does(AnswerComplaint(complaint="C-1", founded=False, finding="现场核查，未占道。"))
