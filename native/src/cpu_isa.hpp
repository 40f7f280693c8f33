// Which variant of a kernel this machine runs. Chosen once, when the library is loaded.
#pragma once

namespace trd::cpu {

enum class Isa { baseline, avx2, avx512 };

// The best of what the processor and the operating system support; TRD_MAX_CPU_ISA=baseline|avx2|avx512 in the
// environment lowers it (the tests run every variant this way). avx512 = F, BW, VL and DQ; avx2 includes FMA.
Isa isa();

const char* isa_name();

}  // namespace trd::cpu
