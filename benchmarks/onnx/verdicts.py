"""An exported graph in ONNX Runtime from Python beside trd: scores and verdicts of the same parts.

    verdicts.py LINES.jsonl GRAPH.onnx … [--check] [--json OUT.json]

The graphs are made by `trd export --to onnx --preprocess`: they take what the sensors gave. LINES is what
`trd inspect --data CATEGORY --json LINES.jsonl` wrote with the same model; it names the files of every part. One line is
printed per graph. --check also runs the ONNX project's checker over each, with type and shape inference. The exit code is
1 when a graph in fp32 gives another verdict.

Needs numpy, onnxruntime, opencv-python-headless and tifffile; --check needs onnx.
"""
import argparse
import json
import os
import sys

import cv2
import numpy as np
import onnxruntime
import tifffile

SCORES = ('score', 'score_rgb', 'score_depth')
VERDICTS = ('OK', 'REVIEW', 'NG')


def main():
    options = arguments()
    lines = read_lines(options.lines)
    rows = [compared(graph, lines, options.check) for graph in options.graphs]
    about = {'onnxruntime': onnxruntime.__version__, 'python': sys.version.split()[0]}
    print(f"{'graph':32} {'precision':>9} {'parts':>5} {'equal verdicts':>14} {'largest score difference':>24} {'relative':>9}  checker")
    for row in rows:
        print(f"{row['graph']:32} {row['precision']:>9} {row['parts']:5} {row['equal_verdicts']:14} {row['score_difference']:24.2e} "
              f"{row['relative_difference']:9.2e}  {row.get('checker', '')}")
        for other in row['other_verdicts']:
            print(f"  {other['id']}: trd says {other['trd']}, the graph {other['graph']}; score {other['score']:.4f}")
    if options.json:
        with open(options.json, 'w') as file:
            json.dump({**about, 'graphs': rows}, file, indent=1)
            file.write('\n')
    if any(row['precision'] == 'fp32' and row['other_verdicts'] for row in rows):
        sys.exit(1)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('lines', metavar='LINES.jsonl', help='what trd inspect --json wrote')
    parser.add_argument('graphs', metavar='GRAPH.onnx', nargs='+')
    parser.add_argument('--check', action='store_true', help="run onnx.checker, full_check, over each graph")
    parser.add_argument('--json', help='also write the rows to this file')
    return parser.parse_args()


def read_lines(path):
    with open(path) as file:
        lines = [json.loads(line) for line in file]
    refused = [line['id'] for line in lines if 'error' in line]
    if refused or not lines:
        sys.exit(f"verdicts.py: {path}: " + (f"trd refused {refused[0]}" if refused else 'no parts') + '; give complete parts')
    return lines


def compared(path, lines, check):
    """One graph over all parts; a verdict that trd leaves to a person because of a warning is no graph's."""
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    names = [output.name for output in session.get_outputs() if output.name in (*SCORES, 'verdict')]
    properties = session.get_modelmeta().custom_metadata_map
    row = {'graph': os.path.basename(path), 'precision': properties['trd.precision'], 'model_sha256': properties['trd.model_sha256'],
           'parts': len(lines), 'equal_verdicts': 0, 'warned': 0, 'score_difference': 0.0, 'relative_difference': 0.0, 'other_verdicts': []}
    for line in lines:
        if line['model']['sha256'] != row['model_sha256']:
            sys.exit(f"verdicts.py: {path} is another model's than the lines are; export and inspect with one model")
        got = dict(zip(names, session.run(names, inputs(session, line))))
        for name in SCORES:
            difference = abs(float(got[name][0]) - line[name])
            row['score_difference'] = max(row['score_difference'], difference)
            row['relative_difference'] = max(row['relative_difference'], difference / max(abs(line[name]), 1e-12))
        verdict = VERDICTS[int(got['verdict'][0])] if 'verdict' in got else None
        if verdict == line['verdict']:
            row['equal_verdicts'] += 1
        elif line['warnings']:
            row['warned'] += 1
        else:
            row['other_verdicts'].append({'id': line['id'], 'trd': line['verdict'], 'graph': verdict, 'score': line['score']})
    if check:
        row['checker'] = checked(path)
    return row


def inputs(session, line):
    """The part's files as the graph takes them: uint8 red, green, blue; float32 x, y, z."""
    images = {'rgb': colours(line['inputs']['rgb']['file']), 'depth': None}
    second = line['inputs']['xyz']['file']
    images['depth'] = points(second) if second.lower().endswith(('.tif', '.tiff')) else colours(second)
    for wanted in session.get_inputs():
        given = images[wanted.name]
        if list(given.shape) != wanted.shape[1:]:
            sys.exit(f"verdicts.py: {line['id']}: {wanted.name} is {list(given.shape)}, the graph takes {wanted.shape[1:]}; "
                     'export with --preprocess on parts of this size')
    return {name: image[None] for name, image in images.items()}


def colours(path):
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    if image is None:
        sys.exit(f'verdicts.py: {path} cannot be read as an image')
    return np.ascontiguousarray(image[..., ::-1])


def points(path):
    return np.ascontiguousarray(tifffile.imread(path).astype(np.float32))


def checked(path):
    """What onnx.checker says of a graph, with its inference of types and shapes."""
    import onnx
    try:
        onnx.checker.check_model(path, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as e:
        return 'refused: ' + str(e).strip().splitlines()[0]
    return f'onnx {onnx.__version__}: sound'


if __name__ == '__main__':
    main()
