// A branch of the crossmodal amplifier for its tests: numbers, memory on the backend, what is to come out, and how
// near.
#pragma once
#include "crossmodal_amplifier/crossmodal_amplifier_reference.hpp"
#include "device.hpp"

namespace trd_test::amplifier {

using trd::reference::AmplifierScale;

struct Sizes {
    int64_t n, side, c1;
    int64_t more = 0;  // elements of an output's row besides its channels
    int64_t pixels(int scale) const { return n * (side >> scale) * (side >> scale); }
    int64_t c(int scale) const { return c1 << scale; }
    int64_t stride(int scale) const { return c(scale) + more; }
};

enum class Numbers { kRandom, kExact, kPositive };

inline size_t at(int64_t i) { return static_cast<size_t>(i); }

// Weights [c_out, fan_in]. Exact: so few 1 and -1 in a row that all three layers' outputs are integers up to 256, which
// every type holds.
inline std::vector<float> weights(Numbers numbers, int64_t c_out, int64_t fan_in, int ones, uint32_t seed) {
    const float deviation = std::sqrt(2.0f / static_cast<float>(fan_in));  // the outputs' size is the inputs'
    if (numbers == Numbers::kRandom) return uniform(c_out * fan_in, seed, -1.7f * deviation, 1.7f * deviation);
    if (numbers == Numbers::kPositive) return uniform(c_out * fan_in, seed, 0.1f * deviation, deviation);
    std::vector<float> values(at(c_out * fan_in), 0.0f);
    std::mt19937 random(seed);
    for (int64_t row = 0; row < c_out; ++row)
        for (int i = 0; i < ones; ++i)
            values[at(row * fan_in + static_cast<int64_t>(random() % static_cast<uint64_t>(fan_in)))] =
                random() % 2 ? 1.0f : -1.0f;
    return values;
}

inline std::vector<float> integers(int64_t count, int most, uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<float> values(at(count));
    for (float& v : values)
        v = static_cast<float>(static_cast<int>(random() % static_cast<unsigned>(2 * most + 1)) - most);
    return values;
}

// weights^2 x for x [pixels, c_in]
inline std::vector<double> squares(const std::vector<float>& w, const std::vector<double>& x, int64_t pixels,
                                   int64_t c_in, int64_t c_out) {
    std::vector<double> out(at(pixels * c_out), 0.0);
    for (int64_t p = 0; p < pixels; ++p)
        for (int64_t co = 0; co < c_out; ++co) {
            const float* row = w.data() + co * c_in;
            const double* pixel = x.data() + p * c_in;
            double sum = 0;
            for (int64_t ci = 0; ci < c_in; ++ci) sum += static_cast<double>(row[ci]) * row[ci] * pixel[ci];
            out[at(p * c_out + co)] = sum;
        }
    return out;
}

// A branch's numbers, its memory on the backend, and what is to come out.
class Branch {
public:
    Branch(const trd_exec& exec, int32_t type, const Sizes& s, Numbers numbers, uint32_t seed)
        : type_(type), sizes_(s), packed_(exec, pack(numbers, seed)) {
        for (int scale = 0; scale < 3; ++scale) {
            const int64_t count = s.pixels(scale) * s.c(scale);
            in_[scale] = numbers == Numbers::kExact ? integers(count, 1, seed + 50 + static_cast<uint32_t>(scale))
                                                    : uniform(count, seed + 50 + static_cast<uint32_t>(scale),
                                                              numbers == Numbers::kRandom ? -1 : 0, 1);
            place(exec, scale);
            // Ends with the last pixel's last channel, so that a write behind it is seen.
            out_memory_.emplace_back(exec,
                                     ((s.pixels(scale) - 1) * s.stride(scale) + s.c(scale)) * element_bytes(type));
        }
    }

    void set(const trd_exec& exec, int scale, int64_t element, float value) {
        in_[scale][at(element)] = value;
        place(exec, scale);
    }

