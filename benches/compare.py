#!/usr/bin/env python3
"""Compares leaklint with a bare parse of the same files: benches/compare.py FOLDER [--runs 5] [--threads N]

Both binaries run in turn, leaklint also as if each file were alone (`--alone`), so that whatever else the machine does falls on all of them. CPU is
user + system time, memory is the peak resident set, and the ratio is of medians. Build them first: cargo build --release --bin leaklint --bench bare_parse
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="what to lint")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--target", default=ROOT / "target" / "release", type=Path, help="where the binaries are")
    arguments = parser.parse_args()
    leaklint = [arguments.target / "leaklint", arguments.folder, "--threads", str(arguments.threads), "--format", "concise"]
    commands = {
        "bare parse": [newest(arguments.target / "deps", "bare_parse-"), arguments.folder, str(arguments.threads)],
        "alone": [*leaklint, "--alone"],
        "leaklint": leaklint,
    }
    results = {name: [] for name in commands}
    for command in commands.values():
        measure(command)  # The first run of each finds the files on disk, all others in memory.
    for _ in range(arguments.runs):
        for name, command in commands.items():
            results[name].append(measure(command))
    report(results, arguments)


def newest(folder, prefix):
    found = [path for path in folder.glob(prefix + "*") if path.suffix == "" and os.access(path, os.X_OK)]
    if not found:
        sys.exit(f"error: no {prefix}* in {folder}: run `cargo build --release --bin leaklint --bench bare_parse`")
    return max(found, key=lambda path: path.stat().st_mtime)


def measure(command):
    """CPU seconds, wall seconds and peak MiB of one run."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"error: {command[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


def report(results, arguments):
    print(f"{arguments.folder}, {arguments.threads} threads, median of {arguments.runs} (lowest to highest)")
    medians = {}
    for name, runs in results.items():
        cpu, wall, memory = zip(*runs)
        medians[name] = statistics.median(cpu)
        spread = f"({min(cpu):.2f} to {max(cpu):.2f})"
        print(f"{name:12} {medians[name]:7.2f} s CPU {spread:18} {statistics.median(wall):7.2f} s {statistics.median(memory):7.1f} MiB")
    print(f"ratio        {medians['leaklint'] / medians['bare parse']:7.2f}")
    print(f"other files  {medians['leaklint'] / medians['alone'] - 1:+7.0%} of the CPU of judging each file alone")


if __name__ == "__main__":
    main()
