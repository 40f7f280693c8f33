// Calls of libtrd's entry points made of bytes: awkward sizes, strides and pointers, in buffers of exactly the sizes
// that trd.h demands. libFuzzer drives it (cppbuild.sh fuzz), and so does replay.cpp in the native tests; the
// sanitizers find what is read or written beyond a buffer. What a call may end with is checked here: a status that
// trd.h names, never OK for arguments that it forbids, outputs as they were when it refuses.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <vector>

#include "trd.h"

namespace {

constexpr int64_t kMostBytes = int64_t{4} << 20;
constexpr int64_t kRefused = -1;  // no array has such a size
constexpr int64_t kTooMuch = -2;  // one has, but not here
constexpr uint8_t kUntouched = 0xA5;
constexpr int64_t kDummyBytes = 256;

[[noreturn]] void fault(const char* op, const char* what, trd_status status) {
    std::fprintf(stderr, "%s: %s, status %d (%s)\n", op, what, static_cast<int>(status), trd_last_error());
    std::abort();
}

// The input, from which every choice is taken; 0 when it is used up.
class Bytes {
public:
    Bytes(const uint8_t* data, size_t size) : next_(data), left_(size) {}
    uint8_t u8() {
        if (left_ == 0) return 0;
        --left_;
        return *next_++;
    }
    template <class T> T raw() {
        uint8_t bytes[sizeof(T)];
        for (uint8_t& b : bytes) b = u8();
        T value;
        std::memcpy(&value, bytes, sizeof value);
        return value;
    }
    // Never when there is no input left.
    bool rarely() { return u8() == 255; }

private:
    const uint8_t* next_;
    size_t left_;
};

int64_t product(std::initializer_list<int64_t> sizes, int64_t bytes) {
    int64_t all = bytes;
    for (const int64_t s : sizes)
        if (s <= 0 || __builtin_mul_overflow(all, s, &all)) return kRefused;
    return all > kMostBytes ? kTooMuch : all;
}

// One call: its choices, its buffers, and whether trd.h forbids one of its arguments.
class Call {
public:
    explicit Call(Bytes& in) : in_(in), noise_(in.raw<uint32_t>() | 1), values_(in.u8() % 6) {
        exec_ = {TRD_BACKEND_CPU, 0, nullptr};
        if (in_.rarely()) {
            exec_.backend = 77;
            wrong = true;
        }
        no_exec_ = in_.rarely();
        wrong |= no_exec_;
    }

    bool wrong = false;

    const trd_exec* exec() const { return no_exec_ ? nullptr : &exec_; }

    int64_t size(int64_t most) {
        static const int64_t kExtremes[] = {0,
                                            -1,
                                            std::numeric_limits<int64_t>::min(),
                                            std::numeric_limits<int64_t>::max(),
                                            std::numeric_limits<int64_t>::max() / 2,
                                            int64_t{1} << 62,
                                            int64_t{1} << 31,
                                            (int64_t{1} << 20) + 1};
        const uint8_t b = in_.u8();
        return b >= 248 ? kExtremes[in_.u8() % 8] : 1 + b % most;
    }

    int64_t stride(int64_t row, int64_t element) {
        const uint8_t b = in_.u8();
        if (b < 240) return row + b % 4 * element;
        const int64_t s = b < 248 ? row - element : size(64);
        wrong |= s < row;
        return s;
    }

    float number() {
        const uint8_t b = in_.u8();
        if (b < 240) return (b - 120) / 16.0f;
        const float f = in_.raw<float>();
        wrong |= !std::isfinite(f);
        return f;
    }

    // A value that is usually one of a few, and wrong when it is none of them.
    int32_t one_of(std::initializer_list<int32_t> right) {
        const uint8_t b = in_.u8();
        if (b < 248) return right.begin()[b % right.size()];
        const int32_t v = in_.raw<int32_t>();
        wrong |= std::find(right.begin(), right.end(), v) == right.end();
        return v;
    }

