// The harness itself: every planted fault is reported, every operation does what plain models of CUDA's manual say.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "device.hpp"
#include "matrix.hpp"
#include "planted.hpp"
#include "runtime_api.hpp"
#include "semantics.hpp"

using namespace trd_test;

namespace {

#if defined(TRD_SIMT_ASAN)
constexpr unsigned kBuild = planted::kSanitized;
#elif defined(TRD_SIMT_RACES)
constexpr unsigned kBuild = planted::kRaces;
#else
constexpr unsigned kBuild = planted::kPlain;
#endif

struct Outcome {
    bool survived;
    std::string said;
};

// Runs it in a process of its own.
template <class Run> Outcome in_child(Run run) {
    int ends[2];
    if (pipe(ends) != 0) return {false, "no pipe"};
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        close(ends[0]);
        run();
        _exit(0);
    }
    close(ends[1]);
    std::string said;
    char part[4096];
    for (ssize_t got; (got = read(ends[0], part, sizeof part)) > 0;) said.append(part, static_cast<size_t>(got));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) && WEXITSTATUS(status) == 0, said};
}

// One of the lines of `messages`.
bool says(const std::string& said, const std::string& messages) {
    for (size_t from = 0; from <= messages.size();) {
        const size_t to = std::min(messages.find('\n', from), messages.size());
        if (said.find(messages.substr(from, to - from)) != std::string::npos) return true;
        from = to + 1;
    }
    return false;
}

void faults_are_reported(const std::vector<planted::Fault>& faults) {
    for (const auto& fault : faults) {
        if (!(fault.builds & kBuild)) continue;
        const Outcome o = in_child(fault.run);
        // UndefinedBehaviorSanitizer names file and line only.
        const bool whole = says(o.said, fault.message) &&
                           (says(o.said, "runtime error") || (says(o.said, "  kernel ") && says(o.said, "  block (")));
        check(!o.survived && whole,
              std::string("planted: ") + fault.name + (o.survived ? " was not seen" : " is said as: ") + o.said);
        if (!o.survived && whole) std::printf("ok: planted: %s\n", fault.name);
    }
}

void innocent_kernels_pass() {
    for (const char* order : {"ascending", "descending", "random:5"}) {
        for (const auto& kernel : planted::innocent()) {
            const Outcome o = in_child([&] {
                setenv("TRD_SIMT_ORDER", order, 1);
                kernel.run();
            });
            check(o.survived && o.said.empty(), std::string("innocent: ") + kernel.name + ", " + order + ": " + o.said);
        }
    }
}

// The programming guide: width divides the warp into sections; idx counts within the section, modulo its width; up and
// down keep the value where the source is outside of the section; xor reaches earlier sections, not later ones.
int model_source(int kind, int lane, int argument, int width) {
    const int section = lane / width * width, within = lane - section;
    switch (kind) {
        case 0: return section + argument % width;
        case 1: return within < argument ? lane : lane - argument;
        case 2: return within + argument >= width ? lane : lane + argument;
        default: return (lane ^ argument) >= section + width ? lane : lane ^ argument;
    }
}

template <class T> void shuffles() {
    for (int width = 1; width <= 32; width *= 2) {
        for (int argument = 0; argument < 32; ++argument) {
            T out[128];
            semantics::shuffle(out, argument, width);
            for (int i = 0; i < 128; ++i)
                check(out[i] == static_cast<T>(model_source(i / 32, i % 32, argument, width) * 3 + 1),
                      "shuffle " + std::to_string(i / 32) + " of lane " + std::to_string(i % 32) + ", argument " +
                          std::to_string(argument) + ", width " + std::to_string(width));
        }
    }
}

