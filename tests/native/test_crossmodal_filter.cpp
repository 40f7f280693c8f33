// crossmodal_filter against the specification's loops in double: every type, one and two branches, several images,
// slices of a concatenation, exact cases, refused arguments.
#include <limits>

#include "crossmodal_filter/crossmodal_filter_reference.hpp"
#include "device.hpp"

using namespace trd_test;

namespace {

// Which scale and step of it a layer of the packed filter is, and its channels: written down, not computed as the
// library does.
struct Described {
    int scale, from, to;  // channels in multiples of c1
    bool up;
};
constexpr Described kLayers[TRD_FILTER_LAYERS] = {
    {0, 1, 2, false}, {0, 2, 4, false}, {0, 4, 8, false}, {0, 8, 4, true}, {0, 4, 2, true},  {0, 2, 1, true},
    {1, 2, 4, false}, {1, 4, 8, false}, {1, 8, 4, true},  {1, 4, 2, true}, {2, 4, 8, false}, {2, 8, 4, true}};
constexpr int kFirst[3] = {0, 6, 10};

struct Shape {
    int32_t count;
    int64_t n, side, c1;
    bool slices;
};

double stored(int32_t type, double v) { return rounded(type, static_cast<float>(v)); }

class Branch {
public:
    Branch(const trd_exec& exec, int32_t type, const Shape& s, bool exact, uint32_t seed)
        : type_(type), shape_(s), packed_(exec, packed_bytes()) {
        Buffer host(cpu(), packed_bytes());
        for (int32_t i = 0; i < TRD_FILTER_LAYERS; ++i) {
            const Described& l = kLayers[i];
            const int64_t c_in = l.from * s.c1, c_out = l.to * s.c1;
            // Each output of an exact layer sees one input, weighted 1 (down: of one of the four pixels), and a small
            // bias: integers of which none gets too large. Otherwise: variance-preserving after the ReLU.
            const float deviation = std::sqrt(6.0f / static_cast<float>(l.up ? c_in : 4 * c_in));
            auto weights = exact ? std::vector<float>(static_cast<size_t>(4 * c_in * c_out), 0.0f)
                                 : uniform(4 * c_in * c_out, seed + static_cast<uint32_t>(i), -deviation, deviation);
            auto bias = uniform(c_out, seed + 50 + static_cast<uint32_t>(i), -0.2f, 0.2f);
            for (int64_t co = 0; exact && co < c_out; ++co) {
                bias[static_cast<size_t>(co)] = static_cast<float>((co * 5 + i) % 7 - 3);
                for (int64_t tap = 0; tap < 4; ++tap) {
                    const int64_t ci = (co * 11 + tap * (l.up ? 3 : 0) + i) % c_in;
                    if (l.up) weights[static_cast<size_t>((ci * c_out + co) * 4 + tap)] = 1;
                    if (!l.up && tap == (co + i) % 4) weights[static_cast<size_t>((co * c_in + ci) * 4 + tap)] = 1;
                }
            }
            expect_status(
                "pack",
                trd_crossmodal_filter_pack(type, i, weights.data(), bias.data(), host.device(), host.bytes(), s.c1),
                TRD_OK);
            for (float& v : weights) v = rounded(type, v);
            weights_.push_back(std::move(weights));
            bias_.push_back(std::move(bias));
        }
        check(host.guards_intact(), "pack: guard zones");
        std::memcpy(packed_.host<uint8_t>(), host.host<uint8_t>(), static_cast<size_t>(host.bytes()));
        packed_.write();
        for (int i = 0; i < 3; ++i) {
            auto in = uniform(pixels(i) * channels(i), seed + 100 + static_cast<uint32_t>(i), 0, exact ? 8.99f : 1);
            if (exact)
                for (float& v : in) v = std::floor(v);
            in_memory_.push_back(features(exec, type, in));
            in_.push_back(std::move(in));
            out_memory_.emplace_back(exec, ((pixels(i) - 1) * stride(i) + channels(i)) * element_bytes(type));
        }
    }

    trd_tuner_branch describe() {
        trd_tuner_branch b = {};
        b.packed = packed_.device();
        for (size_t i = 0; i < 3; ++i)
            b.in[i] = in_memory_[i].device(), b.out[i] = out_memory_[i].device(),
            b.out_stride[i] = stride(static_cast<int>(i));
        return b;
    }

