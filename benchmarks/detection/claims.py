#!/usr/bin/env python3
"""Which of the paper's claims hold on the detection benchmark, from the runs of ablations.sh, as Markdown on standard output.

    python3 benchmarks/detection/claims.py OUT/ablations     gathers the runs into OUT/ablations/results.json first
    python3 benchmarks/detection/claims.py results.json      from results that were gathered before
    python3 benchmarks/detection/claims.py --self-test

A comparison is between two variants on the same category, seed, parts and teacher; the difference of such a pair is one
observation. Per comparison: the mean and standard deviation of both sides over all pairs, the mean difference, its 95 %
interval by Student's t over the pairs, the two-sided p of the paired t test, and in how many pairs the first side was better.

holds           the interval lies above 0
does not hold   the interval lies below MARGIN: an improvement worth having is excluded
undecided       neither, or fewer than MIN_PAIRS pairs

A claim is decided by its first comparison, which was chosen before any result was seen; the others stand beside it. Standard
library only.
"""
import json
import math
import os
import statistics
import sys

from record import BRANCHES, auroc
from truth import read_csv

MARGIN = 0.01
MIN_PAIRS = 3
# What runs that are compared have in common (train.json).
SETTINGS = ('backbone', 'size', 'batch', 'epochs', 'training_parts')
VARIANTS = ('full', 'no-filter', 'no-amplifier', 'independent', 'fused', 'rgb-only', 'second-only')
# What they change, as `trd synth` makes them.
COLOUR, GEOMETRY, BOTH = ('stain',), ('dent', 'bump'), ('hole', 'crack', 'contamination')
OFFICIAL = (('I', 'I-AUROC'), ('P', 'P-AUROC'), ('PRO', 'AUPRO@30'))


def measures(folder):
    """One run's numbers by name: 'I combined', 'PRO rgb', 'stain second' ...; a variant with one map has no branches."""
    with open(os.path.join(folder, 'metrics.json')) as file:
        metrics = json.load(file)
    parts = read_csv(os.path.join(folder, 'scores.csv'))
    row = {}
    for branch, key, score in BRANCHES:
        if key not in metrics:
            continue
        for short, metric in OFFICIAL:
            row[f'{short} {branch}'] = metrics[key][metric]
        good = [float(p[score]) for p in parts if p['anomalous'] == 'false']
        for kind in sorted({p['kind'] for p in parts if p['anomalous'] == 'true'}):
            row[f'{kind} {branch}'] = auroc(good, [float(p[score]) for p in parts if p['kind'] == kind])
    return row


def gather(root):
    """All complete runs of a folder; kept in results.json, which is small enough to be committed."""
    runs = []
    for folder, _, files in os.walk(root):
        if 'metrics.json' in files:
            name, modality, category, seed = os.path.relpath(folder, root).split(os.sep)
            teacher, variant = split(name)
            with open(os.path.join(folder, 'train.json')) as file:
                training = json.load(file)
            training['losses'] = training['losses'][-1]
            runs.append({'teacher': teacher, 'variant': variant, 'modality': modality, 'category': category, 'seed': int(seed),
                         'training': training, 'measures': measures(folder)})
    runs.sort(key=lambda run: (run['teacher'], run['modality'], run['category'], run['seed'], VARIANTS.index(run['variant'])))
    with open(os.path.join(root, 'results.json'), 'w') as file:
        json.dump(runs, file, indent=1)
    return runs


def kinds(names, branch='combined'):
    """Mean I-AUROC of some defect kinds by one map."""
    columns = [f'{kind} {branch}' for kind in names]
    return lambda row: statistics.fmean(row[c] for c in columns) if all(c in row for c in columns) else None


def column(name):
    return lambda row: row.get(name)


SINGLE = kinds(COLOUR + GEOMETRY)
I, PRO, P = column('I combined'), column('PRO combined'), column('P combined')

