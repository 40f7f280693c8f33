// fuse_cosine, max_pool, branch_map and anomaly_map.
#include "op.hpp"

namespace trd_kernels {
namespace {

Op fuse_cosine(const Shapes& s, int scale, int32_t type) {
    const int64_t side = s.side(scale), pixels = side * side, c = s.channels(scale), count = pixels * c;
    Op op;
    op.name = "fuse_cosine";
    op.shape = "scale " + std::to_string(scale + 1) + ", 1x" + std::to_string(side) + "x" + std::to_string(side) + "x" +
               std::to_string(c);
    op.type = type;
    op.bytes = static_cast<double>(3 * count * element_bytes(type) + 4 * pixels);
    op.flops = 9.0 * static_cast<double>(count);  // the blend's 3, three sums of products
    op.memory_bound_goal = true;
    op.make = [=](uint32_t seed) {
        Copy copy;
        const Memory* in[3];
        for (uint32_t i = 0; i < 3; ++i) in[i] = copy.add(features(type, uniform(count, seed + i, -1, 1)));
        const Memory* out = copy.add(4 * pixels);
        copy.writes(out, TRD_FLOAT32, pixels);
        copy.run = [=](const trd_exec& exec) {
            return trd_fuse_cosine(&exec, type, in[0]->data(), 0.6f, in[1]->data(), 0.4f, in[2]->data(),
                                   out->data<float>(), 1, pixels, c);
        };
        return copy;
    };
    return op;
}

Op max_pool(const Shapes& s, int32_t type) {
    const int64_t side = s.size / 2, c = s.smoke ? 8 : 64, in_count = 2 * side * side * c, out_count = in_count / 4;
    Op op;
    op.name = "max_pool";
    op.shape = "2x" + std::to_string(side) + "x" + std::to_string(side) + "x" + std::to_string(c);
    op.type = type;
    op.bytes = static_cast<double>((in_count + out_count) * element_bytes(type));
    op.flops = 9.0 * static_cast<double>(out_count);
    op.memory_bound_goal = true;
    op.make = [=](uint32_t seed) {
        Copy copy;
        const Memory* in = copy.add(features(type, uniform(in_count, seed, -1, 1)));
        const Memory* out = copy.add(out_count * element_bytes(type));
        copy.writes(out, type, out_count);
        copy.run = [=](const trd_exec& exec) {
            return trd_max_pool(&exec, type, in->data(), out->data(), 2, side, side, c);
        };
        return copy;
    };
    return op;
}

struct Distances {
    const Memory* scale[3];
};

Distances distances(Copy& copy, const Shapes& s, uint32_t seed) {
    Distances d;
    for (int i = 0; i < 3; ++i) {
        const auto values = uniform(s.side(i) * s.side(i), seed + static_cast<uint32_t>(i), 0, 1);
        d.scale[i] = copy.add(values.data(), static_cast<int64_t>(4 * values.size()));
    }
    return d;
}

int64_t distance_bytes(const Shapes& s) {
    return 4 * (s.side(0) * s.side(0) + s.side(1) * s.side(1) + s.side(2) * s.side(2));
}

Op branch_map(const Shapes& s) {
    Op op;
    op.name = "branch_map";
    op.shape = "1x" + std::to_string(s.size) + "x" + std::to_string(s.size);
    op.type = TRD_FLOAT32;
    op.bytes = static_cast<double>(distance_bytes(s) + 4 * s.size * s.size);
    op.flops = 3.0 * 8 * static_cast<double>(s.size * s.size);
    op.memory_bound_goal = true;
    op.make = [=](uint32_t seed) {
        Copy copy;
        const Distances d = distances(copy, s, seed);
        const Memory* map = copy.add(4 * s.size * s.size);
        copy.writes(map, TRD_FLOAT32, s.size * s.size);
        copy.run = [=](const trd_exec& exec) {
            return trd_branch_map(&exec, d.scale[0]->data<float>(), s.side(0), d.scale[1]->data<float>(), s.side(1),
                                  d.scale[2]->data<float>(), s.side(2), map->data<float>(), 1, s.size);
        };
        return copy;
    };
    return op;
}

Op anomaly_map(const Shapes& s) {
    const int64_t pixels = s.size * s.size,
                  operators_bytes = trd_anomaly_map_operators_bytes(s.size, s.side(0), s.side(1), s.side(2));
    Op op;
    op.name = "anomaly_map";
    op.shape = "1x" + std::to_string(s.size) + "x" + std::to_string(s.size) + ", both branches";
    op.type = TRD_FLOAT32;
    op.bytes = static_cast<double>(2 * distance_bytes(s) + operators_bytes + 3 * 4 * pixels);
    op.flops = 140.0 * static_cast<double>(pixels);  // 70 multiply-adds: see the kernel
    op.memory_bound_goal = true;
    op.make = [=](uint32_t seed) {
        Copy copy;
        // Planned on the CPU, 64-byte aligned there.
        std::vector<uint8_t> host(static_cast<size_t>(operators_bytes) + 64);
        void* aligned = host.data() + (64 - reinterpret_cast<uintptr_t>(host.data()) % 64) % 64;
        const trd_exec cpu = {TRD_BACKEND_CPU, 0, nullptr};
        if (trd_anomaly_map_prepare(&cpu, aligned, operators_bytes, s.size, s.side(0), s.side(1), s.side(2)) != TRD_OK)
            fail(trd_last_error());
        const Memory* operators = copy.add(aligned, operators_bytes);
        const Distances rgb = distances(copy, s, seed), depth = distances(copy, s, seed + 10);
        const Memory* maps[3];
        for (const Memory*& map : maps) {
            map = copy.add(4 * pixels);
            copy.writes(map, TRD_FLOAT32, pixels);
        }
        const Memory* scores = copy.add(12);
        copy.writes(scores, TRD_FLOAT32, 3);
        copy.run = [=](const trd_exec& exec) {
            const trd_distances r = {rgb.scale[0]->data<float>(), rgb.scale[1]->data<float>(),
                                     rgb.scale[2]->data<float>()};
            const trd_distances d = {depth.scale[0]->data<float>(), depth.scale[1]->data<float>(),
                                     depth.scale[2]->data<float>()};
            const trd_calibration calibration = {1.4, 0.3, 1.6, 0.2};
            return trd_anomaly_map(&exec, &r, &d, s.side(0), s.side(1), s.side(2), &calibration, nullptr,
                                   operators->data(), operators_bytes, maps[0]->data<float>(), maps[1]->data<float>(),
                                   maps[2]->data<float>(), scores->data<float>(), 1, s.size);
        };
        return copy;
    };
    return op;
}

}  // namespace

std::vector<Op> map_ops(const Shapes& s) {
    std::vector<Op> ops;
    for (const int32_t type : types()) {
        for (int scale = 0; scale < 3; ++scale) ops.push_back(fuse_cosine(s, scale, type));
        ops.push_back(max_pool(s, type));
    }
    ops.push_back(branch_map(s));
    ops.push_back(anomaly_map(s));
    return ops;
}

}  // namespace trd_kernels
