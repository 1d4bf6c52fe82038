"""The programs that are timed: how each is called, and what it says it did."""

import json
import os
import pathlib
import re
import shutil
import subprocess
from dataclasses import dataclass, field

# The day of every scan: visas end.
AS_OF = "2026-11-21"


@dataclass
class Program:
    """`command` makes the command line for a tree and its folder; `evaluated` reads a report."""

    name: str
    version: str
    command: object
    evaluated: object
    is_ours: bool = True
    is_peer: bool = False
    reads: frozenset = frozenset()
    # The statuses of a run that did its job.
    statuses: tuple = (0,)
    environment: dict = field(default_factory=dict)


def ours(path):
    """Gardefou on all processors, and on one."""
    version = said(path, "--version")

    def command(*options):
        def of(_tree, folder):
            return [path, "scan", folder, "--as-of", AS_OF, "--format", "json", *options]

        return of

    return [
        Program("gardefou", version, command(), evaluated_by_gardefou, statuses=(0, 1)),
        Program("gardefou-1", version, command("--threads", "1"), evaluated_by_gardefou, statuses=(0, 1)),
    ]


def floors(generator):
    """Walking, reading and parsing, on all processors and on one. `generator` answers the bench binary."""
    made = []
    for until in ("read", "parse"):
        for name, threads in ((f"floor-{until}", None), (f"floor-{until}-1", "1")):
            made.append(
                Program(
                    name,
                    "of the benches",
                    lambda _tree, folder, until=until: [generator(), "--floor", until, folder],
                    lambda _report: {},
                    environment={"RAYON_NUM_THREADS": threads} if threads else {},
                )
            )
    return made


def checkov(path):
    """Without a platform key and without downloads."""

    def command(tree, folder):
        return [
            path,
            "--directory",
            folder,
            "--framework",
            *tree.frameworks,
            "--output",
            "json",
            "--quiet",
            "--compact",
            "--skip-download",
            "--skip-results-upload",
            "--download-external-modules",
            "false",
        ]

    return Program(
        "checkov", said(path, "--version"), command, evaluated_by_checkov, False, True, statuses=(0, 1)
    )


def trivy(path, work, limit):
    """With the checks that the binary carries."""
    cache = work / "trivy-cache"
    cache.mkdir(parents=True, exist_ok=True)
    options = subprocess.run([path, "config", "--help"], capture_output=True, text=True, check=False).stdout
    # Newer versions ask whether there is a newer one still, and say that they are used.
    quiet = [one for one in ("--skip-version-check", "--disable-telemetry") if one in options]

    def command(_tree, folder):
        return [
            path,
            "config",
            "--quiet",
            "--skip-check-update",
            *quiet,
            "--timeout",
            f"{int(limit) + 60}s",
            "--format",
            "json",
            "--cache-dir",
            cache,
            folder,
        ]

    version = re.sub(r"\s+", " ", said(path, "--version"))
    return Program("trivy", version, command, evaluated_by_trivy, False, True)


def said(path, *arguments):
    """The first line that a program answers, without its name."""
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    first = (done.stdout.strip() or done.stderr.strip()).partition("\n")[0]
    return re.sub(r"^(gardefou|Version:)\s*", "", first)


def found(given, name):
    """The program at a path, or the one of this name; none: it is not installed."""
    if given:
        path = shutil.which(given)
        if not path:
            raise SystemExit(f"{given}: no such program")
        return pathlib.Path(os.path.abspath(path))
    path = shutil.which(name)
    return pathlib.Path(os.path.abspath(path)) if path else None


def report_of(path):
    """A report as JSON; none: it is not."""
    try:
        return json.loads(pathlib.Path(path).read_bytes())
    except ValueError:
        return None


def evaluated_by_gardefou(path):
    """Resources, and answers of rules: whatever the outcome, one for each resource that a rule is about."""
    report = report_of(path)
    if report is None:
        return {}
    counted = ("passed", "violations", "undetermined", "not_applicable")
    rules = report["coverage"]["rules"]
    return {
        "resources": report["coverage"]["resources"]["total"],
        "checks": sum(rule[one] for rule in rules for one in counted),
        "failed": sum(rule["violations"] for rule in rules),
        "errors": report["summary"]["errors"],
    }


def evaluated_by_checkov(path):
    """One object for each framework; a bare summary when nothing was there to check."""
    report = report_of(path)
    if report is None:
        return {}
    parts = report if isinstance(report, list) else [report]
    parts = [part.get("summary", part) for part in parts]

    def total(*names):
        return sum(part.get(name, 0) for part in parts for name in names)

    return {
        "resources": total("resource_count"),
        "checks": total("passed", "failed", "skipped"),
        "failed": total("failed"),
        "errors": total("parsing_errors"),
    }


def evaluated_by_trivy(path):
    """Answers of checks; it does not say how many resources there were."""
    report = report_of(path)
    if report is None:
        return {}
    summaries = [one.get("MisconfSummary") or {} for one in report.get("Results") or []]
    failed = sum(one.get("Failures", 0) for one in summaries)
    return {"checks": failed + sum(one.get("Successes", 0) for one in summaries), "failed": failed}