    void check_result(const std::string& what, bool exact) {
        for (int scale = 0; scale < 3; ++scale) {
            const std::string name = what + " scale " + std::to_string(scale);
            Buffer& memory = out_memory_[static_cast<size_t>(scale)];
            const auto got = values_of(memory, type_, memory.bytes() / element_bytes(type_));
            const int64_t side = shape_.side >> scale, c = channels(scale), image = side * side * c;
            std::vector<double> expected;
            for (int64_t n = 0; n < shape_.n; ++n) {
                const auto one = trd::reference::filter_scale(
                    in_[static_cast<size_t>(scale)].data() + n * image, weights_.data() + kFirst[scale],
                    bias_.data() + kFirst[scale], side, c, 3 - scale, [&](double v) { return stored(type_, v); });
                expected.insert(expected.end(), one.begin(), one.end());
            }
            // Float sums: a few 1e-7 of values near 1. They may tip an intermediate over to the next value of its type,
            // one unit of it (2u) of values near 1, and so a few of the hundreds that a later output sums with weights
            // of deviation sqrt(2 / fan-in): less than 6 deviations of 2u v sqrt(2 (steps - 1)); then the result's own
            // rounding, again with a tip-over: 2u v. v = the largest output stands for all values.
            double largest = 0, worst = 0;
            for (const double v : expected) largest = std::fmax(largest, v);
            const double u = type_ == TRD_FLOAT32 ? 0x1p-24 : type_ == TRD_BFLOAT16 ? 0x1p-8 : 0x1p-11;
            const double tolerance = exact ? 0
                                           : (type_ == TRD_FLOAT32 ? 40 : 1) * 2 * u * largest *
                                                 (1 + 6 * std::sqrt(2.0 * (2 * (3 - scale) - 1)) / 8);
            check(largest > 0 && (!exact || largest <= 256), name + ": the test's numbers are out of range");
            bool gaps = true;
            size_t i = 0;
            for (int64_t pixel = 0; pixel < pixels(scale); ++pixel)
                for (int64_t co = 0;
                     co < stride(scale) && pixel * stride(scale) + co < static_cast<int64_t>(got.size()); ++co) {
                    const float v = got[static_cast<size_t>(pixel * stride(scale) + co)];
                    if (co >= c) {
                        gaps = gaps && std::isnan(v);
                        continue;
                    }
                    const double error = std::fabs(v - expected[i++]);
                    if (!(error <= tolerance)) {
                        check(false, name + ": output " + std::to_string(i - 1) + " is " + std::to_string(v) +
                                         ", expected " + std::to_string(expected[i - 1]) + ", tolerance " +
                                         std::to_string(tolerance));
                        return;
                    }
                    worst = std::fmax(worst, error);
                }
            std::printf("ok: %s, worst error %.3g of %.3g allowed, largest %.3g\n", name.c_str(), worst, tolerance,
                        largest);
            check(i == expected.size() && gaps, name + ": writes outside of its slice");
            check(memory.guards_intact(), name + ": guard zones");
        }
    }

    std::vector<std::vector<float>> results() {
        std::vector<std::vector<float>> all;
        for (Buffer& b : out_memory_) all.push_back(values_of(b, type_, b.bytes() / element_bytes(type_)));
        return all;
    }

    Buffer& out(int scale) { return out_memory_[static_cast<size_t>(scale)]; }
    Buffer& in(int scale) { return in_memory_[static_cast<size_t>(scale)]; }
    Buffer& packed() { return packed_; }

private:
    int64_t channels(int scale) const { return shape_.c1 << scale; }
    int64_t pixels(int scale) const { return shape_.n * (shape_.side >> scale) * (shape_.side >> scale); }
    int64_t stride(int scale) const { return channels(scale) * (shape_.slices ? 2 : 1); }
    int64_t packed_bytes() const { return trd_crossmodal_filter_packed_bytes(type_, shape_.c1); }

