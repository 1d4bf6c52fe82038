#!/usr/bin/env python3
"""Times Gardefou beside checkov and trivy on the same trees, and beside what reading the files costs at all.

Needs Python 3.9 and cargo, nothing else; peers are timed when they are installed. README.md says what is compared.
"""

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys

import measure
import programs
import tables
import trees


def arguments():
    names = [tree.name for tree in trees.TREES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="TREE", choices=names, help=f"only this tree, repeatable: {', '.join(names)}")
    parser.add_argument("--program", action="append", metavar="NAME", help="only this program, repeatable: gardefou, checkov, trivy, floor")
    parser.add_argument("--gardefou", metavar="PATH", help="the program [default: a release build of this clone]")
    parser.add_argument("--bench", type=pathlib.Path, metavar="PATH", help="the bench binary `growth` [default: built]")
    parser.add_argument("--checkov", metavar="PATH", help="[default: on PATH, else not timed]")
    parser.add_argument("--trivy", metavar="PATH", help="[default: on PATH, else not timed]")
    parser.add_argument("--runs", type=int, default=11, help="runs of ours [default: 11]")
    parser.add_argument("--peer-runs", type=int, default=3, help="runs of a peer, as long as they are short [default: 3]")
    parser.add_argument("--limit", type=float, default=900, metavar="SECONDS", help="a run that takes more processor time is ended [default: 900]")
    parser.add_argument("--memory", type=float, metavar="GB", help="a run that holds more is ended [default: half of the machine's]")
    parser.add_argument("--work", type=pathlib.Path, metavar="FOLDER", help="for trees and reports [default: target/peers]")
    parser.add_argument("--results", type=pathlib.Path, metavar="FILE", help="figures are added to this file; what it has is not measured again [default: WORK/results.json]")
    parser.add_argument("--again", action="store_true", help="measure again what the file of results has")
    parser.add_argument("--render", type=pathlib.Path, metavar="FILE", help="measure nothing, print these results")
    parser.add_argument("--update", action="append", type=pathlib.Path, default=[], metavar="FILE", help="write the tables between their marks in this file, repeatable")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="tables as Markdown")
    form.add_argument("--json", action="store_true", help="all figures as JSON")
    return parser.parse_args()


def main():
    chosen = arguments()
    if chosen.render:
        results = json.loads(chosen.render.read_text())
    else:
        results = measured(chosen)
    for path in chosen.update:
        tables.update(path, results)
    if chosen.json:
        print(json.dumps(results, indent=2))
    elif chosen.markdown:
        print(tables.everything(results, tables.Markdown))
    else:
        print(tables.everything(results, tables.Plain))


def measured(chosen):
    """Measures what is asked for and not there yet; every figure is kept at once, so a run can be interrupted."""
    work = (chosen.work or trees.target() / "peers").resolve()
    work.mkdir(parents=True, exist_ok=True)
    path = chosen.results or work / "results.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    results.setdefault("trees", {})
    results.setdefault("rows", {})
    results["machine"] = measure.machine()
    results["limit"] = chosen.limit

    made = [chosen.bench.resolve()] if chosen.bench else []

    def generator():
        if not made:
            made.append(trees.generator())
        return made[0]

    wanted = [tree for tree in trees.TREES if not chosen.only or tree.name in chosen.only]
    timed = installed(chosen, work, generator)
    for tree in wanted:
        folder = work / "trees" / tree.name
        folder.parent.mkdir(exist_ok=True)
        trees.make(tree, folder, generator)
        results["trees"][tree.name] = {"title": tree.title, **trees.size(folder)}
        for program in timed:
            key = f"{tree.name}/{program.name}"
            old = results["rows"].get(key)
            if old and old["version"] == program.version and not chosen.again:
                continue
            progress(f"{tree.name}: {program.name} ...")
            results["rows"][key] = row(chosen, work, tree, folder, program)
            progress(f" {tables.outcome(results['rows'][key])}\n")
            path.write_text(json.dumps(results, indent=1))
    path.write_text(json.dumps(results, indent=1))
    return results


def installed(chosen, work, generator):
    """The programs to time."""
    wanted = chosen.program or ["gardefou", "floor", "checkov", "trivy"]
    timed = []
    if "gardefou" in wanted:
        timed += programs.ours(programs.found(chosen.gardefou, "") or release_build())
    if "floor" in wanted:
        timed += programs.floors(generator)
    if "checkov" in wanted:
        path = programs.found(chosen.checkov, "checkov")
        timed += [programs.checkov(path)] if path else []
    if "trivy" in wanted:
        path = programs.found(chosen.trivy, "trivy")
        timed += [programs.trivy(path, work, chosen.limit)] if path else []
    for name in ("checkov", "trivy"):
        if name in wanted and name not in [program.name for program in timed]:
            progress(f"{name} is not installed: not timed\n")
    return timed


def release_build():
    """The program as users have it."""
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=trees.ROOT, check=True)
    return trees.target().resolve() / "release" / "gardefou"


def row(chosen, work, tree, folder, program):
    """The figures of one program on one tree."""
    report = work / "reports" / f"{tree.name}-{program.name}.json"
    report.parent.mkdir(exist_ok=True)
    environment = {**os.environ, **program.environment}
    # With a key checkov would ask its maker's platform.
    for name in ("BC_API_KEY", "PRISMA_API_URL"):
        environment.pop(name, None)
    most = chosen.memory * 1e9 if chosen.memory else measure.machine()["memory"] / 2

    def once():
        command = program.command(tree, folder)
        return measure.run(command, folder, report, chosen.limit, most, environment)

    if not program.is_peer:
        # The files come into the system's cache, and the program itself.
        once()
    runs = chosen.peer_runs if program.is_peer else chosen.runs
    found = measure.summary(measure.repeat(once, runs, 30))
    evaluated = {} if found["ended"] else program.evaluated(report)
    return {
        "version": program.version,
        "date": datetime.date.today().isoformat(),
        "did_its_job": not found["ended"] and found["status"] in program.statuses,
        "evaluated": evaluated,
        **found,
    }


def progress(text):
    """To people, not into the tables."""
    print(text, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
