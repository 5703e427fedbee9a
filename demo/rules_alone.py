"""Plays a story on the rules alone: no server, no database, as fast as Python counts."""

from datetime import datetime

from demo.scene import Deed, Refusal, Scene, Story, StoryBroken, Until, command_for
from models.commands import Command
from models.journal import JournalEntry
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from rules.alarms import next_alarm
from rules.journal import admit, due_alarm, entry_for, fold, policy_after


def play(story: Story, scene: Scene) -> tuple[JournalEntry, ...]:
    """The journal of the whole life. Raises StoryBroken where it does not go, or end, as the story says."""
    stage = _Stage(scene)
    try:
        for move in story.told(scene):
            match move:
                case Until(moment=moment):
                    stage.wait(moment)
                case Refusal(deed=deed, code=code):
                    stage.refuse(deed, code)
                case Deed():
                    stage.do(move)
                case _:
                    stage.do(*move)
        story.check_end(scene)
    except (StoryBroken, Refused) as broken:
        raise StoryBroken(f"{story.scene} on {scene.today}: {broken}") from broken
    return tuple(stage.journal)


class _Stage:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.policy: Policy = scene.policy
        self.journal: list[JournalEntry] = []
        self.commands = 0

    def wait(self, moment: datetime) -> None:
        """Alarm by alarm."""
        state, now = self.scene.state, self.scene.now
        while (at := next_alarm(state)) is not None and at <= moment and not state.closed:
            now = max(now, at)
            while (alarm := due_alarm(state, now)) is not None:
                state = self._enter(state, entry_for(self.policy, state, alarm, now))
        self.scene.see(state, max(now, moment))

    def do(self, *deeds: Deed) -> None:
        """Several people at once have all seen the same, and act one after the other."""
        state = self.scene.state
        for deed in deeds:
            for entry in admit(self.policy, state, self._command(deed), self.scene.now):
                state = self._enter(state, entry)
        self.scene.see(state, self.scene.now)

    def refuse(self, deed: Deed, code: str) -> None:
        try:
            admit(self.policy, self.scene.state, self._command(deed), self.scene.now)
        except Refused as refused:
            self.scene.holds(refused.code == code, f"{deed.act.verb} is refused as {refused}, not as {code}")
        else:
            raise StoryBroken(f"{deed.act.verb} is not refused; it should be, as {code}")

    def _command(self, deed: Deed) -> Command:
        self.commands += 1
        return command_for(self.scene, deed, self.commands)

    def _enter(self, state: SceneState, entry: JournalEntry) -> SceneState:
        self.journal.append(entry)
        self.policy = policy_after(self.policy, entry)
        return fold(state, entry)
