// Layers for the tests of the convolutions: their numbers, their memory on a backend, and what is to come out.
#pragma once
#include "convolution/convolution_reference.hpp"
#include "device.hpp"

namespace trd_test {

using trd::reference::Convolution;

struct Epilogue {
    bool residual = false, post = false;
    int64_t more = 0;  // channels of the concatenation besides the layer's, half of them before it
    int in_place = 0;  // 1: out is residual, 2: out is post
};

struct Case {
    Convolution c;
    Epilogue e;
};

inline std::string text(const Case& k) {
    const Convolution& c = k.c;
    const auto s = [](int64_t v) { return std::to_string(v); };
    return s(c.n) + "x" + s(c.h) + "x" + s(c.w) + " " + s(c.c_in) + ">" + s(c.c_out) +
           (c.transposed ? " up" : " k" + s(c.kernel) + "/" + s(c.stride) + "+" + s(c.padding)) +
           (k.e.residual ? " residual" : "") + (k.e.post ? " post" : "") + (c.relu ? " relu" : "") +
           (k.e.more ? " slice" : "") + (k.e.in_place ? " in place" : "");
}

// Integers of which most are 0 when `sparse`: their sums of products are exact in every type.
inline std::vector<float> integers(int64_t count, uint32_t seed, int most, int sparse) {
    std::mt19937 random(seed);
    std::vector<float> values(static_cast<size_t>(count));
    for (float& v : values) {
        const auto r = random();
        v = r % static_cast<unsigned>(sparse) == 0
                ? static_cast<float>(static_cast<int>(r / 64 % static_cast<unsigned>(2 * most + 1)) - most)
                : 0.0f;
    }
    return values;
}

// A layer's numbers, its memory on the backend, and what is to come out.
class Layer {
public:
    Layer(const trd_exec& exec, int32_t type, const Case& k, bool exact, uint32_t seed)
        : type_(type), exact_(exact), case_(k), in_(numbers(k.c.inputs(), seed, 2, 1, 0)),
          weights_(exact ? integers(k.c.weights(), seed + 1, 1, static_cast<int>(1 + fan_in() / 24))
                         : uniform(k.c.weights(), seed + 1, -deviation(), deviation())),
          bias_(numbers(k.c.c_out, seed + 2, 8, 1, -1)), residual_(numbers(k.c.outputs(), seed + 3, 8, 1, -1)),
          post_(numbers(k.c.outputs(), seed + 4, 8, 1, -1)), pixels_(k.c.outputs() / k.c.c_out),
          in_memory_(features(exec, type, in_)), packed_(pack(exec)), bias_memory_(exec, bias_),
          residual_memory_(features(exec, type, residual_)), post_memory_(features(exec, type, post_)),
          out_memory_(exec, (pixels_ * stride() - before()) * element_bytes(type), 0) {
        for (float& v : weights_) v = rounded(type, v);
        expected_ =
            trd::reference::convolution(k.c, in_.data(), weights_.data(), bias_.data(),
                                        k.e.residual ? residual_.data() : nullptr, k.e.post ? post_.data() : nullptr);
    }

    // The memory of a slice ends with the last pixel's last channel of the concatenation, and begins with the layer's
    // first.
    trd_convolution describe() {
        const Convolution& c = case_.c;
        const auto i32 = [](int64_t v) { return static_cast<int32_t>(v); };
        trd_convolution l = {};
        l.in = in_memory_.device(), l.packed = packed_.device(), l.bias = bias_memory_.device<float>();
        l.residual = case_.e.residual ? residual_memory_.device() : nullptr;
        l.post = case_.e.post ? post_memory_.device() : nullptr;
        l.out = case_.e.in_place == 1   ? residual_memory_.device()
                : case_.e.in_place == 2 ? post_memory_.device()
                                        : out_memory_.device();
        l.n = c.n, l.h = c.h, l.w = c.w, l.c_in = c.c_in, l.c_out = c.c_out, l.out_stride = stride();
        l.kernel = i32(c.kernel), l.stride = i32(c.stride), l.padding = i32(c.padding);
        l.transposed = c.transposed, l.relu = c.relu;
        return l;
    }

    std::vector<float> result() {
        Buffer& from = case_.e.in_place == 1 ? residual_memory_ : case_.e.in_place == 2 ? post_memory_ : out_memory_;
        return values_of(from, type_, from.bytes() / element_bytes(type_));
    }

