"""What the driver promises: `python3 -m unittest discover benches/peers`."""

import json
import pathlib
import sys
import tempfile
import unittest

import growth
import measure
import programs
import tables

PYTHON = [sys.executable, "-c"]


def row(wall, evaluated, ended=""):
    """Figures of a program."""
    return {
        "version": "1",
        "date": "2026-11-21",
        "wall": wall,
        "cpu": wall,
        "memory": 100e6 * wall,
        "status": 0,
        "ended": ended,
        "did_its_job": not ended,
        "evaluated": evaluated,
        "load": 0.1,
        "runs": [{"load": 0.1}],
    }


RESULTS = {
    "machine": {"processor": "P", "cores": 2, "memory": 25e9, "system": "Linux x86_64"},
    "trees": {"start": {"title": "one small file", "files": 1, "bytes": 96}},
    "rows": {
        "start/gardefou": row(0.5, {"resources": 1, "checks": 11, "failed": 2}),
        "start/checkov": row(100.0, {"resources": 1, "checks": 9, "failed": 1}),
        "start/trivy": row(900.0, {}, "time"),
    },
}


class Measuring(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.output = pathlib.Path(folder.name) / "out"

    def of(self, code, limit=60, most=None):
        return measure.run([*PYTHON, code], self.output.parent, self.output, limit, most)

    def test_the_output_goes_into_the_file_and_the_status_is_known(self):
        found = self.of("import sys; print('said'); sys.exit(3)")
        self.assertEqual((found.status, found.ended), (3, ""))
        self.assertEqual(self.output.read_text(), "said\n")

    def test_the_memory_of_the_driver_is_not_the_programs(self):
        held = bytearray(b"x" * 200_000_000)
        self.assertLess(self.of("pass").memory, 100_000_000)
        self.assertGreater(self.of("x = bytearray(b'x' * 200_000_000)").memory, 200_000_000)
        del held

    def test_what_takes_too_long_is_ended_with_all_that_it_started(self):
        code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
        self.assertEqual(self.of(code, limit=1).ended, "time")

    def test_what_holds_too_much_is_ended(self):
        code = "import time; x = bytearray(b'x' * 300_000_000); time.sleep(60)"
        self.assertEqual(self.of(code, most=150_000_000).ended, "memory")


class Reports(unittest.TestCase):
    def read(self, by, report):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "report"
            path.write_text(json.dumps(report))
            return by(path)

    def test_checkov_prints_one_object_or_several_or_a_bare_summary(self):
        summary = {"passed": 4, "failed": 7, "skipped": 0, "parsing_errors": 1, "resource_count": 2}
        one = {"resources": 2, "checks": 11, "failed": 7, "errors": 1}
        self.assertEqual(self.read(programs.evaluated_by_checkov, {"summary": summary}), one)
        two = self.read(programs.evaluated_by_checkov, [{"summary": summary}] * 2)
        self.assertEqual(two["resources"], 4)
        self.assertEqual(self.read(programs.evaluated_by_checkov, summary), one)

    def test_trivy_prints_no_results_when_it_read_nothing(self):
        self.assertEqual(self.read(programs.evaluated_by_trivy, {})["checks"], 0)


class Pages(unittest.TestCase):
    def test_a_ratio_to_what_was_ended_is_a_lower_bound(self):
        text = tables.peers(RESULTS, tables.Markdown)
        self.assertIn("| 200 |", text)
        self.assertIn("did not end in 900 s of CPU time", text)
        self.assertIn("> 1,800", text)

    def test_tables_are_written_between_their_marks_and_nowhere_else(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "page.md"
            path.write_text("before\n<!-- measured: short -->\nold\n<!-- /measured -->\nafter\n")
            tables.update(path, RESULTS)
            once = path.read_text()
            tables.update(path, RESULTS)
            self.assertEqual(path.read_text(), once)
        self.assertTrue(once.startswith("before\n<!-- measured: short -->\n\n| tree |"), once)
        self.assertTrue(once.endswith("\n\n<!-- /measured -->\nafter\n"), once)
        self.assertNotIn("old", once)

    def test_what_was_not_measured_stays_as_it_was(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "page.md"
            path.write_text("<!-- measured: growth -->\nold\n<!-- /measured -->\n")
            tables.update(path, RESULTS)
            self.assertIn("old", path.read_text())

    def test_what_a_program_did_not_look_at_stands_beside_its_time(self):
        ours, few = row(1, {"resources": 30_000}), row(1, {"resources": 3})
        self.assertEqual(tables.seen(few, ours), ", sees 3 resources of 30,000")
        for other in (row(1, {"resources": 25_000}), row(1, {"checks": 1})):
            self.assertEqual(tables.seen(other, ours), "")


class Growing(unittest.TestCase):
    def test_ten_times_is_an_exponent_of_one_and_what_every_run_takes_does_not_count(self):
        self.assertAlmostEqual(growth.exponent([20, 110], 10), 1.0)
        self.assertAlmostEqual(growth.exponent([1_100, 11_000], 1_000), 2.0)

    def test_noise_does_not_count_as_growth(self):
        self.assertEqual(growth.exponent([10, 10], 10), 0)
        self.assertLess(growth.exponent([10, 14], 10), 1)
        self.assertLess(growth.exponent([22, 40], 21, least=10), 1)

    def test_instructions_go_before_time(self):
        meter = growth.Meter.__new__(growth.Meter)
        meter.base = (0, 0)
        found = [(1, 1e8), (10, 1e9), (120, 1e10)]
        self.assertTrue(meter.row(1, found)["is_above"])
        self.assertFalse(meter.row(1, found, counted=1.0)["is_above"])
        self.assertTrue(meter.row(1, found, counted=1.1)["is_above"])
        grown = [(1, 1e8), (10, 1e9), (100, 1.2e10)]
        self.assertTrue(meter.row(1, grown, counted=1.0)["is_above"])


if __name__ == "__main__":
    unittest.main()
