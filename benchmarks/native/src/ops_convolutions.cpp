// trd_convolutions at the network's layers: the teacher's on both modalities as one batch, the students' as pairs in
// one call.
#include <algorithm>
#include <cmath>

#include "layers.hpp"

namespace trd_kernels {
namespace {

struct Sizes {
    int64_t n, in, out, c_in, c_out, weights, packed;  // elements; packed in bytes
    int32_t count;
};

Sizes sizes_of(const Shapes& s, const Layer& l, int32_t type) {
    Sizes z = {};
    z.n = l.pair ? 1 : 2;
    z.count = l.pair ? 2 : 1;
    z.c_in = l.c_in == 3 ? 3 : std::max<int64_t>(8, l.c_in / s.divisor);
    z.c_out = std::max<int64_t>(8, l.c_out / s.divisor);
    const int64_t side = std::max<int64_t>(1, l.side * s.size / 256),
                  out_side = l.transposed ? 2 * side : (side + 2 * (l.kernel / 2) - l.kernel) / l.stride + 1;
    z.in = z.n * side * side * z.c_in;
    z.out = z.n * out_side * out_side * z.c_out;
    z.weights = z.c_in * z.c_out * l.kernel * l.kernel;
    z.packed = trd_convolution_packed_bytes(type, z.c_in, z.c_out, l.kernel, l.transposed);
    return z;
}

// The weights of each layer of the call, packed once for all copies.
std::vector<std::vector<uint8_t>> pack(const Layer& l, const Sizes& z, int32_t type) {
    std::vector<std::vector<uint8_t>> all;
    for (int32_t i = 0; i < z.count; ++i) {
        const int64_t fan_in = l.transposed ? z.c_in : z.c_in * l.kernel * l.kernel;
        const float bound = std::sqrt(6.0f / static_cast<float>(fan_in));
        const auto weights = uniform(z.weights, 100 + static_cast<uint32_t>(i), -bound, bound);
        std::vector<uint8_t> packed(static_cast<size_t>(z.packed));  // operator new aligns to 16 bytes
        if (trd_convolution_pack(type, weights.data(), packed.data(), z.packed, z.c_in, z.c_out, l.kernel,
                                 l.transposed) != TRD_OK)
            fail(trd_last_error());
        all.push_back(std::move(packed));
    }
    return all;
}

trd_convolution describe(const Shapes& s, const Layer& l, const Sizes& z) {
    trd_convolution c = {};
    c.n = z.n, c.h = c.w = std::max<int64_t>(1, l.side * s.size / 256);
    c.c_in = z.c_in, c.c_out = c.out_stride = z.c_out;
    c.kernel = l.kernel, c.stride = l.stride, c.padding = l.transposed ? 0 : l.kernel / 2;
    c.transposed = l.transposed, c.relu = 1;
    return c;
}

Op convolution(const Shapes& s, const Layer& l, int32_t type) {
    const Sizes z = sizes_of(s, l, type);
    const int64_t bytes = element_bytes(type);
    Op op;
    op.name = "convolution";
    const int64_t side = std::max<int64_t>(1, l.side * s.size / 256);
    op.shape = std::string(l.name) + ", " + (l.pair ? "2 x 1x" : "2x") + std::to_string(side) + "x" +
               std::to_string(side) + " " + std::to_string(z.c_in) + ">" + std::to_string(z.c_out);
    op.type = type;
    const int64_t read = l.kernel == 1 ? z.in / (l.stride * l.stride) : z.in;  // 1x1/2 skips three of four pixels
    op.bytes = static_cast<double>(z.count) *
               static_cast<double>(bytes * (read + z.weights + z.out * (1 + l.residual + l.post)) + 4 * z.c_out);
    // Transposed: each input pixel meets all weights. Otherwise each output one the fan-in, zeros of the border
    // included.
    const double products = l.transposed
                                ? static_cast<double>(z.in) * static_cast<double>(z.c_out) * 4
                                : static_cast<double>(z.out) * static_cast<double>(z.c_in) * l.kernel * l.kernel;
    op.flops = 2 * products * z.count;
    op.memory_bound_goal = false;
    const auto packed = std::make_shared<std::vector<std::vector<uint8_t>>>();
    op.make = [=](uint32_t seed) {
        if (packed->empty()) *packed = pack(l, z, type);
        Copy copy;
        std::vector<trd_convolution> described;
        for (int32_t i = 0; i < z.count; ++i) {
            const uint32_t salt = seed + 10 * static_cast<uint32_t>(i);
            trd_convolution c = describe(s, l, z);
            c.in = copy.add(features(type, uniform(z.in, salt, -1, 1)))->data();
            c.packed = copy.add((*packed)[static_cast<size_t>(i)])->data();
            const auto bias = uniform(z.c_out, salt + 1, -0.2f, 0.2f);
            c.bias = copy.add(bias.data(), 4 * z.c_out)->data<float>();
            if (l.residual) c.residual = copy.add(features(type, uniform(z.out, salt + 2, -1, 1)))->data();
            if (l.post) c.post = copy.add(features(type, uniform(z.out, salt + 3, -1, 1)))->data();
            const Memory* out = copy.add(z.out * bytes);
            c.out = out->data();
            copy.writes(out, type, z.out);
            described.push_back(c);
        }
        const trd_exec exec = on_device(nullptr);
        const int64_t space_bytes = trd_convolutions_workspace_bytes(&exec, type, described.data(), z.count);
        if (space_bytes < 0) fail(trd_last_error());
        void* space = space_bytes > 0 ? copy.add(space_bytes)->data() : nullptr;
        copy.run = [=](const trd_exec& on) {
            return trd_convolutions(&on, type, described.data(), z.count, space, space_bytes);
        };
        return copy;
    };
    return op;
}

}  // namespace

std::vector<Op> convolution_ops(const Shapes& s) {
    std::vector<Op> ops;
    for (const int32_t type : types())
        for (const Layer& l : layers(s.bottleneck)) ops.push_back(convolution(s, l, type));
    return ops;
}

}  // namespace trd_kernels