void votes() {
    for (const unsigned threads : {32u, 64u, 45u}) {
        for (const unsigned wanted : {0xffffffffu, 0x1u, 0xfffu, 0x0ff00ff0u}) {
            if (threads % 32 != 0 && wanted >> threads % 32 != 0)
                continue;  // a mask may not name lanes that do not exist
            for (const unsigned bit : {1u, 16u, 0u, 31u}) {
                std::vector<unsigned> out(7 * threads, 12345);
                semantics::vote(out.data(), wanted, bit, threads);
                unsigned ballot = 0, sum = 0, least = ~0u, most = 0;
                int lowest = 99;
                bool all = true;
                for (unsigned lane = 0; lane < 32; ++lane) {
                    if (!(wanted >> lane & 1)) continue;
                    const bool yes = (lane & bit) != 0;
                    ballot |= static_cast<unsigned>(yes) << lane;
                    all = all && yes;
                    sum += lane * 5;
                    least = std::min(least, lane ^ 21);
                    most = std::max(most, lane ^ 21);
                    lowest = std::min(lowest, static_cast<int>(lane) - 9);
                }
                const unsigned expected[7] = {
                    ballot, ballot != 0, all, sum, least, most, static_cast<unsigned>(lowest)};
                for (unsigned i = 0; i < 7 * threads; ++i) {
                    const bool takes_part = wanted >> i % threads % 32 & 1;
                    check(out[i] == (takes_part ? expected[i / threads] : 12345),
                          "vote " + std::to_string(i / threads));
                }
            }
        }
    }
    for (const int divisor : {1, 3, 1000}) {
        std::vector<int> out(3 * 70);
        semantics::block_vote(out.data(), divisor, 70);
        const int count = (70 + divisor - 1) / divisor;
        for (int i = 0; i < 70; ++i)
            check(out[i] == count && out[70 + i] == 1 && out[140 + i] == (divisor == 1), "votes of a block");
    }
}

void atomics() {
    semantics::Atomics a;
    constexpr int kCount = 3 * 96;
    semantics::count(&a, 3, 96);
    const int sum = kCount * (kCount - 1) / 2;
    int most = -1, least = 1000;
    unsigned flips = 0;
    for (int i = 0; i < kCount; ++i) {
        most = std::max(most, i * 37 % 101);
        least = std::min(least, i * 37 % 101 - 50);
        flips ^= static_cast<unsigned>(i);
    }
    check(a.sum == sum && a.unsigned_sum == static_cast<unsigned>(sum) && a.swapped == sum, "atomicAdd, atomicCAS");
    check(a.long_sum == static_cast<unsigned long long>(sum) << 30 && a.float_sum == static_cast<float>(sum) &&
              a.double_sum == sum * 0.5,
          "atomicAdd, wide and floating");
    check(a.most == most && a.least == least && a.unsigned_most == (0x80000000u | (kCount - 1)) &&
              a.long_most == 287ull << 40,
          "atomicMax, atomicMin");
    check(a.bits == ~0u && a.no_bits == 0xffffff00u && a.flips == flips && a.rest == -2 * kCount,
          "atomicOr, And, Xor, Sub");
    for (unsigned i = 0; i < semantics::kTickets; ++i)
        check(a.tickets[i] == kCount / semantics::kTickets + (i < kCount % semantics::kTickets), "atomicInc");
    check(a.exchanged + static_cast<double>(a.last_float) == sum - 1, "atomicExch");
}

void memory() {
    std::vector<unsigned> fresh(5 * 128, 1);
    semantics::fresh(fresh.data(), 5);
    check(std::all_of(fresh.begin(), fresh.end(), [](unsigned v) { return v == 0xffffffffu; }),
          "shared memory is poisoned before each block");

    alignas(16) float in[16], out[20];
    for (int i = 0; i < 16; ++i) in[i] = static_cast<float>(i + 1);
    semantics::copy(in, out);
    const float pending = -1;  // stands for NaN
    const float expected[20] = {pending, pending, pending, pending, 1, pending, pending, pending, 1, 5,
                                pending, pending, 1,       5,       0, pending, 1,       5,       0, 13};
    for (int i = 0; i < 20; ++i)
        check(expected[i] < 0 ? std::isnan(out[i]) : out[i] == expected[i],
              "cp.async, step " + std::to_string(i / 4) + ", copy " + std::to_string(i % 4));
}

