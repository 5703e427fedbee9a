"""`python -m tests.long_run --seconds 1800`: scenes attacked by chance for a given time, and what came of it.

As `tests/rules/test_machine.py`, with a plain random generator: many more sequences in the same time, nothing shrunk.
Of nine sequences in ten the entries are not written down and read back.
Sequence number `n` is the same whenever it is played: `--only n` plays it alone and tells its journal.
"""

import argparse
import sys
import traceback
from collections import Counter
from random import Random
from time import perf_counter

from models.vocabulary import Role, Stage
from tests.attacker import Attacker
from tests.hands import breaches, officers
from tests.improviser import Improviser, dead_duties
from tests.invariants import check_state
from tests.rules.test_machine import beginning
from tests.scenario import Play

MOVES = 110


def sequence(number: int, figures: Counter[str]) -> tuple[Play, str]:
    """Plays one, two of three by an attacker; gives it with what it found wrong, "" for nothing."""
    choose = Random(number).choice  # noqa: S311 - chance that can be repeated
    play = beginning(choose)
    if number % 10:
        play.check = check_state
    begun, entered = play.commands, len(play.journal)
    somebody: Improviser = (Attacker if number % 3 else Improviser)(play, choose, calm=choose((True, True, False)))
    wrong = ""
    try:
        for move in range(MOVES):
            done = somebody.move()
            figures["refusals" if done.rpartition(" ")[2] not in ("ok", "receipt") else "done"] += 1
            if play.state.closed:
                break
            if move % 40 == 39 and (dead := dead_duties(play)):
                wrong = f"dead duties: {dead}"
                break
        wrong = wrong or "; ".join((*breaches(play.journal), *officers(play.journal)))
    except AssertionError as no:
        wrong = str(no)
    except Exception:  # noqa: BLE001 - whatever goes wrong is a finding
        wrong = traceback.format_exc()[-1200:]
    of_people = sum(entry.command.actor.role is not Role.SYSTEM for entry in play.journal[entered:])
    figures.update(
        {
            "sequences": 1, "commands": play.commands - begun, "entries": len(play.journal) - entered,
            "entries of people": of_people, "closed": int(play.state.closed),
            "attacks": getattr(somebody, "attacks", 0), f"reached {furthest(play)}": 1,
        }
    )  # fmt: skip
    return play, wrong


def furthest(play: Play) -> Stage:
    order = list(Stage)
    steps = (event for entry in play.journal for event in entry.events)
    stages = [event.stage for event in steps if hasattr(event, "stage")]
    return max((stage for stage in stages if stage is not Stage.CLOSED), key=order.index, default=Stage.SOLICITATION)


def told(play: Play) -> str:
    lines = []
    for entry in play.journal:
        command = entry.command
        events = ", ".join(f"{type(each).__name__}{':' + getattr(each, 'step', '') or ''}" for each in entry.events)
        lines.append(f"{entry.sequence} {entry.at:%Y-%m-%d %H:%M} {command.actor.person} {command.act.verb}: {events}")
    return "\n".join(lines)


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=int, default=600)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--only", type=int)
    args = asked.parse_args()
    figures: Counter[str] = Counter()
    if args.only is not None:
        play, wrong = sequence(args.only, figures)
        print(told(play), wrong, sep="\n\n")
        return int(bool(wrong))
    began, found, number = perf_counter(), 0, args.first
    while perf_counter() - began < args.seconds:
        _, wrong = sequence(number, figures)
        if wrong:
            found += 1
            print(f"sequence {number}: {wrong}", flush=True)
        number += 1
        if number % 500 == 0:
            print(f"{perf_counter() - began:.0f} s: {dict(figures)}, wrong: {found}", file=sys.stderr, flush=True)
    print(
        f"{perf_counter() - began:.0f} s, {args.first}..{number - 1}: {dict(sorted(figures.items()))}, wrong: {found}"
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
