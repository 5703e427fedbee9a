"""One command in many processes, ended as the installed one ends: `python -m tests.cli.many TIMES AT_ONCE WORD...`.

Imports once and forks: what is tried is the exit of a process that used the client, and fifty imports cost a minute.
Prints each process's status, a signal as its negative number.
"""

import gc
import os
import sys
import warnings

import starter


def main() -> None:
    gc.freeze()
    times, at_once, words = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    statuses: list[int] = []
    running = 0
    for _ in range(times):
        if running == at_once:
            statuses.append(os.waitstatus_to_exitcode(os.wait()[1]))
            running -= 1
        if os.fork() == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.argv = ["scene", *words]
            starter.main()
        running += 1
    statuses += [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(running)]
    sys.stdout.write(" ".join(map(str, statuses)))


if __name__ == "__main__":
    warnings.simplefilter("error")
    main()
