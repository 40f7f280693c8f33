#!/usr/bin/env python3
"""Writes RUN/run.json: everything that is to be known of one run of run.sh when its model and its images are gone.

    record.py RUN DATA NAME=VALUE …

Reads RUN/{metrics.json,scores.csv,model.safetensors} as `trd evaluate` and `trd train` leave them and DATA/defects.csv of `trd synth`.
The I-AUROC of a kind of defect, or of a severity, is that of its parts against all good parts. Standard library only.
"""
import csv
import json
import os
import struct
import sys

# What the benchmark calls a branch, what metrics.json calls it, and its column in scores.csv.
BRANCHES = (('combined', 'combined', 'score'), ('rgb', 'rgb', 'score_rgb'), ('second', 'depth', 'score_depth'))


def auroc(normal, anomalous):
    """The share of pairs in the right order, ties half."""
    wins = sum((a > n) + 0.5 * (a == n) for a in anomalous for n in normal)
    return wins / (len(normal) * len(anomalous))


def by_group(parts, group):
    """{group: {parts: how many, branch: I-AUROC}} of the defective parts, by what `group` says of each."""
    good = [part for part in parts if part['anomalous'] == 'false']
    groups = {}
    for part in parts:
        if part['anomalous'] == 'true':
            groups.setdefault(group(part), []).append(part)
    return {name: {'parts': len(bad)} | {branch: auroc([float(p[column]) for p in good], [float(p[column]) for p in bad])
                                         for branch, _, column in BRANCHES}
            for name, bad in sorted(groups.items())}


def read_csv(file):
    with open(file, newline='') as lines:
        return list(csv.DictReader(lines))


def training_of(model):
    """The metadata trd.training of a model file: losses, steps, seconds."""
    with open(model, 'rb') as file:
        size, = struct.unpack('<Q', file.read(8))
        metadata = json.loads(file.read(size))['__metadata__']
    training = json.loads(metadata['trd.training'])
    del training['teacher']  # a path of this machine
    return training | {'teacher_sha256': metadata['trd.teacher_sha256']}


def main(run, data, *named):
    facts = dict(pair.split('=', 1) for pair in named)
    with open(os.path.join(run, 'metrics.json')) as file:
        metrics = json.load(file)
    parts = read_csv(os.path.join(run, 'scores.csv'))
    grades = {defect['id']: defect['grade'] for defect in read_csv(os.path.join(data, 'defects.csv'))}
    training = training_of(os.path.join(run, 'model.safetensors'))
    record = {name: facts[name] for name in ('teacher', 'modality', 'category')} | {
        'seed': int(facts['seed']),
        'commit': facts['commit'],
        'command': facts['command'],
        'seconds': {'train': training.pop('seconds'), 'evaluate': int(facts['evaluate_seconds'])},
        'good_parts': sum(part['anomalous'] == 'false' for part in parts),
        'metrics': {branch: metrics[key] for branch, key, _ in BRANCHES},
        'kinds': by_group(parts, lambda part: part['kind']),
        'severities': by_group(parts, lambda part: grades[part['id']]),
        'training': training,
    }
    target = os.path.join(run, 'run.json')
    with open(target + '.tmp', 'w') as file:
        json.dump(record, file, indent=1)
    os.replace(target + '.tmp', target)


if __name__ == '__main__':
    main(*sys.argv[1:])
