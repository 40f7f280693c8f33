"""The Python preparation (preparation.py) as a side of the latency comparison.

    latency_preparation.py FOLDER THREADS PREPARED
"""
import os
import sys
import time

import latency_side


def start(folder, threads):
    try:
        import preparation
    except ImportError as e:
        raise latency_side.Unavailable(f'{sys.executable}: {e}') from e
    preparation.cv2.setNumThreads(threads)
    about, _, _ = latency_side.inputs(folder)
    size = about['size']
    rgb, xyz = preparation.read_part(os.path.join(folder, about['rgb']), os.path.join(folder, about['xyz']))

    def second():
        if about['modality'] == 'depth':
            return preparation.prepare_depth(xyz, size)
        return preparation.prepare_normals(xyz, size, about['normal_kernel'])

    def step():
        begin = time.perf_counter()
        images = preparation.prepare_rgb(rgb, size), second()
        return images, {'prepare': 1e3 * (time.perf_counter() - begin)}

    version = f'OpenCV {preparation.cv2.__version__}, NumPy {preparation.np.__version__}, Python {sys.version.split()[0]}'
    return version, f"colour and {about['modality']} of a part in memory, vectorised", step


if __name__ == '__main__':
    latency_side.serve(lambda: start(sys.argv[1], int(sys.argv[2])), sys.argv[3])
