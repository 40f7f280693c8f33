// Entry points of the convolutions.
#include "convolution/convolution.hpp"
#include "entry/entry.hpp"
#include "entry/slices.hpp"
#ifdef TRD_CUDA
#include "convolution/convolution_cuda.hpp"
#endif

using namespace trd::entry;

namespace {

bool channels_fit(int64_t c_in, int64_t c_out) {
    return (c_in == 3 || (c_in > 0 && c_in % 8 == 0)) && c_out > 0 && c_out % 8 == 0 && c_in <= trd::kMostChannels &&
           c_out <= trd::kMostChannels;
}

bool kernel_fits(int32_t kernel, int32_t transposed) {
    return kernel >= 1 && kernel <= 7 && (transposed == 0 || (transposed == 1 && kernel == 2));
}

bool pixels_fit(int64_t n, int64_t h, int64_t w) {
    return n > 0 && h > 0 && w > 0 && h <= trd::kMostSide && w <= trd::kMostSide && n <= trd::kMostPixels / (h * w);
}

int64_t packed_bytes_of(int32_t type, const trd_convolution& l) {
    return trd::packed_rows(l.c_out, l.transposed) * trd::packed_row(type, l.c_in, l.kernel, l.transposed) *
           trd::type_bytes(type);
}

void require_sizes(int32_t type, const trd_convolution* layers, int32_t count) {
    require(is_type(type), "convolutions: type is no TRD_FLOAT32, TRD_BFLOAT16 or TRD_FLOAT16");
    require(count >= 1 && count <= TRD_MAX_LAYERS, "convolutions: count is not in 1..TRD_MAX_LAYERS");
    require(layers != nullptr, "convolutions: layers is null");
    for (const trd_convolution* l = layers; l != layers + count; ++l) {
        require(channels_fit(l->c_in, l->c_out),
                "convolutions: c_in or c_out is no multiple of 8 (c_in: or 3) or too large");
        require(kernel_fits(l->kernel, l->transposed),
                "convolutions: kernel is not in 1..7, or 2 where transposed, or transposed is not 0 or 1");
        require(l->stride == 1 || l->stride == 2, "convolutions: stride is not 1 or 2");
        require(l->padding >= 0 && l->padding <= 3, "convolutions: padding is not in 0..3");
        require(l->transposed == 0 || (l->stride == 2 && l->padding == 0),
                "convolutions: transposed, but stride is not 2 or padding not 0");
        require((l->relu == 0 || l->relu == 1) && l->reserved == 0,
                "convolutions: relu is not 0 or 1, or reserved not 0");
        require(pixels_fit(l->n, l->h, l->w), "convolutions: n, h or w is not positive or too large");
        require(l->transposed || (l->h + 2 * l->padding >= l->kernel && l->w + 2 * l->padding >= l->kernel),
                "convolutions: the kernel is larger than the padded input");
        require(pixels_fit(l->n, trd::convolution_side(l->h, *l), trd::convolution_side(l->w, *l)),
                "convolutions: the output is too large");
        require(l->out_stride >= l->c_out && l->out_stride % 8 == 0 && l->out_stride <= (int64_t{1} << 20),
                "convolutions: out_stride is smaller than c_out, no multiple of 8 or too large");
    }
}

struct Memory {
    Slice out;
    Slice read[5];  // in, packed, bias, and where there are any: residual, post
    int reads;

