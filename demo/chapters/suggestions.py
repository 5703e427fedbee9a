"""What a trial showed of a rule, brought before who can have it changed."""

from demo.scene import Scene, Script
from models.commands.suggestions import AnswerSuggestion, Shown, SuggestRuleChange
from models.vocabulary import Role


def rule_doubted(scene: Scene, bidder: str) -> Script:
    """The bidder doubts the rule it is exempted from; the lead department passes that on."""
    yield scene.soon()
    yield scene.bidder(bidder).does(
        SuggestRuleChange(
            bidder=bidder,
            suggestion="S-1",
            rule="现行作业规程",
            clause="人员在场",
            finding="试点以来无人在场，未发生一起事故，可用率高于目标。",
            evidence=Shown(clauses=("2.1",)),
            proposed="有远程值守且可随时停机的，可以不要求人员在场。",
            to=Role.LEAD,
        )
    )
    yield scene.workdays(12)
    yield scene.lead.does(
        AnswerSuggestion(
            suggestion="S-1",
            answer="passed_on",
            reasons="属上级规程，转请修订。",
            authority="国家主管部门",
            document=scene.document("修订建议函"),
        )
    )