void matrices() {
    uint16_t in[256];
    for (int i = 0; i < 256; ++i) in[i] = static_cast<uint16_t>(i * 257 % 65521);
    std::vector<uint32_t> out(6 * 128, 0);
    semantics::load(in, out.data());
    for (int kind = 0; kind < 6; ++kind) {
        const bool transposed = kind >= 3;
        for (int lane = 0; lane < 32; ++lane) {
            for (int m = 0; m < 1 << kind % 3; ++m) {
                // PTX: the lane holds, of matrix m, row lane / 4, columns 2 (lane % 4) and the next one.
                const int row = lane / 4, column = lane % 4 * 2;
                const auto at = [&](int r, int c) { return in[m * 64 + (transposed ? c * 8 + r : r * 8 + c)]; };
                check(out[static_cast<size_t>((kind * 32 + lane) * 4 + m)] ==
                          (at(row, column) | static_cast<uint32_t>(at(row, column + 1)) << 16),
                      "ldmatrix " + std::to_string(kind));
            }
        }
    }
}

// PTX's own formulas for the fragments of mma.m16n8k16 (16-bit) and m16n8k8 (tf32), from matrices to registers and
// back.
template <class Launch, class Round> void products(const std::string& what, int depth, Launch launch, Round round) {
    const int parts = depth == 16 ? 2 : 1, elements_a = 16 * depth / 32, elements_b = 8 * depth / 32;
    auto a = uniform(16 * depth, 11), b = uniform(depth * 8, 12);
    const auto c = uniform(128, 13);
    std::vector<uint32_t> ra(128, 0), rb(64, 0);
    std::vector<float> rc(256);
    for (int lane = 0; lane < 32; ++lane) {
        const int group = lane >> 2, in_group = lane % 4;
        for (int i = 0; i < elements_a; ++i) {
            int row, column;
            if (depth == 16)
                row = (i < 2 || (i >= 4 && i < 6)) ? group : group + 8,
                column = in_group * 2 + (i & 1) + (i >= 4 ? 8 : 0);
            else row = i % 2 == 0 ? group : group + 8, column = i < 2 ? in_group : in_group + 4;
            float& v = a[static_cast<size_t>(row * depth + column)];
            const uint32_t bits = round(v);
            ra[static_cast<size_t>(lane * 4 + i / parts)] |= bits << (i % parts * 16);
        }
        for (int i = 0; i < elements_b; ++i) {
            int row;
            if (depth == 16) row = in_group * 2 + (i & 1) + (i >= 2 ? 8 : 0);
            else row = in_group + i * 4;
            const uint32_t bits = round(b[static_cast<size_t>(row * 8 + group)]);
            rb[static_cast<size_t>(lane * 2 + i / parts)] |= bits << (i % parts * 16);
        }
        for (int i = 0; i < 4; ++i)
            for (int w = 0; w < 2; ++w)
                rc[static_cast<size_t>((w * 32 + lane) * 4 + i)] =
                    c[static_cast<size_t>((i < 2 ? group : group + 8) * 8 + in_group * 2 + (i & 1))];
    }
    launch(ra.data(), rb.data(), rc.data(), 64, 3);  // two warps, three times: c + 3 a b
    double worst = 0;
    for (int w = 0; w < 2; ++w) {
        for (int lane = 0; lane < 32; ++lane) {
            for (int i = 0; i < 4; ++i) {
                const int row = (i < 2 ? 0 : 8) + (lane >> 2), column = lane % 4 * 2 + (i & 1);
                double expected = static_cast<double>(c[static_cast<size_t>(row * 8 + column)]);
                for (int k = 0; k < depth; ++k)
                    expected += 3 * static_cast<double>(a[static_cast<size_t>(row * depth + k)]) *
                                static_cast<double>(b[static_cast<size_t>(k * 8 + column)]);
                const double error =
                    std::fabs(static_cast<double>(rc[static_cast<size_t>((w * 32 + lane) * 4 + i)]) - expected);
                // At most 48 sums of absolute value below 49, each rounded by half an ulp of 2^-18.
                check(error <= 49 * 48 * 6e-8, what + ": c differs by " + std::to_string(error));
                worst = std::max(worst, error);
            }
        }
    }
    std::printf("ok: %s, worst error %.2g\n", what.c_str(), worst);
}