    template <class T> const T* input(int64_t bytes) { return static_cast<const T*>(buffer(bytes, false, 1)); }
    template <class T> const T* optional(int64_t bytes) {
        return in_.u8() % 2 == 0 ? nullptr : static_cast<const T*>(real(bytes, false));
    }
    // May take an input's place, which no op allows.
    template <class T> T* output(int64_t bytes, int64_t align = sizeof(T)) {
        if (in_.rarely()) {
            for (const Block& b : blocks_)
                if (!b.output && b.bytes > 0) {
                    wrong = true;
                    return reinterpret_cast<T*>(b.address);
                }
        }
        return static_cast<T*>(buffer(bytes, true, align));
    }
    void* workspace(int64_t bytes, int64_t align) {
        if (bytes <= 0) bytes = kRefused;
        if (bytes > kMostBytes) bytes = kTooMuch;
        void* const p = buffer(bytes, false, align);
        workspace_ = p == nullptr || bytes < 0 ? kDummyBytes : bytes;
        if (in_.rarely()) {
            workspace_ = in_.u8() % 2 == 0 ? workspace_ - 1 : -workspace_;
            wrong = true;
        }
        return p;
    }
    int64_t workspace_bytes() const { return workspace_; }

    // After the call.
    void ended(const char* op, trd_status status, bool input_may_be_useless = false) {
        if (status != TRD_OK && status != TRD_ERROR_ARGUMENT && status != TRD_ERROR_UNSUPPORTED &&
            !(status == TRD_ERROR_INPUT && input_may_be_useless))
            fault(op, "it ended with another status", status);
        if (status == TRD_OK && wrong) fault(op, "forbidden arguments were accepted", status);
        if (status != TRD_OK && *trd_last_error() == 0) fault(op, "no text says why it failed", status);
        for (const Block& b : blocks_)
            if (b.output && status != TRD_OK && status != TRD_ERROR_INPUT)
                for (int64_t i = 0; i < b.bytes; ++i)
                    if (b.address[i] != kUntouched) fault(op, "it refused, and changed an output", status);
    }

    // Allowed arguments with sizes that are not refused must not be refused either.
    void accepted(const char* op, trd_status status) {
        if (!wrong && status == TRD_ERROR_ARGUMENT) fault(op, "allowed arguments were refused", status);
    }

    Bytes& bytes() { return in_; }

private:
    struct Block {
        uint8_t* address;
        int64_t bytes;
        bool output;
    };

    // Null, misaligned or as it should be.
    void* buffer(int64_t bytes, bool is_output, int64_t align) {
        if (in_.rarely()) {
            wrong = true;
            return nullptr;
        }
        auto* const p = static_cast<uint8_t*>(real(bytes, is_output));
        if (align > 1 && p != nullptr && in_.rarely()) {
            wrong = true;
            return p + 1;
        }
        return p;
    }

    void* real(int64_t bytes, bool is_output) {
        wrong |= bytes < 0;
        if (bytes == kTooMuch) return nullptr;
        const int64_t n = bytes == kRefused ? kDummyBytes : bytes;
        void* p = nullptr;
        if (posix_memalign(&p, 256, static_cast<size_t>(n)) != 0) std::abort();
        memory_.emplace_back(p, std::free);
        auto* const address = static_cast<uint8_t*>(p);
        if (is_output)
            std::memset(address, kUntouched, static_cast<size_t>(n));
        else
            fill(address, n);
        blocks_.push_back({address, n, is_output});
        return p;
    }

    uint32_t next() { return noise_ = noise_ * 1664525u + 1013904223u; }

    // Points, colours, features: ordinary, missing, not finite, huge, any bits.
    void fill(uint8_t* p, int64_t n) {
        for (int64_t i = 0; i + 4 <= n; i += 4) {
            const uint32_t r = next() >> 8;
            float f = static_cast<float>(r) / (1 << 24);
            switch (values_) {
                case 0: f += 0.5f; break;
                case 1: f = r % 5 == 0 ? 0.0f : 2 * f - 1; break;
                case 2: f = r % 7 == 0 ? NAN : r % 11 == 0 ? INFINITY : f; break;
                case 3: f = (f - 0.5f) * 3e38f * 2; break;
                case 4: f = 1; break;
                default: break;
            }
            if (values_ == 5)
                std::memcpy(p + i, &noise_, 4);
            else
                std::memcpy(p + i, &f, 4);
        }
        for (int64_t i = n / 4 * 4; i < n; ++i) p[i] = static_cast<uint8_t>(next() >> 24);
    }

