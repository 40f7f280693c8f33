// Sixteen threads at once, with right and wrong calls in turn: inputs, operators and packed weights are shared as the
// contract allows, results, workspaces and texts of failures are each thread's own. Built with the thread sanitizer it
// finds every access that two threads may make at the same time; without, that each result has its bits and each text
// is of its own thread's failure. TRD_TEST_SECONDS=60 goes on for a minute.
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

#include "maps_test.hpp"

using namespace trd_test;

namespace {

constexpr int kThreads = 16;
constexpr int kRounds = 400;  // of each thread, at least

// One op on inputs that all threads share. What it writes and works in is the caller's.
struct Op {
    std::string name;
    int64_t out_bytes, workspace_bytes;
    std::function<trd_status(void* workspace)> plan;  // empty = none is needed
    std::function<trd_status(const trd_exec*, void* out, void* workspace, int64_t workspace_bytes)> call;
};

enum Misuse { kNoExec, kNoBackend, kNoOutput, kNoWorkspace, kSmallWorkspace, kMisuses };

// A thread's own memory for one op.
struct Memory {
    Buffer out, workspace;
    explicit Memory(const Op& op) : out(cpu(), op.out_bytes), workspace(cpu(), op.workspace_bytes) {}
};

trd_status misuse(const Op& op, int how, Memory& m) {
    const trd_exec right = cpu(), wrong{7, 0, nullptr};
    const trd_exec* exec = how == kNoExec ? nullptr : how == kNoBackend ? &wrong : &right;
    return op.call(exec, how == kNoOutput ? nullptr : m.out.device(),
                   how == kNoWorkspace ? nullptr : m.workspace.device(),
                   how == kSmallWorkspace ? 1 : op.workspace_bytes);
}

bool applies(const Op& op, int how) { return how < kNoWorkspace || op.workspace_bytes > 0; }

// What every thread must get, from one thread alone.
struct Expected {
    std::vector<uint8_t> out;
    std::string texts[kMisuses];
    explicit Expected(const Op& op) {
        Memory m(op);
        if (op.plan) expect_status(op.name + ": plan", op.plan(m.workspace.device()), TRD_OK);
        const trd_exec exec = cpu();
        expect_status(op.name, op.call(&exec, m.out.device(), m.workspace.device(), op.workspace_bytes), TRD_OK);
        const auto* bytes = m.out.host<uint8_t>();
        out.assign(bytes, bytes + m.out.bytes());
        for (int how = 0; how < kMisuses; ++how) {
            if (!applies(op, how)) continue;
            expect_status(op.name + ": misuse " + std::to_string(how), misuse(op, how, m), TRD_ERROR_ARGUMENT);
            texts[how] = trd_last_error();
            check(!texts[how].empty(), op.name + ": a failure without a text");
        }
    }
};

class Work {
public:
    Work(const std::vector<Op>& ops, const std::vector<Expected>& expected) : ops_(ops), expected_(expected) {}

    void run(double seconds) {
        end_ = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                                      std::chrono::duration<double>(seconds));
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) threads.emplace_back([this, t] { thread(static_cast<uint32_t>(t)); });
        for (std::thread& t : threads) t.join();
        std::printf("%d threads: %lld calls, %lld of them refused, as they should be\n", kThreads,
                    static_cast<long long>(calls_), static_cast<long long>(refused_));
        check(calls_ >= kThreads * kRounds && refused_ > 0 && refused_ < calls_, "both kinds of calls");
    }

