// crossmodal_amplifier against its direct definition in double: every type, one branch and two, exact on small integers
// and random numbers within a bound carried through the layers, channels and pixels that fill no tile, one slice of the
// intermediate and several, NaN and infinity, refused arguments.
#include <limits>

#include "amplifier_test.hpp"
#include "crossmodal_amplifier/pair_plan.cpp"  // not exported; a function of its arguments alone

using namespace trd_test;
using namespace trd_test::amplifier;

namespace {

constexpr int32_t kTypes[] = {TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16};

std::string text(int32_t type, const Sizes& s, size_t branches) {
    return std::string(type_name(type)) + " n=" + std::to_string(s.n) + " side=" + std::to_string(s.side) +
           " c1=" + std::to_string(s.c1) + (branches == 2 ? " two branches" : "") + (s.more ? " slice" : "");
}

int64_t workspace_bytes(const trd_exec& exec, int32_t type, const Sizes& s, size_t branches) {
    return trd_crossmodal_amplifier_workspace_bytes(&exec, type, static_cast<int32_t>(branches), s.n, s.side, s.c1);
}

// The 3x3's outputs are all there is in the workspace unless the intermediate is divided into slices.
int64_t unsliced_bytes(int32_t type, const Sizes& s, size_t branches) {
    int64_t bytes = 0;
    for (int scale = 0; scale < 3; ++scale)
        bytes += (s.pixels(scale) * s.c(scale) * element_bytes(type) + 255) / 256 * 256;
    return static_cast<int64_t>(branches) * bytes;
}

void run(const trd_exec& exec, int32_t type, const Sizes& s, std::vector<Branch>& branches, const std::string& what) {
    const int64_t bytes = workspace_bytes(exec, type, s, branches.size());
    check(bytes >= unsliced_bytes(type, s, branches.size()), what + ": workspace_bytes");
    Buffer workspace(exec, bytes);
    std::vector<trd_tuner_branch> described;
    for (Branch& b : branches) described.push_back(b.describe());
    expect_status(what,
                  trd_crossmodal_amplifier(&exec, type, described.data(), static_cast<int32_t>(described.size()),
                                           workspace.device(), bytes, s.n, s.side, s.c1),
                  TRD_OK);
    workspace.read();
    check(workspace.guards_intact(), what + ": the workspace's guard zones");
}

int sliced = 0, unsliced = 0;

void random_case(const trd_exec& exec, int32_t type, const Sizes& s, size_t count, Numbers numbers) {
    const std::string what = text(type, s, count) + (numbers == Numbers::kExact ? " exact" : "");
    std::vector<Branch> branches;
    for (size_t i = 0; i < count; ++i)
        branches.emplace_back(exec, type, s, numbers, static_cast<uint32_t>(1000 * i + 1));
    run(exec, type, s, branches, what);
    for (Branch& b : branches) b.check_result(what, numbers);
    ++(workspace_bytes(exec, type, s, count) > unsliced_bytes(type, s, count) ? sliced : unsliced);
}

// A NaN reaches all channels of the pixels that see it, and no others. Infinity stays infinity where all weights are
// positive: no zero of the padding is multiplied by it.
void nan_and_infinity(const trd_exec& exec, int32_t type) {
    const Sizes s{1, 8, 24};
    for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        std::vector<Branch> branches;
        branches.emplace_back(exec, type, s, Numbers::kPositive, 7u);
        for (int scale = 0; scale < 3; ++scale) branches[0].set(exec, scale, s.c(scale) * (2 - scale) + 5, value);
        const std::string what = text(type, s, 1) + (value > 0 ? " infinity" : " NaN");
        run(exec, type, s, branches, what);
        for (int scale = 0; scale < 2; ++scale) {
            const auto got = branches[0].result(scale);
            const int64_t side = s.side >> scale, bad = 2 - scale;
            for (int64_t p = 0; p < side * side; ++p) {
                const bool sees = p / side <= 1 && std::abs(p % side - bad) <= 1;
                for (int64_t i = 0; i < s.c(scale); ++i) {
                    const float v = got[at(p * s.c(scale) + i)];
                    if (sees ? (value > 0 ? v == value : v != v) : std::isfinite(v)) continue;
                    check(false, what + ": scale " + std::to_string(scale) + " pixel " + std::to_string(p) +
                                     " channel " + std::to_string(i) + " is " + std::to_string(v));
                    return;
                }
            }
        }
    }
}

