#!/usr/bin/env python3
"""The tables of regions.sh, as Markdown on standard output.

    python3 benchmarks/detection/regions.py OUT

Reads OUT/runs/CATEGORY/SEED/regions.csv. A defect is found when its part is NG, and located when the outline covers a pixel
of its mask; outlines and heights are those of located defects. Standard library only.
"""
import csv
import glob
import os
import statistics
import sys

GRADES = {'1': 'slight', '2': 'medium', '3': 'severe', '': 'ungraded'}
HEIGHT_KINDS = ('dent', 'bump')
COLOUR_KINDS = ('stain',)


def rows_of(folder):
    rows = []
    for file in sorted(glob.glob(os.path.join(folder, 'runs', '*', '*', 'regions.csv'))):
        category = os.path.basename(os.path.dirname(os.path.dirname(file)))
        with open(file, newline='') as lines:
            rows += [row | {'category': category, 'kind': row['id'].split('/')[-2]} for row in csv.DictReader(lines)]
    return rows


def share(values):
    return f'{sum(values)} of {len(values)}' if values else ''


def found_and_located(rows):
    found = [row for row in rows if row['verdict'] == 'NG']
    return found, [row for row in found if float(row['iou']) > 0]


def outlines(rows):
    """How many parts there are, are found, and are located, and the sum of the located ones' intersections over union."""
    found, located = found_and_located(rows)
    return {'parts': len(rows), 'found': len(found), 'located': len(located), 'iou': sum(float(row['iou']) for row in located)}


def summary(rows):
    """The cells of a table's line."""
    found, located = found_and_located(rows)
    ratios = [float(row['outline_px']) / float(row['mask_px']) for row in located]
    heights = [(float(row['raised_mm']) if row['raised_mm'] else None, float(row['height_mm']))
               for row in located if row['kind'] in HEIGHT_KINDS and row['height_mm']]
    known = [(raised, truth) for raised, truth in heights if raised is not None]
    flat = [row for row in located if row['kind'] in COLOUR_KINDS]
    return [share([True] * len(found) + [False] * (len(rows) - len(found))),
            share([row in located for row in found]),
            f'{statistics.fmean(float(row["iou"]) for row in located):.2f}' if located else '',
            f'{statistics.median(ratios):.2f}' if ratios else '',
            f'{100 * sum(0.5 <= r <= 2 for r in ratios) / len(ratios):.0f} %' if ratios else '',
            share([raised * truth > 0 for raised, truth in known]),
            share([abs(raised - truth) <= 0.3 * abs(truth) for raised, truth in known]),
            f'{len(heights) - len(known)}' if heights else '',
            share([not row['raised_mm'] for row in flat]),
            f'{statistics.median(float(row["micros"]) for row in found) / 1e3:.1f}' if found else '']


def table(title, groups):
    print(f'| {title} | NG | located | IoU | area: median ratio | within 0.5 to 2 | sign right | height within 30 % | height null '
          '| colour only: null | ms |')
    print('|---|' + '---|' * 10)
    for name, rows in groups:
        print(f'| {name} | ' + ' | '.join(summary(rows)) + ' |')
    print()


def by(rows, key):
    return [(name, [row for row in rows if key(row) == name]) for name in sorted({key(row) for row in rows})]


def main(folder):
    rows = rows_of(folder)
    if not rows:
        sys.exit(f'{folder} has no results of regions.sh')
    seeds = len({os.path.basename(os.path.dirname(file)) for file in glob.glob(os.path.join(folder, 'runs', '*', '*', 'regions.csv'))})
    print(f'{len(rows)} defective parts, {seeds} seeds. Areas and outlines in pixels of the maps; heights of dents and bumps; the time '
          'is the shortest of five calls.\n')
    table('category', by(rows, lambda row: row['category']) + [('all', rows)])
    table('kind', by(rows, lambda row: row['kind']))
    table('severity', by(rows, lambda row: GRADES[row['grade']]))


if __name__ == '__main__':
    main(*sys.argv[1:])
