#!/usr/bin/env python3
"""Known vulnerabilities of the libraries in src/checksums.sha256, by a database of OSV (a zip of JSON files).

  python3 src/main/release/vulnerabilities.py all.zip [LIST]

A line per finding. Exit codes: 0 none, 1 some, 2 a file cannot be read. Needs no network.
"""
import json
import pathlib
import re
import sys
import zipfile

LIST = pathlib.Path(__file__).parents[2] / "checksums.sha256"
# As Maven orders them: before a release, a release, behind it.
QUALIFIERS = {"alpha": -5, "a": -5, "beta": -4, "b": -4, "milestone": -3, "m": -3, "rc": -2, "cr": -2, "snapshot": -1,
              "": 0, "ga": 0, "final": 0, "release": 0, "sp": 1}


def key(version):
    """To compare versions as Maven does: numbers by size, words by QUALIFIERS, trailing zeros do not count."""
    parts = []
    for part in re.findall(r"\d+|[a-z]+", version.lower()):
        if part.isdigit():
            parts.append((3, int(part), ""))
        else:
            parts.append((QUALIFIERS.get(part, 2), 0, part if part not in QUALIFIERS else ""))
    while parts and parts[-1] in ((3, 0, ""), (0, 0, "")):
        parts.pop()
    return parts + [(0, 0, "")]


def within(version, events):
    """Whether a version lies in one of a range's intervals."""
    inside = False
    for event in sorted(events, key=lambda e: key(next(iter(e.values())))):
        kind, bound = next(iter(event.items()))
        start = bound == "0" or key(version) >= key(bound)
        if kind == "introduced" and start:
            inside = True
        elif kind == "fixed" and start or kind == "last_affected" and key(version) > key(bound):
            inside = False
    return inside


def libraries(path):
    """(group:artifact, version) of each line of the list; a path in a Maven repository tells them."""
    found = set()
    for line in path.read_text("utf-8").splitlines():
        *group, artifact, version, _ = line.split("  ", 1)[1].split("/")
        found.add((".".join(group) + ":" + artifact, version))
    return sorted(found)


def findings(used, entries):
    for entry in entries:
        if "withdrawn" in entry:
            continue
        for affected in entry.get("affected", []):
            name = affected.get("package", {}).get("name")
            for version in used.get(name, []):
                if version in affected.get("versions", []) or any(
                        within(version, r["events"]) for r in affected.get("ranges", []) if r["type"] == "ECOSYSTEM"):
                    yield f"{name} {version}: {entry['id']} {' '.join(entry.get('summary', '').split())}"


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        used = {}
        for name, version in libraries(pathlib.Path(arguments[1]) if len(arguments) == 2 else LIST):
            used.setdefault(name, []).append(version)
        with zipfile.ZipFile(arguments[0]) as database:
            names = [name for name in database.namelist() if name.endswith(".json")]
            found = sorted(set(findings(used, (json.loads(database.read(name)) for name in names))))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as e:
        print(f"vulnerabilities.py: {e}", file=sys.stderr)
        return 2
    print("\n".join(found + [f"{len(used)} libraries, {len(names)} entries, {len(found)} findings"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