void same_bits(const trd_exec& exec, int32_t type) {
    const Sizes s{1, 4, 64};
    std::vector<float> first[3];
    for (int round = 0; round < 2; ++round) {
        std::vector<Branch> branches;
        branches.emplace_back(exec, type, s, Numbers::kRandom, 3u);
        run(exec, type, s, branches, "same bits");
        for (int scale = 0; scale < 3; ++scale) {
            if (round == 0) first[scale] = branches[0].result(scale);
            else
                check(std::memcmp(first[scale].data(), branches[0].result(scale).data(), first[scale].size() * 4) == 0,
                      "two runs give the same bits");
        }
    }
}

void refused(const trd_exec& exec) {
    const Sizes s{1, 4, 8};
    const int32_t type = TRD_BFLOAT16;
    std::vector<Branch> branches;
    for (const uint32_t seed : {1u, 2u}) branches.emplace_back(exec, type, s, Numbers::kRandom, seed);
    const int64_t bytes = workspace_bytes(exec, type, s, 2);
    Buffer workspace(exec, bytes);
    struct Call {
        const trd_exec* exec;
        int32_t type;
        trd_tuner_branch b[2];
        int32_t count;
        void* workspace;
        int64_t bytes, n, side, c1;
        trd_status make() { return trd_crossmodal_amplifier(exec, type, b, count, workspace, bytes, n, side, c1); }
    };
    const Call good{&exec,  type, {branches[0].describe(), branches[1].describe()}, 2, workspace.device(), bytes, s.n,
                    s.side, s.c1};
    const auto shifted = [](const void* p, int64_t by) {
        return const_cast<void*>(static_cast<const void*>(static_cast<const char*>(p) + by));
    };
    const auto refuse = [&](const std::string& what, auto change, trd_status status = TRD_ERROR_ARGUMENT) {
        Call call = good;
        change(call);
        expect_status(what, call.make(), status);
    };
    const int64_t huge = std::numeric_limits<int64_t>::max();
    const trd_exec on_cpu = cpu();
    refuse("exec is null", [](Call& c) { c.exec = nullptr; });
    refuse(
        "on the CPU", [&](Call& c) { c.exec = &on_cpu; }, TRD_ERROR_UNSUPPORTED);
    for (const int32_t t : {-1, 3}) refuse("type", [&](Call& c) { c.type = t; });
    for (const int32_t count : {-1, 0, 3}) refuse("count", [&](Call& c) { c.count = count; });
    for (const int64_t n : {int64_t{0}, int64_t{-1}, huge}) refuse("n", [&](Call& c) { c.n = n; });
    for (const int64_t side : {int64_t{0}, int64_t{-4}, int64_t{6}, huge - 3, int64_t{1} << 15})
        refuse("side", [&](Call& c) { c.side = side; });
    for (const int64_t c1 : {int64_t{0}, int64_t{-8}, int64_t{12}, huge - 7, int64_t{1} << 14})
        refuse("c1", [&](Call& c) { c.c1 = c1; });
    refuse("pixels", [](Call& c) { c.n = 1 << 4, c.side = 1 << 14; });
    refuse("workspace is null", [](Call& c) { c.workspace = nullptr; });
    refuse("workspace is small", [](Call& c) { --c.bytes; });
    refuse("workspace is misaligned", [&](Call& c) { c.workspace = shifted(c.workspace, 16), c.bytes += 256; });
    refuse("workspace overlaps an output", [&](Call& c) { c.b[1].out[2] = shifted(c.workspace, bytes - 16); });
    refuse("workspace overlaps an input", [&](Call& c) { c.b[1].in[2] = shifted(c.workspace, bytes - 16); });
    refuse("workspace overlaps packed", [&](Call& c) { c.b[1].packed = c.workspace; });
    for (int i = 0; i < 2; ++i) {
        refuse("packed is null", [&](Call& c) { c.b[i].packed = nullptr; });
        refuse("packed is misaligned", [&](Call& c) { c.b[i].packed = shifted(c.b[i].packed, 128); });
        refuse("an output overlaps packed", [&](Call& c) { c.b[i].out[0] = shifted(c.b[1 - i].packed, 16); });
        for (int scale = 0; scale < 3; ++scale) {
            refuse("in is null", [&](Call& c) { c.b[i].in[scale] = nullptr; });
            refuse("out is null", [&](Call& c) { c.b[i].out[scale] = nullptr; });
            refuse("in is misaligned", [&](Call& c) { c.b[i].in[scale] = shifted(c.b[i].in[scale], 8); });
            refuse("out is misaligned", [&](Call& c) { c.b[i].out[scale] = shifted(c.b[i].out[scale], 8); });
            refuse("out_stride is small", [&](Call& c) { c.b[i].out_stride[scale] -= 8; });
            refuse("out_stride is odd", [&](Call& c) { c.b[i].out_stride[scale] += 4; });
            refuse("out_stride is large", [&](Call& c) { c.b[i].out_stride[scale] = huge - 7; });
            refuse("an output overlaps its input",
                   [&](Call& c) { c.b[i].out[scale] = const_cast<void*>(c.b[i].in[scale]); });
            refuse("an output overlaps another branch's input",
                   [&](Call& c) { c.b[i].out[scale] = const_cast<void*>(c.b[1 - i].in[2 - scale]); });
            refuse("two outputs overlap", [&](Call& c) { c.b[i].out[scale] = c.b[1 - i].out[scale]; });
            refuse("two outputs of a branch overlap",
                   [&](Call& c) { c.b[i].out[scale] = c.b[i].out[(scale + 1) % 3]; });
        }
    }
    Call none = good;
    expect_status("branches is null",
                  trd_crossmodal_amplifier(&exec, type, nullptr, 2, none.workspace, bytes, s.n, s.side, s.c1),
                  TRD_ERROR_ARGUMENT);
    workspace.read();
    check(branches[0].untouched() && branches[1].untouched() && workspace.untouched(), "refused calls write nothing");
    expect_status("the good call", none.make(), TRD_OK);
    for (Branch& b : branches) b.check_result("after refused calls", Numbers::kRandom);

    const auto needs = [&](const trd_exec* e, int32_t t, int32_t count, int64_t n, int64_t side, int64_t c1) {
        return trd_crossmodal_amplifier_workspace_bytes(e, t, count, n, side, c1);
    };
    check(needs(nullptr, type, 1, 1, 4, 8) == -1 && needs(&on_cpu, type, 1, 1, 4, 8) == -1 &&
              needs(&exec, 3, 1, 1, 4, 8) == -1 && needs(&exec, type, 3, 1, 4, 8) == -1 &&
              needs(&exec, type, 1, 0, 4, 8) == -1 && needs(&exec, type, 1, 1, 5, 8) == -1 &&
              needs(&exec, type, 1, 1, 4, 9) == -1 && needs(&exec, type, 1, huge, 4, 8) == -1 &&
              needs(&exec, type, 1, 1, huge, 8) == -1,
          "workspace_bytes of refused arguments is -1");
    check(needs(&exec, type, 1, 1, 1 << 14, 8) > 0 && needs(&exec, type, 2, 1, 64, 8192) > 0,
          "the largest sizes have a workspace");
}

