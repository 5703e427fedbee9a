"""What a challenge and a registration rest on: a basis that the city knows, money that is there, scenes looked at."""

from models.commands.anywhere import ConfirmCorrection, ProposeCorrection
from models.commands.matching import PostChallenge
from models.commands.solicitation import AcceptFiling, DuplicateCheck, Register, Submit
from models.commands.support import AskGreenChannel, DecideGreenChannel
from models.policy import Policy
from models.vocabulary import Mode
from tests.improviser import some_act
from tests.scenario import Play, with_rules

A = "甲公司"


def posting(play: Play, **more: object) -> PostChallenge:
    act = some_act(play, "post_challenge")
    assert isinstance(act, PostChallenge)
    return act.model_copy(update=more)


def test_every_mode_of_every_city_names_the_bases_it_may_rest_on(policy: Policy) -> None:
    assert all(rule.legal_bases for rule in policy.modes.values())


def test_an_open_challenge_on_a_basis_that_the_city_does_not_name_is_refused(policy: Policy) -> None:
    play = Play(policy).to_listed()
    no = play.refuses("legal_basis_unlisted", posting(play, legal_basis="领导批示"), play.owner)
    known = policy.modes[Mode.OPEN_CHALLENGE].legal_bases
    assert all(basis in str(no.details["known"]) for basis in known)

    play.do(posting(play, legal_basis=known[-1]), play.owner)


def test_nobody_is_promised_more_than_the_scene_is_funded_with(policy: Policy) -> None:
    play = Play(policy).to_listed()
    no = play.refuses("funding_exceeded", posting(play, budget_yuan=play.budget_yuan + 1), play.owner)
    assert (no.details["budget"], no.details["funding"]) == ("800001", "800000")

    play.do(posting(play, budget_yuan=play.budget_yuan), play.owner)


def test_a_policy_from_before_lets_a_challenge_exceed_the_funding(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "contracting", within_funding=False)).to_listed()
    play.do(posting(play, budget_yuan=play.budget_yuan + 1), play.owner)


# R16


def registration(*looked_at: str, proposed: tuple[str, ...] = ("YC-1", "YC-2")) -> Register:
    return Register(duplicate_check=DuplicateCheck(finding="不重复", looked_at=looked_at, proposed=proposed))


def test_look_alikes_that_nobody_looked_at_keep_a_scene_from_being_registered(policy: Policy) -> None:
    play = Play(policy).submit()
    play.do(AcceptFiling(), play.platform)
    no = play.refuses("lookalikes_not_looked_at", registration(), play.platform)
    assert no.details["proposed"] == "YC-1, YC-2"

    play.do(registration("YC-1"), play.platform)


def test_where_nothing_is_proposed_there_is_nothing_to_look_at(policy: Policy) -> None:
    play = Play(policy).submit()
    play.do(registration(proposed=()), play.platform)


# R68


def test_the_green_channel_is_asked_for_in_the_application_and_decided_as_ever(ningbo: Policy) -> None:
    play = Play(ningbo)
    play.do(Submit(application=play.application().model_copy(update={"green_channel": "防汛急需"})), play.owner)

    assert play.deadline("green_channel").holder == play.holder(play.platform.role)
    play.refuses("green_channel_asked", AskGreenChannel(grounds="再申请"), play.owner)
    play.do(DecideGreenChannel(granted=True, reasons="急需"), play.platform)
    assert play.state.green_channel is not None
    assert play.state.green_channel.granted


def test_a_city_without_a_green_channel_says_so_to_an_application_that_asks_for_one(chongqing: Policy) -> None:
    play = Play(chongqing)
    asking = play.application().model_copy(update={"green_channel": "急需"})
    play.refuses("no_green_channel", Submit(application=asking), play.owner)


# awards


def test_an_award_is_corrected_in_words_by_those_who_may_award(policy: Policy) -> None:
    play = Play(policy).to_contracting(A)
    entry = play.state.contracts[0].awarded_in
    assert play.journal[entry - 1].command.act.verb == "award"
    wrong = ProposeCorrection(correction="K-1", sequence=entry, reasons="笔误", right_text="中榜方应为乙公司")
    for stranger in (play.bidder(A), play.owner, play.regulator, play.platform):
        no = play.refuses("award_of_another", wrong, stranger)
        assert no.details["allowed"] == "lead_department"

    play.do(wrong, play.lead)
    confirmed = ConfirmCorrection(correction="K-1", confirmed=True)
    play.refuses("award_of_another", confirmed, play.person(play.regulator.role, play.regulator.unit, "regulator-9"))
    play.do(confirmed, play.platform)


# delegation


def test_in_a_scene_that_goes_by_a_directory_nobody_is_taken_at_their_word(policy: Policy) -> None:
    play = Play(policy).submit()
    play.do(AcceptFiling(), play.platform.model_copy(update={"directory_version": 3}))
    named = play.platform.model_copy(update={"person": "deputy", "on_behalf_of": ("chief",)})

    play.refuses("path_unproven", registration("YC-1"), named)
    play.do(registration("YC-1"), named.model_copy(update={"directory_version": 3}))
