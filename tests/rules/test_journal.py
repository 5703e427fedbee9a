"""The journal: entries fold back to the same state, commands are known again, a state stays small enough to carry."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.commands import COMMAND_BYTES, Command
from models.commands.anywhere import AdoptPolicy, LoadCalendar, ProposeCorrection, RequestExtension
from models.commands.review import GiveOpinion
from models.commands.solicitation import AcceptFiling, DuplicateCheck, Register
from models.journal import JournalEntry
from models.policy import Policy
from models.refusal import Refused
from models.state import RECEIPTS, SceneState
from models.vocabulary import Mode, PanelPurpose, Position, Scale
from rules.alarms import next_alarm
from rules.decide import decide
from rules.journal import admit, fold, policy_after, refuse_oversized, repeated
from tests.improviser import improvise, some_act
from tests.scenario import Play, city

STATE_BYTES = 512 * 1024
BIDDERS = ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司")


def replayed(play: Play, policy: Policy) -> None:
    """Folds the journal as it would be read back, and judges every command again."""
    state = SceneState(scene=play.scene)
    for entry in play.journal:
        read = JournalEntry.model_validate_json(entry.model_dump_json())
        assert read == entry
        assert read.command.digest == entry.command.digest
        assert decide(policy, state, read.command, read.at) == read.events
        assert (read.policy, read.calendar) == (policy.digest, policy.calendar.version)
        state = fold(state, read)
        policy = policy_after(policy, read)
        assert SceneState.model_validate_json(state.model_dump_json()) == state
    assert state == play.state
    assert policy == play.policy
    assert next_alarm(state) == next_alarm(play.state)


# from the journal back to the state


@pytest.mark.parametrize("name", ["yancheng", "ningbo", "chongqing"])
def test_a_whole_life_is_read_back_as_it_was_lived(name: str) -> None:
    policy = city(name)
    play = Play(policy, scale=Scale.COMPREHENSIVE, narrow=False).to_candidate()
    replayed(play, policy)


@settings(max_examples=15, deadline=None)
@given(st.integers(min_value=0), st.sampled_from(("yancheng", "ningbo", "chongqing")))
def test_so_is_whatever_else_may_have_happened(seed: int, name: str) -> None:
    policy = city(name)
    replayed(improvise(Play(policy).submit(), seed, 60), policy)


def test_an_entry_stands_in_its_own_place_only(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.do(AcceptFiling(), play.platform)
    first, second = play.journal
    blank = SceneState(scene=play.scene)
    for state, entry in ((blank, second), (play.state, second), (fold(blank, first), first)):
        with pytest.raises(ValueError, match="does not follow"):
            fold(state, entry)


def test_the_policy_in_force_changes_with_a_policy_or_a_notice_and_with_nothing_else(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    for entry in play.journal:
        assert policy_after(yancheng, entry) is yancheng
    for verb in ("adopt_policy", "load_calendar"):
        act = some_act(play, verb)
        assert isinstance(act, AdoptPolicy | LoadCalendar)
        play.do(act, play.group)
        assert policy_after(yancheng, play.journal[-1]) is not yancheng


def test_judging_changes_nothing(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    before = play.state.model_dump_json()
    unit = play.state.cooperating[0]
    command = play.command(GiveOpinion(position=Position.AGREE, text="意见"), play.cooperating(unit))
    assert admit(play.policy, play.state, command, play.now) == admit(play.policy, play.state, command, play.now)
    assert play.state.model_dump_json() == before


# commands that are known


def test_a_command_that_is_repeated_has_its_receipt(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    command = play.command(AcceptFiling(), play.platform, id="accept-1")
    assert repeated(play.state, command) is None
    play.do(AcceptFiling(), play.platform, id="accept-1", seen=command.seen)
    receipt = repeated(play.state, command)
    assert receipt is not None
    assert (receipt.sequence, receipt.step, receipt.digest) == (2, "accepted", command.digest)
    assert receipt == play.state.receipts[-1]


def test_its_id_with_another_content_is_refused(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.do(AcceptFiling(), play.platform, id="accept-1")
    other = Register(duplicate_check=DuplicateCheck(finding="无重复"))
    for act, who in ((other, play.platform), (AcceptFiling(), play.office(play.platform.role, "another"))):
        with pytest.raises(Refused, match="command_id_reused"):
            repeated(play.state, play.command(act, who, id="accept-1"))


@pytest.fixture(scope="module")
def long() -> tuple[Play, Command]:
    """A command and the 256 after it."""
    play = Play(city("yancheng")).submit()
    command = play.command(AcceptFiling(), play.platform, id="accept-1")
    play.do(command.act, play.platform, id="accept-1", seen=command.seen)
    for n in range(RECEIPTS):
        note = ProposeCorrection(correction=f"c-{n}", sequence=1, reasons="误录", right_text="更正")
        play.do(note, play.platform)
    return play, command


def test_after_256_others_the_ledger_alone_knows_it_and_here_it_is_stale(long: tuple[Play, Command]) -> None:
    play, command = long
    assert len(play.state.receipts) == RECEIPTS
    assert repeated(play.state, command) is None
    assert repeated(play.state, play.command(AcceptFiling(), play.owner, id="accept-1")) is None
    with pytest.raises(Refused, match="stale"):
        admit(play.policy, play.state, command, play.now)


def test_the_newest_256_are_known_and_no_alarm_takes_their_place(long: tuple[Play, Command]) -> None:
    play, _ = long
    after = play.fork()
    after.pass_limit("registration")
    assert after.state.receipts == play.state.receipts
    oldest = play.journal[-RECEIPTS]
    assert repeated(play.state, oldest.command) == play.state.receipts[0]


def test_what_is_due_comes_first_each_in_an_entry_of_its_own(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    play.now = play.deadline("completeness").due_at
    register = Register(duplicate_check=DuplicateCheck(finding="无重复"))
    command = play.command(register, play.platform, seen=2)
    with pytest.raises(Refused, match="seen_ahead"):
        admit(play.policy, play.state, command.model_copy(update={"seen": 3}), play.now)
    entries = admit(play.policy, play.state, command, play.now)
    assert [entry.command.act.verb for entry in entries] == ["pass_deadline", "register"]
    assert [entry.sequence for entry in entries] == [2, 3]
    assert entries[0].command.command_id == "alarm-2"


# sizes


def test_a_command_is_refused_above_its_largest_size() -> None:
    refuse_oversized(COMMAND_BYTES)
    with pytest.raises(Refused, match="too_large") as refused:
        refuse_oversized(COMMAND_BYTES + 1)
    assert refused.value.details == {"size": str(COMMAND_BYTES + 1), "limit": str(COMMAND_BYTES)}


def crowded() -> Policy:
    """Twelve departments cooperate in the first domain, and five bidders may win a race."""
    policy = city("chongqing")
    race = policy.modes[Mode.OPEN_CHALLENGE].model_copy(update={"winners": 5})
    lead = policy.domains[0].lead
    units = (lead, *(unit.name for unit in policy.units if unit.name != lead))[:13]
    domain = policy.domains[0].model_copy(update={"units": units})
    modes = {**policy.modes, Mode.HORSE_RACE: race}
    return policy.model_copy(update={"modes": modes, "domains": (domain, *policy.domains[1:])})


def size(play: Play) -> int:
    """Of the state with as many receipts as it remembers, all of the longest ids."""
    longest = play.state.receipts[-1].model_copy(update={"command_id": "c" * 128})
    full = play.state.model_copy(update={"receipts": (longest,) * RECEIPTS})
    return len(full.model_dump_json().encode())


def test_a_full_scene_fits_into_what_is_carried_over() -> None:
    play = Play(crowded()).to_consultation()
    assert len(play.state.cooperating) == 12
    for unit in play.state.cooperating:
        play.do(RequestExtension(deadline=f"consultation/{unit}", reasons="核实"), play.cooperating(unit))
    assert size(play) < STATE_BYTES


def test_so_does_one_with_five_bidders_whose_work_is_being_accepted() -> None:
    play = Play(crowded()).to_running(*BIDDERS, winners=5, mode=Mode.HORSE_RACE)
    for bidder in BIDDERS:
        play.end_trial(bidder)
    for bidder in BIDDERS:
        play.apply(bidder)
        play.seat_panel(PanelPurpose.ACCEPTANCE, bidder)
    assert len([each for each in play.state.deadlines if each.limit.startswith("acceptance_")]) > 5 * 12
    assert size(play) < STATE_BYTES