// What the division of the pairs must keep, on devices that are not at hand too: every channel in one slice, shared
// memory and a kernel that exist, and no slices where the tiles of pixels fill the device.
void division_of_pairs() {
    using trd::cuda::plan_pairs;
    for (const auto& limits :
         {trd::cuda::DeviceLimits{132, 227 << 10}, {108, 163 << 10}, {128, 99 << 10}, {8, 227 << 10}, {1, 227 << 10}})
        for (const int64_t element : {2, 4})
            for (const int64_t c1 : {8, 24, 64, 256, 8192})
                for (const int64_t side : {4, 20, 64, 256})
                    for (const int32_t count : {3, 6}) {
                        int64_t m[6], c[6];
                        for (int i = 0; i < count; ++i) m[i] = (side >> i % 3) * (side >> i % 3), c[i] = c1 << i % 3;
                        const auto plan = plan_pairs(element, m, c, count, limits);
                        bool good = plan.tile_m == 64 || (plan.tile_m == 128 && element == 2);
                        int64_t bytes = 0, blocks = 0;
                        for (int i = 0; i < count; ++i) {
                            const int64_t width = plan.width[i], slices = plan.slices[i];
                            good = good && width > 0 && width % trd::cuda::pair_columns(element) == 0 &&
                                   width * slices >= 2 * c[i] && width * (slices - 1) < 2 * c[i];
                            good = good &&
                                   trd::cuda::pair_shared_bytes(element, plan.tile_m, width) <= limits.shared_bytes;
                            good = good && (slices == 1 ||
                                            (plan.partial_offset[i] >= bytes && plan.partial_offset[i] % 256 == 0));
                            if (slices > 1) bytes = plan.partial_offset[i] + slices * m[i] * c[i] * 4;
                            blocks += (m[i] + plan.tile_m - 1) / plan.tile_m * slices;
                        }
                        good = good && plan.partial_bytes >= bytes && plan.blocks == blocks;
                        if (limits.multiprocessors == 1 && c1 <= 24) good = good && plan.partial_bytes == 0;
                        check(good, "division for " + std::to_string(limits.multiprocessors) + " multiprocessors, c1 " +
                                        std::to_string(c1) + ", side " + std::to_string(side));
                    }
}

