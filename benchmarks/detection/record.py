#!/usr/bin/env python3
"""Writes RUN/run.json: everything that is to be known of one run of run.sh when its model and its images are gone.

    record.py RUN DATA NAME=VALUE …

Reads RUN/{metrics.json,scores.csv,model.safetensors} as `trd evaluate`, `trd train` and `trd calibrate` leave them, RUN/regions.csv of
RegionMeasurement where there is one, and the list of defects in DATA. The I-AUROC of a kind of defect, or of a severity, is that of its
parts against all good parts. Standard library only.
"""
import json
import os
import struct
import sys
from regions import outlines
from truth import grades, read_csv

# What the benchmark calls a branch, what metrics.json and thresholds call it, and its column in scores.csv.
BRANCHES = (('combined', 'combined', 'score'), ('rgb', 'rgb', 'score_rgb'), ('second', 'depth', 'score_depth'))


def auroc(normal, anomalous):
    """The share of pairs in the right order, ties half."""
    wins = sum((a > n) + 0.5 * (a == n) for a in anomalous for n in normal)
    return wins / (len(normal) * len(anomalous))


def by_group(parts, group):
    """{group: {parts: how many, branch: I-AUROC}} of the defective parts, by what `group` says of each; None for none."""
    good = [part for part in parts if part['anomalous'] == 'false']
    groups = {}
    for part in parts:
        if part['anomalous'] == 'true' and group(part) is not None:
            groups.setdefault(group(part), []).append(part)
    return {name: {'parts': len(bad)} | {branch: auroc([float(p[column]) for p in good], [float(p[column]) for p in bad])
                                         for branch, _, column in BRANCHES}
            for name, bad in sorted(groups.items())}


def cells(rows, graded, count):
    """{kind: {grade: what `count` makes of the rows}}; the grade of a part that no list names is empty."""
    groups = {}
    for row in rows:
        groups.setdefault(row['id'].split('/')[-2], {}).setdefault(graded.get(row['id'], ''), []).append(row)
    return {kind: {grade: count(some) for grade, some in sorted(of.items())} for kind, of in sorted(groups.items())}


def verdicts(parts, graded, thresholds):
    """Per branch: its threshold, and how many parts [NG, all] of the good ones and of each kind and severity are above it."""
    result = {}
    for branch, key, column in BRANCHES:
        limit = thresholds[key]['ng']['value']
        judged = [part | {'ng': float(part[column]) > limit} for part in parts]

        def count(rows):
            return [sum(row['ng'] for row in rows), len(rows)]
        result[branch] = {'threshold': limit, 'good': count([part for part in judged if part['anomalous'] == 'false']),
                          'kinds': cells([part for part in judged if part['anomalous'] == 'true'], graded, count)}
    return result


def metadata(model):
    with open(model, 'rb') as file:
        size, = struct.unpack('<Q', file.read(8))
        return json.loads(file.read(size))['__metadata__']


def main(run, data, *named):
    facts = dict(pair.split('=', 1) for pair in named)
    with open(os.path.join(run, 'metrics.json')) as file:
        metrics = json.load(file)
    parts = read_csv(os.path.join(run, 'scores.csv'))
    graded = grades(data)
    model = metadata(os.path.join(run, 'model.safetensors'))
    training = json.loads(model['trd.training'])
    del training['teacher']  # a path of this machine
    record = {name: facts[name] for name in ('set', 'teacher', 'modality', 'category')} | {
        'seed': int(facts['seed']),
        'commit': facts['commit'],
        'command': facts['command'],
        'seconds': {'train': training.pop('seconds'), 'evaluate': int(facts['evaluate_seconds'])},
        'good_parts': sum(part['anomalous'] == 'false' for part in parts),
        'metrics': {branch: metrics[key] for branch, key, _ in BRANCHES},
        'kinds': by_group(parts, lambda part: part['kind']),
        'severities': by_group(parts, lambda part: graded.get(part['id'])),
        'training': training | {'teacher_sha256': model['trd.teacher_sha256']},
    }
    if 'no_thresholds' in facts:
        record['no_verdicts'] = facts['no_thresholds']
    else:
        record['verdicts'] = verdicts(parts, graded, json.loads(model['trd.thresholds']))
    if os.path.exists(os.path.join(run, 'regions.csv')):
        record['regions'] = cells(read_csv(os.path.join(run, 'regions.csv')), graded, outlines)
    target = os.path.join(run, 'run.json')
    with open(target + '.tmp', 'w') as file:
        json.dump(record, file, indent=1)
    os.replace(target + '.tmp', target)


if __name__ == '__main__':
    main(*sys.argv[1:])
