// What the tests of the maps share: one branch's distances, and a call of trd_anomaly_map with all that it needs.
#pragma once
#include <limits>

#include "anomaly_map/anomaly_map_reference.hpp"
#include "device.hpp"

namespace trd_test {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Sizes {
    int64_t n, side[3], size;
    int64_t pixels() const { return size * size; }
    int64_t distances(int s) const { return n * side[s] * side[s]; }
    std::string text() const {
        return "n=" + std::to_string(n) + " sides=" + std::to_string(side[0]) + "," + std::to_string(side[1]) + "," +
               std::to_string(side[2]) + " size=" + std::to_string(size);
    }
};

// One branch's distances, in the backend's memory and as the reference reads them.
struct Branch {
    std::vector<float> d[3];
    std::vector<Buffer> buffers;
    Branch(const trd_exec& exec, const Sizes& s, uint32_t seed, float low = 0, float high = 2) {
        for (int i = 0; i < 3; ++i) {
            d[i] = uniform(s.distances(i), seed + static_cast<uint32_t>(i), low, high);
            buffers.emplace_back(exec, d[i]);
        }
    }
    void set(int scale, size_t at, float value) {
        d[scale][at] = value;
        buffers[static_cast<size_t>(scale)].host()[at] = value;
        buffers[static_cast<size_t>(scale)].write();
    }
    float* scale(int i) { return buffers[static_cast<size_t>(i)].device<float>(); }
    trd_distances distances() { return {scale(0), scale(1), scale(2)}; }
    bool unchanged() {
        for (size_t i = 0; i < 3; ++i) {
            buffers[i].read();
            if (std::memcmp(buffers[i].host(), d[i].data(), d[i].size() * 4) != 0 || !buffers[i].guards_intact())
                return false;
        }
        return true;
    }
    std::vector<double> raw(const Sizes& s, int64_t image) const {
        std::vector<double> map(static_cast<size_t>(s.pixels()), 0.0);
        for (int i = 0; i < 3; ++i)
            trd::reference::add_upsampled(d[i].data() + image * s.side[i] * s.side[i], s.side[i], map.data(), s.size);
        return map;
    }
};

// Everything trd_anomaly_map writes, and what it needs. The results are seen after a call.
struct Run {
    trd_exec exec;
    Sizes s;
    Buffer map_buffer, rgb_buffer, depth_buffer, scores_buffer, operators;
    Run(const trd_exec& e, const Sizes& sizes)
        : exec(e), s(sizes), map_buffer(e, s.n * s.pixels() * 4), rgb_buffer(e, s.n * s.pixels() * 4),
          depth_buffer(e, s.n * s.pixels() * 4), scores_buffer(e, 3 * s.n * 4), operators(e, bytes()) {}
    int64_t bytes() const { return trd_anomaly_map_operators_bytes(s.size, s.side[0], s.side[1], s.side[2]); }
    // On the CPU, for either backend.
    void prepare() {
        const trd_exec on_cpu = cpu();
        expect_status(
            "prepare " + s.text(),
            trd_anomaly_map_prepare(&on_cpu, operators.host(), bytes(), s.size, s.side[0], s.side[1], s.side[2]),
            TRD_OK);
        check(operators.guards_intact(), "prepare " + s.text() + ": guard zones");
        operators.write();
    }
    trd_status call(const trd_distances& rgb, const trd_distances& depth, const trd_calibration& calibration,
                    const uint8_t* mask) {
        const trd_status status =
            trd_anomaly_map(&exec, &rgb, &depth, s.side[0], s.side[1], s.side[2], &calibration, mask,
                            operators.device(), bytes(), map_buffer.device<float>(), rgb_buffer.device<float>(),
                            depth_buffer.device<float>(), scores_buffer.device<float>(), s.n, s.size);
        read();
        return status;
    }
    void read() {
        for (Buffer* b : {&map_buffer, &rgb_buffer, &depth_buffer, &scores_buffer}) b->read();
    }
    const float* map() { return map_buffer.host(); }
    const float* map_rgb() { return rgb_buffer.host(); }
    const float* map_depth() { return depth_buffer.host(); }
    const float* scores() { return scores_buffer.host(); }
    bool guards_intact() const {
        return map_buffer.guards_intact() && rgb_buffer.guards_intact() && depth_buffer.guards_intact() &&
               scores_buffer.guards_intact() && operators.guards_intact();
    }
    bool untouched() const {
        return map_buffer.untouched() && rgb_buffer.untouched() && depth_buffer.untouched() &&
               scores_buffer.untouched();
    }
};

}  // namespace trd_test
