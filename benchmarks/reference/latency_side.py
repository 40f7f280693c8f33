"""The Python half of the sides' protocol (SideMain.java has the Java half), and the files that all sides read.

A side loads, runs one pass, writes its maps for the check, answers with one line of JSON, then waits. A line 'run K' on
standard input is answered by one untimed pass, which wakes sleeping threads and fills the caches, and K timed ones. The end of
the input ends the process.
"""
import json
import os
import sys
import time

import numpy as np


class Unavailable(Exception):
    """This machine, build or version cannot do what was asked; shown in the table, never hidden."""


def inputs(folder):
    """inputs.json of the folder, and the two prepared images, float32 [1, 3, S, S] each."""
    with open(os.path.join(folder, 'inputs.json')) as file:
        about = json.load(file)
    size = about['size']
    images = np.fromfile(os.path.join(folder, 'prepared.f32'), '<f4').reshape(2, 1, 3, size, size)
    return about, images[0].copy(), images[1].copy()


def weights(folder):
    """All tensors of model.safetensors: name -> array, mapped from the file."""
    path = os.path.join(folder, 'model.safetensors')
    with open(path, 'rb') as file:
        length = int.from_bytes(file.read(8), 'little')
        header = json.loads(file.read(length))
    kinds = {'F32': '<f4', 'I64': '<i8'}
    data = np.memmap(path, np.uint8, 'r', 8 + length)
    return {name: data[t['data_offsets'][0]:t['data_offsets'][1]].view(kinds[t['dtype']]).reshape(t['shape'])
            for name, t in header.items() if name != '__metadata__'}


def serve(start, maps_path):
    """start() loads and returns (version, setting, step) and, if it likes, more to tell; step() returns (maps or None, {stage: milliseconds})."""
    # What libraries print must not get between the answers.
    answers = os.fdopen(os.dup(1), 'w', buffering=1)
    os.dup2(2, 1)
    begin = time.perf_counter()
    try:
        version, setting, step, *more = start()
        maps, _ = step()
    except Unavailable as e:
        print(json.dumps({'unavailable': str(e)}), file=answers)
        return
    load = 1e3 * (time.perf_counter() - begin)
    if maps is not None:
        np.concatenate([np.asarray(m, '<f4').ravel() for m in maps]).tofile(maps_path)
    print(json.dumps({'version': version, 'setting': setting, 'blurred': False, 'load_ms': load, **(more[0] if more else {})}),
          file=answers)
    for line in sys.stdin:
        step()
        times = {}
        for _ in range(int(line.split()[1])):
            for stage, milliseconds in step()[1].items():
                times.setdefault(stage, []).append(milliseconds)
        print(json.dumps(times), file=answers)
