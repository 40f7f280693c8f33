"""Whether the sides of the latency comparison compute the same thing, before any of them is timed."""
import numpy as np

SIGMA_PX, RADIUS_PX = 4, 16
# fp32 sides differ by the order of their sums and by how BatchNorm is folded: near 5e-5 of the map's standard deviation with
# wide_resnet50_2. 1e-3 leaves room for Winograd; a wrong layer moves a map by far more.
FP32_ERROR = 1e-3
# Lower precisions: that it is the same map. How exact trained models stay is another test's business: generated weights do not
# tell normal from anomalous, so their maps have little contrast (a standard deviation of 3 % of the mean) and errors look large.
CORRELATION = {'fp16': 0.999, 'tf32': 0.999, 'bf16': 0.999, 'int8': 0.99, 'auto': 0.99}
# One of 256 levels of colour is 0.017 in the network's units: another rounding may move a value by one, but hardly any.
PREPARED_ERROR, PREPARED_DIFFERENT = 2e-3, 1e-3


class Disagreement(Exception):
    pass


def read_maps(path):
    values = np.fromfile(path, '<f4').astype(np.float64)
    side = int(round((values.size / 2) ** 0.5))
    return values.reshape(2, side, side)


def blur(maps):
    """Gaussian, half-sample symmetric at the border (SPEC section 4)."""
    kernel = np.exp(-0.5 * (np.arange(-RADIUS_PX, RADIUS_PX + 1) / SIGMA_PX) ** 2)
    kernel /= kernel.sum()
    for axis in (1, 2):
        widths = [(RADIUS_PX, RADIUS_PX) if a == axis else (0, 0) for a in range(3)]
        maps = np.apply_along_axis(np.convolve, axis, np.pad(maps, widths, 'symmetric'), kernel, 'valid')
    return maps


def maps(sides, described, reference, reference_maps):
    """Compares every side's maps with the reference's, raw ones raw, blurred ones blurred; notes the result, or raises."""
    if 'unavailable' in described[reference]:
        raise Disagreement(f"{reference} is what the others are compared with, but: {described[reference]['unavailable']}")
    raw = read_maps(reference_maps)
    wanted = {False: raw, True: blur(raw)}
    for side in sides:
        if side.name == reference:
            continue
        expected = wanted[described[side.name]['blurred']]
        got = read_maps(side.maps)
        # Per branch, in standard deviations of the branch's map; a NaN fails both comparisons.
        error = max(float(np.abs(g - e).max() / e.std()) for g, e in zip(got, expected))
        correlation = min(float(np.corrcoef(g.ravel(), e.ravel())[0, 1]) for g, e in zip(got, expected))
        described[side.name].update(map_error_std=error, map_correlation=correlation)
        agree = error <= FP32_ERROR if side.precision == 'fp32' else correlation >= CORRELATION[side.precision]
        if not agree:
            raise Disagreement(f'{side.name} computes another map than {reference}: largest difference {error:.2g} standard '
                               f'deviations, correlation {correlation:.6f}; nothing was timed')


def prepared(path_a, path_b, description):
    """Compares prepared images, in the network's units; notes the result, or raises."""
    if 'unavailable' in description:
        return
    a, b = np.fromfile(path_a, '<f4').astype(np.float64), np.fromfile(path_b, '<f4').astype(np.float64)
    difference = np.abs(a - b) if a.shape == b.shape else np.array([np.inf])
    # A NaN counts as different.
    share = float(np.mean(~(difference <= PREPARED_ERROR)))
    description.update(prepared_error=float(difference.max()), prepared_different=share)
    if not share <= PREPARED_DIFFERENT:
        raise Disagreement(f'{share:.2%} of the prepared values differ by more than {PREPARED_ERROR}: {path_a} and {path_b} do not '
                           'hold the same')
