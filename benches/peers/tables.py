"""Figures as tables: for a terminal, as Markdown, and between marks of a page."""

import re

import trees

NAMES = {"gardefou": "Gardefou", "checkov": "checkov", "trivy": "trivy"}
PEERS = ("checkov", "trivy")


class Plain:
    """For a terminal."""

    @staticmethod
    def title(text):
        return f"{text}\n"

    @staticmethod
    def table(head, rows):
        rows = [[cell.replace("`", "").replace("**", "") for cell in row] for row in rows]
        widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
        texts = is_text(rows)
        lines = []
        for row in [head, *rows]:
            cells = [cell.ljust(width) if text else cell.rjust(width) for cell, width, text in zip(row, widths, texts)]
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines) + "\n"


class Markdown:
    """For a page."""

    @staticmethod
    def title(text):
        return f"**{text}**\n"

    @staticmethod
    def table(head, rows):
        rule = [":--" if text else "--:" for text in is_text(rows)]
        return "".join(f"| {' | '.join(row)} |\n" for row in [head, rule, *rows])


def is_text(rows):
    """Which columns hold words: those that have some, and start with a letter or are empty in most rows."""
    if not rows:
        return [True] * 100
    words = [[cell[:1].isalpha() for cell in column] for column in zip(*rows)]
    empty = [[not cell for cell in column] for column in zip(*rows)]
    return [any(of) and (sum(of) + sum(none)) * 2 > len(rows) for of, none in zip(words, empty)]


def everything(results, form):
    """All tables, one after the other."""
    parts = []
    for title, table in (
        ("Beside the peers", peers),
        ("Beside the floor", floor),
        ("Budgets", budgets),
        ("Growth", growth),
    ):
        text = table(results, form)
        if text:
            parts.append(form.title(title) + "\n" + text)
    parts.append(conditions(results))
    return "\n".join(parts)


def rows_of(results, tree):
    """Figures of a tree by program."""
    prefix = f"{tree}/"
    return {key[len(prefix) :]: row for key, row in results["rows"].items() if key.startswith(prefix)}


def measured_trees(results):
    """Trees with figures of ours, in their order."""
    return [tree for tree in trees.TREES if "gardefou" in rows_of(results, tree.name)]


def peers(results, form):
    """One row for each tree and program."""
    rows = []
    for tree in measured_trees(results):
        of = rows_of(results, tree.name)
        ours = of["gardefou"]
        for name in ("gardefou", *PEERS):
            if name not in of:
                continue
            row = of[name]
            first = f"{tree.title}, {megabytes(results['trees'][tree.name]['bytes'])}" if name == "gardefou" else ""
            ratios = [""] * 3
            if name != "gardefou":
                ratios = [times(row, ours, figure) for figure in ("wall", "cpu", "memory")]
            rows.append([first, NAMES[name], wall(row), seconds(row["cpu"]), megabytes(row["memory"]), *ratios, evaluated(row)])
    head = ["tree", "program", "wall", "CPU", "memory", "wall, ours = 1", "CPU, ours = 1", "memory, ours = 1", "says that it evaluated"]
    return form.table(head, rows) if rows else ""


def short(results, form):
    """One row for each tree: for a first look."""
    rows = []
    for tree in measured_trees(results):
        of = rows_of(results, tree.name)
        row = [tree.title, f"{seconds(of['gardefou']['wall'])}, {megabytes(of['gardefou']['memory'])}"]
        for name in PEERS:
            if name not in of:
                row.append("not measured")
            elif reads_nothing(of[name]):
                row.append("reads none of it")
            else:
                row.append(f"{wall(of[name])}, {megabytes(of[name]['memory'])} ({times(of[name], of['gardefou'], 'cpu')} the CPU){seen(of[name], of['gardefou'])}")
        rows.append(row)
    return form.table(["tree", *NAMES.values()], rows) if rows else ""


