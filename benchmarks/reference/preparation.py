"""The data preparation (SPEC section 5) as a Python pipeline does it, with Pillow, NumPy and OpenCV, beside libtrd's.

    preparation.py [--library target/native/lib/libtrd.so] [--part RGB.png XYZ.tiff] [--size 256] [--kernel 5]
                   [--threads N] [--rounds 15] [--json OUT.json]

Both sides get the same part in memory (800 x 800 if none is given) and are checked to agree before anything is timed. They
alternate within each round; the result is the median over the rounds, and the median of the rounds' ratios. OpenCV uses its
own threads, libtrd as many as --threads says; every Python step is vectorised.
"""
import argparse
import ctypes
import json
import os
import statistics
import time

import cv2
import numpy as np
from PIL import Image

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


def normalised(image):
    """[S, S, 3] in 0..1 to a dense [3, S, S], as ToTensor and Normalize leave it."""
    return np.ascontiguousarray(((image - MEAN) / DEVIATION).transpose(2, 0, 1))


def prepare_rgb(rgb, size):
    small = Image.fromarray(rgb).resize((size, size), Image.BILINEAR)
    return normalised(np.asarray(small).astype(np.float32) / np.float32(255))


def background_distance(xyz):
    corners = []
    for corner in (xyz[:3, :3], xyz[:3, -3:], xyz[-3:, :3]):
        count = max(np.count_nonzero(corner[..., 2]), 1e-12)
        corners.append((corner.sum((0, 1), dtype=np.float32) / np.float32(count)).astype(np.float32))
    p1, p2, p3 = corners
    normal = np.cross(p3 - p1, p2 - p1).astype(np.float32)
    return np.abs(xyz @ normal - normal @ p1) / np.linalg.norm(normal)


def fill(z):
    ones = np.ones((3, 3), np.float32)
    total = cv2.filter2D(z, -1, ones, borderType=cv2.BORDER_CONSTANT)
    count = cv2.filter2D((z > 0).astype(np.float32), -1, ones, borderType=cv2.BORDER_CONSTANT)
    return np.where(z == 0, total / (count + np.float32(1e-12)), z)


def depth_image(xyz, low, high):
    z = np.ascontiguousarray(xyz[..., 2])
    mask = ((background_distance(xyz) > 0.005) & (z != 0)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8), iterations=3)
    z = z * mask
    valid = z != 0
    smallest, largest = z[valid].min(), z[valid].max()
    z[valid] = (z[valid] - smallest) / (largest - smallest) * np.float32(high - low) + np.float32(low)
    return fill(fill(z)), mask


