#!/usr/bin/env python3
"""The table of a detection run: per teacher, modality and category, and their means over categories with the spread over seeds.

    python3 benchmarks/detection/table.py OUT/runs

Reads RUNS/TEACHER/MODALITY/SHAPE/SEED/{metrics.json,scores.csv} as run.sh leaves them. I-AUROC per defect kind compares that
kind's parts with all good parts. Standard library only.
"""
import csv
import json
import os
import statistics
import sys

BRANCHES = {'combined': 'score', 'rgb': 'score_rgb', 'depth': 'score_depth'}
KINDS = ('stain', 'dent', 'bump', 'hole', 'crack', 'contamination')
COLUMNS = ['I combined', 'I rgb', 'I second', 'P combined', 'PRO combined', 'PRO rgb', 'PRO second', 'stain', 'stain rgb'] \
    + [f'{kind}{branch}' for kind in ('dent', 'bump') for branch in ('', ' second')] + ['hole', 'crack', 'contamination']


def auroc(normal, anomalous):
    """The share of pairs in the right order, ties half."""
    wins = sum((a > n) + 0.5 * (a == n) for a in anomalous for n in normal)
    return wins / (len(normal) * len(anomalous))


def run_row(folder):
    with open(os.path.join(folder, 'metrics.json')) as file:
        metrics = json.load(file)
    with open(os.path.join(folder, 'scores.csv')) as file:
        parts = list(csv.DictReader(file))
    good = [p for p in parts if p['anomalous'] == 'false']
    row = {}
    for branch, name in (('combined', 'combined'), ('rgb', 'rgb'), ('depth', 'second')):
        row['I ' + name] = metrics[branch]['I-AUROC']
        row['P ' + name] = metrics[branch]['P-AUROC']
        row['PRO ' + name] = metrics[branch]['AUPRO@30']
        for kind in KINDS:
            bad = [p for p in parts if p['kind'] == kind]
            if bad:
                score = BRANCHES[branch]
                row[kind + ('' if name == 'combined' else ' ' + name)] = auroc(
                    [float(p[score]) for p in good], [float(p[score]) for p in bad])
    return row


def main(root):
    rows = {}
    for folder, _, files in sorted(os.walk(root)):
        if 'metrics.json' in files and 'scores.csv' in files:
            teacher, modality, shape, seed = os.path.relpath(folder, root).split(os.sep)
            rows[teacher, modality, shape, seed] = run_row(folder)
    print('| teacher | modality | category | seeds | ' + ' | '.join(COLUMNS) + ' |')
    print('|' + '---|' * (4 + len(COLUMNS)))
    for teacher, modality in sorted({key[:2] for key in rows}):
        here = {key[2:]: row for key, row in rows.items() if key[:2] == (teacher, modality)}
        shapes = sorted({shape for shape, _ in here})
        for shape in shapes:
            seeds = [row for (s, _), row in sorted(here.items()) if s == shape]
            line(teacher, modality, shape, seeds)
        if len(shapes) > 1:
            # One row per seed that every category has: the mean of its categories.
            common = [seed for seed in sorted({seed for _, seed in here}) if all((s, seed) in here for s in shapes)]
            if common:
                means = [{c: statistics.fmean(here[s, seed][c] for s in shapes) for c in COLUMNS} for seed in common]
                line(teacher, modality, '**mean**', means)


def line(teacher, modality, shape, rows):
    cells = []
    for column in COLUMNS:
        values = [row[column] for row in rows if column in row]
        spread = f' ±{statistics.stdev(values):.3f}' if len(values) > 1 and shape == '**mean**' else ''
        cells.append(f'{statistics.fmean(values):.3f}{spread}' if values else '')
    print(f'| {teacher} | {modality} | {shape} | {len(rows)} | ' + ' | '.join(cells) + ' |')


if __name__ == '__main__':
    main(sys.argv[1])