void refused_packing() {
    const int64_t bytes = trd_crossmodal_amplifier_packed_bytes(TRD_FLOAT16, 8),
                  huge = std::numeric_limits<int64_t>::max();
    check(bytes > 0 && trd_crossmodal_amplifier_packed_bytes(TRD_FLOAT16, 8192) > 0, "packed_bytes");
    for (const int64_t c1 : {int64_t{0}, int64_t{-8}, int64_t{4}, int64_t{8200}, huge - 7})
        check(trd_crossmodal_amplifier_packed_bytes(TRD_FLOAT16, c1) == 0, "packed_bytes of a c1 out of range");
    for (const int32_t type : {-1, 3})
        check(trd_crossmodal_amplifier_packed_bytes(type, 8) == 0, "packed_bytes of an unknown type");
    Buffer packed(cpu(), bytes);
    std::vector<float> weights(9 * 64, 1.0f), bias(16, 1.0f);
    const auto pack = [&](int32_t type, int32_t layer, const float* w, const float* b, void* p, int64_t size,
                          int64_t c1) { return trd_crossmodal_amplifier_pack(type, layer, w, b, p, size, c1); };
    const auto refuse = [](const char* what, trd_status status) { expect_status(what, status, TRD_ERROR_ARGUMENT); };
    const float *w = weights.data(), *b = bias.data();
    auto* const p = packed.device<uint8_t>();
    refuse("weights is null", pack(2, 0, nullptr, b, p, bytes, 8));
    refuse("bias is null", pack(2, 0, w, nullptr, p, bytes, 8));
    refuse("packed is null", pack(2, 0, w, b, nullptr, bytes, 8));
    refuse("layer is negative", pack(2, -1, w, b, p, bytes, 8));
    refuse("layer is large", pack(2, TRD_AMPLIFIER_LAYERS, w, b, p, bytes, 8));
    refuse("type", pack(3, 0, w, b, p, bytes, 8));
    refuse("c1", pack(2, 0, w, b, p, bytes, 12));
    refuse("packed is small", pack(2, 0, w, b, p, bytes - 1, 8));
    refuse("packed is misaligned", pack(2, 0, w, b, p + 16, bytes, 8));
    refuse("packed overlaps weights", pack(2, 0, reinterpret_cast<const float*>(p + bytes - 4), b, p, bytes, 8));
    refuse("packed overlaps bias", pack(2, 0, w, reinterpret_cast<const float*>(p + bytes - 4), p, bytes, 8));
    check(packed.untouched(), "refused packing writes nothing");
    expect_status("pack", pack(2, 0, w, b, p, bytes, 8), TRD_OK);
}

}  // namespace

int main() {
    division_of_pairs();
    refused_packing();
    if (has_cuda()) {
        const trd_exec exec = cuda();
        for (const int32_t type : kTypes) {
            for (const Numbers numbers : {Numbers::kExact, Numbers::kRandom}) {
                random_case(exec, type, {1, 4, 8}, 1, numbers);
                random_case(exec, type, {2, 4, 24, 8}, 2, numbers);
                random_case(exec, type, {1, 12, 16}, 2, numbers);
                random_case(exec, type, {1, 20, 24, 24}, 1, numbers);
            }
            random_case(exec, type, {2, 16, 40}, 1,
                        Numbers::kExact);  // on the harness: slices, and tiles of 128 pixels
            random_case(exec, type, {3, 4, 40}, 1, Numbers::kRandom);
            random_case(exec, type, {1, 4, 64}, 2, Numbers::kExact);
            random_case(exec, type, {1, 8, 64, 64}, 1, Numbers::kRandom);
            nan_and_infinity(exec, type);
            same_bits(exec, type);
        }
        check(sliced > 0 && unsliced > 0, "some cases divide the intermediate, some do not");
        std::printf("%d cases with slices, %d without\n", sliced, unsliced);
        refused(exec);
    } else if (tests_backend("cuda")) {
        const trd_exec exec = cuda();
        trd_tuner_branch none = {};
        const trd_status status = trd_crossmodal_amplifier(&exec, TRD_FLOAT16, &none, 1, nullptr, 0, 1, 4, 8);
        check(status == TRD_ERROR_UNSUPPORTED || status == TRD_ERROR_CUDA, "without CUDA the call says so");
    }
    return finish();
}