    Bytes& in_;
    uint32_t noise_;
    int values_;
    trd_exec exec_;
    bool no_exec_;
    int64_t workspace_ = 0;
    std::vector<std::unique_ptr<void, decltype(&std::free)>> memory_;
    std::vector<Block> blocks_;
};

int64_t element(int32_t type) { return type == TRD_FLOAT32 ? 4 : 2; }

// Bytes from the first row's beginning to the last one's end.
int64_t rows(int64_t height, int64_t stride, int64_t row) {
    int64_t before;
    if (height <= 0 || row <= 0 || stride < row || __builtin_mul_overflow(height - 1, stride, &before) ||
        __builtin_add_overflow(before, row, &before))
        return kRefused;
    return before > kMostBytes ? kTooMuch : before;
}

// A row of pixels of so many bytes; a size beyond what an image may have is as good as none.
int64_t row_bytes(int64_t width, int64_t pixel) { return width > 0 && width <= int64_t{1} << 20 ? width * pixel : 0; }

void fuse_cosine(Call& c) {
    const int32_t type = c.one_of({TRD_FLOAT32, TRD_BFLOAT16});
    const int64_t n = c.size(3), pixels = c.size(40), channels = c.size(70);
    const int64_t bytes = product({n, pixels, channels}, element(type));
    const float wd = c.number(), wa = c.number();
    const void *decoder = c.input<void>(bytes), *amplifier = c.optional<void>(bytes), *teacher = c.input<void>(bytes);
    float* const out = c.output<float>(product({n, pixels}, 4), 1);
    const trd_status s =
        trd_fuse_cosine(c.exec(), type, decoder, wd, amplifier, wa, teacher, out, n, pixels, channels);
    c.ended("trd_fuse_cosine", s);
    c.accepted("trd_fuse_cosine", s);
}

struct Sides {
    int64_t n, size, side[3];
    explicit Sides(Call& c) : n(c.size(3)), size(c.size(24)) {
        for (int64_t& s : side) {
            s = c.size(size > 0 && size <= 24 ? size : 24);
            c.wrong |= s > size;
        }
    }
    int64_t map() const { return product({n, size, size}, 4); }
    int64_t distance(int i) const { return side[i] > size ? kRefused : product({n, side[i], side[i]}, 4); }
};

void branch_map(Call& c) {
    const Sides m(c);
    const float* d[3];
    for (int i = 0; i < 3; ++i) d[i] = c.input<float>(m.distance(i));
    float* const map = c.output<float>(m.map(), 1);
    const trd_status s =
        trd_branch_map(c.exec(), d[0], m.side[0], d[1], m.side[1], d[2], m.side[2], map, m.n, m.size);
    c.ended("trd_branch_map", s);
    c.accepted("trd_branch_map", s);
}

void anomaly_map(Call& c) {
    const Sides m(c);
    const int64_t bytes = trd_anomaly_map_operators_bytes(m.size, m.side[0], m.side[1], m.side[2]);
    void* const operators = c.workspace(bytes, 64);
    trd_status s = trd_anomaly_map_prepare(c.exec(), operators, c.workspace_bytes(), m.size, m.side[0], m.side[1],
                                           m.side[2]);
    // One thing that no product has shown: too large a size has no operators.
    if (bytes == 0) c.wrong = true;
    c.ended("trd_anomaly_map_prepare", s);
    if (s != TRD_OK && !c.wrong) fault("trd_anomaly_map_prepare", "allowed arguments were refused", s);
    const bool planned = s == TRD_OK;
    const trd_distances rgb = {c.input<float>(m.distance(0)), c.input<float>(m.distance(1)),
                               c.input<float>(m.distance(2))};
    const trd_distances depth = {c.input<float>(m.distance(0)), c.input<float>(m.distance(1)),
                                 c.input<float>(m.distance(2))};
    const trd_calibration calibration = {c.number(), c.number(), c.number(), c.number()};
    c.wrong |= !planned || !(calibration.std_rgb > 0) || !(calibration.std_depth > 0);
    int64_t mask_bytes = product({m.size, m.size}, 1);
    const uint8_t* const mask = c.optional<uint8_t>(mask_bytes);
    float *map = c.output<float>(m.map(), 1), *map_rgb = c.output<float>(m.map(), 1),
          *map_depth = c.output<float>(m.map(), 1), *scores = c.output<float>(product({m.n, 3}, 4), 1);
    s = trd_anomaly_map(c.exec(), &rgb, &depth, m.side[0], m.side[1], m.side[2], &calibration, mask, operators,
                        c.workspace_bytes(), map, map_rgb, map_depth, scores, m.n, m.size);
    c.ended("trd_anomaly_map", s);
    c.accepted("trd_anomaly_map", s);
}

void convert_colour(Call& c) {
    const int32_t layout = c.one_of({TRD_RGB8, TRD_BGR8, TRD_GRAY8, TRD_RGBA8, TRD_BGRA8});
    const int64_t samples = layout == TRD_GRAY8 ? 1 : layout >= TRD_RGBA8 ? 4 : 3;
    const int64_t width = c.size(70), height = c.size(20), row = row_bytes(width, samples), stride = c.stride(row, 1);
    const uint8_t* const image = c.input<uint8_t>(rows(height, stride, row));
    uint8_t* const rgb = c.output<uint8_t>(product({width, height}, 3));
    const trd_status s = trd_convert_colour(c.exec(), image, width, height, stride, layout, rgb);
    c.ended("trd_convert_colour", s);
}

void convert_depth(Call& c) {
    const int32_t type = c.one_of({TRD_DEPTH_UINT16, TRD_DEPTH_FLOAT32});
    const int64_t width = c.size(70), height = c.size(20), row = row_bytes(width, type == TRD_DEPTH_UINT16 ? 2 : 4),
                  stride = c.stride(row, 1);
    const void* const depth = c.input<void>(rows(height, stride, row));
    const float unit = c.number(), fx = c.number(), fy = c.number(), cx = c.number(), cy = c.number();
    c.wrong |= !(unit > 0) || !(fx > 0) || !(fy > 0);
    float* const xyz = c.output<float>(product({width, height}, 12));
    const trd_status s = trd_convert_depth(c.exec(), depth, type, width, height, stride, unit, static_cast<double>(fx),
                                           static_cast<double>(fy), static_cast<double>(cx), static_cast<double>(cy),
                                           xyz);
    c.ended("trd_convert_depth", s);
}

void convert_points(Call& c) {
    const int32_t planar = c.one_of({0, 1});
    const int32_t x = c.one_of({1, -2, 3}), y = c.one_of({2, -3, 1}), z = c.one_of({3, -1, 2});
    const int32_t a = x < 0 ? -(x + 1) + 1 : x, b = y < 0 ? -(y + 1) + 1 : y, d = z < 0 ? -(z + 1) + 1 : z;
    c.wrong |= a == b || b == d || a == d;
    const int64_t width = c.size(70), height = c.size(20), row = row_bytes(width, planar == 1 ? 4 : 12),
                  stride = c.stride(row, 1);
    const int64_t lines = planar == 1 ? height > 0 && height <= int64_t{1} << 20 ? 3 * height : 0 : height;
    const float* const points = c.input<float>(rows(lines, stride, row));
    const int64_t count = c.bytes().u8() % 4;
    const float* const missing = count == 0 ? nullptr : c.input<float>(4 * count);
    const float unit = c.number();
    c.wrong |= !(unit > 0);
    float* const xyz = c.output<float>(product({width, height}, 12));
    const trd_status s = trd_convert_points(c.exec(), points, width, height, stride, x, y, z, planar,
                                            static_cast<double>(unit), missing, count, xyz);
    c.ended("trd_convert_points", s);
}

// Up to 1e6: the kernels read it, and nobody else.
const float* plane(Call& c) {
    float* const given = const_cast<float*>(c.input<float>(20));
    for (int i = 0; given != nullptr && i < 5; ++i) {
        const float v = static_cast<float>(static_cast<int8_t>(c.bytes().u8()));
        given[i] = c.bytes().u8() < 250 ? v / 64 : v * 7800;
    }
    return given;
}

enum class Preparation { rgb, depth, normals, metric };

void prepare(Call& c, Preparation what) {
    const bool colour = what == Preparation::rgb;
    const int64_t width = c.size(20), height = c.size(20), size = c.size(16);
    const int32_t kernel = what == Preparation::normals ? static_cast<int32_t>(c.size(31)) : 1;
    c.wrong |= kernel % 2 != 1 || kernel < 1 || kernel > 31;
    const int64_t bytes = what == Preparation::rgb       ? trd_prepare_rgb_workspace_bytes(width, height, size)
                          : what == Preparation::depth   ? trd_prepare_depth_workspace_bytes(width, height, size)
                          : what == Preparation::normals ? trd_prepare_normals_workspace_bytes(width, height, size, kernel)
                                                         : trd_prepare_metric_workspace_bytes(width, height, size);
    void* const workspace = c.workspace(bytes, 64);
    const int64_t has = c.workspace_bytes();
    const char* const op = colour                           ? "trd_prepare_rgb"
                           : what == Preparation::depth   ? "trd_prepare_depth"
                           : what == Preparation::normals ? "trd_prepare_normals"
                                                          : "trd_prepare_metric";
    trd_status s;
    switch (what) {
        case Preparation::rgb: s = trd_prepare_rgb_plan(c.exec(), width, height, size, workspace, has); break;
        case Preparation::depth: s = trd_prepare_depth_plan(c.exec(), width, height, size, workspace, has); break;
        case Preparation::normals:
            s = trd_prepare_normals_plan(c.exec(), width, height, size, kernel, workspace, has);
            break;
        default: {
            const float smooth = c.number(), gain = c.number(), relief = c.number(), metres = c.number(),
                        ground = c.bytes().u8() % 2 == 0 ? 0 : c.number();
            c.wrong |= !(smooth > 0 && smooth <= relief && relief <= 170) || !(gain > 0) || !(metres > 0) ||
                       !(ground >= 0);
            s = trd_prepare_metric_plan(c.exec(), width, height, size, static_cast<double>(smooth),
                                        static_cast<double>(gain), static_cast<double>(relief),
                                        static_cast<double>(metres), static_cast<double>(ground), workspace, has);
        }
    }
    c.ended(op, s);
    c.wrong |= s != TRD_OK;
    const int64_t pixel = colour ? 3 : 12, row = row_bytes(width, pixel), stride = c.stride(row, colour ? 1 : 4);
    if (!colour) c.wrong |= stride % 4 != 0;
    const int64_t in_bytes = rows(height, stride, row);
    const int32_t type = c.one_of({TRD_FLOAT32, TRD_BFLOAT16});
    const int64_t out_bytes = product({size, size, 3}, element(type));
    if (colour) {
        const uint8_t* const image = c.input<uint8_t>(in_bytes);
        void* const out = c.output<uint8_t>(out_bytes, element(type));
        s = trd_prepare_rgb(c.exec(), image, width, height, stride, out, type, size, workspace, has);
        c.ended(op, s);
        return;
    }
    const float* const xyz = c.input<float>(in_bytes);
    float* const out = c.output<float>(out_bytes, element(type));
    if (what == Preparation::metric) {
        const float* const p = plane(c);
        s = trd_prepare_metric(c.exec(), xyz, width, height, stride, out, type, size, p, workspace, has);
    } else if (what == Preparation::depth) {
        uint8_t* const mask =
            const_cast<uint8_t*>(c.optional<uint8_t>(product({size, size}, 1)));
        s = trd_prepare_depth(c.exec(), xyz, width, height, stride, out, type, size, mask, workspace, has, nullptr);
    } else {
        uint8_t* const mask =
            const_cast<uint8_t*>(c.optional<uint8_t>(product({width, height}, 1)));
        s = trd_prepare_normals(c.exec(), xyz, width, height, stride, out, type, size, kernel, mask, workspace, has,
                                nullptr);
    }
    c.ended(op, s, what != Preparation::metric);
    if (s == TRD_OK && type == TRD_FLOAT32)
        for (int64_t i = 0; i < 3 * size * size; ++i)
            if (!std::isfinite(out[i])) fault(op, "a result is not finite", s);
}

void view(Call& c) {
    const bool colour = c.bytes().u8() % 2 == 0;
    const int64_t width = c.size(20), height = c.size(20), size = c.size(16), row = row_bytes(width, colour ? 3 : 12),
                  stride = c.stride(row, colour ? 1 : 4);
    if (!colour) c.wrong |= stride % 4 != 0;
    const int64_t in_bytes = rows(height, stride, row), out_bytes = product({size, size, 4}, 4);
    if (colour) {
        const uint8_t* const image = c.input<uint8_t>(in_bytes);
        float* const out = c.output<float>(out_bytes);
        c.ended("trd_view_colour", trd_view_colour(c.exec(), image, width, height, stride, out, size));
    } else {
        const float* const xyz = c.input<float>(in_bytes);
        const float* const p = plane(c);
        float* const out = c.output<float>(out_bytes);
        c.ended("trd_view_relief", trd_view_relief(c.exec(), xyz, width, height, stride, out, size, p));
    }
}

void robust_rest(Call& c) {
    const int64_t n = c.size(300), functions = c.bytes().u8() % 70;
    const int64_t bytes = trd_robust_rest_workspace_bytes(n, functions);
    void* const workspace = c.workspace(bytes, 64);
    const float* const function = functions == 0 ? nullptr : c.input<float>(product({functions, n}, 4));
    // At times without its plan: then the workspace is noise.
    if (!c.bytes().rarely()) {
        const trd_status s = trd_robust_rest_plan(c.exec(), function, workspace, c.workspace_bytes(), n, functions);
        c.ended("trd_robust_rest_plan", s);
        c.accepted("trd_robust_rest_plan", s);
        c.wrong |= s != TRD_OK;
    } else {
        c.wrong = true;
    }
    const float* const y = c.input<float>(product({n}, 4));
    float most = c.bytes().u8() % 4 == 0 ? INFINITY : c.bytes().raw<float>();
    c.wrong |= !(most > 0);
    const int32_t unseen = c.one_of({0, 1});
    float* const rest = c.output<float>(product({n}, 4), 1);
    const trd_status s =
        trd_robust_rest(c.exec(), y, most, unseen, rest, workspace, c.workspace_bytes(), n);
    c.ended("trd_robust_rest", s);
    c.accepted("trd_robust_rest", s);
}

// An area of runs in a frame, now and then none.
struct Area {
    std::unique_ptr<int32_t, decltype(&std::free)> runs{nullptr, std::free};
    trd_area area{};
    explicit Area(Call& c) {
        Bytes& in = c.bytes();
        area.size = c.size(20);
        const int64_t frame = area.size > 0 && area.size <= 20 ? area.size * area.size : 400;
        std::vector<int32_t> made;
        int64_t at = in.u8() % frame;
        for (int i = in.u8() % 24; i >= 0 && at < frame; --i) {
            const int64_t n = std::min<int64_t>(1 + in.u8() % 16, frame - at);
            made.push_back(static_cast<int32_t>(at));
            made.push_back(static_cast<int32_t>(n));
            area.pixels += n;
            at += n + in.u8() % 16;
        }
        if (in.rarely()) {
            // One number is another: an area only if it is by chance.
            made[in.u8() % made.size()] = in.raw<int32_t>();
            changed = true;
        }
        area.run_count = static_cast<int64_t>(made.size() / 2);
        if (in.rarely()) {
            area.pixels = c.size(64);
            changed = true;
        }
        runs.reset(static_cast<int32_t*>(std::malloc(made.size() * 4)));
        std::memcpy(runs.get(), made.data(), made.size() * 4);
        area.runs = runs.get();
        pixels = 0;
        int64_t end = 0;
        bool is_area = area.size > 0 && area.size <= 1 << 14;
        for (size_t i = 0; i < made.size(); i += 2) {
            const int64_t from = made[i], n = made[i + 1];
            is_area = is_area && from >= end && n > 0 && from + n <= area.size * area.size;
            end = from + n;
            pixels += n;
        }
        c.wrong |= !is_area || pixels != area.pixels;
        if (!is_area || pixels != area.pixels) pixels = kRefused;
    }
    bool changed = false;
    int64_t pixels;
    int64_t bytes(int64_t of) const { return product({pixels, of}, 4); }
};

double deviation(Call& c) {
    const uint8_t b = c.bytes().u8();
    if (b < 240) return 0.001 + b / 64.0;
    const double d = c.bytes().raw<double>();
    c.wrong |= !(d >= 1e-3 && d <= 128);
    return d;
}

void area_filter(Call& c) {
    const Area a(c);
    const double d = deviation(c);
    void* const workspace = c.workspace(trd_area_filter_workspace_bytes(a.area.size), 64);
    const float *in = c.input<float>(a.bytes(1)), *less = c.optional<float>(a.bytes(1));
    float* const out = c.output<float>(a.bytes(1), 1);
    const trd_status s = trd_area_filter(c.exec(), in, &a.area, less, out, d, workspace, c.workspace_bytes());
    c.ended("trd_area_filter", s);
    c.accepted("trd_area_filter", s);
}

void line_filter(Call& c) {
    const Area a(c);
    const double across = deviation(c), along = deviation(c);
    void* const workspace = c.workspace(trd_line_filter_workspace_bytes(a.area.size, along), 64);
    const float *in = c.input<float>(a.bytes(1)), *scale = c.optional<float>(a.bytes(TRD_LINE_DIRECTIONS));
    float* const out = c.output<float>(a.bytes(scale ? 1 : TRD_LINE_DIRECTIONS), 1);
    const trd_status s =
        trd_line_filter(c.exec(), in, &a.area, scale, out, across, along, workspace, c.workspace_bytes());
    c.ended("trd_line_filter", s);
    c.accepted("trd_line_filter", s);
}

void position_scores(Call& c) {
    const Area a(c);
    const int64_t frame = product({a.area.size, a.area.size}, 4);
    const double d = deviation(c);
    void* const workspace = c.workspace(trd_position_scores_workspace_bytes(a.area.size, a.area.pixels), 64);
    trd_position_branch branch[2] = {};
    for (trd_position_branch& b : branch) {
        b.mean = c.input<float>(frame);
        b.scale = c.input<float>(frame);
        b.filters = c.bytes().u8() % 18;
        c.wrong |= b.filters > 16;
        if (b.filters > 0) {
            b.filtered = c.input<float>(a.bytes(b.filters));
            b.filter_scale = c.input<float>(a.bytes(b.filters));
            b.filter_offset = c.input<float>(4 * b.filters);
            for (int64_t i = 0; b.filter_offset != nullptr && i < b.filters; ++i)
                c.wrong |= !std::isfinite(b.filter_offset[i]);
        }
        b.offset = c.number();
        b.sum_factor = c.number();
        b.result_factor = c.number();
        b.result_offset = c.number();
        b.reserved = c.one_of({0});
    }
    // Maps in, scores out: what a refused call leaves unchanged is not looked at here.
    float *map = c.output<float>(frame, 1), *map_rgb = const_cast<float*>(c.input<float>(frame)),
          *map_depth = const_cast<float*>(c.input<float>(frame));
    const float sum_offset = c.number(), factor = c.number(), offset = c.number();
    const trd_status s = trd_position_scores(c.exec(), &a.area, &branch[0], &branch[1], map, map_rgb, map_depth,
                                             sum_offset, factor, offset, d, workspace, c.workspace_bytes());
    c.ended("trd_position_scores", s);
    c.accepted("trd_position_scores", s);
}

int64_t channels(Call& c) { return c.bytes().u8() < 240 ? 32 * (1 + c.bytes().u8() % 2) : c.size(100); }

void winograd(Call& c) {
    const int32_t stride = c.one_of({1, 2});
    const int64_t n = c.size(2), h = c.size(8), w = c.size(8), c_in = channels(c), c_out = channels(c);
    c.wrong |= c_in % 32 != 0 || c_out % 32 != 0;
    void* const packed = c.workspace(trd_winograd_packed_bytes(c_in, c_out), 64);
    const int64_t packed_bytes = c.workspace_bytes();
    const float* const weights = c.input<float>(product({c_in, c_out, 9}, 4));
    trd_status s = trd_winograd_pack(c.exec(), weights, packed, packed_bytes, c_in, c_out, stride);
    c.ended("trd_winograd_pack", s);
    c.accepted("trd_winograd_pack", s);
    if (s != TRD_OK) return;  // what a pack holds cannot be seen
    const int32_t type = c.one_of({TRD_FLOAT32, TRD_BFLOAT16});
    trd_winograd_pays(type, n, h, w, c_in, c_out, stride);
    void* const workspace = c.workspace(trd_winograd_workspace_bytes(n, h, w, c_in, c_out, stride, 1), 64);
    const int64_t workspace_bytes = c.workspace_bytes();
    const auto halved = [&](int64_t side) { return stride == 2 && side > 0 ? side / 2 + side % 2 : side; };
    const int64_t out_bytes = product({n, halved(h), halved(w), c_out}, element(type));
    const void* const in = c.input<void>(product({n, h, w, c_in}, element(type)));
    const float* const bias = c.input<float>(product({c_out}, 4));
    const void *sum = c.optional<void>(out_bytes), *post = c.optional<void>(out_bytes);
    const float scale = c.number();
    void* const out = c.output<uint8_t>(out_bytes);
    const int32_t relu = c.bytes().u8() % 2;
    s = trd_winograd(c.exec(), type, in, packed, packed_bytes, bias, sum, scale, post, relu, out, workspace,
                     workspace_bytes, n, h, w, c_in, c_out, stride);
    // An output in a place of sum or post is allowed.
    if (out == sum || out == post) return;
    c.ended("trd_winograd", s);
}

void packs(Call& c) {
    c.wrong = false;  // there is no exec
    const int32_t type = c.one_of({TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16});
    const int which = c.bytes().u8() % 3;
    if (which == 0) {
        const int32_t transposed = c.one_of({0, 1}), kernel = transposed == 1 ? c.one_of({2}) : c.one_of({1, 3, 7, 2, 4, 5, 6});
        const int64_t c_in = c.bytes().u8() % 8 == 0   ? 3
                             : c.bytes().u8() < 240 ? 8 * (1 + c.bytes().u8() % 4)
                                                    : c.size(40),
                      c_out = 8 * (1 + c.bytes().u8() % 4);
        void* const packed = c.workspace(trd_convolution_packed_bytes(type, c_in, c_out, kernel, transposed), 16);
        const float* const weights = c.input<float>(product({c_in, c_out, kernel, kernel}, 4));
        c.ended("trd_convolution_pack", trd_convolution_pack(type, weights, packed, c.workspace_bytes(), c_in, c_out,
                                                             kernel, transposed));
        return;
    }
    const int64_t c1 = c.bytes().u8() < 240 ? 8 : c.size(24);
    const int32_t layers = which == 1 ? TRD_FILTER_LAYERS : TRD_AMPLIFIER_LAYERS;
    int32_t layer = c.bytes().u8();
    layer = layer < 248 ? layer % layers : c.bytes().raw<int32_t>();
    c.wrong |= layer < 0 || layer >= layers;
    void* const packed = c.workspace(which == 1 ? trd_crossmodal_filter_packed_bytes(type, c1)
                                                : trd_crossmodal_amplifier_packed_bytes(type, c1),
                                     256);
    // More than any layer's weights.
    const float *weights = c.input<float>(product({c1, c1, 160}, 4)), *bias = c.input<float>(product({c1, 16}, 4));
    if (which == 1)
        c.ended("trd_crossmodal_filter_pack",
                trd_crossmodal_filter_pack(type, layer, weights, bias, packed, c.workspace_bytes(), c1));
    else
        c.ended("trd_crossmodal_amplifier_pack",
                trd_crossmodal_amplifier_pack(type, layer, weights, bias, packed, c.workspace_bytes(), c1));
}

// Sizes alone: whatever they are, nothing overflows and nothing is negative but -1.
void queries(Call& c) {
    const int64_t a = c.size(99), b = c.size(99), d = c.size(99), e = c.size(99), f = c.size(99);
    const int32_t g = c.bytes().raw<int32_t>(), type = c.one_of({TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16});
    const trd_convolution layer = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, a, b, d, e, f, f, g, 1,
                                   1,       0,       0,       0};
    const trd_exec cuda = {TRD_BACKEND_CUDA, 0, nullptr};
    const int64_t all[] = {trd_anomaly_map_operators_bytes(a, b, d, e),
                           trd_prepare_rgb_workspace_bytes(a, b, d),
                           trd_prepare_depth_workspace_bytes(a, b, d),
                           trd_prepare_normals_workspace_bytes(a, b, d, g),
                           trd_prepare_metric_workspace_bytes(a, b, d),
                           trd_robust_rest_workspace_bytes(a, b),
                           trd_area_filter_workspace_bytes(a),
                           trd_line_filter_workspace_bytes(a, c.bytes().raw<double>()),
                           trd_position_scores_workspace_bytes(a, b),
                           trd_convolution_packed_bytes(type, a, b, g, 0),
                           trd_convolution_packed_bytes(type, a, b, g, 1),
                           trd_convolutions_workspace_bytes(&cuda, type, &layer, 1),
                           trd_crossmodal_filter_packed_bytes(type, a),
                           trd_crossmodal_filter_workspace_bytes(&cuda, type, 1, a, b, d),
                           trd_crossmodal_amplifier_packed_bytes(type, a),
                           trd_crossmodal_amplifier_workspace_bytes(&cuda, type, 2, a, b, d),
                           trd_winograd_packed_bytes(a, b),
                           trd_winograd_workspace_bytes(a, b, d, e, f, 1, g)};
    for (const int64_t bytes : all)
        if (bytes < -1) fault("a size of scratch", "it is negative", TRD_OK);
    const int32_t threads = c.bytes().raw<int32_t>(), alone = c.bytes().raw<int32_t>();
    if (threads != 1 && (trd_set_threads(threads) == TRD_OK) != (threads >= 1 && threads <= 1024))
        fault("trd_set_threads", "it ended with another status", TRD_OK);
    trd_set_threads(1);
    if ((trd_set_alone(alone) == TRD_OK) != (alone == 0 || alone == 1))
        fault("trd_set_alone", "it ended with another status", TRD_OK);
    trd_set_alone(0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const trd_status one_thread = trd_set_threads(1);
    if (one_thread != TRD_OK) std::abort();
    Bytes in(data, size);
    const uint8_t op = in.u8();
    Call c(in);
    switch (op % 17) {
        case 0: fuse_cosine(c); break;
        case 1: branch_map(c); break;
        case 2: anomaly_map(c); break;
        case 3: convert_colour(c); break;
        case 4: convert_depth(c); break;
        case 5: convert_points(c); break;
        case 6: prepare(c, Preparation::rgb); break;
        case 7: prepare(c, Preparation::depth); break;
        case 8: prepare(c, Preparation::normals); break;
        case 9: prepare(c, Preparation::metric); break;
        case 10: view(c); break;
        case 11: robust_rest(c); break;
        case 12: area_filter(c); break;
        case 13: line_filter(c); break;
        case 14: position_scores(c); break;
        case 15: winograd(c); break;
        default: in.u8() % 2 == 0 ? packs(c) : queries(c);
    }
    return 0;
}
