#!/usr/bin/env python3
"""Latency of trd inspect --watch: from the rename of a part's second file to the end of its line in the --json file.

  python3 benchmarks/watch.py --trd ./trd --model model.safetensors --rgb part.png --xyz part.tiff [--parts N] [--there N]

The part comes N times under other names, both files under temporary names first, at times that have no step in common
with the looks at the folder; the first five are not counted. --there puts as many parts into the folder before.
"""
import argparse
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

WARM_UP = 5


def lines(file):
    return file.read_bytes().count(b"\n") if file.exists() else 0


def await_lines(file, count, process):
    while lines(file) < count:
        if process.poll() is not None:
            raise SystemExit(f"trd ended with {process.returncode}")
        time.sleep(0.001)


def bring(source, target):
    temporary = target.with_name("." + target.name + ".partial")
    shutil.copy(source, temporary)
    time.sleep(0.03)  # of another time than its name
    now = time.time()
    temporary.rename(target)
    return now


def main():
    arguments = argparse.ArgumentParser()
    for name in ("trd", "model", "rgb", "xyz"):
        arguments.add_argument("--" + name, required=True, type=pathlib.Path)
    arguments.add_argument("--parts", type=int, default=50)
    arguments.add_argument("--there", type=int, default=0)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for part in range(given.there):
            for kind, file in (("rgb", given.rgb), ("xyz", given.xyz)):
                (folder / kind).mkdir(exist_ok=True)
                shutil.copy(file, folder / kind / f"there{part:06d}{file.suffix}")
        (folder / "rgb").mkdir(exist_ok=True)
        (folder / "xyz").mkdir(exist_ok=True)
        results = folder / "lines.jsonl"
        command = [given.trd.resolve(), "inspect", "--model", given.model, "--watch", folder, "--json", results,
                   "--on-unlike", "review"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        await_lines(results, given.there, process)
        took = []
        for part in range(WARM_UP + given.parts):
            time.sleep(0.2 + 0.0137 * (part % 11))
            before = lines(results)
            bring(given.rgb, folder / "rgb" / f"{part}{given.rgb.suffix}")
            start = bring(given.xyz, folder / "xyz" / f"{part}{given.xyz.suffix}")
            await_lines(results, before + 1, process)
            took.append(time.time() - start)
        process.send_signal(signal.SIGTERM)
        if process.wait() != 0:
            raise SystemExit(f"trd ended with {process.returncode}")
    took = sorted(took[WARM_UP:])
    load = os.getloadavg()[0]
    print(f"{given.parts} parts, {given.there} there before: median {1000 * statistics.median(took):.0f} ms, "
          f"90 % within {1000 * took[int(0.9 * (len(took) - 1))]:.0f} ms, longest {1000 * took[-1]:.0f} ms; "
          f"load average {load:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
