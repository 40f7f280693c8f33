"""Compares the two sides of training.sh; standard library only.

    training_ratio.py check A.json B.json     exits 1 unless the losses of the first step agree to 1e-3
    training_ratio.py summary FOLDER          writes FOLDER/summary.json and prints it as a table

A round runs both sides one after the other; the ratio of a round is the quotient of its medians, the result is the
median of the rounds' ratios. Below 1 trd4j is the faster one.
"""
import json
import os
import re
import statistics
import sys

TOLERANCE = 1e-3


def read(path):
    with open(path) as file:
        return json.load(file)


def check(path_a, path_b):
    a, b = read(path_a), read(path_b)
    worst = 0.0
    for x, y in zip(sum(a['first_losses'], []), sum(b['first_losses'], [])):
        if not abs(x - y) <= TOLERANCE:
            return f'the losses of the first step differ: {x} and {y}; {path_a} and {path_b} do not compute the same'
        worst = max(worst, abs(x - y))
    print(f"first losses agree: worst difference {worst:.1e} of {TOLERANCE} allowed")
    return None


def summary(folder):
    runs = {}
    for name in sorted(os.listdir(folder)):
        match = re.fullmatch(r'(\w+)-(\d+)-batch(\d+)-round(\d+)-(trd4j|pytorch)\.json', name)
        if match:
            backbone, size, batch, number, side = match.groups()
            runs.setdefault((backbone, int(size), int(batch)), {}).setdefault(int(number), {})[side] = read(os.path.join(folder, name))
    rows = []
    for (backbone, size, batch), rounds in sorted(runs.items()):
        complete = [r for _, r in sorted(rounds.items()) if len(r) == 2]
        medians = {side: [statistics.median(r[side]['step_ms']) for r in complete] for side in ('trd4j', 'pytorch')}
        ratios = [t / p for t, p in zip(medians['trd4j'], medians['pytorch'])]
        rows.append({'backbone': backbone, 'size': size, 'batch': batch, 'threads': complete[0]['trd4j']['threads'],
                     'trd4j': complete[0]['trd4j']['version'], 'pytorch': complete[0]['pytorch']['version'],
                     'pytorch_setting': complete[0]['pytorch']['setting'], 'rounds': len(complete),
                     'steps_per_round': len(complete[0]['trd4j']['step_ms']),
                     'trd4j_step_ms': statistics.median(medians['trd4j']),
                     'pytorch_step_ms': statistics.median(medians['pytorch']),
                     'ratio': statistics.median(ratios), 'ratios': ratios,
                     'others_share_max': max(r[s]['others_share'] for r in complete for s in r)})
    with open(os.path.join(folder, 'summary.json'), 'w') as file:
        json.dump(rows, file, indent=1)
        file.write('\n')
    for r in rows:
        print(f"{r['backbone']} S={r['size']} batch {r['batch']}, {r['threads']} threads: trd4j {r['trd4j_step_ms']:.1f} ms, "
              f"{r['pytorch']} ({r['pytorch_setting']}) {r['pytorch_step_ms']:.1f} ms a step; ratio {r['ratio']:.3f} "
              f"(rounds {', '.join(f'{x:.3f}' for x in r['ratios'])}); others took up to {r['others_share_max']:.0%} of the machine")


if __name__ == '__main__':
    sys.exit({'check': check, 'summary': summary}[sys.argv[1]](*sys.argv[2:]))