void conversions() {
    for (uint32_t bits = 0; bits < 65536; ++bits) {
        const auto narrow = static_cast<uint16_t>(bits);
        trd::cuda::half_t h;
        std::memcpy(&h, &narrow, 2);
        const float f = trd::cuda::to_float(h);
        // IEEE's own formula.
        const int exponent = narrow >> 10 & 31, mantissa = narrow & 1023;
        const double size = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
        if (exponent == 31) check(mantissa != 0 ? std::isnan(f) : std::isinf(f), "half: special values");
        else check(static_cast<double>(f) == (narrow >> 15 ? -size : size), "half to float");
        const trd::cuda::half_t back = trd::cuda::from_float<trd::cuda::half_t>(f);
        check(exponent == 31 || std::memcmp(&back, &h, 2) == 0, "float to half and back");
        const trd::cuda::bfloat_t b{narrow};
        const float g = trd::cuda::to_float(b);
        check(std::isnan(g) || trd::cuda::from_float<trd::cuda::bfloat_t>(g).bits == narrow,
              "float to bfloat and back");
    }
    for (const float v : uniform(2000, 4, -3, 3)) {
        for (const float scale : {1e-6f, 1.0f, 1e4f}) {
            const trd::cuda::half_t h = trd::cuda::from_float<trd::cuda::half_t>(v * scale);
            uint16_t bits;
            std::memcpy(&bits, &h, 2);
            check(bits == to_float16(v * scale) &&
                      trd::cuda::from_float<trd::cuda::bfloat_t>(v * scale).bits == to_bfloat16(v * scale),
                  "rounding");
        }
    }
    check(trd::cuda::to_tf32(1.0f + 0x1p-11f) == simt::bits<uint32_t>(1.0f + 0x1p-10f) &&
              trd::cuda::to_tf32(1.0f + 0x1p-12f) == simt::bits<uint32_t>(1.0f),
          "tf32 rounds ties away from zero");
}

void indices_and_orders() {
    const dim3 grid(2, 3, 2), block(4, 3, 2);
    std::set<std::vector<int>> sequences;
    for (const char* order : {"ascending", "descending", "random:1", "random:2"}) {
        setenv("TRD_SIMT_ORDER", order, 1);
        std::vector<int> out(12 * 24 * 4), sequence(12 * 24);
        int started = 0;
        semantics::index(grid, block, out.data(), &started);
        check(started == 12 * 24, "every thread runs once");
        for (int b = 0; b < 12; ++b) {
            for (int t = 0; t < 24; ++t) {
                const int* o = &out[static_cast<size_t>((b * 24 + t) * 4)];
                check(o[0] == t % 4 + t / 4 % 3 * 100 + t / 12 * 10000 &&
                          o[1] == b % 2 + b / 2 % 3 * 100 + b / 6 * 10000 && o[2] == 204,
                      "indices");
                sequence[static_cast<size_t>(b * 24 + t)] = o[3];
            }
        }
        if (order[0] == 'a') check(std::is_sorted(sequence.begin(), sequence.end()), "ascending");
        if (order[0] == 'd') check(std::is_sorted(sequence.rbegin(), sequence.rend()), "descending");
        sequences.insert(sequence);
        // The race is hidden in one order and seen in the other.
        if (kBuild != planted::kRaces) {
            int seen[32];
            semantics::race(seen);
            if (order[0] == 'a') check(seen[0] == 0 && seen[30] == 0, "ascending: thread 31 writes last");
            if (order[0] == 'd') check(seen[0] == 1 && seen[30] == 1, "descending: thread 31 writes first");
        }
    }
    unsetenv("TRD_SIMT_ORDER");
    check(sequences.size() == 4, "four orders differ");
    check(!in_child([] { setenv("TRD_SIMT_ORDER", "sideways", 1), semantics::index(1, 1, nullptr, nullptr); }).survived,
          "an unknown order ends the process");
}

