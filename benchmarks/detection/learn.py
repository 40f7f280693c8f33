#!/usr/bin/env python3
"""Tables of what learn.sh measured: learn.py FILE.json …"""
import json
import sys


def arrow(case, key):
    before, after = case[key + "_before"], case.get(key + "_after")
    return f"{before} → {after}" if after is not None else f"{before} → refused"


def main():
    result = None
    cases = []
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            result = json.load(file)
        cases += result["cases"]
    print(f"{result['category']}, S = {result['size']}: NG limit at {100 * result['rate']:g} % false rejects, {result['threads']} threads\n")
    print("| new batch of another shade | seconds | OK parts that are OK | NG of fresh good parts | NG of fresh defects |"
          " known defects NG |")
    print("|---|---|---|---|---|---|")
    for case in cases:
        if case["kind"] == "new-batch":
            gate = case["gate"]
            print(f"| {case['name']} | {case['seconds']} | {case['ok_parts_ok_after']} of {case['ok_parts']}"
                  f" | {arrow(case, 'fresh_false_rejects')} of {case['fresh_parts']}"
                  f" | {arrow(case, 'fresh_defects_found')} of {case['fresh_defects']}"
                  f" | {gate['foundBefore']} → {gate['foundAfter']} of {gate['defects']} |")
    for kind, accepted in (("harmless", True), ("planted", False)):
        of_kind = [case for case in cases if case["kind"] == kind]
        right = sum(case["accepted"] is accepted for case in of_kind)
        print(f"\n{kind}: {right} of {len(of_kind)} {'accepted' if accepted else 'refused'}\n")
        print("| update | seconds | gate |")
        print("|---|---|---|")
        for case in of_kind:
            print(f"| {case['name']} | {case['seconds']} | {'accepted' if case['accepted'] else case['refused']} |")


if __name__ == "__main__":
    main()
