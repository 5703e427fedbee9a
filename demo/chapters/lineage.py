"""Of copies: what the original had shown is inherited, and what happens to one of the kin is looked at here as well."""

from datetime import date

from demo.scene import Scene, Script
from models.commands.lineage import ConcludeLineageReview, InheritEvidence, ReopenReview
from models.lineage import AcceptedResult, Cause, Evidence

ORIGINAL = "YC26-047"


def inherited(scene: Scene) -> Script:
    """The benchmark's evidence, with the entry and the head of the chain that it was taken from."""
    opinion = scene.paper("验收意见书").sha256
    accepted = AcceptedResult(bidder="甲公司", step="passed", verdict="passed", on=date(2041, 4, 10), document=opinion)
    evidence = Evidence(
        scene=ORIGINAL, sequence=60, head=scene.paper("链首").sha256, city="盐城市", level="城市级",
        confirmed_on=date(2041, 6, 3), acceptances=(accepted,),
    )  # fmt: skip
    yield scene.platform.does(InheritEvidence(evidence=evidence))


def alarmed(scene: Scene) -> Script:
    """An incident in another copy: the regulator looks, and finds this one not affected."""
    cause = Cause(
        scene="YC26-DF", sequence=31, head=scene.paper("链首").sha256, kind="incident", incident="DF-1"
    )  # fmt: skip
    yield scene.workdays(2)
    yield scene.platform.does(ReopenReview(cause=cause))
    yield scene.workdays(3)
    finding = "事故系该处路侧设备失效所致，本场景未使用同型号设备。"
    yield scene.regulator.does(ConcludeLineageReview(review=cause.review, affected=False, finding=finding))