# Per claim its comparisons: what is measured, the better side by the claim (variant, measure), the other side.
CLAIMS = [
    ('Independent branches find defects of one modality better than one fused student', [
        ('I-AUROC of stains, dents and bumps', ('independent', SINGLE), ('fused', SINGLE)),
        ('I-AUROC of stains, rgb map alone', ('independent', kinds(COLOUR, 'rgb')), ('fused', kinds(COLOUR))),
        ('I-AUROC of dents and bumps, second map alone', ('independent', kinds(GEOMETRY, 'second')), ('fused', kinds(GEOMETRY))),
        ('AUPRO@30, all kinds', ('independent', PRO), ('fused', PRO)),
    ]),
    ('The filter helps', [
        ('I-AUROC, beside the amplifier', ('full', I), ('no-filter', I)),
        ('I-AUROC, alone', ('no-amplifier', I), ('independent', I)),
        ('AUPRO@30, beside the amplifier', ('full', PRO), ('no-filter', PRO)),
        ('AUPRO@30, alone', ('no-amplifier', PRO), ('independent', PRO)),
    ]),
    ('The amplifier helps', [
        ('I-AUROC, beside the filter', ('full', I), ('no-amplifier', I)),
        ('I-AUROC, alone', ('no-filter', I), ('independent', I)),
        ('AUPRO@30, beside the filter', ('full', PRO), ('no-amplifier', PRO)),
        ('AUPRO@30, alone', ('no-filter', PRO), ('independent', PRO)),
    ]),
    ('Both tuners together help', [
        ('I-AUROC', ('full', I), ('independent', I)),
        ('AUPRO@30', ('full', PRO), ('independent', PRO)),
        ('P-AUROC', ('full', P), ('independent', P)),
        ('I-AUROC of stains, dents and bumps', ('full', SINGLE), ('independent', SINGLE)),
    ]),
    ('The whole method detects better than one fused student', [
        ('I-AUROC', ('full', I), ('fused', I)),
        ('AUPRO@30', ('full', PRO), ('fused', PRO)),
        ('I-AUROC of stains, dents and bumps', ('full', SINGLE), ('fused', SINGLE)),
    ]),
    ('Two modalities detect better than one', [
        ('I-AUROC, beside rgb alone', ('independent', I), ('rgb-only', I)),
        ('I-AUROC, beside the second modality alone', ('independent', I), ('second-only', I)),
    ]),
]


def beta_fraction(a, b, x):
    """Continued fraction of the incomplete beta function, by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    h = d
    for m in range(1, 500):
        for numerator in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                          -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 + numerator * d
            c = 1 + numerator / c
            d = 1 / (d if abs(d) > tiny else tiny)
            c = c if abs(c) > tiny else tiny
            h *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return h


def incomplete_beta(a, b, x):
    """I_x(a, b), regularised."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * beta_fraction(a, b, x) / a
    return 1 - front * beta_fraction(b, a, 1 - x) / b


def two_sided_p(t, freedom):
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def critical_t(freedom, alpha=0.05):
    low, high = 0.0, 1e4
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided_p(middle, freedom) > alpha else (low, middle)
    return (low + high) / 2


def judge(differences):
    """Mean difference, its interval's ends, p and the verdict; None for what cannot be said."""
    mean = statistics.fmean(differences)
    n = len(differences)
    if n < MIN_PAIRS:
        return mean, None, None, None, 'undecided (too few pairs)'
    deviation = statistics.stdev(differences)
    half = critical_t(n - 1) * deviation / math.sqrt(n)
    p = two_sided_p(mean / (deviation / math.sqrt(n)), n - 1) if deviation > 0 else (1.0 if mean == 0 else 0.0)
    verdict = 'holds' if mean - half > 0 else 'does not hold' if mean + half < MARGIN else 'undecided'
    return mean, mean - half, mean + half, p, verdict


def pairs(rows, one, other):
    """Both sides' values on every category and seed that both have."""
    out = []
    for key in sorted(rows[one[0]].keys() & rows[other[0]].keys()):
        a, b = one[1](rows[one[0]][key]), other[1](rows[other[0]][key])
        if a is not None and b is not None:
            out.append((a, b))
    return out


def spread(values):
    return f'{statistics.fmean(values):.3f}' + (f' ±{statistics.stdev(values):.3f}' if len(values) > 1 else '')


def split(name):
    """TEACHER-VARIANT into both."""
    for variant in sorted(VARIANTS, key=len, reverse=True):
        if name.endswith('-' + variant):
            return name[:-len(variant) - 1], variant
    raise ValueError(f'{name} names no variant')