def seen(row, ours):
    """How little a program looked at, where that is what makes it fast."""
    count, all_of_them = (one["evaluated"].get("resources") for one in (row, ours))
    if count is None or all_of_them is None or count * 10 > all_of_them:
        return ""
    return f", sees {counted(count, 'resource')} of {all_of_them:,}"


def floor(results, form):
    """What walking, reading and parsing cost, and the whole scan beside it."""
    rows = []
    for tree in measured_trees(results):
        of = rows_of(results, tree.name)
        if not all(name in of for name in ("gardefou-1", "floor-read", "floor-parse", "floor-read-1", "floor-parse-1")):
            continue
        size = results["trees"][tree.name]
        alone, together = of["gardefou-1"], of["gardefou"]
        rows.append(
            [
                tree.title,
                f"{size['files']:,}",
                megabytes(size["bytes"]),
                *(seconds(of[name]["cpu"]) for name in ("floor-read-1", "floor-parse-1")),
                seconds(alone["cpu"]),
                times(alone, of["floor-parse-1"], "cpu"),
                *(seconds(of[name]["wall"]) for name in ("floor-read", "floor-parse")),
                seconds(together["wall"]),
                times(together, of["floor-parse"], "wall"),
            ]
        )
    head = ["tree", "files", "size", "one thread: walk, read (CPU)", "and parse", "scan", "scan / floor", "all threads: walk, read (wall)", "and parse", "scan", "scan / floor"]
    return form.table(head, rows) if rows else ""


# Budgets on two ordinary cores: tree, seconds, bytes.
BUDGETS = [
    ("cold start, one small file", "start", 0.015, 40e6),
    ("10,000 `for_each` instances of 3 resources", "instances", 0.3, 200e6),
    ("a plan of 15,000 resources", "plan", 1.0, 400e6),
    ("2,000 manifests of 10,000 objects", "manifests", 0.3, None),
]


def budgets(results, form):
    """Budgets of whole runs, and what they took."""
    rows = []
    for title, tree, most_time, most_memory in BUDGETS:
        row = rows_of(results, tree).get("gardefou")
        if not row:
            continue
        time = f"{seconds(row['wall'])} of {seconds(most_time)}"
        memory = f"{megabytes(row['memory'])} of {megabytes(most_memory)}" if most_memory else megabytes(row["memory"])
        kept = row["wall"] <= most_time and (not most_memory or row["memory"] <= most_memory)
        rows.append([title, time, memory, "yes" if kept else "**no**"])
    for tree in ("fixtures", "modules"):
        of = rows_of(results, tree)
        if "gardefou" in of and "floor-parse" in of:
            ratio = of["gardefou"]["wall"] / of["floor-parse"]["wall"]
            title = results["trees"][tree]["title"]
            rows.append([f"at most twice walk, read and parse: {title}", f"{ratio:.1f} of 2 times", "", "yes" if ratio <= 2 else "**no**"])
    return form.table(["work", "wall", "memory", "kept"], rows) if rows else ""


def growth(results, form):
    """Exponents of time and memory, from `growth.py`."""
    rows = [
        [
            name,
            f"{row['size']:,}",
            *(seconds(one) for one in row["cpu"]),
            f"{row['time_exponent']:.2f}",
            "" if row.get("counted_exponent") is None else f"{row['counted_exponent']:.2f}",
            *(megabytes(one) for one in row["memory"]),
            f"{row['memory_exponent']:.2f}",
        ]
        for name, row in results.get("growth", {}).items()
    ]
    head = ["ten times, a hundred times so many", "once", "CPU: once", "10 times", "100 times", "exponent", "counted", "memory: once", "10 times", "100 times", "exponent"]
    return form.table(head, rows) if rows else ""


