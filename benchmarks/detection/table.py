#!/usr/bin/env python3
"""The tables of a detection benchmark, and whether it meets its targets, as Markdown on standard output.

    python3 benchmarks/detection/table.py OUT             gathers OUT/runs into OUT/results.json first
    python3 benchmarks/detection/table.py results.json    from results that were gathered before

A cell is the mean over seeds, ± their standard deviation. A mean over categories is taken per seed, over the seeds that every
category of the set has. Standard library only.
"""
import json
import os
import statistics
import sys
from markdown import BRANCHES, cell, rank, table
import verdicts

OFFICIAL = (('I-AUROC', 'I'), ('P-AUROC', 'P'), ('AUPRO@30', 'PRO'))
SETS = {'standard': 'Standard categories', 'hard': 'Hard categories', 'data': 'Real data'}
# The order of `trd synth`; what is not named here comes after.
CATEGORIES = tuple(shape + suffix for suffix in ('', '-hard') for shape in ('cookie', 'plate', 'ring', 'rope', 'cloth'))
# Per set: (what, of which measure the mean over categories must be, at least what). Hard categories are there to compare by, and
# have no level of their own to reach.
TARGETS = {
    'standard': (('combined I-AUROC', 'I combined', 0.975),
                 ('combined AUPRO@30', 'PRO combined', 0.88),
                 ('colour only: stain by the rgb branch, I-AUROC', 'stain rgb', 0.93),
                 ('geometry only: dent by the second branch, I-AUROC', 'dent second', 0.93),
                 ('geometry only: bump by the second branch, I-AUROC', 'bump second', 0.93)),
    'hard': (),
    'data': (('combined I-AUROC (0.95 with ImageNet weights)', 'I combined', 0.90),
             ('combined AUPRO@30', 'PRO combined', 0.90),
             ('share of defects that are NG', 'NG combined', 28 / 36)),
}
# Every category of the set has at least this combined I-AUROC.
LEAST = {'standard': 0.93}
# In every category: the combined I-AUROC below that of the better branch.
MOST_BEHIND = 0.005


def gather(folder):
    """All runs of a folder and its settings; kept in results.json, which is small enough to be committed."""
    runs = []
    for where, _, files in os.walk(os.path.join(folder, 'runs')):
        if 'run.json' in files:
            with open(os.path.join(where, 'run.json')) as file:
                runs.append(json.load(file))
    runs.sort(key=lambda run: (list(SETS).index(set_of(run)), run['teacher'], run['modality'], rank(CATEGORIES, run['category']),
                               run['seed']))
    with open(os.path.join(folder, 'settings.txt')) as file:
        settings = dict(line.rstrip('\n').split('=', 1) for line in file)
    results = {'settings': settings, 'runs': runs}
    target = os.path.join(folder, 'results.json')
    with open(target + '.tmp', 'w') as file:
        json.dump(results, file, indent=1)
    os.replace(target + '.tmp', target)
    return results


def set_of(run):
    """Results of before there were sets are of standard categories."""
    return run.get('set', 'standard')


def measures(run):
    """One run's numbers by name: 'I combined', 'stain rgb', 'severity 1 second' …"""
    flat = {f'{short} {branch}': run['metrics'][branch][metric] for metric, short in OFFICIAL for branch in BRANCHES}
    for kind, values in run['kinds'].items():
        flat |= {f'{kind} {branch}': values[branch] for branch in BRANCHES}
    for grade, values in run['severities'].items():
        flat |= {f'severity {grade} {branch}': values[branch] for branch in BRANCHES}
    return flat | verdicts.measures(run)


class Group:
    """All runs of one set of categories, teacher and modality."""

    def __init__(self, name, runs):
        self.set, self.teacher, self.modality = name
        self.runs = runs
        self.rows = {(run['category'], run['seed']): measures(run) for run in runs}
        self.categories = sorted({category for category, _ in self.rows}, key=lambda name: rank(CATEGORIES, name))
        self.kinds = sorted({kind for run in runs for kind in run['kinds']}, key=lambda name: rank(verdicts.KINDS, name))
        self.seeds = sorted({seed for _, seed in self.rows})
        self.common = [seed for seed in self.seeds if all((category, seed) in self.rows for category in self.categories)]

    def of(self, category, measure):
        """A category's values, one per seed."""
        return [row[measure] for (name, _), row in sorted(self.rows.items()) if name == category and measure in row]

    def mean(self, measure):
        """Per common seed, the mean over the categories."""
        return [statistics.fmean(values) for seed in self.common
                if (values := [self.rows[c, seed][measure] for c in self.categories if measure in self.rows[c, seed]])]

    def behind(self, category):
        """How far the combined I-AUROC lies below that of the better branch, each a mean over seeds: negative when above."""
        combined, rgb, second = (statistics.fmean(self.of(category, f'I {branch}')) for branch in BRANCHES)
        return max(rgb, second) - combined