void launches_are_refused() {
    std::vector<unsigned char> out(1024, 9);
    const auto refused = [&](const char* what, dim3 grid, dim3 block, size_t shared, int error) {
        semantics::use_shared(grid, block, shared, out.data());
        check(cudaPeekAtLastError() == error && cudaGetLastError() == error && cudaGetLastError() == cudaSuccess,
              std::string("launch: ") + what);
        check(std::all_of(out.begin(), out.end(), [](unsigned char v) { return v == 9; }),
              std::string("nothing runs: ") + what);
    };
    refused("no blocks", dim3(0), dim3(32), 64, cudaErrorInvalidConfiguration);
    refused("no threads", dim3(1), dim3(32, 0), 64, cudaErrorInvalidConfiguration);
    refused("65536 blocks in y", dim3(1, 65536), dim3(32), 64, cudaErrorInvalidConfiguration);
    refused("2^31 blocks in x", dim3(0x80000000u), dim3(32), 64, cudaErrorInvalidConfiguration);
    refused("1025 threads", dim3(1), dim3(1025), 2048, cudaErrorInvalidConfiguration);
    refused("65 threads in z", dim3(1), dim3(1, 1, 65), 2048, cudaErrorInvalidConfiguration);
    refused("more than 48 KiB without leave", dim3(1), dim3(32), (48 << 10) + 1, cudaErrorInvalidValue);
    check(cudaFuncSetAttribute(semantics::shared_user(), cudaFuncAttributeMaxDynamicSharedMemorySize,
                               (227 << 10) + 1) == cudaErrorInvalidValue,
          "more than the device has");
    setenv("TRD_SIMT_SHARED_KIB", "99", 1);
    check(cudaFuncSetAttribute(semantics::shared_user(), cudaFuncAttributeMaxDynamicSharedMemorySize, 100 << 10) ==
              cudaErrorInvalidValue,
          "more than a small device has");
    unsetenv("TRD_SIMT_SHARED_KIB");
    cudaGetLastError();
    check(cudaFuncSetAttribute(semantics::shared_user(), cudaFuncAttributeMaxDynamicSharedMemorySize, 100 << 10) ==
              cudaSuccess,
          "100 KiB allowed");
    refused("more than was allowed", dim3(1), dim3(32), (100 << 10) + 1, cudaErrorInvalidValue);
    setenv("TRD_SIMT_FAULT", "cudaLaunchKernel=719@3", 1);
    semantics::use_shared(dim3(1), dim3(1024), 100 << 10, out.data());
    check(cudaGetLastError() == cudaSuccess && out[1023] == 1, "100 KiB");
    semantics::use_shared(dim3(1), dim3(48), 48, out.data());
    check(cudaGetLastError() == cudaSuccess, "the second launch");
    std::fill(out.begin(), out.end(), static_cast<unsigned char>(9));
    refused("the third launch, on request", dim3(1), dim3(32), 64, cudaErrorLaunchFailure);
    unsetenv("TRD_SIMT_FAULT");
}

}  // namespace

int main() {
    faults_are_reported(planted::faults());
    faults_are_reported(planted::race_faults());
    innocent_kernels_pass();
    for (const char* order : {"ascending", "descending", "random:7"}) {
        setenv("TRD_SIMT_ORDER", order, 1);
        shuffles<int>();
        shuffles<float>();
        shuffles<double>();
        shuffles<unsigned long long>();
        votes();
        atomics();
        memory();
        matrices();
        products("mma of half", 16, semantics::multiply_half, [](float& v) {
            v = rounded(TRD_FLOAT16, v);
            return uint32_t{to_float16(v)};
        });
        products("mma of bfloat", 16, semantics::multiply_bfloat, [](float& v) {
            v = rounded(TRD_BFLOAT16, v);
            return uint32_t{to_bfloat16(v)};
        });
        products("mma of tf32", 8, semantics::multiply_tf32, [](float& v) {
            const uint32_t bits = trd::cuda::to_tf32(v);
            v = simt::bits<float>(bits);
            return bits | 0x1555;  // the hardware does not read the low bits
        });
    }
    unsetenv("TRD_SIMT_ORDER");
    conversions();
    indices_and_orders();
    launches_are_refused();
    return finish();
}