def conditions(results):
    """On what, when, with which versions, and how busy the machine was."""
    rows = [row for key, row in results["rows"].items() if not key.split("/")[1].startswith("floor")]
    if not rows:
        return ""
    machine = results["machine"]
    dates = sorted({row["date"] for row in rows})
    loads = [run["load"] for row in rows for run in row["runs"]]
    versions = {}
    for key, row in results["rows"].items():
        name = key.split("/")[1]
        if name in NAMES:
            versions.setdefault(NAMES[name], set()).add(row["version"])
    programs = ", ".join(f"{name} {' and '.join(sorted(found))}" for name, found in sorted(versions.items()))
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    span = f"{min(loads):.1f} to {max(loads):.1f} on {machine['cores']} processors"
    load = f" The load before a run, which is mostly that of the run before it, was {span}."
    # Runs that come one after the other never load a machine more than this.
    if max(loads) > machine["cores"]:
        load = (
            f" The machine was busy with other work (load before a run: {span}), so wall times are too long, those of short"
            " runs by most; compare CPU times."
        )
    return (
        f"{programs}. Measured {when} on {machine['cores']} x {machine['processor']}, {machine['system']},"
        f" {machine['memory'] / 1e9:.0f} GB. Times are medians, memory is the largest of all runs.{load}\n"
    )


def outcome(row):
    """One row in a line."""
    did = f"; {evaluated(row)}" if row["evaluated"] else ""
    return f"{wall(row)} wall, {seconds(row['cpu'])} CPU, {megabytes(row['memory'])}{did}"


def wall(row):
    """Wall time, or why there is none."""
    if row["ended"] == "time":
        return f"did not end in {row['cpu']:.0f} s of CPU time"
    if row["ended"] == "memory":
        return f"ended at too much memory after {seconds(row['wall'])}"
    failed = "" if row["did_its_job"] else f", failed with status {row['status']}"
    return seconds(row["wall"]) + failed


def reads_nothing(row):
    """Did it say that it looked at nothing?"""
    return not row["ended"] and not row["evaluated"].get("checks") and not row["evaluated"].get("resources")


def evaluated(row):
    """What a program says it evaluated."""
    if row["ended"]:
        return ""
    of = row["evaluated"]
    if reads_nothing(row):
        return "nothing"
    parts = [counted(of["resources"], "resource")] if "resources" in of else []
    parts.append(f"{counted(of.get('checks', 0), 'check')}, {of.get('failed', 0):,} failed")
    if of.get("errors"):
        parts.append(counted(of["errors"], "error"))
    return "; ".join(parts)


def counted(count, word):
    """With its plural."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def times(row, one, figure):
    """How many times as much, never more digits than are known; what was ended took at least so much."""
    ratio = row[figure] / max(one[figure], 1e-9)
    least = "> " if row["ended"] else ""
    return f"{least}{ratio:,.0f}" if ratio >= 10 else f"{least}{ratio:.1f}"


def seconds(value):
    """With three digits."""
    if value < 0.9995:
        return f"{value * 1e3:.0f} ms" if value >= 0.01 else f"{value * 1e3:.1f} ms"
    return f"{value:.2f} s" if value < 10 else f"{value:,.0f} s"


def megabytes(value):
    """Decimal ones."""
    if value >= 1e9:
        return f"{value / 1e9:.1f} GB"
    return f"{value / 1e6:.0f} MB" if value >= 1e6 else f"{max(value / 1e3, 1):.0f} kB"


PARTS = {"peers": peers, "short": short, "floor": floor, "budgets": budgets, "growth": growth, "conditions": lambda results, _form: conditions(results)}


def update(path, results):
    """Writes tables between `<!-- measured: NAME -->` and `<!-- /measured -->`."""

    def fresh(match):
        name = match.group(2)
        if name not in PARTS:
            raise SystemExit(f"{path}: no table is named {name}")
        text = PARTS[name](results, Markdown).strip()
        # What was not measured stays.
        return f"{match.group(1)}\n\n{text}\n\n{match.group(3)}" if text else match.group(0)

    marks = re.compile(r"(<!-- measured: ([a-z]+) -->)\n.*?(<!-- /measured -->)", re.DOTALL)
    old = path.read_text()
    if not marks.search(old):
        raise SystemExit(f"{path} has no marks: <!-- measured: {'|'.join(PARTS)} -->")
    path.write_text(marks.sub(fresh, old))
