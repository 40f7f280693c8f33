// prepare_rgb, prepare_depth, prepare_normals and prepare_metric: from the sensors' data to the network's inputs.
#include <cmath>

#include "op.hpp"

namespace trd_kernels {
namespace {

// A curved part on a tilted plane, with a border of plane and one point in 50 missing.
std::vector<float> points(int64_t side, uint32_t seed) {
    std::vector<float> xyz = uniform(3 * side * side, seed, 0, 1);
    for (int64_t y = 0; y < side; ++y)
        for (int64_t x = 0; x < side; ++x) {
            float* p = xyz.data() + 3 * (y * side + x);
            const float u = (static_cast<float>(x) + 0.5f) / static_cast<float>(side) - 0.5f,
                        v = (static_cast<float>(y) + 0.5f) / static_cast<float>(side) - 0.5f;
            const bool corner = (x < 2 || x + 2 >= side) && (y < 2 || y + 2 >= side), missing = p[0] < 0.02f && !corner;
            const float noise = 0.0002f * p[1], part = u * u + v * v < 0.1f ? 0.03f - 0.05f * u * u : 0;
            p[0] = missing ? 0 : u, p[1] = missing ? 0 : v,
            p[2] = missing ? 0 : 0.6f + 0.02f * u - 0.01f * v - part + noise;
        }
    return xyz;
}

// Tables and scratch, planned on the CPU, where they are 64-byte aligned.
template <class Plan> const Memory* planned(Copy& copy, int64_t bytes, Plan&& plan) {
    std::vector<uint8_t> host(static_cast<size_t>(bytes) + 64);
    void* aligned = host.data() + (64 - reinterpret_cast<uintptr_t>(host.data()) % 64) % 64;
    const trd_exec cpu = {TRD_BACKEND_CPU, 0, nullptr};
    if (plan(&cpu, aligned) != TRD_OK) fail(trd_last_error());
    return copy.add(aligned, bytes);
}

std::string shape(const Shapes& s) {
    return std::to_string(s.raw) + "x" + std::to_string(s.raw) + " to " + std::to_string(s.size);
}

Op prepare_rgb(const Shapes& s, int32_t type) {
    const int64_t out_count = 3 * s.size * s.size, image_bytes = 3 * s.raw * s.raw;
    Op op;
    op.name = "prepare_rgb";
    op.shape = shape(s);
    op.type = type;
    op.bytes = static_cast<double>(image_bytes + out_count * element_bytes(type));
    // Triangles of 2 raw / size taps, columns of all raw rows first.
    const double taps = 2.0 * static_cast<double>(s.raw) / static_cast<double>(s.size);
    op.flops = 2 * taps * static_cast<double>(3 * s.size * (s.raw + s.size));
    op.memory_bound_goal = true;
    op.make = [=](uint32_t seed) {
        Copy copy;
        std::vector<uint8_t> image(static_cast<size_t>(image_bytes));
        const auto random = uniform(image_bytes, seed, 0, 255.9f);
        for (size_t i = 0; i < image.size(); ++i) image[i] = static_cast<uint8_t>(random[i]);
        const Memory* in = copy.add(image);
        const int64_t bytes = trd_prepare_rgb_workspace_bytes(s.raw, s.raw, s.size);
        const Memory* space = planned(copy, bytes, [&](const trd_exec* cpu, void* to) {
            return trd_prepare_rgb_plan(cpu, s.raw, s.raw, s.size, to, bytes);
        });
        const Memory* out = copy.add(out_count * element_bytes(type));
        copy.writes(out, type, out_count);
        copy.run = [=](const trd_exec& exec) {
            return trd_prepare_rgb(&exec, in->data<uint8_t>(), s.raw, s.raw, 3 * s.raw, out->data(), type, s.size,
                                   space->data(), bytes);
        };
        return copy;
    };
    return op;
}

// kernel 0: the depth image
Op prepare_cloud(const Shapes& s, int32_t type, int32_t kernel) {
    const int64_t out_count = 3 * s.size * s.size;
    Op op;
    op.name = kernel == 0 ? "prepare_depth" : "prepare_normals";
    op.shape = shape(s) + (kernel == 0 ? "" : ", aperture " + std::to_string(kernel));
    op.type = type;
    // The depth image reads one point of 12 bytes for each pixel, and memory gives 32 bytes at least; the normals read
    // all points.
    const int64_t read = kernel == 0 && s.raw >= 2 * s.size ? 32 * s.size * s.size : 12 * s.raw * s.raw;
    op.bytes = static_cast<double>(read + out_count * element_bytes(type));
    op.flops = 0;  // a few comparisons and sums for each point
    op.memory_bound_goal = true;
    op.make = [=](uint32_t seed) {
        Copy copy;
        const auto xyz = points(s.raw, seed);
        const Memory* in = copy.add(xyz.data(), static_cast<int64_t>(4 * xyz.size()));
        const int64_t bytes = kernel == 0 ? trd_prepare_depth_workspace_bytes(s.raw, s.raw, s.size)
                                          : trd_prepare_normals_workspace_bytes(s.raw, s.raw, s.size, kernel);
        const Memory* space = planned(copy, bytes, [&](const trd_exec* cpu, void* to) {
            return kernel == 0 ? trd_prepare_depth_plan(cpu, s.raw, s.raw, s.size, to, bytes)
                               : trd_prepare_normals_plan(cpu, s.raw, s.raw, s.size, kernel, to, bytes);
        });
        const Memory *out = copy.add(out_count * element_bytes(type)), *fault = copy.add(4);
        copy.writes(out, type, out_count);
        copy.outputs.push_back({fault, TRD_FLOAT32, 0, 1, 1, 1, Output::kStatus});
        copy.run = [=](const trd_exec& exec) {
            return kernel == 0
                       ? trd_prepare_depth(&exec, in->data<float>(), s.raw, s.raw, 12 * s.raw, out->data(), type,
                                           s.size, nullptr, space->data(), bytes, fault->data<int32_t>())
                       : trd_prepare_normals(&exec, in->data<float>(), s.raw, s.raw, 12 * s.raw, out->data(), type,
                                             s.size, kernel, nullptr, space->data(), bytes, fault->data<int32_t>());
        };
        return copy;
    };
    return op;
}

Op prepare_metric(const Shapes& s, int32_t type) {
    const int64_t out_count = 3 * s.size * s.size;
    const double relief = 6 * static_cast<double>(s.size) / 256;
    Op op;
    op.name = "prepare_metric";
    op.shape = shape(s);
    op.type = type;
    op.bytes = static_cast<double>(12 * s.raw * s.raw + out_count * element_bytes(type));
    // Two Gaussians of height and weight, down and across: a sum of pairs, a product, a sum.
    op.flops = 3 * 4 * (std::ceil(3 * relief) + 3) * static_cast<double>(s.size * s.size);
    op.memory_bound_goal = true;
    op.make = [=](uint32_t seed) {
        Copy copy;
        const auto xyz = points(s.raw, seed);
        const float plane[] = {0, 0, 0.6f, 0.02f, -0.01f};
        const Memory* in = copy.add(xyz.data(), static_cast<int64_t>(4 * xyz.size()));
        const Memory* below = copy.add(plane, sizeof plane);
        const int64_t bytes = trd_prepare_metric_workspace_bytes(s.raw, s.raw, s.size);
        const Memory* space = planned(copy, bytes, [&](const trd_exec* cpu, void* to) {
            return trd_prepare_metric_plan(cpu, s.raw, s.raw, s.size, 0.7, 4000, relief > 0.7 ? relief : 0.7, 1e-3,
                                           2e-4, to, bytes);
        });
        const Memory* out = copy.add(out_count * element_bytes(type));
        copy.writes(out, type, out_count);
        copy.run = [=](const trd_exec& exec) {
            return trd_prepare_metric(&exec, in->data<float>(), s.raw, s.raw, 12 * s.raw, out->data(), type, s.size,
                                      below->data<float>(), space->data(), bytes);
        };
        return copy;
    };
    return op;
}

}  // namespace

std::vector<Op> prepare_ops(const Shapes& s) {
    std::vector<Op> ops;
    for (const int32_t type : types()) {
        ops.push_back(prepare_rgb(s, type));
        ops.push_back(prepare_cloud(s, type, 0));
        ops.push_back(prepare_cloud(s, type, 5));
        ops.push_back(prepare_metric(s, type));
    }
    return ops;
}

}  // namespace trd_kernels
