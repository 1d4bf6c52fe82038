#!/usr/bin/env python3
"""Ten times the work: how many times the time and the memory? Asked of the program itself, from its start to its end, for
every way in which input can be large that the benches know.

Prints, for each, what a run takes at 1, 10 and 100 times its size, and the exponents of time and memory: 1.00 is ten times
as much for ten times the input, 1.05 is eleven. They are those of the last step, without what a run takes that finds nothing to
judge. A line of which a hundred times its size is more than a scan allows starts at a quarter.

A gigabyte is further away for a processor than what fits into its caches, so the same work takes longer in a large run. Where
the time grows faster than 1.05 when measured again, the instructions are counted with callgrind, where it is to be had, and
decide. Ends with status 1 when they, or the memory, are above 1.05.
"""

import argparse
import functools
import json
import math
import pathlib
import shutil
import subprocess
import sys

import measure
import peers
import programs
import tables
import trees

MOST = 1.05

# Bytes. What a small tree needs lies where the start of the program had something else, so that it seems up to some megabytes
# smaller than it is: a line that takes 1.2 kB for each of 20,000 to 100,000 takes 0.8 kB for each of the first 10,000.
LEAST_MEMORY = 12e6

# A file that gives a scan nothing to judge.
NOTHING = 'locals {\n  nothing = ""\n}\n'


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only the lines with this in their name")
    parser.add_argument("--gardefou", metavar="PATH", help="the program [default: a release build of this clone]")
    parser.add_argument("--bench", type=pathlib.Path, metavar="PATH", help="the bench binary `growth` [default: built]")
    parser.add_argument("--threads", default="1", help="threads of the program [default: 1]")
    parser.add_argument("--runs", type=int, default=5, help="runs of each size; the shortest counts [default: 5]")
    parser.add_argument("--instructions", action="store_true", help="count instructions with callgrind, at 1 and 10 times: exact on a busy machine")
    parser.add_argument("--work", type=pathlib.Path, metavar="FOLDER", help="for trees [default: target/peers]")
    parser.add_argument("--results", type=pathlib.Path, metavar="FILE", help="add the figures to the results of peers.py")
    return parser.parse_args()


def main():
    chosen = arguments()
    work = (chosen.work or trees.target() / "peers").resolve()
    work.mkdir(parents=True, exist_ok=True)
    program = programs.found(chosen.gardefou, "") or peers.release_build()
    generator = chosen.bench.resolve() if chosen.bench else trees.generator()
    said = subprocess.run([generator, "--names"], capture_output=True, text=True, check=True).stdout
    lines = [line.split("\t") for line in said.splitlines()]
    lines = [(name, int(size)) for size, name in lines if not chosen.names or any(part in name for part in chosen.names)]
    meter = Meter(program, generator, work, chosen)
    rows, failed = {}, []
    for name, size in lines:
        try:
            rows[name] = meter.line(name, size)
        except GaveUp as why:
            print(f"{name:<46} {size:>7,}  gave up: {why}", flush=True)
            failed.append(name)
            continue
        print(meter.shown(name, rows[name]), flush=True)
        if chosen.results and not chosen.instructions:
            results = json.loads(chosen.results.read_text()) if chosen.results.exists() else {"trees": {}, "rows": {}}
            results.setdefault("growth", {})[name] = rows[name]
            chosen.results.write_text(json.dumps(results, indent=1))
    above = [name for name, row in rows.items() if row["is_above"]]
    for name in above:
        print(f"grows faster than its input: {name}", file=sys.stderr)
    return 1 if above or failed else 0


class GaveUp(Exception):
    """The program did not do its job on a tree."""


def why(report):
    """The first error of a report."""
    problems = (programs.report_of(report) or {}).get("problems", [])
    return next((one["message"] for one in problems if one.get("severity", "error") == "error"), "")


