"""The Python preparation (preparation.py) as a side of the latency comparison.

    latency_preparation.py FOLDER THREADS PREPARED

Of preparation.py it calls prepare(rgb, xyz, size, modality, normal_kernel): rgb uint8 [H, W, 3] and xyz float32 [H, W, 3] in
memory, as trd4j has them, to the two prepared images, float32 [3, S, S] each.
"""
import os
import sys
import time

import numpy as np
from PIL import Image
import tifffile

import latency_side


def start(folder, threads):
    try:
        import preparation
    except ImportError as e:
        raise latency_side.Unavailable(str(e)) from e
    about, _, _ = latency_side.inputs(folder)
    with Image.open(os.path.join(folder, about['rgb'])) as image:
        rgb = np.asarray(image.convert('RGB'))
    xyz = tifffile.imread(os.path.join(folder, about['xyz'])).astype(np.float32)
    limit_threads(threads)

    def step():
        begin = time.perf_counter()
        images = preparation.prepare(rgb, xyz, about['size'], about['modality'], about['normal_kernel'])
        return images, {'prepare': 1e3 * (time.perf_counter() - begin)}

    return (f'Python {sys.version.split()[0]}, NumPy {np.__version__}', f"{about['modality']}, the official code's steps", step)


def limit_threads(threads):
    """OpenCV has a pool of its own; NumPy's and PyTorch's follow OMP_NUM_THREADS."""
    cv2 = sys.modules.get('cv2')
    if cv2 is not None:
        cv2.setNumThreads(threads)


if __name__ == '__main__':
    latency_side.serve(lambda: start(sys.argv[1], int(sys.argv[2])), sys.argv[3])