    int32_t type_;
    Shape shape_;
    std::vector<std::vector<float>> weights_, bias_, in_;
    std::vector<Buffer> in_memory_, out_memory_;
    Buffer packed_;
};

// Returns the bytes of workspace.
int64_t run(const trd_exec& exec, int32_t type, const Shape& s, bool exact) {
    const std::string what = std::string(type_name(type)) + (exact ? " exact" : "") +
                             " branches=" + std::to_string(s.count) + " n=" + std::to_string(s.n) +
                             " side=" + std::to_string(s.side) + " c1=" + std::to_string(s.c1) +
                             (s.slices ? " slices" : "");
    std::vector<Branch> branches;
    std::vector<trd_tuner_branch> described;
    for (int32_t b = 0; b < s.count; ++b)
        branches.emplace_back(exec, type, s, exact, static_cast<uint32_t>(1000 * b + 1));
    for (Branch& b : branches) described.push_back(b.describe());
    const int64_t bytes = trd_crossmodal_filter_workspace_bytes(&exec, type, s.count, s.n, s.side, s.c1);
    check(bytes > 0, what + ": workspace");
    Buffer workspace(exec, bytes);
    expect_status(
        what,
        trd_crossmodal_filter(&exec, type, described.data(), s.count, workspace.device(), bytes, s.n, s.side, s.c1),
        TRD_OK);
    workspace.read();
    check(workspace.guards_intact(), what + ": guard zones of the workspace");
    for (Branch& b : branches) b.check_result(what, exact);
    return bytes;
}

void the_same_bits_again(const trd_exec& exec, int32_t type) {
    const Shape s = {2, 1, 8, 16, false};
    std::vector<std::vector<float>> first;
    for (const uint8_t before : {0x00, 0x77}) {
        Branch a(exec, type, s, false, 1), b(exec, type, s, false, 2);
        const trd_tuner_branch branches[] = {a.describe(), b.describe()};
        Buffer workspace(exec, trd_crossmodal_filter_workspace_bytes(&exec, type, 2, s.n, s.side, s.c1));
        std::memset(workspace.host<uint8_t>(), before, static_cast<size_t>(workspace.bytes()));
        workspace.write();
        expect_status(
            "again",
            trd_crossmodal_filter(&exec, type, branches, 2, workspace.device(), workspace.bytes(), s.n, s.side, s.c1),
            TRD_OK);
        auto results = a.results();
        for (auto& r : b.results()) results.push_back(std::move(r));
        if (before == 0) first = results;
        check(first == results, std::string(type_name(type)) + ": the same bits again, whatever the workspace held");
        bool differ = false;
        for (size_t i = 0; i < 3; ++i) differ = differ || results[i] != results[i + 3];
        check(differ, "the branches have weights of their own");
    }
}

// A NaN in one pixel fills the patch of 8 x 8 (4 x 4, 2 x 2) pixels that it lies in, and nothing else.
void nan_is_not_hidden(const trd_exec& exec, int32_t type) {
    const Shape s = {1, 1, 16, 8, false};
    Branch branch(exec, type, s, false, 1);
    const trd_tuner_branch described = branch.describe();
    for (int scale = 0; scale < 3; ++scale) {
        const int64_t side = s.side >> scale, c = s.c1 << scale;
        Buffer& in = branch.in(scale);
        std::memset(in.host<uint8_t>() + ((side / 2) * side * c + 3) * element_bytes(type), 0xff,
                    static_cast<size_t>(element_bytes(type)));
        in.write();
    }
    Buffer workspace(exec, trd_crossmodal_filter_workspace_bytes(&exec, type, 1, s.n, s.side, s.c1));
    expect_status(
        "NaN",
        trd_crossmodal_filter(&exec, type, &described, 1, workspace.device(), workspace.bytes(), s.n, s.side, s.c1),
        TRD_OK);
    const auto results = branch.results();
    for (size_t scale = 0; scale < 3; ++scale) {
        const auto side = static_cast<size_t>(s.side >> scale), c = static_cast<size_t>(s.c1 << scale);
        bool right = true;
        for (size_t i = 0; i < results[scale].size(); ++i) {
            const size_t y = i / c / side, x = i / c % side;
            right = right && std::isnan(results[scale][i]) == (y >= side / 2 && x < side / 2);
        }
        check(right, std::string(type_name(type)) + ": a NaN is seen in its patch, scale " + std::to_string(scale));
    }
}

void packing() {
    const int64_t c1 = 8, bytes = trd_crossmodal_filter_packed_bytes(TRD_FLOAT16, c1);
    const auto weights = uniform(4 * 8 * 16, 1), bias = uniform(16, 2);
    Buffer packed(cpu(), bytes);
    const auto refused = [&](const char* what, int32_t type, int32_t layer, const float* w, const float* b, void* p,
                             int64_t p_bytes, int64_t c) {
        expect_status(std::string("pack, ") + what, trd_crossmodal_filter_pack(type, layer, w, b, p, p_bytes, c),
                      TRD_ERROR_ARGUMENT);
    };
    void* const p = packed.device();
    refused("type", 3, 0, weights.data(), bias.data(), p, bytes, c1);
    refused("layer < 0", TRD_FLOAT16, -1, weights.data(), bias.data(), p, bytes, c1);
    refused("layer = 12", TRD_FLOAT16, TRD_FILTER_LAYERS, weights.data(), bias.data(), p, bytes, c1);
    refused("null weights", TRD_FLOAT16, 0, nullptr, bias.data(), p, bytes, c1);
    refused("null bias", TRD_FLOAT16, 0, weights.data(), nullptr, p, bytes, c1);
    refused("null packed", TRD_FLOAT16, 0, weights.data(), bias.data(), nullptr, bytes, c1);
    refused("packed too small", TRD_FLOAT16, 0, weights.data(), bias.data(), p, bytes - 1, c1);
    refused("packed misaligned", TRD_FLOAT16, 0, weights.data(), bias.data(), packed.device<uint8_t>() + 128, bytes,
            c1);
    refused("c1 no multiple of 8", TRD_FLOAT16, 0, weights.data(), bias.data(), p, bytes, 12);
    refused("c1 = 0", TRD_FLOAT16, 0, weights.data(), bias.data(), p, bytes, 0);
    refused("c1 too large", TRD_FLOAT16, 0, weights.data(), bias.data(), p, std::numeric_limits<int64_t>::max(), 8200);
    refused("weights overlap", TRD_FLOAT16, 0, static_cast<float*>(p), bias.data(), p, bytes, c1);
    refused("bias overlaps", TRD_FLOAT16, 0, weights.data(), static_cast<float*>(p), p, bytes, c1);
    check(packed.untouched(), "a refused packing writes nothing");
    check(trd_crossmodal_filter_packed_bytes(3, 8) == 0 && trd_crossmodal_filter_packed_bytes(TRD_FLOAT16, 4) == 0 &&
              trd_crossmodal_filter_packed_bytes(TRD_FLOAT32, 8) > bytes,
          "packed_bytes");
}

void bad_arguments(const trd_exec& exec) {
    const Shape s = {2, 1, 8, 8, true};
    const int32_t type = TRD_FLOAT16;
    Branch a(exec, type, s, true, 1), b(exec, type, s, true, 2);
    const trd_tuner_branch good[] = {a.describe(), b.describe()};
    const int64_t bytes = trd_crossmodal_filter_workspace_bytes(&exec, type, 2, s.n, s.side, s.c1);
    Buffer workspace(exec, bytes);
    auto* const scratch = workspace.device<uint8_t>();
    const trd_exec on_cpu = cpu();
    const auto call = [&](const char* what, trd_status expected, const trd_exec* e, int32_t t,
                          const trd_tuner_branch* branches, int32_t count, void* w, int64_t w_bytes, int64_t n,
                          int64_t side, int64_t c1) {
        expect_status(what, trd_crossmodal_filter(e, t, branches, count, w, w_bytes, n, side, c1), expected);
    };
    call("null exec", TRD_ERROR_ARGUMENT, nullptr, type, good, 2, scratch, bytes, 1, 8, 8);
    call("CPU", TRD_ERROR_UNSUPPORTED, &on_cpu, type, good, 2, scratch, bytes, 1, 8, 8);
    call("type", TRD_ERROR_ARGUMENT, &exec, 3, good, 2, scratch, bytes, 1, 8, 8);
    call("null branches", TRD_ERROR_ARGUMENT, &exec, type, nullptr, 2, scratch, bytes, 1, 8, 8);
    call("count = 0", TRD_ERROR_ARGUMENT, &exec, type, good, 0, scratch, bytes, 1, 8, 8);
    call("count = 3", TRD_ERROR_ARGUMENT, &exec, type, good, 3, scratch, bytes, 1, 8, 8);
    call("null workspace", TRD_ERROR_ARGUMENT, &exec, type, good, 2, nullptr, bytes, 1, 8, 8);
    call("workspace too small", TRD_ERROR_ARGUMENT, &exec, type, good, 2, scratch, bytes - 1, 1, 8, 8);
    call("workspace misaligned", TRD_ERROR_ARGUMENT, &exec, type, good, 2, scratch + 64, bytes, 1, 8, 8);
    const int64_t huge = std::numeric_limits<int64_t>::max();
    for (const int64_t size : {int64_t{0}, int64_t{-8}, huge - 7, int64_t{12}}) {
        if (size != 12) call("n", TRD_ERROR_ARGUMENT, &exec, type, good, 2, scratch, bytes, size, 8, 8);
        call("side", TRD_ERROR_ARGUMENT, &exec, type, good, 2, scratch, bytes, 1, size, 8);
        call("c1", TRD_ERROR_ARGUMENT, &exec, type, good, 2, scratch, bytes, 1, 8, size);
        check(trd_crossmodal_filter_workspace_bytes(&exec, type, 2, 1, size, 8) == -1 &&
                  trd_crossmodal_filter_workspace_bytes(&exec, type, 2, 1, 8, size) == -1,
              "workspace_bytes refuses a size");
    }
    check(trd_crossmodal_filter_workspace_bytes(&on_cpu, type, 2, 1, 8, 8) == -1 &&
              trd_crossmodal_filter_workspace_bytes(&exec, type, 3, 1, 8, 8) == -1,
          "workspace_bytes refuses what the call refuses");
    const auto bad = [&](const char* what, auto change) {
        trd_tuner_branch branches[] = {good[0], good[1]};
        change(branches[0], branches[1]);
        call(what, TRD_ERROR_ARGUMENT, &exec, type, branches, 2, scratch, bytes, 1, 8, 8);
    };
    using B = trd_tuner_branch;
    const auto moved = [](const void* p, int64_t by) {
        return const_cast<void*>(static_cast<const void*>(static_cast<const uint8_t*>(p) + by));
    };
    for (int i = 0; i < 3; ++i) {
        bad("null in", [&](B& l, B&) { l.in[i] = nullptr; });
        bad("null out", [&](B&, B& l) { l.out[i] = nullptr; });
        bad("in misaligned", [&](B& l, B&) { l.in[i] = moved(l.in[i], 8); });
        bad("out misaligned", [&](B& l, B&) { l.out[i] = moved(l.out[i], 8); });
        bad("out_stride too small", [&](B& l, B&) { l.out_stride[i] = (8 << i) - 8; });
        bad("out_stride no multiple of 8", [&](B& l, B&) { l.out_stride[i] = (8 << i) + 4; });
        bad("out_stride too large", [&](B& l, B&) { l.out_stride[i] = huge - 7; });
        bad("out is in", [&](B& l, B&) { l.out[i] = const_cast<void*>(l.in[i]); });
        bad("out is the other branch's in", [&](B& l, B& k) { k.in[i] = l.out[i]; });
        bad("outs overlap", [&](B& l, B& k) { k.out[i] = l.out[i]; });
        bad("out overlaps packed", [&](B& l, B& k) { l.out[i] = const_cast<void*>(k.packed); });
        bad("workspace is in", [&](B& l, B&) { l.in[i] = scratch; });
        bad("workspace is out", [&](B&, B& l) { l.out[i] = moved(scratch, 16); });
    }
    bad("null packed", [](B& l, B&) { l.packed = nullptr; });
    bad("packed misaligned", [&](B& l, B&) { l.packed = moved(l.packed, 128); });
    bad("workspace is packed", [&](B& l, B&) { l.packed = scratch; });
    for (int i = 0; i < 3; ++i)
        for (Branch* branch : {&a, &b}) {
            branch->out(i).read();
            check(branch->out(i).untouched(), "refused calls write nothing");
        }
    workspace.read();
    check(workspace.untouched(), "refused calls write nothing into the workspace");
    call("the same call is fine without a fault", TRD_OK, &exec, type, good, 2, scratch, bytes, 1, 8, 8);
}

// Where there is no CUDA backend.
void unsupported() {
    const trd_tuner_branch branch = {};
    for (const trd_exec& exec : {cpu(), cuda()}) {
        expect_status("no CUDA", trd_crossmodal_filter(&exec, TRD_FLOAT32, &branch, 1, nullptr, 0, 1, 8, 8),
                      TRD_ERROR_UNSUPPORTED);
        check(trd_crossmodal_filter_workspace_bytes(&exec, TRD_FLOAT32, 1, 1, 8, 8) == -1, "no CUDA, no workspace");
    }
}

}  // namespace

int main() {
    packing();
    if (std::strstr(trd_describe(), "cuda") == nullptr) unsupported();
#ifndef _WIN32
    setenv("TRD_SIMT_MULTIPROCESSORS", "132", 0);  // the SIMT harness is a large device
#endif
    if (!has_cuda()) return finish();
    const trd_exec exec = cuda();
    trd_cuda_device device = {};
    expect_status("probe", trd_cuda_probe(0, &device), TRD_OK);
    for (const int32_t type : {TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16}) {
        run(exec, type, {1, 1, 8, 8, false}, true);
        run(exec, type, {2, 2, 16, 8, true}, true);
        run(exec, type, {2, 1, 24, 24, true}, true);
        run(exec, type, {1, 3, 8, 40, true}, false);
        // As wide as resnet18's: on a large device k is split in the middle steps.
        const int64_t workspace = run(exec, type, {1, 1, 8, 64, true}, false),
                      features = 11 * 64 * 64 / 8 * element_bytes(type);
        check(device.multiprocessors < 100 || workspace > 2 * features, "k is split");
        the_same_bits_again(exec, type);
        nan_is_not_hidden(exec, type);
    }
    bad_arguments(exec);
    return finish();
}