def side_by_side(rows):
    """Per variant the means over all categories and seeds."""
    columns = [('I-AUROC', I), ('rgb', column('I rgb')), ('second', column('I second')), ('P-AUROC', P), ('AUPRO@30', PRO),
               ('stain', kinds(COLOUR)), ('stain, rgb', kinds(COLOUR, 'rgb')), ('dent, bump', kinds(GEOMETRY)),
               ('dent, bump, second', kinds(GEOMETRY, 'second')), ('hole, crack, contamination', kinds(BOTH))]
    print('| variant | runs | ' + ' | '.join(name for name, _ in columns) + ' |')
    print('|' + '---|' * (2 + len(columns)))
    for variant in VARIANTS:
        if rows[variant]:
            cells = [[v for v in map(measure, rows[variant].values()) if v is not None] for _, measure in columns]
            print(f'| {variant} | {len(rows[variant])} | ' + ' | '.join(spread(c) if c else '' for c in cells) + ' |')


def claims(rows):
    print('| claim | measured | | | difference | 95 % interval | p | better in | verdict |')
    print('|---|---|---|---|---|---|---|---|---|')
    for number, (claim, comparisons) in enumerate(CLAIMS, 1):
        for first, (what, one, other) in enumerate(comparisons):
            both = pairs(rows, one, other)
            if not both:
                continue
            mean, low, high, p, verdict = judge([a - b for a, b in both])
            interval = '' if low is None else f'{low:+.3f} to {high:+.3f}'
            probability = '' if p is None else '< 0.001' if p < 0.001 else f'{p:.3f}'
            print(f'| {f"**{number}. {claim}**" if first == 0 else ""} | {what} | {one[0]} {spread([a for a, _ in both])} '
                  f'| {other[0]} {spread([b for _, b in both])} | {mean:+.3f} | {interval} | {probability} '
                  f'| {sum(a > b for a, b in both)} of {len(both)} | {f"**{verdict}**" if first == 0 else verdict} |')


def main(source):
    if os.path.isdir(source):
        runs = gather(source)
    else:
        with open(source) as file:
            runs = json.load(file)
    if not runs:
        sys.exit(f'{source} has no complete run')
    settings = sorted({tuple(f'{name} {run["training"][name]}' for name in SETTINGS) for run in runs})
    if len(settings) > 1:
        sys.exit(f'{source} holds runs of different settings, which cannot be compared: '
                 + '; '.join(', '.join(s).replace('_', ' ') for s in settings))
    print('# What each part of the method is worth\n\nSettings: ' + ', '.join(settings[0]).replace('_', ' ') + '.')
    groups = {}
    for run in runs:
        rows = groups.setdefault((run['teacher'], run['modality']), {v: {} for v in VARIANTS})
        rows[run['variant']][run['category'], run['seed']] = run['measures']
    for (teacher, modality), rows in sorted(groups.items()):
        keys = {key for variant in rows.values() for key in variant}
        print(f'\n## Teacher {teacher}, second modality {modality}\n\nCategories {", ".join(sorted({k[0] for k in keys}))}; seeds '
              f'{", ".join(map(str, sorted({k[1] for k in keys})))}. Mean ± standard deviation over categories and seeds.\n')
        side_by_side(rows)
        print()
        claims(rows)


def self_test():
    """Against tables of Student's t."""
    for freedom, expected in ((2, 4.3027), (4, 2.7764), (11, 2.2010), (30, 2.0423)):
        assert abs(critical_t(freedom) - expected) < 1e-4, (freedom, critical_t(freedom))
    assert abs(two_sided_p(1.0, 1) - 0.5) < 1e-9
    assert judge([0.05, 0.06, 0.04, 0.05])[4] == 'holds'
    assert judge([-0.05, -0.06, -0.04, -0.05])[4] == 'does not hold'
    assert judge([0.001, -0.001, 0.002, -0.002])[4] == 'does not hold'
    assert judge([0.2, -0.2, 0.1, -0.05])[4] == 'undecided'
    assert judge([0.1, 0.1])[4] == 'undecided (too few pairs)'
    assert split('random-no-filter') == ('random', 'no-filter') and split('my-teacher-full') == ('my-teacher', 'full')
    print('self-test passed')


if __name__ == '__main__':
    self_test() if sys.argv[1:] == ['--self-test'] else main(sys.argv[1])