    void check_result(const std::string& what) {
        const std::string name = what + " " + text(case_);
        const auto got = result();
        // Sums of fan_in products in float32, near 1 in size: their roundings add up like a random walk, six deviations
        // of it and twice that for tensor cores, which may cut instead of round. Then the result's one rounding.
        const double unit = type_ == TRD_FLOAT32 ? 0x1p-24 : type_ == TRD_BFLOAT16 ? 0x1p-8 : 0x1p-11;
        const double sums = exact_ ? 0 : 12 * std::sqrt(static_cast<double>(fan_in() + 8)) * 0x1p-23;
        double worst = 0, allowed = 0, largest = 0;
        for (size_t i = 0; i < expected_.size(); ++i) {
            const auto pixel = static_cast<int64_t>(i) / case_.c.c_out, co = static_cast<int64_t>(i) % case_.c.c_out;
            const double error = std::fabs(got[static_cast<size_t>(pixel * stride() + co)] - expected_[i]);
            const double tolerance = exact_ ? 0 : sums + unit * (std::fabs(expected_[i]) + sums);
            largest = std::fmax(largest, std::fabs(expected_[i]));
            if (!(error <= tolerance)) {
                check(false, name + ": output " + std::to_string(i) + " is " +
                                 std::to_string(got[static_cast<size_t>(pixel * stride() + co)]) + ", expected " +
                                 std::to_string(expected_[i]) + ", tolerance " + std::to_string(tolerance));
                return;
            }
            if (error >= worst) worst = error, allowed = tolerance;
        }
        check(!exact_ || largest <= 256, name + ": the test's integers are not exact in bfloat16");
        std::printf("ok: %s, worst error %.3g of %.3g allowed\n", name.c_str(), worst, allowed);
        bool gaps = true;  // what lies between the slices is still 0xFF: NaN
        for (size_t i = 0; i < got.size(); ++i)
            gaps = gaps && (static_cast<int64_t>(i) % stride() < case_.c.c_out || std::isnan(got[i]));
        check(gaps, name + ": writes outside of its slice");
        check_guards(name);
    }

    void check_guards(const std::string& name) {
        for (Buffer* b : {&in_memory_, &packed_, &bias_memory_, &residual_memory_, &post_memory_, &out_memory_}) {
            b->read();
            check(b->guards_intact(), name + ": guard zones");
        }
    }

    Buffer& in() { return in_memory_; }
    Buffer& residual() { return residual_memory_; }
    Buffer& post() { return post_memory_; }
    Buffer& out() { return out_memory_; }
    const std::vector<double>& expected() const { return expected_; }

private:
    int64_t fan_in() const {
        return case_.c.transposed ? case_.c.c_in : case_.c.c_in * case_.c.kernel * case_.c.kernel;
    }
    float deviation() const { return std::sqrt(6.0f / static_cast<float>(fan_in())); }
    int64_t stride() const { return case_.c.c_out + case_.e.more; }
    int64_t before() const { return case_.e.more / 2; }
    std::vector<float> numbers(int64_t count, uint32_t seed, int most, int sparse, float low) const {
        return exact_ ? integers(count, seed, most, sparse) : uniform(count, seed, low, 1);
    }
    Buffer pack(const trd_exec& exec) {
        const Convolution& c = case_.c;
        const auto kernel = static_cast<int32_t>(c.kernel);
        const int64_t bytes = trd_convolution_packed_bytes(type_, c.c_in, c.c_out, kernel, c.transposed);
        Buffer host(cpu(), bytes);
        expect_status(
            text(case_) + " pack",
            trd_convolution_pack(type_, weights_.data(), host.device(), bytes, c.c_in, c.c_out, kernel, c.transposed),
            TRD_OK);
        check(host.guards_intact(), text(case_) + " pack: guard zones");
        return Buffer(exec, std::vector<uint8_t>(host.host<uint8_t>(), host.host<uint8_t>() + bytes));
    }

    int32_t type_;
    bool exact_;
    Case case_;
    std::vector<float> in_, weights_, bias_, residual_, post_;
    int64_t pixels_;
    Buffer in_memory_, packed_, bias_memory_, residual_memory_, post_memory_, out_memory_;
    std::vector<double> expected_;
};

// Runs the layers in one call; returns the bytes of workspace, more than 0 where a product was split.
inline int64_t run(const trd_exec& exec, int32_t type, const std::vector<Case>& cases, bool exact) {
    std::vector<Layer> layers;
    std::vector<trd_convolution> described;
    for (const Case& k : cases)
        layers.emplace_back(exec, type, k, exact, static_cast<uint32_t>(17 * layers.size() + 1));
    for (Layer& l : layers) described.push_back(l.describe());
    const auto count = static_cast<int32_t>(cases.size());
    const int64_t bytes = trd_convolutions_workspace_bytes(&exec, type, described.data(), count);
    check(bytes >= 0, "workspace_bytes refuses: " + std::string(trd_last_error()));
    Buffer workspace(exec, bytes > 0 ? bytes : 1);
    const std::string what = std::string(type_name(type)) + (exact ? " exact" : "") + (bytes > 0 ? " split" : "");
    expect_status(
        what, trd_convolutions(&exec, type, described.data(), count, bytes > 0 ? workspace.device() : nullptr, bytes),
        TRD_OK);
    for (Layer& l : layers) l.check_result(what);
    workspace.read();
    check(workspace.guards_intact(), what + ": guard zones of the workspace");
    return bytes;
}

inline Case plain(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int64_t kernel, int64_t stride,
                  int64_t padding, Epilogue e = {}) {
    return {{n, h, w, c_in, c_out, kernel, stride, padding, false, true}, e};
}
inline Case up(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, Epilogue e = {}) {
    return {{n, h, w, c_in, c_out, 2, 2, 0, true, true}, e};
}

}  // namespace trd_test
