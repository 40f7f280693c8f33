// What branch_map, anomaly_map and its operators refuse, on every backend, and that a refused call writes nothing.
#include "maps_test.hpp"

using namespace trd_test;

namespace {

void bad_operators() {
    const Sizes s = {1, {8, 4, 2}, 32};
    Run run(cpu(), s);
    const int64_t bytes = run.bytes(), huge = int64_t{1} << 40;
    float* const operators = run.operators.host();
    const auto prepare = [&](const char* what, void* to, int64_t available, int64_t size, int64_t side_1,
                             int64_t side_3) {
        expect_status(what, trd_anomaly_map_prepare(&run.exec, to, available, size, side_1, 4, side_3),
                      TRD_ERROR_ARGUMENT);
    };
    prepare("prepare null", nullptr, bytes, 32, 8, 2);
    prepare("prepare short", operators, bytes - 1, 32, 8, 2);
    prepare("prepare misaligned", operators + 1, bytes, 32, 8, 2);
    prepare("prepare size 0", operators, bytes, 0, 8, 2);
    prepare("prepare size huge", operators, bytes, huge, 8, 2);
    prepare("prepare side 0", operators, bytes, 32, 8, 0);
    prepare("prepare side > size", operators, bytes, 32, 33, 2);
    if (has_cuda()) {
        const trd_exec exec = cuda();
        expect_status("prepare on CUDA", trd_anomaly_map_prepare(&exec, operators, bytes, 32, 8, 4, 2),
                      TRD_ERROR_UNSUPPORTED);
    }
    check(run.operators.untouched(), "rejected calls of prepare write nothing");
    Branch b(cpu(), s, 1);
    expect_status("not prepared", run.call(b.distances(), b.distances(), {0, 1, 0, 1}, nullptr), TRD_ERROR_ARGUMENT);
    check(run.untouched(), "nor does a call with operators that were not prepared");
}

void bad_arguments(const trd_exec& exec) {
    const Sizes s = {1, {8, 4, 2}, 32};
    const bool on_cuda = exec.backend == TRD_BACKEND_CUDA;
    const std::string on = name(exec) + " ";
    Branch b(exec, s, 1);
    const trd_distances good_distances = b.distances();
    const trd_calibration good = {0, 1, 0, 1};
    Run run(exec, s);
    run.prepare();
    float* const operators = run.operators.device<float>();
    const int64_t bytes = run.bytes(), huge = int64_t{1} << 40;
    Buffer mask(exec, std::vector<uint8_t>(1024, 1));

    const auto uncalibrated = [&](const char* what, trd_calibration c) {
        expect_status(on + what, run.call(good_distances, good_distances, c, nullptr), TRD_ERROR_ARGUMENT);
    };
    uncalibrated("std 0", {0, 0, 0, 1});
    uncalibrated("std < 0", {0, 1, 0, -1});
    uncalibrated("std NaN", {0, 1, 0, static_cast<double>(kNan)});
    uncalibrated("std infinite", {0, kInfinity, 0, 1});
    uncalibrated("mean infinite", {kInfinity, 1, 0, 1});
    uncalibrated("mean NaN", {0, 1, static_cast<double>(kNan), 1});
    for (int i = 0; i < 3; ++i) {
        trd_distances missing = good_distances;
        (i == 0 ? missing.scale_1 : i == 1 ? missing.scale_2 : missing.scale_3) = nullptr;
        expect_status(on + "distance null", run.call(missing, good_distances, good, nullptr), TRD_ERROR_ARGUMENT);
        expect_status(on + "distance null", run.call(good_distances, missing, good, nullptr), TRD_ERROR_ARGUMENT);
    }

    struct Call {
        const trd_exec* exec;
        const trd_distances *rgb, *depth;
        const trd_calibration* calibration;
        const uint8_t* mask;
        const void* operators;
        int64_t bytes;
        float *map, *map_rgb, *map_depth, *scores;
        int64_t n, size, side_1, side_3;
    };
    float* const map = run.map_buffer.device<float>();
    const Call base = {&exec,
                       &good_distances,
                       &good_distances,
                       &good,
                       nullptr,
                       operators,
                       bytes,
                       map,
                       run.rgb_buffer.device<float>(),
                       run.depth_buffer.device<float>(),
                       run.scores_buffer.device<float>(),
                       1,
                       32,
                       8,
                       2};
    const auto call = [](const Call& c) {
        return trd_anomaly_map(c.exec, c.rgb, c.depth, c.side_1, 4, c.side_3, c.calibration, c.mask, c.operators,
                               c.bytes, c.map, c.map_rgb, c.map_depth, c.scores, c.n, c.size);
    };
    const auto refused = [&](const char* what, auto member, auto value) {
        Call c = base;
        c.*member = value;
        expect_status(on + what, call(c), TRD_ERROR_ARGUMENT);
    };
    trd_exec nowhere = exec;
    nowhere.backend = 7;
    refused("exec null", &Call::exec, nullptr);
    refused("backend unknown", &Call::exec, &nowhere);
    refused("rgb null", &Call::rgb, nullptr);
    refused("depth null", &Call::depth, nullptr);
    refused("calibration null", &Call::calibration, nullptr);
    refused("operators null", &Call::operators, nullptr);
    refused("operators misaligned", &Call::operators, operators + 1);
    refused("operators without a head", &Call::bytes, 8);
    refused("operators short", &Call::bytes, bytes - 1);
    refused("map null", &Call::map, nullptr);
    refused("map_rgb null", &Call::map_rgb, nullptr);
    refused("map_depth null", &Call::map_depth, nullptr);
    refused("scores null", &Call::scores, nullptr);
    refused("outputs overlap", &Call::map, base.map_rgb + 1023);
    refused("scores overlap", &Call::scores, map);
    refused("an input overlaps", &Call::map_depth, b.scale(2));
    refused("operators overlap", &Call::map, operators + 100);
    refused("operators' last word overlaps", &Call::scores, operators + bytes / 4 - 1);
    refused("the mask overlaps", &Call::mask, reinterpret_cast<const uint8_t*>(map));
    refused("n 0", &Call::n, 0);
    refused("n huge", &Call::n, std::numeric_limits<int64_t>::max());
    refused("size 0", &Call::size, 0);
    refused("size huge", &Call::size, huge);
    refused("size larger than operators may be", &Call::size, (int64_t{1} << 20) + 1);
    refused("side 0", &Call::side_3, 0);
    refused("side > size", &Call::side_1, 33);
    if (on_cuda) {
        // The device's operators are not read here, but they must be long enough for the sizes.
        refused("operators of a smaller size", &Call::size, 64);
        refused("operators of a smaller side", &Call::side_1, 32);
        refused("more tiles than a launch has", &Call::n, int64_t{1} << 29);
        check(std::strstr(trd_last_error(), "one launch") != nullptr,
              on + "the launch's limit is named: " + trd_last_error());
        nowhere = {TRD_BACKEND_CUDA, -1, nullptr};
        refused("device negative", &Call::exec, &nowhere);
    } else {
        refused("operators of another size", &Call::size, 31);
        refused("operators of another side", &Call::side_1, 7);
    }
    const float* d = b.scale(0);
    const auto refused_branch = [&](const char* what, const float* d1, int64_t side_1, int64_t n, int64_t size,
                                    float* to) {
        expect_status(on + what, trd_branch_map(&exec, d1, side_1, d, 4, d, 2, to, n, size), TRD_ERROR_ARGUMENT);
    };
    refused_branch("branch side 0", d, 0, 1, 32, map);
    refused_branch("branch side > size", d, 8, 1, 7, map);
    refused_branch("branch null", nullptr, 8, 1, 32, map);
    refused_branch("branch map null", d, 8, 1, 32, nullptr);
    refused_branch("branch overlaps", d, 8, 1, 32, b.scale(0));
    refused_branch("branch n 0", d, 8, 0, 32, map);
    refused_branch("branch size huge", d, 8, 1, huge, map);
    if (on_cuda) {
        refused_branch("branch, more tiles than a launch has", d, 8, int64_t{1} << 29, 32, map);
        check(std::strstr(trd_last_error(), "one launch") != nullptr,
              on + "the launch's limit is named: " + trd_last_error());
    }
    run.read();
    check(run.untouched() && run.guards_intact() && b.unchanged(), on + "rejected calls write nothing");
    Call right = base;
    right.mask = mask.device<uint8_t>();
    expect_status(on + "good after bad", call(right), TRD_OK);
}

}  // namespace

int main() {
    bad_operators();
    for (const trd_exec& exec : backends()) bad_arguments(exec);
    return finish();
}
