// trd-kernels: every CUDA op of libtrd at the shapes of both backbones, batch of one part, S = 256.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "op.hpp"
#include "report.hpp"
#ifdef TRD_KERNELS_TIMED
#include "device.hpp"
#endif

using namespace trd_kernels;

namespace {

struct Options {
    bool smoke = false, only_checks = false;
    int repetitions = 200;
    std::string only, json, commit = "unknown", flags;
};

constexpr const char* kUsage =
    "trd-kernels [--json FILE] [--only TEXT] [--repetitions N] [--check | --smoke] [--commit HASH] [--flags TEXT]\n"
    "  --only TEXT   rows whose backbone, op, shape or type contains it, as 'resnet18 convolution "
    "teacher layer1 3x3, ... fp16'\n"
    "  --check       checks every row's outputs and times nothing; --smoke the same with small shapes\n"
    "  --json FILE   the results and the environment; --commit and --flags are recorded there\n"
    "Exit codes: 0 done, 1 a failure, 2 no device can be used or a wrong argument.\n";

[[noreturn]] void usage(const std::string& what) {
    std::fprintf(stderr, "trd-kernels: %s; trd-kernels --help lists the arguments\n", what.c_str());
    std::exit(2);
}

Options parse(int argc, char** argv) {
    Options o;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const auto value = [&]() -> std::string {
            if (i + 1 == argc) usage(name + " needs a value");
            return argv[++i];
        };
        if (name == "--smoke") o.smoke = o.only_checks = true;
        else if (name == "--check") o.only_checks = true;
        else if (name == "--json") o.json = value();
        else if (name == "--only") o.only = value();
        else if (name == "--commit") o.commit = value();
        else if (name == "--flags") o.flags = value();
        else if (name == "--repetitions") o.repetitions = std::atoi(value().c_str());
        else if (name == "--help") std::exit((std::fputs(kUsage, stdout), 0));
        else usage("unknown argument '" + name + "'");
    }
    if (o.repetitions < 3 || o.repetitions > 100000) usage("--repetitions is not in 3..100000");
    if (o.only_checks && !o.json.empty()) usage("--check and --smoke have no results to write");
    return o;
}

std::vector<Shapes> backbones(bool smoke) {
    if (smoke) return {{"wide_resnet50_2", 32, 8, true, 128, 40, true}, {"resnet18", 32, 8, false, 32, 40, true}};
    return {{"wide_resnet50_2", 256, 256, true, 1, 800, false}, {"resnet18", 256, 64, false, 1, 800, false}};
}

std::vector<Op> all_ops(const Shapes& shapes) {
    std::vector<Op> all;
    for (const auto& ops : {map_ops(shapes), prepare_ops(shapes), tuner_ops(shapes), convolution_ops(shapes)})
        all.insert(all.end(), ops.begin(), ops.end());
    return all;
}

std::string title(const Shapes& shapes, const Op& op) {
    return shapes.backbone + " " + op.name + " " + op.shape + " " + type_name(op.type);
}

#ifdef TRD_KERNELS_TIMED
Environment environment(const Options& o) {
    char date[32];
    const std::time_t now = std::time(nullptr);
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    Environment e = {{"date", date},
                     {"commit", o.commit},
                     {"flags", o.flags},
                     {"libtrd", trd_describe()},
                     {"repetitions", std::to_string(o.repetitions)}};
    for (auto& entry : describe_device()) e.push_back(std::move(entry));
    return e;
}
#endif

}  // namespace

int main(int argc, char** argv) {
    const Options o = parse(argc, argv);
    if (trd_abi_version() != TRD_ABI_VERSION)
        fail("libtrd has ABI " + std::to_string(trd_abi_version()) + ", this program " +
             std::to_string(TRD_ABI_VERSION));
    trd_cuda_device device;
    if (trd_cuda_probe(0, &device) != TRD_OK) {
        std::fprintf(stderr, "trd-kernels: no CUDA device can be used: %s%s\n",
                     device.driver_version == 0 ? "there is no NVIDIA driver: " : "", trd_last_error());
        return 2;
    }
#ifdef TRD_KERNELS_TIMED
    Environment about;
    Ceilings ceilings = {};
    if (!o.only_checks) {
        about = environment(o);
        ceilings = measure_ceilings(o.repetitions);
        print_header(about, ceilings);
    }
    std::vector<Row> rows;
#else
    if (!o.only_checks) usage("the kernels run on the CPU here, whose times mean nothing: --smoke or --check");
#endif
    int failures = 0, done = 0;
    for (const Shapes& shapes : backbones(o.smoke)) {
        std::vector<Op> ops = all_ops(shapes);
        for (Op& waiting : ops) {
            const Op op = std::move(waiting);  // ends with its packed weights
            const std::string name = title(shapes, op);
            if (name.find(o.only) == std::string::npos) continue;
            ++done;
            const std::vector<Copy> all = copies(op, o.only_checks ? 2 : 32);
            const std::string wrong = check(all);
            if (!wrong.empty()) {
                ++failures;
                std::fprintf(stderr, "FAILED: %s: %s\n", name.c_str(), wrong.c_str());
                continue;
            }
            if (o.only_checks) std::printf("ok: %s\n", name.c_str());
#ifdef TRD_KERNELS_TIMED
            if (o.only_checks) continue;
            rows.push_back({shapes.backbone, op.name, op.shape, op.type, op.bytes, op.flops, op.memory_bound_goal,
                            measure(all, o.repetitions)});
            print_row(rows.back(), ceilings);
#endif
        }
    }
    if (done == 0) usage("no row contains '" + o.only + "'");
#ifdef TRD_KERNELS_TIMED
    if (!o.json.empty()) write_json(o.json, about, ceilings, rows);
#endif
    if (failures > 0) std::fprintf(stderr, "trd-kernels: %d of %d rows failed\n", failures, done);
    return failures > 0 ? 1 : 0;
}