private:
    void fault(const std::string& what) {
        const std::lock_guard<std::mutex> hold(lock_);
        check(false, what);
    }

    void thread(uint32_t number) {
        std::mt19937 random(number);
        std::vector<Memory> memory;
        for (const Op& op : ops_) {
            memory.emplace_back(op);
            if (op.plan && op.plan(memory.back().workspace.device()) != TRD_OK) fault(op.name + ": plan");
        }
        for (int round = 0; round < kRounds || std::chrono::steady_clock::now() < end_; ++round) {
            const size_t which = random() % ops_.size();
            const int how = static_cast<int>(random() % (2 * kMisuses));
            if (trd_set_threads(1 + static_cast<int32_t>(random() % 4)) != TRD_OK) fault("trd_set_threads");
            if (trd_set_alone(static_cast<int32_t>(random() % 2)) != TRD_OK) fault("trd_set_alone");
            if (trd_set_threads(-1) != TRD_ERROR_ARGUMENT) fault("-1 threads");
            ++calls_;
            if (how < kMisuses && applies(ops_[which], how)) {
                wrong(which, how, memory[which]);
            } else {
                right(which, memory[which]);
            }
        }
    }

    void wrong(size_t which, int how, Memory& m) {
        const Op& op = ops_[which];
        ++refused_;
        const trd_status status = misuse(op, how, m);
        if (status != TRD_ERROR_ARGUMENT || expected_[which].texts[how] != trd_last_error())
            fault(op.name + ": misuse " + std::to_string(how) + ": " + std::to_string(status) + ", " +
                  trd_last_error());
    }

    void right(size_t which, Memory& m) {
        const Op& op = ops_[which];
        const trd_exec exec = cpu();
        const trd_status status = op.call(&exec, m.out.device(), m.workspace.device(), op.workspace_bytes);
        const std::vector<uint8_t>& bits = expected_[which].out;
        if (status != TRD_OK || std::memcmp(m.out.host(), bits.data(), bits.size()) != 0 ||
            !m.out.guards_intact() || !m.workspace.guards_intact())
            fault(op.name + ": status " + std::to_string(status) + ", or other bits than one thread alone had");
    }

    const std::vector<Op>& ops_;
    const std::vector<Expected>& expected_;
    std::chrono::steady_clock::time_point end_;
    std::atomic<int64_t> calls_{0}, refused_{0};
    std::mutex lock_;
};

}  // namespace

