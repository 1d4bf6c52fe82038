"""The trees that are scanned: the fixtures, and generated ones. The generators are those of the benches."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Real estates. Not the broken and hostile inputs, which the programs give up at different places; not charts and
# kustomizations, which some render and others do not.
FIXTURES = [
    "clinic-plan-and-code",
    "clinic-saas-on-outscale",
    "cluster-export",
    "estates",
    "health-data-hub-moved",
    "health-data-hub-on-azure",
    "hospital-platform",
    "mixed-aws",
    "modules",
    "traced",
]

ONE_FILE = """\
resource "aws_s3_bucket" "letters" {
  bucket = "letters"
  region = "eu-west-3"
}
"""


@dataclass(frozen=True)
class Tree:
    """A folder to scan. `line` and `size` name a generator of the benches; `frameworks` are those that hold code here,
    by the names that checkov has for them."""

    name: str
    title: str
    frameworks: tuple
    line: str = ""
    size: int = 0


TREES = [
    Tree("start", "one small file", ("terraform",)),
    Tree("fixtures", "the sample estates", ("terraform", "kubernetes", "terraform_plan")),
    Tree("modules", "500 modules and 500 roots", ("terraform",), "roots that call a module each", 500),
    Tree(
        "instances",
        "10,000 `for_each` instances of 3 resources",
        ("terraform",),
        "for_each instances of three linked resources",
        10_000,
    ),
    Tree("tfvars", "a tfvars file of 40,000 keys", ("terraform",), "keys of a tfvars object", 40_000),
    Tree("plan", "a plan of 15,000 resources", ("terraform_plan",), "resources of a plan", 15_000),
    Tree("state", "a state of 15,000 resources", ("terraform_plan",), "resources of a state", 15_000),
    Tree("manifests", "2,000 manifests of 10,000 objects", ("kubernetes",), "files of manifests", 2_000),
]


def target():
    """Cargo's folder."""
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def generator():
    """The bench binary that writes trees and times the floor; built when it is not there or old."""
    built = subprocess.run(
        ["cargo", "bench", "--locked", "--bench", "growth", "--no-run", "--message-format=json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message.get("target", {}).get("name") == "growth":
            return pathlib.Path(message["executable"])
    raise SystemExit("cargo built no bench named growth")


def make(tree, folder, program):
    """Writes a tree to `folder`, unless it is there as today's generators make it. `program` answers the generator."""
    stamp = folder.with_suffix(".made-from")
    made_from = recipe(tree)
    if stamp.exists() and stamp.read_text() == made_from:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if tree.line:
        subprocess.run([program(), "--write", folder, str(tree.size), tree.line], check=True)
    elif tree.name == "fixtures":
        for name in FIXTURES:
            shutil.copytree(ROOT / "fixtures" / name, folder / name)
    else:
        (folder / "main.tf").write_text(ONE_FILE)
    stamp.write_text(made_from)


def recipe(tree):
    """What a tree is made from, as a hash."""
    sources = sorted((ROOT / "benches" / "workloads").iterdir())
    if tree.name == "fixtures":
        named = [ROOT / "fixtures" / name for name in FIXTURES]
        sources = sorted(path for folder in named for path in folder.rglob("*") if path.is_file())
    found = hashlib.sha256(repr((tree.line, tree.size, ONE_FILE)).encode())
    for source in sources:
        found.update(source.name.encode() + b"\0" + source.read_bytes())
    return found.hexdigest()


def size(folder):
    """Files and bytes of a tree."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {"files": len(files), "bytes": sum(path.stat().st_size for path in files)}
