"""A scene tests regulation (重庆场景实施方案 三（九）): what a trial showed of a rule goes to who can have it changed.

Bidder, regulator and lead department suggest while a trial is under way, evaluated or accepted, and say where the trial
shows it: the rule it was exempted from, a reading, an incident. Who was asked answers within the policy's limit:
adopted for a proposal of its own, passed on to the authority with the paper, or declined; somebody else than who
suggested it. The scene's own course does not wait for it: what is unanswered at its end stays so on record.
"""

from typing import assert_never

from models.commands.suggestions import AnswerSuggestion, Shown, SuggestionAct, SuggestRuleChange
from models.events.suggestions import RuleChangeSuggested, SuggestionAnswered
from models.state import Suggestion
from rules.docket import Docket
from rules.keyed import find


def judge(docket: Docket, act: SuggestionAct) -> None:
    match act:
        case SuggestRuleChange():
            _suggest(docket, act)
        case AnswerSuggestion():
            _answer(docket, act)
        case _:
            assert_never(act)


def _suggest(docket: Docket, act: SuggestRuleChange) -> None:
    if find(docket.state.suggestions, id=act.suggestion) is not None:
        docket.refuse("suggestion_exists", suggestion=act.suggestion)
    _refuse_unfounded(docket, act.bidder, act.evidence)
    docket.record(
        RuleChangeSuggested(
            suggestion=Suggestion(
                id=act.suggestion,
                sequence=docket.sequence,
                bidder=act.bidder,
                rule=act.rule,
                clause=act.clause,
                by_role=docket.role,
                by_unit=docket.unit,
                to=act.to,
                on=docket.day,
            )
        )
    )
    docket.set_deadline("suggestion", docket.holder(act.to), ("answer_suggestion",), key=act.suggestion, step="")


def _refuse_unfounded(docket: Docket, bidder: str, shown: Shown) -> None:
    """At least one thing, and nothing that this bidder's trial does not have."""
    trial = find(docket.state.trials, bidder=bidder)
    if trial is None:
        known = ", ".join(each.bidder for each in docket.state.trials) or "-"
        docket.refuse("unknown_bidder", bidder=bidder, known=known)
    incidents = [each.id for each in docket.state.incidents if each.bidder == bidder]
    known_of = (
        (shown.clauses, trial.clauses),
        (shown.readings, [reading.kpi for reading in trial.readings]),
        (shown.incidents, incidents),
    )
    unknown = [each for named, known in known_of for each in named if each not in known]
    if unknown or not any(named for named, _ in known_of):
        docket.refuse(
            "suggestion_unfounded",
            unknown=", ".join(unknown) or "-",
            known=", ".join(dict.fromkeys(each for _, known in known_of for each in known)) or "-",
        )


def _answer(docket: Docket, act: AnswerSuggestion) -> None:
    suggestion = find(docket.state.suggestions, id=act.suggestion)
    if suggestion is None or suggestion.answer is not None:
        waiting = ", ".join(each.id for each in docket.state.suggestions if each.answer is None)
        docket.refuse("no_such_suggestion", suggestion=act.suggestion, known=waiting or "-")
    if suggestion.to is not docket.role:
        expected = docket.holder(suggestion.to)
        docket.refuse("not_your_part", unit=docket.unit, role=docket.role, expected=expected.unit)
    passed_on = act.answer == "passed_on"
    if passed_on and (act.authority is None or act.document is None):
        docket.refuse("passed_on_to_nobody")
    docket.record(
        SuggestionAnswered(
            suggestion=act.suggestion,
            answer=act.answer,
            on=docket.day,
            authority=act.authority if passed_on else None,
            document=act.document.sha256 if passed_on and act.document is not None else None,
        )
    )
    docket.met(f"suggestion/{act.suggestion}")
