"""Runs one program to its end and says what it took: wall time, processor time, peak memory."""

import os
import pathlib
import signal
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass

# A run may take so many times its limit by the clock.
PATIENCE = 4

LAUNCHER = pathlib.Path(__file__).resolve().with_name("launch.py")


@dataclass
class Run:
    """One run. `ended` says what stopped it, if it did not stop by itself: `time` or `memory`."""

    wall: float
    cpu: float
    memory: int
    status: int
    ended: str
    load: float


def run(command, folder, output, limit, most_memory=None, environment=None):
    """Runs `command` in `folder` with its standard output in the file `output`. It is ended after `limit` seconds of
    processor time, or when its processes hold more than `most_memory` bytes together."""
    load = os.getloadavg()[0]
    launcher = subprocess.Popen(
        [sys.executable, "-I", "-S", LAUNCHER, str(output), *map(str, command)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    guard = Guard(int(launcher.stdout.readline()), limit, most_memory)
    guard.start()
    try:
        said = launcher.communicate()[0].split()
    except BaseException:
        guard.kill("interrupted")
        raise
    finally:
        guard.over.set()
    guard.join()
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return Run(float(said[0]), float(said[1]), int(said[2]) * unit, int(said[3]), guard.ended, load)


class Guard(threading.Thread):
    """Ends a program and all that it started when it takes too long or too much. What counts is processor time, since on a
    busy machine the clock says little; one that waits for ever is ended by the clock."""

    def __init__(self, group, limit, most_memory):
        super().__init__(daemon=True)
        self.group, self.limit, self.most_memory = group, limit, most_memory
        self.deadline = time.perf_counter() + PATIENCE * limit
        self.over = threading.Event()
        self.ended = ""

    def run(self):
        while not self.over.wait(0.5):
            spent, held = used_by(self.group)
            if spent > self.limit or time.perf_counter() > self.deadline:
                return self.kill("time")
            if self.most_memory and held > self.most_memory:
                return self.kill("memory")
        return None

    def kill(self, why):
        self.ended = why
        try:
            os.killpg(self.group, signal.SIGKILL)
        except ProcessLookupError:
            pass


def used_by(group):
    """The processor time and the memory of the processes of a group; 0 where the machine does not say."""
    ticks, pages = 0, 0
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
                pages += int(fields[21])
        except (OSError, IndexError, ValueError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE")


def summary(runs):
    """The figures of several runs: medians of the times, the largest memory."""
    return {
        "wall": statistics.median(one.wall for one in runs),
        "cpu": statistics.median(one.cpu for one in runs),
        "memory": max(one.memory for one in runs),
        "status": runs[-1].status,
        "ended": runs[-1].ended,
        "load": max(one.load for one in runs),
        "runs": [asdict(one) for one in runs],
    }


def repeat(once, runs, patience):
    """Runs up to `runs` times, and not once more when all runs together have taken `patience` seconds."""
    done = []
    while len(done) < runs:
        done.append(once())
        if done[-1].ended or sum(one.wall for one in done) > patience:
            break
    return done


def instructions(command, folder, environment=None):
    """How many instructions a program executes outside the kernel, by callgrind."""
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        tool + [str(word) for word in command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        check=False,
    )
    for line in done.stderr.splitlines():
        if "Collected :" in line:
            return int(line.rpartition(":")[2]), done.returncode
    raise SystemExit(f"valgrind counted nothing: {done.stderr[-2000:]}")


def machine():
    """What the figures were measured on."""
    model = ""
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = os.uname()
    return {
        "processor": model or system.machine,
        "cores": cores,
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{system.sysname} {system.machine}",
    }