    trd_tuner_branch describe() {
        trd_tuner_branch b = {};
        b.packed = packed_.device();
        for (int scale = 0; scale < 3; ++scale) {
            b.in[scale] = in_memory_[scale]->device();
            b.out[scale] = out_memory_[at(scale)].device();
            b.out_stride[scale] = sizes_.stride(scale);
        }
        return b;
    }

    // Outputs [pixels, stride], without the last row's end.
    std::vector<float> result(int scale) {
        Buffer& out = out_memory_[at(scale)];
        return values_of(out, type_, out.bytes() / element_bytes(type_));
    }

    void check_result(const std::string& what, Numbers numbers) {
        for (int scale = 0; scale < 3; ++scale) {
            const auto expected =
                trd::reference::crossmodal_amplifier(scales_[scale], in_[scale].data(), sizes_.n, sizes_.side >> scale);
            const std::string name = what + " scale " + std::to_string(scale);
            const auto bound = numbers == Numbers::kExact ? exact(name, expected) : bounds(scale, expected);
            compare_rows(name, result(scale), scale, expected.layer[2], bound);
            check(out_memory_[at(scale)].guards_intact(), name + ": guard zones");
        }
    }

    bool untouched() {
        for (Buffer& out : out_memory_) {
            out.read();
            if (!out.untouched()) return false;
        }
        return true;
    }

private:
    std::vector<uint8_t> pack(Numbers numbers, uint32_t seed) {
        const int64_t bytes = trd_crossmodal_amplifier_packed_bytes(type_, sizes_.c1);
        Buffer packed(cpu(), bytes);
        for (int layer = TRD_AMPLIFIER_LAYERS - 1; layer >= 0; --layer) {  // in any order
            AmplifierScale& s = scales_[layer / 3];
            const int i = layer % 3;
            const auto salt = seed + 10 * static_cast<uint32_t>(layer);
            s.c = sizes_.c(layer / 3);
            const int64_t c_in = i == 2 ? 2 * s.c : s.c, c_out = i == 1 ? 2 * s.c : s.c;
            s.weights[i] = weights(numbers, c_out, i == 0 ? 9 * c_in : c_in, i == 0 ? 8 : i == 1 ? 3 : 6, salt);
            s.bias[i] =
                numbers == Numbers::kExact ? integers(c_out, 1, salt + 1) : uniform(c_out, salt + 1, -0.2f, 0.2f);
            expect_status("pack",
                          trd_crossmodal_amplifier_pack(type_, layer, s.weights[i].data(), s.bias[i].data(),
                                                        packed.device(), bytes, sizes_.c1),
                          TRD_OK);
            for (float& w : s.weights[i]) w = rounded(type_, w);
        }
        check(packed.guards_intact(), "pack: guard zones");
        return std::vector<uint8_t>(packed.host<uint8_t>(), packed.host<uint8_t>() + bytes);
    }

    void place(const trd_exec& exec, int scale) {
        in_memory_[scale] = std::make_unique<Buffer>(features(exec, type_, in_[scale]));
    }

    std::vector<double> exact(const std::string& name, const trd::reference::AmplifierOutputs& expected) const {
        for (const auto& layer : expected.layer)
            for (const double v : layer) check(std::fabs(v) <= 256, name + ": this case is not exact in bfloat16");
        return std::vector<double>(expected.layer[2].size(), 0.0);
    }

