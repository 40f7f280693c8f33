"""How severe the defects of a category are, by the list in its folder. Standard library only."""
import csv
import os


def grades(folder):
    """{id of a part: '1' slight, '2' medium or '3' severe}; empty where the folder has no list.

    `trd synth` writes defects.csv, whose ids are test/KIND/NUMBER. Other data may have truth.csv with the columns split
    (test/KIND), index and severity; its normal parts have severity 0.
    """
    own = os.path.join(folder, 'defects.csv')
    if os.path.exists(own):
        return {row['id']: row['grade'] for row in read_csv(own)}
    other = os.path.join(folder, 'truth.csv')
    if os.path.exists(other):
        return {f"{row['split']}/{int(row['index']):03d}": row['severity'] for row in read_csv(other)
                if row['split'].startswith('test/') and row['severity'] != '0'}
    return {}


def read_csv(file):
    with open(file, newline='') as lines:
        return list(csv.DictReader(lines))