def prepare_depth(xyz, size):
    h, w, _ = xyz.shape
    index = np.arange(size)
    z, _ = depth_image(xyz[(index * h // size)[:, None], index * w // size], 0.1, 0.9)
    return normalised(np.repeat(z[..., None], 3, axis=2))


def prepare_normals(xyz, size, kernel):
    z, mask = depth_image(xyz, 0, 1)
    dx = cv2.Sobel(z, cv2.CV_32F, 1, 0, ksize=kernel)
    dy = cv2.Sobel(z, cv2.CV_32F, 0, 1, ksize=kernel)
    normal = np.dstack((-dx, -dy, np.ones_like(z)))
    normal /= np.linalg.norm(normal, axis=2, keepdims=True) + np.float32(1e-8)
    normal = (normal + 1) / 2 * mask[..., None]
    return normalised(cv2.resize(normal, (size, size), interpolation=cv2.INTER_LINEAR))


class Exec(ctypes.Structure):
    _fields_ = [('backend', ctypes.c_int32), ('device', ctypes.c_int32), ('stream', ctypes.c_void_p)]


class Trd:
    """libtrd's three preparations of one part; tables and buffers are made once, as an inspector does."""

    def __init__(self, library, rgb, xyz, size, kernel, threads):
        self.lib = ctypes.CDLL(library)
        self.lib.trd_last_error.restype = self.lib.trd_describe.restype = ctypes.c_char_p
        self.check(self.lib.trd_set_threads(threads))
        self.exec = Exec(0, 0, None)
        self.calls = {}
        for name, image, more in (('rgb', rgb, ()), ('depth', xyz, (None,)), ('normals', xyz, (kernel, None))):
            self.plan(name, image, size, more)

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.lib.trd_last_error().decode())

    def plan(self, name, image, size, more):
        number, pointer = ctypes.c_int64, ctypes.c_void_p
        h, w, _ = image.shape
        kernel = [ctypes.c_int32(m) for m in more if m is not None]
        sizes = [number(w), number(h), number(size)]
        count = getattr(self.lib, f'trd_prepare_{name}_workspace_bytes')
        count.restype = number
        needed = count(*sizes, *kernel)
        memory = np.empty(needed + 64, np.uint8)
        workspace = [pointer(-(-memory.ctypes.data // 64) * 64), number(needed)]
        self.check(getattr(self.lib, f'trd_prepare_{name}_plan')(ctypes.byref(self.exec), *sizes, *kernel, *workspace))
        out = np.empty((size, size, 3), np.float32)
        arguments = [ctypes.byref(self.exec), pointer(image.ctypes.data), sizes[0], sizes[1], number(image.strides[0]),
                     pointer(out.ctypes.data), ctypes.c_int32(0), sizes[2],
                     *[pointer(None) if m is None else ctypes.c_int32(m) for m in more], *workspace]
        self.calls[name] = (getattr(self.lib, f'trd_prepare_{name}'), arguments, out, memory, image)

    def __call__(self, name):
        function, arguments, out, _, _ = self.calls[name]
        self.check(function(*arguments))
        return out


def generated_part(pixels=800, seed=1):
    """A tilted plane with a curved part 30 mm above it, noise of 0.2 mm, two percent of the points missing."""
    random = np.random.default_rng(seed)
    v, u = (np.mgrid[:pixels, :pixels] + 0.5) / pixels - 0.5
    inside = u * u + v * v < 0.1
    z = 0.6 + 0.02 * u - np.where(inside, 0.03 - 0.05 * u * u + 0.02 * u * v, 0) + 0.0002 * random.random(u.shape)
    xyz = np.dstack((0.4 * u, 0.4 * v, z)).astype(np.float32)
    xyz[random.random(u.shape) < 0.02] = 0
    grey = np.where(inside, 90, 190)[..., None] + 40 * np.sin(30 * u + 20 * v)[..., None] * [1, 0.6, 0.3]
    rgb = np.clip(grey + random.normal(0, 8, (pixels, pixels, 3)), 0, 255).astype(np.uint8)
    return rgb, xyz


def read_part(rgb_file, xyz_file):
    import tifffile
    rgb = np.ascontiguousarray(np.asarray(Image.open(rgb_file).convert('RGB')))
    xyz = np.ascontiguousarray(tifffile.imread(xyz_file).astype(np.float32))
    if xyz.ndim != 3 or xyz.shape[2] != 3:
        raise SystemExit(f'{xyz_file} is {xyz.shape}; height x width x 3 is needed')
    return rgb, xyz


def check_agreement(python, trd):
    """Colours to rounding; elsewhere 1e-4, except for one value in a thousand: a pixel at the plane's threshold may flip."""
    worst = {}
    for name, function in python.items():
        error = np.abs(function().transpose(1, 2, 0) - trd(name))
        allowed, share = (1e-6, 0.0) if name == 'rgb' else (1e-4, 1e-3)
        off = np.count_nonzero(~(error <= allowed)) / error.size
        worst[name] = {'values_off': off, 'median_error': float(np.median(error)), 'largest_error': float(error.max())}
        if off > share:
            raise SystemExit(f'{name}: the two sides differ: {worst[name]}')
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--library', default='target/native/lib/libtrd.so')
    parser.add_argument('--part', nargs=2, metavar=('RGB', 'XYZ'))
    parser.add_argument('--size', type=int, default=256)
    parser.add_argument('--kernel', type=int, default=5)
    parser.add_argument('--threads', type=int, default=os.cpu_count())
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--json')
    options = parser.parse_args()

    rgb, xyz = read_part(*options.part) if options.part else generated_part()
    trd = Trd(options.library, rgb, xyz, options.size, options.kernel, options.threads)
    python = {'rgb': lambda: prepare_rgb(rgb, options.size), 'depth': lambda: prepare_depth(xyz, options.size),
              'normals': lambda: prepare_normals(xyz, options.size, options.kernel)}
    agreement = check_agreement(python, trd)

    times = {name: {'python': [], 'trd': []} for name in python}
    for round_number in range(options.rounds + 1):
        sides = ['python', 'trd'] if round_number % 2 else ['trd', 'python']
        for name, function in python.items():
            for side in sides:
                start = time.perf_counter()
                function() if side == 'python' else trd(name)
                if round_number > 0:  # the first round only warms up
                    times[name][side].append((time.perf_counter() - start) * 1e3)
    for pair, parts in (('rgb + depth', ('rgb', 'depth')), ('rgb + normals', ('rgb', 'normals'))):
        times[pair] = {side: [sum(v) for v in zip(*(times[p][side] for p in parts))] for side in ('python', 'trd')}

    print(f'{xyz.shape[1]} x {xyz.shape[0]} to {options.size}, {options.threads} threads, {trd.lib.trd_describe().decode()}; '
          f'NumPy {np.__version__}, OpenCV {cv2.__version__} with {cv2.getNumThreads()} threads, Pillow {Image.__version__}')
    result = {}
    for name, sides in times.items():
        ratio = statistics.median(t / p for t, p in zip(sides['trd'], sides['python']))
        result[name] = {'python_ms': statistics.median(sides['python']), 'trd_ms': statistics.median(sides['trd']), 'ratio': ratio}
        print(f'{name:14} Python {result[name]["python_ms"]:8.2f} ms   libtrd {result[name]["trd_ms"]:7.3f} ms   ratio {ratio:.4f}')
    if options.json:
        with open(options.json, 'w') as f:
            json.dump({'result': result, 'agreement': agreement, 'times_ms': times}, f, indent=1)


if __name__ == '__main__':
    main()
