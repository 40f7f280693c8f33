// Entry point of the stem's pooling.
#include "max_pool/max_pool.hpp"

#include "entry/entry.hpp"

using namespace trd::entry;

trd_status trd_max_pool(const trd_exec* exec, int32_t type, const void* in, void* out, int64_t n, int64_t h, int64_t w,
                        int64_t c) {
    return guarded([&] {
        require_cuda(exec);
        require_type(type, true, "max_pool: type is no TRD_FLOAT32, TRD_BFLOAT16 or TRD_FLOAT16");
        require(in && out, "max_pool: in or out is null");
        const char* what = "max_pool: n, h, w or c is not positive or too large";
        const int64_t inputs = count({n, h, w, c}, what);
        require(c % 8 == 0, "max_pool: c is not a multiple of 8");
        const trd::MaxPool pool{type, in, out, n, h, w, c};
        const int64_t outputs = n * pool.out_h() * pool.out_w() * c;
        require(n <= 65535 && pool.out_h() <= 65535 && count({w + 1, c}, what) < int64_t{1} << 31,
                "max_pool: n, h or w * c is too large");
        require(aligned(in, 16) && aligned(out, 16), "max_pool: in or out is not 16-byte aligned");
        const int64_t part = 4 / element_bytes(type);
        require_disjoint({{in, inputs / part}}, {{out, outputs / part}});
#ifdef TRD_CUDA
        trd::cuda::max_pool(*exec, pool);
#endif
    });
}