int main() {
    const trd_exec host = cpu();
    const Sizes s{1, {8, 4, 2}, 32};
    Branch rgb(host, s, 1), depth(host, s, 5);
    Buffer operators(host, trd_anomaly_map_operators_bytes(s.size, s.side[0], s.side[1], s.side[2]));
    expect_status("operators",
                  trd_anomaly_map_prepare(&host, operators.device(), operators.bytes(), s.size, s.side[0], s.side[1],
                                          s.side[2]),
                  TRD_OK);
    const trd_calibration calibration{0.5, 0.25, 0.75, 0.5};
    const int64_t width = 45, height = 37, size = 24, channels = 32, side = 6;
    Buffer features(host, uniform(3 * 50 * 40, 9)), points(host, uniform(3 * width * height, 10, 0.2f, 0.4f));
    Buffer image(host, width * height * 3), depths(host, width * height * 2);
    for (int64_t i = 0; i < image.bytes(); ++i) image.host<uint8_t>()[i] = static_cast<uint8_t>(i * 31);
    for (int64_t i = 0; i < depths.bytes(); ++i) depths.host<uint8_t>()[i] = static_cast<uint8_t>(i * 7);
    const std::vector<float> level = {0, 0, 0.4f, 0, 0};
    Buffer plane(host, level);
    Buffer activations(host, uniform(side * side * channels, 11)), bias(host, uniform(channels, 12));
    // 0 without AVX2, where the op does not exist.
    Buffer packed(host, trd_winograd_packed_bytes(channels, channels));
    if (packed.bytes() > 0) {
        const std::vector<float> weights = uniform(channels * channels * 9, 13);
        expect_status("weights",
                      trd_winograd_pack(&host, weights.data(), packed.device(), packed.bytes(), channels, channels, 1),
                      TRD_OK);
    }

    std::vector<Op> ops;
    const auto* f = features.device<float>();
    ops.push_back({"fuse_cosine", 50 * 4, 0, nullptr, [&](const trd_exec* exec, void* out, void*, int64_t) {
                       return trd_fuse_cosine(exec, TRD_FLOAT32, f, 0.7f, f + 2000, 0.4f, f + 4000,
                                              static_cast<float*>(out), 1, 50, 40);
                   }});
    ops.push_back({"branch_map", s.pixels() * 4, 0, nullptr, [&](const trd_exec* exec, void* out, void*, int64_t) {
                       return trd_branch_map(exec, rgb.scale(0), s.side[0], rgb.scale(1), s.side[1], rgb.scale(2),
                                             s.side[2], static_cast<float*>(out), 1, s.size);
                   }});
    ops.push_back({"anomaly_map", (3 * s.pixels() + 3) * 4, 0, nullptr,
                   [&](const trd_exec* exec, void* out, void*, int64_t) {
                       const trd_distances a = rgb.distances(), b = depth.distances();
                       auto* map = static_cast<float*>(out);
                       const auto at = [&](int64_t i) { return map == nullptr ? nullptr : map + i * s.pixels(); };
                       return trd_anomaly_map(exec, &a, &b, s.side[0], s.side[1], s.side[2], &calibration, nullptr,
                                              operators.device(), operators.bytes(), at(0), at(1), at(2), at(3), 1,
                                              s.size);
                   }});
    ops.push_back({"convert_colour", width * height * 3, 0, nullptr,
                   [&](const trd_exec* exec, void* out, void*, int64_t) {
                       return trd_convert_colour(exec, image.device<uint8_t>(), width, height, 3 * width, TRD_BGR8,
                                                 static_cast<uint8_t*>(out));
                   }});
    ops.push_back({"convert_depth", width * height * 12, 0, nullptr,
                   [&](const trd_exec* exec, void* out, void*, int64_t) {
                       return trd_convert_depth(exec, depths.device(), TRD_DEPTH_UINT16, width, height, 2 * width,
                                                1e-4f, 600, 600, 22, 18, static_cast<float*>(out));
                   }});
    ops.push_back({"prepare_rgb", size * size * 12, trd_prepare_rgb_workspace_bytes(width, height, size),
                   [&](void* w) {
                       return trd_prepare_rgb_plan(&host, width, height, size, w,
                                                   trd_prepare_rgb_workspace_bytes(width, height, size));
                   },
                   [&](const trd_exec* exec, void* out, void* w, int64_t bytes) {
                       return trd_prepare_rgb(exec, image.device<uint8_t>(), width, height, 3 * width, out, TRD_FLOAT32,
                                              size, w, bytes);
                   }});
    ops.push_back({"prepare_depth", size * size * 12, trd_prepare_depth_workspace_bytes(width, height, size),
                   [&](void* w) {
                       return trd_prepare_depth_plan(&host, width, height, size, w,
                                                     trd_prepare_depth_workspace_bytes(width, height, size));
                   },
                   [&](const trd_exec* exec, void* out, void* w, int64_t bytes) {
                       return trd_prepare_depth(exec, points.device<float>(), width, height, 12 * width, out,
                                                TRD_FLOAT32, size, nullptr, w, bytes, nullptr);
                   }});
    ops.push_back({"prepare_metric", size * size * 12, trd_prepare_metric_workspace_bytes(width, height, size),
                   [&](void* w) {
                       return trd_prepare_metric_plan(&host, width, height, size, 1, 200, 4, 0.01, 0, w,
                                                      trd_prepare_metric_workspace_bytes(width, height, size));
                   },
                   [&](const trd_exec* exec, void* out, void* w, int64_t bytes) {
                       return trd_prepare_metric(exec, points.device<float>(), width, height, 12 * width, out,
                                                 TRD_FLOAT32, size, plane.device<float>(), w, bytes);
                   }});
    ops.push_back({"view_colour", size * size * 16, 0, nullptr, [&](const trd_exec* exec, void* out, void*, int64_t) {
                       return trd_view_colour(exec, image.device<uint8_t>(), width, height, 3 * width,
                                              static_cast<float*>(out), size);
                   }});
    if (packed.bytes() > 0) {
        ops.push_back({"winograd", side * side * channels * 4,
                       trd_winograd_workspace_bytes(1, side, side, channels, channels, 1, 4), nullptr,
                       [&](const trd_exec* exec, void* out, void* w, int64_t bytes) {
                           return trd_winograd(exec, TRD_FLOAT32, activations.device(), packed.device(), packed.bytes(),
                                               bias.device<float>(), nullptr, 0, nullptr, 1, out, w, bytes, 1, side,
                                               side, channels, channels, 1);
                       }});
    }
    expect_status("threads", trd_set_threads(4), TRD_OK);
    std::vector<Expected> expected;
    for (const Op& op : ops) expected.emplace_back(op);

    const char* seconds = std::getenv("TRD_TEST_SECONDS");
    Work(ops, expected).run(seconds == nullptr ? 0 : std::atof(seconds));
    return finish();
}
