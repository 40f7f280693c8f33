// crossmodal_filter against the specification's loops in double: every type, one and two branches, several images, slices of a
// concatenation, exact cases, refused arguments.
#include <limits>

#include "crossmodal_filter/crossmodal_filter_reference.hpp"
#include "device.hpp"

using namespace trd_test;

namespace {

// Which scale and step of it a layer of the packed filter is, and its channels: written down, not computed as the library does.
struct Described {
    int scale, from, to;  // channels in multiples of c1
    bool up;
};
constexpr Described kLayers[TRD_FILTER_LAYERS] = {
    {0, 1, 2, false}, {0, 2, 4, false}, {0, 4, 8, false}, {0, 8, 4, true}, {0, 4, 2, true}, {0, 2, 1, true},
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
    Branch(const trd_exec& exec, int32_t type, const Shape& s, bool exact, uint32_t seed) : type_(type), shape_(s), packed_(exec, packed_bytes()) {
        Buffer host(cpu(), packed_bytes());
        for (int32_t i = 0; i < TRD_FILTER_LAYERS; ++i) {
            const Described& l = kLayers[i];
            const int64_t c_in = l.from * s.c1, c_out = l.to * s.c1;
            // Each output of an exact layer sees one input, weighted 1 (down: of one of the four pixels), and a small bias: integers
            // of which none gets too large. Otherwise: variance-preserving after the ReLU.
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
            expect_status("pack", trd_crossmodal_filter_pack(type, i, weights.data(), bias.data(), host.device(), host.bytes(), s.c1), TRD_OK);
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
        for (size_t i = 0; i < 3; ++i) b.in[i] = in_memory_[i].device(), b.out[i] = out_memory_[i].device(), b.out_stride[i] = stride(static_cast<int>(i));
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
                const auto one = trd::reference::filter_scale(in_[static_cast<size_t>(scale)].data() + n * image, weights_.data() + kFirst[scale],
                                                              bias_.data() + kFirst[scale], side, c, 3 - scale,
                                                              [&](double v) { return stored(type_, v); });
                expected.insert(expected.end(), one.begin(), one.end());
            }
            // Float sums: a few 1e-7 of values near 1. They may tip an intermediate over to the next value of its type, one unit of
            // it (2u) of values near 1, and so a few of the hundreds that a later output sums with weights of deviation
            // sqrt(2 / fan-in): less than 6 deviations of 2u v sqrt(2 (steps - 1)); then the result's own rounding, again with a
            // tip-over: 2u v. v = the largest output stands for all values.
            double largest = 0, worst = 0;
            for (const double v : expected) largest = std::fmax(largest, v);
            const double u = type_ == TRD_FLOAT32 ? 0x1p-24 : type_ == TRD_BFLOAT16 ? 0x1p-8 : 0x1p-11;
            const double tolerance = exact ? 0 : (type_ == TRD_FLOAT32 ? 40 : 1) * 2 * u * largest * (1 + 6 * std::sqrt(2.0 * (2 * (3 - scale) - 1)) / 8);
            check(largest > 0 && (!exact || largest <= 256), name + ": the test's numbers are out of range");
            bool gaps = true;
            size_t i = 0;
            for (int64_t pixel = 0; pixel < pixels(scale); ++pixel)
                for (int64_t co = 0; co < stride(scale) && pixel * stride(scale) + co < static_cast<int64_t>(got.size()); ++co) {
                    const float v = got[static_cast<size_t>(pixel * stride(scale) + co)];
                    if (co >= c) {
                        gaps = gaps && std::isnan(v);
                        continue;
                    }
                    const double error = std::fabs(v - expected[i++]);
                    if (!(error <= tolerance)) {
                        check(false, name + ": output " + std::to_string(i - 1) + " is " + std::to_string(v) + ", expected " + std::to_string(expected[i - 1]) +
                                         ", tolerance " + std::to_string(tolerance));
                        return;
                    }
                    worst = std::fmax(worst, error);
                }
            std::printf("ok: %s, worst error %.3g of %.3g allowed, largest %.3g\n", name.c_str(), worst, tolerance, largest);
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

void run(const trd_exec& exec, int32_t type, const Shape& s, bool exact) {
    const std::string what = std::string(type_name(type)) + (exact ? " exact" : "") + " branches=" + std::to_string(s.count) + " n=" + std::to_string(s.n) +
                             " side=" + std::to_string(s.side) + " c1=" + std::to_string(s.c1) + (s.slices ? " slices" : "");
    std::vector<Branch> branches;
    std::vector<trd_tuner_branch> described;
    for (int32_t b = 0; b < s.count; ++b) branches.emplace_back(exec, type, s, exact, static_cast<uint32_t>(1000 * b + 1));
    for (Branch& b : branches) described.push_back(b.describe());
    const int64_t bytes = trd_crossmodal_filter_workspace_bytes(&exec, type, s.count, s.n, s.side, s.c1);
    check(bytes > 0, what + ": workspace");
    Buffer workspace(exec, bytes);
    expect_status(what, trd_crossmodal_filter(&exec, type, described.data(), s.count, workspace.device(), bytes, s.n, s.side, s.c1), TRD_OK);
    workspace.read();
    check(workspace.guards_intact(), what + ": guard zones of the workspace");
    for (Branch& b : branches) b.check_result(what, exact);
}

}  // namespace

int main() {
    if (!has_cuda()) return finish();
    for (const int32_t type : {TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16}) {
        run(cuda(), type, {1, 1, 8, 8, false}, true);
        run(cuda(), type, {2, 2, 16, 8, true}, true);
        run(cuda(), type, {2, 1, 8, 24, true}, false);
    }
    return finish();
}
