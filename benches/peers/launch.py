"""Starts one program, waits for its end, and says what it took. A process of its own, since the system counts the memory that
the starter held as the program's: this one holds less than any program that is timed.

`launch.py OUTPUT COMMAND..` prints the id of the program, then wall time, processor time, peak memory and status.
"""

import os
import sys
import time


def main():
    output, command = sys.argv[1], sys.argv[2:]
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(os.open(output, flags, 0o644), 1)
            os.dup2(os.open(output + ".err", flags, 0o644), 2)
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    print(child, flush=True)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - start
    print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss, os.waitstatus_to_exitcode(status), flush=True)


main()
