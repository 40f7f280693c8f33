#include "cpu_isa.hpp"

#include <cstdlib>
#include <cstring>

namespace trd::cpu {
namespace {

Isa supported() {
#ifdef TRD_X86_64
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq"))
        return Isa::avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::avx2;
#endif
    return Isa::baseline;
}

Isa chosen() {
    const Isa best = supported();
    const char* limit = std::getenv("TRD_MAX_CPU_ISA");
    if (limit == nullptr) return best;
    Isa most = best;
    if (std::strcmp(limit, "baseline") == 0) most = Isa::baseline;
    if (std::strcmp(limit, "avx2") == 0) most = Isa::avx2;
    return most < best ? most : best;
}

const Isa current = chosen();

}  // namespace

Isa isa() { return current; }

const char* isa_name() {
    switch (current) {
        case Isa::avx512: return "avx512";
        case Isa::avx2: return "avx2";
        default: return "baseline";
    }
}

}  // namespace trd::cpu