class Meter:
    """Measures one line after the other."""

    def __init__(self, program, generator, work, chosen):
        self.program, self.generator, self.chosen = program, generator, chosen
        self.folder = work / "growth"
        self.output = work / "growth.json"
        self.base = None if chosen.instructions else self.times("", 0, 11)

    def command(self):
        return [self.program, "scan", ".", "--as-of", programs.AS_OF, "--format", "json", "--threads", self.chosen.threads]

    def tree(self, name, size, measured):
        """What is measured on a tree, which is gone afterwards; without a name on one with nothing to judge."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        if name:
            subprocess.run([self.generator, "--write", self.folder, str(size), name], check=True)
        else:
            (self.folder / "main.tf").write_text(NOTHING)
        try:
            return measured()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def times(self, name, size, runs):
        """The least of several runs: processor time in seconds, and memory in bytes."""
        once = functools.partial(measure.run, self.command(), self.folder, self.output, 900)
        done = self.tree(name, size, lambda: measure.repeat(once, runs, 60))
        self.check(name, size, done[-1].status, done[-1].ended)
        return min(one.cpu for one in done), min(one.memory for one in done)

    def instructions(self, name, size):
        count, status = self.tree(name, size, lambda: measure.instructions(self.command(), self.folder))
        self.check(name, size, status, "")
        return count

    def check(self, name, size, status, ended):
        """A run that gave up says nothing about growth."""
        if ended or status not in (0, 1):
            raise GaveUp(f"{size:,} of them end with status {status} {ended}; {why(self.output)}")

    def line(self, name, size):
        """Measures a line, of a quarter of its size when a hundred times as many are more than a scan allows."""
        measured = self.counted if self.chosen.instructions else self.timed
        try:
            return measured(name, size)
        except GaveUp:
            return measured(name, size // 4)

    def counts(self, name, size):
        """Instructions at 1 and 10 times, and their exponent."""
        counts = [self.instructions(name, size), self.instructions(name, size * 10)]
        return counts, exponent(counts, self.instructions("", 0))

    def counted(self, name, size):
        """A line of instructions alone."""
        counts, found = self.counts(name, size)
        return {"size": size, "instructions": counts, "counted_exponent": found, "is_above": found > MOST}

    def timed(self, name, size):
        """Time and memory at 1, 10 and 100 times; once more when it grew too fast, since other work on the machine only ever
        adds. Where it stays so, instructions decide about the time."""
        found = [self.times(name, size * factor, self.chosen.runs) for factor in (1, 10, 100)]
        row = self.row(size, found)
        for _ in range(2):
            if not row["is_above"]:
                return row
            again = self.times(name, size * 100, self.chosen.runs)
            found[-1] = tuple(min(pair) for pair in zip(found[-1], again))
            row = self.row(size, found)
        if row["time_exponent"] > MOST and shutil.which("valgrind"):
            row = self.row(size, found, self.counts(name, size)[1])
        return row

    def row(self, size, found, counted=None):
        """The figures of a line; `counted` is the exponent of instructions, which goes before that of time."""
        costs, memory = ([one[which] for one in found] for which in (0, 1))
        of_time = exponent(costs[1:], self.base[0])
        of_memory = exponent(memory[1:], self.base[1], LEAST_MEMORY)
        decides = of_time if counted is None else counted
        return {
            "size": size,
            "cpu": costs,
            "memory": memory,
            "time_exponent": of_time,
            "counted_exponent": counted,
            "memory_exponent": of_memory,
            "is_above": max(decides, of_memory) > MOST,
        }

    def shown(self, name, row):
        mark = "  <- above" if row["is_above"] else ""
        if self.chosen.instructions:
            costs = "".join(f"{one / 1e6:>10,.1f} M" for one in row["instructions"])
            return f"{name:<46} {row['size']:>7,} {costs}  {row['counted_exponent']:.3f}{mark}"
        costs = "".join(f"{tables.seconds(one):>9}" for one in row["cpu"])
        memory = "".join(f"{tables.megabytes(one):>8}" for one in row["memory"])
        times = f"{row['time_exponent']:.2f}"
        if row["counted_exponent"] is not None:
            times += f" (counted: {row['counted_exponent']:.2f})"
        return f"{name:<46} {row['size']:>7,} {costs}  {times} {memory}  {row['memory_exponent']:.2f}{mark}"


def exponent(costs, base, least=0):
    """Of the growth between two sizes, without what every run takes; never of noise alone, nor of less than `least`."""
    small, large = (one - base for one in costs)
    small = max(small, costs[0] / 20, least)
    return math.log10(max(large, small) / small)


if __name__ == "__main__":
    sys.exit(main())