    // What rounding changes: very many errors, each as good as independent of the others, so that their sum exceeds 7
    // times the root of the sum of their squared bounds with a probability below 1e-10 (Hoeffding). Carried through the
    // layers are those squares:
    //  - a sum of k products and a bias adds k rounding errors of 2^-23 (the tensor cores truncate) of a partial sum; a
    //    partial sum of terms of either sign stays within 4 times the root of the sum of their squares;
    //  - rounding a layer's outputs to the features' type: 2^-8 (bfloat16), 2^-11 (float16; 2^-25 where it is denormal)
    //    of each;
    //  - ReLU enlarges no error; weights multiply it.
    std::vector<double> bounds(int scale, const trd::reference::AmplifierOutputs& expected) const {
        const AmplifierScale& s = scales_[scale];
        const int64_t pixels = sizes_.pixels(scale);
        const double unit = type_ == TRD_BFLOAT16  ? std::ldexp(1.0, -8)
                            : type_ == TRD_FLOAT16 ? std::ldexp(1.0, -11)
                                                   : 0;
        const auto sum_error = [](int64_t k) { return 16 * static_cast<double>(k + 2) * std::ldexp(1.0, -46); };
        const auto squared = [](std::vector<float> values) {
            for (float& v : values) v *= v;
            return values;
        };
        AmplifierScale square = {
            s.c, {squared(s.weights[0]), s.weights[1], s.weights[2]}, {squared(s.bias[0]), s.bias[1], s.bias[2]}};
        std::vector<double> error =
            trd::reference::crossmodal_amplifier(square, squared(in_[scale]).data(), sizes_.n, sizes_.side >> scale)
                .layer[0];
        for (double& e : error) e *= sum_error(9 * s.c);
        const auto round = [&](int layer) {
            for (size_t i = 0; i < error.size(); ++i) {
                const double rounding = unit * (expected.layer[layer][i] + std::sqrt(error[i]));
                error[i] += rounding * rounding + (unit > 0 ? std::ldexp(1.0, -50) : 0);
            }
        };
        round(0);
        for (int layer = 1; layer < 3; ++layer) {
            const int64_t c_in = layer == 1 ? s.c : 2 * s.c, c_out = 3 * s.c - c_in;
            std::vector<double> read = expected.layer[layer - 1];
            for (double& v : read) v *= v;
            const auto terms = squares(s.weights[layer], read, pixels, c_in, c_out);
            error = squares(s.weights[layer], error, pixels, c_in, c_out);
            for (size_t i = 0; i < error.size(); ++i) {
                const double b = s.bias[layer][i % at(c_out)];
                error[i] += sum_error(c_in) * (terms[i] + b * b);
            }
            round(layer);
        }
        for (double& e : error) e = 7 * std::sqrt(e);
        return error;
    }

    // NaN and infinity must be where they are expected; what lies between the rows of a slice must not have been
    // written.
    void compare_rows(const std::string& name, const std::vector<float>& got, int scale,
                      const std::vector<double>& expected, const std::vector<double>& bound) {
        const int64_t c = sizes_.c(scale), stride = sizes_.stride(scale);
        double worst = 0, mean = 0;
        for (int64_t p = 0; p < sizes_.pixels(scale); ++p)
            for (int64_t i = 0; i < stride && p * stride + i < static_cast<int64_t>(got.size()); ++i) {
                const float v = got[at(p * stride + i)];
                bool good = v != v;  // 0xff in every byte
                if (i < c) {
                    const double e = expected[at(p * c + i)], b = bound[at(p * c + i)];
                    const double error = std::fabs(static_cast<double>(v) - e);
                    good = std::isfinite(e) ? error <= b : (e != e ? v != v : static_cast<double>(v) == e);
                    if (std::isfinite(e)) worst = std::max(worst, b > 0 ? error / b : 0), mean += e;
                }
                if (good) continue;
                check(false, name + ": pixel " + std::to_string(p) + " channel " + std::to_string(i) + " is " +
                                 std::to_string(v) +
                                 (i < c ? ", expected " + std::to_string(expected[at(p * c + i)]) + " within " +
                                              std::to_string(bound[at(p * c + i)])
                                        : ", was not to be written"));
                return;
            }
        check(mean > 0, name + ": all outputs are zero, which tests nothing");
        std::printf("ok: %s, worst error %.2g of the bound\n", name.c_str(), worst);
    }

    int32_t type_;
    Sizes sizes_;
    AmplifierScale scales_[3];
    std::vector<float> in_[3];
    Buffer packed_;
    std::unique_ptr<Buffer> in_memory_[3];
    std::vector<Buffer> out_memory_;
};

}  // namespace trd_test::amplifier