def side_by_side(groups):
    columns = [f'I {branch}' for branch in BRANCHES] + ['P combined', 'PRO combined', 'NG combined', 'NG good combined', 'stain rgb',
                                                        'dent second', 'bump second']
    print('\n## Side by side\n\nMeans over categories. I: I-AUROC, P: P-AUROC, PRO: AUPRO@30; of a kind of defect: I-AUROC. NG: the '
          'share of defects, and of\ngood parts, above the threshold. Behind: the combined I-AUROC below the better branch, in the worst '
          'category.')
    table(['set', 'teacher', 'modality', *columns, 'behind'],
          [[group.set, group.teacher, group.modality, *(cell(group.mean(column)) for column in columns),
            f'{max(map(group.behind, group.categories)):.3f}'] for group in groups])


def official(group):
    columns = [f'{short} {branch}' for _, short in OFFICIAL for branch in BRANCHES]
    rows = [[category, *(cell(group.of(category, column)) for column in columns)] for category in group.categories]
    rows.append(['**mean**', *(cell(group.mean(column)) for column in columns)])
    table(['category', *columns], rows)


def by_kind(group):
    print('\nI-AUROC per kind of defect, mean over categories, and per severity:')
    rows = [[kind, *(cell(group.mean(f'{kind} {branch}')) for branch in BRANCHES)] for kind in group.kinds]
    rows += [[f'{grade} {name}', *(cell(group.mean(f'severity {grade} {branch}')) for branch in BRANCHES)]
             for grade, name in verdicts.GRADES.items() if group.mean(f'severity {grade} combined')]
    table(['parts with', *BRANCHES], rows)
    print('\nI-AUROC per kind and category, combined / rgb / second:')
    table(['category', *group.kinds],
          [[category, *(' / '.join(f'{statistics.fmean(values):.2f}' if (values := group.of(category, f'{kind} {branch}')) else '–'
                                   for branch in BRANCHES) for kind in group.kinds)] for category in group.categories])


def verdict(margin):
    """`margin` is how far a number is on the right side; a sum's last bits decide nothing."""
    return f'met by {abs(margin):.3f}' if margin > -1e-9 else f'**missed by {-margin:.3f}**'


def targets(group):
    rows = []
    for what, measure, least in TARGETS[group.set]:
        values = group.mean(measure)
        if measure == 'I combined' and group.set == 'data' and 'imagenet' in group.teacher:
            least = 0.95
        rows.append([what, f'≥ {least:.3g}', cell(values), verdict(statistics.fmean(values) - least) if values else 'not judged'])
    if group.set in LEAST:
        for category in group.categories:
            values = group.of(category, 'I combined')
            rows.append([f'{category}: combined I-AUROC', f'≥ {LEAST[group.set]}', cell(values),
                         verdict(statistics.fmean(values) - LEAST[group.set])])
    for category in group.categories:
        behind = group.behind(category)
        rows.append([f'{category}: combined I-AUROC below the better branch', f'≤ {MOST_BEHIND}', f'{behind:.3f}',
                     verdict(MOST_BEHIND - behind)])
    table(['target', 'demanded', 'measured', ''], rows)


def main(source):
    if os.path.isdir(source):
        results = gather(source)
    else:
        with open(source) as file:
            results = json.load(file)
    runs = results['runs']
    if not runs:
        sys.exit(f'{source} has no complete run')
    by_name = {}
    for run in runs:
        by_name.setdefault((set_of(run), run['teacher'], run['modality']), []).append(run)
    groups = [Group(name, by_name[name]) for name in sorted(by_name, key=lambda name: (list(SETS).index(name[0]), name))]
    hours = sum(sum(run['seconds'].values()) for run in runs) / 3600
    print('# Detection benchmark\n')
    print('Settings: ' + ', '.join(f'{name} {value}' for name, value in results['settings'].items()) + '. Commit '
          + ', '.join(sorted({run['commit'] for run in runs})) + f'. {len(runs)} runs, {hours:.1f} hours of training and evaluation.')
    side_by_side(groups)
    for group in groups:
        print(f'\n## {SETS[group.set]}: {group.teacher}, {group.modality}\n\nCategories: {", ".join(group.categories)}; seeds '
              f'{", ".join(map(str, group.seeds))}.', end='')
        if group.common != group.seeds:
            print(f' Only {len(group.common)} of the seeds have all categories: the means are over these.', end='')
        print()
        official(group)
        by_kind(group)
        verdicts.tables(group.runs, group.categories)
        print('\nTargets, by means over the categories above where no category is named:')
        targets(group)


if __name__ == '__main__':
    main(sys.argv[1])
