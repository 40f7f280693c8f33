"""What PyTorch's fast variants run on the device: preparation, network with folded BatchNorm, maps, blur, score (SPEC sections 4, 5).

Nothing here waits for the device or makes a size depend on a value, so that all of it can be captured in a CUDA graph.
"""
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from latency_pytorch import Network

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIGMA_PX, RADIUS_PX = 4, 16
PLANE_DISTANCE_M = 0.005
CLOSING = 3
LOW, HIGH = 0.1, 0.9


def describe(device):
    if device.type == 'cpu':
        return 'cpu'
    p = torch.cuda.get_device_properties(device)
    return f'{p.name}, compute capability {p.major}.{p.minor}, {p.total_memory // (1 << 20)} MiB'


def raw_part(folder, about):
    """What the sensors gave: colour u8 [H, W, 3], points float32 [H, W, 3]."""
    shape = about['raw_height'], about['raw_width'], 3
    return (np.fromfile(os.path.join(folder, 'raw-rgb.u8'), np.uint8).reshape(shape),
            np.fromfile(os.path.join(folder, 'raw-xyz.f32'), '<f4').reshape(shape))


def images(rgb, second, kind, device):
    """Both prepared images as one channels-last batch [2, 3, S, S]."""
    batch = torch.from_numpy(np.concatenate([rgb, second])).to(device, kind)
    return batch.contiguous(memory_format=torch.channels_last)


def fold(module):
    """BatchNorm goes into the convolution, plain or transposed, that stands before it."""
    previous = None
    for name, child in list(module.named_children()):
        if isinstance(child, nn.BatchNorm2d) and previous is not None and isinstance(previous[1], (nn.Conv2d, nn.ConvTranspose2d)):
            transposed = isinstance(previous[1], nn.ConvTranspose2d)
            setattr(module, previous[0], fuse_conv_bn_eval(previous[1], child, transpose=transposed))
            setattr(module, name, nn.Identity())
        fold(child)
        previous = name, child


class Pipeline:
    def __init__(self, folder, device, kind, folded):
        network = Network(folder)
        if folded:
            fold(network)
        self.size = network.size
        self.network = network.to(device, kind).to(memory_format=torch.channels_last)
        x = torch.arange(-RADIUS_PX, RADIUS_PX + 1, dtype=torch.float64)
        kernel = torch.exp(-0.5 * (x / SIGMA_PX) ** 2)
        self.kernel = (kernel / kernel.sum()).to(device, torch.float32)
        # Half-sample symmetric border, as indices: … c b a | a b c …
        index = np.pad(np.arange(self.size), RADIUS_PX, 'symmetric')
        self.border = torch.from_numpy(index).to(device)

    def branch(self, fused, own):
        total = 0
        for g, t in zip(fused, own):
            distance = 1 - F.cosine_similarity(g.float(), t.float())
            total = total + F.interpolate(distance.unsqueeze(1), size=self.size, mode='bilinear', align_corners=True)
        return total

    def blur(self, maps):
        maps = maps[:, :, self.border][:, :, :, self.border]
        return F.conv2d(F.conv2d(maps, self.kernel.view(1, 1, -1, 1)), self.kernel.view(1, 1, 1, -1))

    def verdict(self, batch):
        """Both raw maps [1, S, S], and the scores of their sum and of each, all blurred."""
        n = self.network
        features = n.teacher(batch)
        own, other = [f[:1] for f in features], [f[1:] for f in features]
        rgb = self.branch(n.student_rgb(own, other)[3], own)
        second = self.branch(n.student_depth(other, own)[3], other)
        blurred = self.blur(torch.cat([rgb + second, rgb, second]))
        return (rgb[:, 0], second[:, 0]), blurred.amax((1, 2, 3))


class Part:
    """A raw part in pinned memory of the host, and where it goes on the device."""

    def __init__(self, folder, device):
        import latency_side
        about, _, _ = latency_side.inputs(folder)
        if about['modality'] != 'depth':
            raise latency_side.Unavailable('the preparation on the device makes depth images only')
        pinned = device.type == 'cuda'
        self.host = [torch.from_numpy(x).pin_memory() if pinned else torch.from_numpy(x) for x in raw_part(folder, about)]
        self.resident = [torch.empty_like(x, device=device) for x in self.host]
        self.mean, self.deviation = (torch.tensor(v, device=device).view(3, 1, 1) for v in (MEAN, DEVIATION))
        height, width = self.host[1].shape[:2]
        self.height, self.width, self.device = height, width, device

    def upload(self):
        for host, resident in zip(self.host, self.resident):
            resident.copy_(host, non_blocking=True)

    def prepare(self, kind, size):
        self.upload()
        return self.on_device(kind, size)

    def on_device(self, kind, size):
        """Both images as the network takes them, from the part on the device."""
        rgb, xyz = self.resident
        batch = torch.stack([self.colour(rgb, size), self.depth(xyz, size)])
        return ((batch - self.mean) / self.deviation).to(kind).contiguous(memory_format=torch.channels_last)

    @staticmethod
    def colour(rgb, size):
        """[3, S, S] in 0..1; Pillow rounds after each direction, this once."""
        image = F.interpolate(rgb.permute(2, 0, 1)[None].float(), size=(size, size), mode='bilinear', antialias=True)
        return image[0].round() / 255

    def depth(self, xyz, size):
        """[3, S, S] in 0..1, as SPEC section 5 says for depth images."""
        index = torch.arange(size, device=self.device)
        rows, columns = ((index * length).div(size, rounding_mode='floor') for length in (self.height, self.width))
        points = xyz[rows][:, columns]
        corners = []
        for corner in (points[:3, :3], points[:3, -3:], points[-3:, :3]):
            corners.append(corner.sum((0, 1)) / (corner[..., 2] != 0).sum().clamp(min=1e-12))
        normal = torch.linalg.cross(corners[2] - corners[0], corners[1] - corners[0])
        distance = ((points * normal).sum(2) - (normal * corners[0]).sum()).abs() / normal.norm()
        z = points[..., 2]
        mask = ((distance > PLANE_DISTANCE_M) & (z != 0)).float()[None, None]
        reach = 2 * CLOSING + 1
        closed = F.max_pool2d(mask, reach, 1, CLOSING)
        closed = -F.max_pool2d(-closed, reach, 1, CLOSING)
        z = z[None, None] * closed
        valid = z != 0
        infinity = torch.full_like(z, float('inf'))
        smallest, largest = torch.where(valid, z, infinity).min(), torch.where(valid, z, -infinity).max()
        z = torch.where(valid, (z - smallest) / (largest - smallest) * (HIGH - LOW) + LOW, z)
        for _ in range(2):
            total = F.avg_pool2d(z, 3, 1, 1, divisor_override=1)
            count = F.avg_pool2d((z > 0).float(), 3, 1, 1, divisor_override=1)
            z = torch.where(z == 0, total / (count + 1e-12), z)
        return z[0].expand(3, -1, -1)