    Memory() = default;
    Memory(int32_t type, const trd_convolution& l) {
        const int64_t bytes = trd::type_bytes(type);
        const int64_t pixels = l.n * trd::convolution_side(l.h, l) * trd::convolution_side(l.w, l);
        out = l.out_stride == l.c_out ? dense(l.out, pixels * l.c_out * bytes)
                                      : Slice{l.out, l.c_out * bytes, l.out_stride * bytes, pixels};
        read[0] = dense(l.in, l.n * l.h * l.w * l.c_in * bytes);
        read[1] = dense(l.packed, packed_bytes_of(type, l));
        read[2] = dense(l.bias, l.c_out * static_cast<int64_t>(sizeof(float)));
        reads = 3;
        for (const void* addend : {l.residual, l.post})
            if (addend != nullptr) read[reads++] = dense(addend, pixels * l.c_out * bytes);
    }
};

#ifdef TRD_CUDA

void require_pointers(int32_t type, const trd_convolution* layers, int32_t count, const Slice& workspace) {
    Memory memory[TRD_MAX_LAYERS];
    for (int32_t i = 0; i < count; ++i) {
        const trd_convolution& l = layers[i];
        require(l.in && l.packed && l.bias && l.out, "convolutions: in, packed, bias or out is null");
        require(aligned(l.in, l.c_in == 3 ? trd::type_bytes(type) : 16) && aligned(l.packed, 16) &&
                    aligned(l.residual, 16) && aligned(l.post, 16) && aligned(l.out, 16) &&
                    aligned(l.bias, sizeof(float)),
                "convolutions: a pointer is misaligned");
        memory[i] = Memory(type, l);
    }
    for (int32_t i = 0; i < count; ++i) {
        const Memory& writer = memory[i];
        require(!overlap(workspace, writer.out), "convolutions: the workspace overlaps an output");
        for (int32_t j = 0; j < count; ++j) {
            const Memory& reader = memory[j];
            require(i == j || !overlap(writer.out, reader.out), "convolutions: two outputs overlap");
            for (int r = 0; r < reader.reads; ++r) {
                const bool in_place =
                    i == j && r >= 3 && reader.read[r].address == writer.out.address && writer.out.rows == 1;
                require(in_place || !overlap(writer.out, reader.read[r]),
                        "convolutions: an output overlaps what a layer reads");
                require(i != 0 || !overlap(workspace, reader.read[r]),
                        "convolutions: the workspace overlaps what a layer reads");
            }
        }
    }
}

void require_grid(const trd_exec& exec, int32_t type, const trd_convolution* layers, int32_t count) {
    require(trd::cuda::convolutions_blocks(exec, type, layers, count) < (int64_t{1} << 31),
            "convolutions: the layers are too large for one launch");
}

#endif

}  // namespace

int64_t trd_convolution_packed_bytes(int32_t type, int64_t c_in, int64_t c_out, int32_t kernel, int32_t transposed) {
    if (!is_type(type) || !channels_fit(c_in, c_out) || !kernel_fits(kernel, transposed)) return 0;
    return trd::packed_rows(c_out, transposed) * trd::packed_row(type, c_in, kernel, transposed) *
           trd::type_bytes(type);
}

trd_status trd_convolution_pack(int32_t type, const float* weights, void* packed, int64_t packed_bytes, int64_t c_in,
                                int64_t c_out, int32_t kernel, int32_t transposed) {
    return guarded([&] {
        require(weights && packed, "convolution_pack: weights or packed is null");
        const int64_t needed = trd_convolution_packed_bytes(type, c_in, c_out, kernel, transposed);
        require(needed > 0, "convolution_pack: type, c_in, c_out, kernel or transposed is out of range");
        require(packed_bytes >= needed, "convolution_pack: packed is smaller than trd_convolution_packed_bytes");
        require(aligned(packed, 16) && aligned(weights, sizeof(float)),
                "convolution_pack: packed is not 16-byte aligned, or weights not 4-byte");
        const int64_t weight_bytes = c_in * c_out * kernel * kernel * static_cast<int64_t>(sizeof(float));
        require(!overlap(dense(packed, needed), dense(weights, weight_bytes)),
                "convolution_pack: packed overlaps weights");
        trd::pack_convolution(type, weights, packed, c_in, c_out, kernel, transposed);
    });
}

int64_t trd_convolutions_workspace_bytes(const trd_exec* exec, int32_t type, const trd_convolution* layers,
                                         int32_t count) {
    int64_t bytes = -1;
    guarded([&] {
        require_cuda(exec);
        require_sizes(type, layers, count);
#ifdef TRD_CUDA
        require_grid(*exec, type, layers, count);
        bytes = trd::cuda::convolutions_workspace_bytes(*exec, type, layers, count);
#endif
    });
    return bytes;
}

trd_status trd_convolutions(const trd_exec* exec, int32_t type, const trd_convolution* layers, int32_t count,
                            void* workspace, int64_t workspace_bytes) {
    return guarded([&] {
        require_cuda(exec);
        require_sizes(type, layers, count);
#ifdef TRD_CUDA
        require_grid(*exec, type, layers, count);
        const int64_t needed = trd::cuda::convolutions_workspace_bytes(*exec, type, layers, count);
        require(workspace_bytes >= needed && (workspace != nullptr || needed == 0),
                "convolutions: workspace is null or smaller than trd_convolutions_workspace_bytes");
        require(aligned(workspace, 256), "convolutions: workspace is not 256-byte aligned");
        require_pointers(type, layers, count, dense(workspace, needed));
        trd::cuda::convolutions(*exec, type, layers, count, workspace);
#else
        (void)workspace, (void)workspace_bytes;
#endif
    });
}
