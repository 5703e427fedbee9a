"""The list of suggestions to change a rule is what the journals say, and follows who has to answer."""

from sqlalchemy import Engine, text

from models.commands.anywhere import Reassign
from models.commands.suggestions import AnswerSuggestion, Shown, SuggestRuleChange
from models.policy import Policy
from models.vocabulary import Role
from storage.ledger import SqlLedger
from storage.rebuild import compare, rebuild
from storage.suggestions import SqlSuggestions, SuggestionFilter
from tests.scenario import Play
from tests.storage.journals import record, rows

A = "甲公司"


def test_a_list_follows_its_journal_and_is_made_again_from_it(
    ledger: SqlLedger, engine: Engine, policy: Policy
) -> None:
    play = Play(policy).to_running(A)
    act = SuggestRuleChange(
        bidder=A, suggestion="S-1", rule="规程", clause="第三条", finding="未见风险", proposed="可以远程值守",
        evidence=Shown(clauses=("1.1",)), to=Role.LEAD,
    )  # fmt: skip
    play.do(act, play.bidder(A))
    record(ledger, play)
    was, unit = play.state.lead or "", policy.units[-1].name
    play.do(Reassign(part="lead", from_unit=was, to_unit=unit, reasons="调整"), play.group)
    record(ledger, play)
    store = SqlSuggestions(engine)
    [found] = store.suggestions(SuggestionFilter(unit=unit)).items
    assert (found.standing, found.to_unit) == ("open", unit)
    play.do(AnswerSuggestion(suggestion="S-1", answer="declined", reasons="依据不足"), play.lead)
    record(ledger, play)
    assert store.suggestions(SuggestionFilter(standing="declined")).total == 1
    assert compare(engine) == ()
    before = rows(engine, "suggestion")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM suggestion"))
    assert [each.table for each in rebuild(engine)] == ["suggestion"]
    assert rows(engine, "suggestion") == before
