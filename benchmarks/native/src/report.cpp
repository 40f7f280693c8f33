#include "report.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace trd_kernels {
namespace {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        char escaped[8];
        if (c == '"' || c == '\\') out += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20)
            std::snprintf(escaped, sizeof escaped, "\\u%04x", c), out += escaped;
        else out += c;
    }
    return out + "\"";
}

void print(std::FILE* to, const char* name, const Times& t) {
    std::fprintf(to, "\"%s\": {\"min\": %.3f, \"median\": %.3f, \"p99\": %.3f}", name, t.minimum, t.median, t.p99);
}

}  // namespace

Bound bound_of(const Row& row, const Ceilings& ceilings) {
    const double memory = 1e6 * row.bytes / ceilings.copy_bytes, arithmetic = 1e6 * row.flops / ceilings.of(row.type),
                 floor = std::max(memory, arithmetic);
    return {memory >= arithmetic, floor, floor / row.timed.cold.median};
}

void print_header(const Environment& environment, const Ceilings& c) {
    for (const auto& [name, value] : environment) std::printf("%-22s %s\n", name.c_str(), value.c_str());
    std::printf(
        "\nmeasured now: copy %.0f GB/s, mma fp16 %.0f and bf16 %.0f TFLOP/s, fp32 FMA %.1f TFLOP/s, "
        "an empty kernel in a graph %.2f us\n\n",
        c.copy_bytes / 1e9, c.mma_half / 1e12, c.mma_bfloat / 1e12, c.fma / 1e12, c.empty_us);
    std::printf("%-15s %-20s %-66s %-5s %9s %9s %9s %9s %9s %9s %-6s %6s %s\n", "backbone", "op", "shape", "type",
                "cold us", "min", "p99", "warm us", "MB", "GFLOP", "bound", "share", "goal");
}

void print_row(const Row& r, const Ceilings& ceilings) {
    const Bound b = bound_of(r, ceilings);
    std::printf("%-15s %-20s %-66s %-5s %9.2f %9.2f %9.2f %9.2f %9.3f %9.3f %-6s %5.0f%% %s\n", r.backbone.c_str(),
                r.name.c_str(), r.shape.c_str(), type_name(r.type), r.timed.cold.median, r.timed.cold.minimum,
                r.timed.cold.p99, r.timed.warm.median, r.bytes / 1e6, r.flops / 1e9, b.memory ? "memory" : "arith.",
                100 * b.share,
                !r.goal || !b.memory ? ""
                : b.share >= kGoal   ? "80%: met"
                                     : "80%: missed");
    std::fflush(stdout);
}

void write_json(const std::string& path, const Environment& environment, const Ceilings& c,
                const std::vector<Row>& rows) {
    const std::string beside = path + ".part";
    std::FILE* to = std::fopen(beside.c_str(), "w");
    if (to == nullptr) fail(beside + ": " + std::strerror(errno));
    std::fprintf(to, "{\n  \"env\": {");
    for (size_t i = 0; i < environment.size(); ++i)
        std::fprintf(to, "%s\n    %s: %s", i ? "," : "", quoted(environment[i].first).c_str(),
                     quoted(environment[i].second).c_str());
    std::fprintf(to,
                 "\n  },\n  \"ceilings\": {\"copy_bytes_per_s\": %.6g, \"mma_fp16_flop_per_s\": %.6g, "
                 "\"mma_bf16_flop_per_s\": %.6g, \"fma_fp32_flop_per_s\": %.6g, "
                 "\"empty_kernel_us\": %.3f},\n  \"rows\": [",
                 c.copy_bytes, c.mma_half, c.mma_bfloat, c.fma, c.empty_us);
    for (size_t i = 0; i < rows.size(); ++i) {
        const Row& r = rows[i];
        const Bound b = bound_of(r, c);
        std::fprintf(to, "%s\n    {\"backbone\": %s, \"op\": %s, \"shape\": %s, \"type\": \"%s\", \"calls\": %d, ",
                     i ? "," : "", quoted(r.backbone).c_str(), quoted(r.name).c_str(), quoted(r.shape).c_str(),
                     type_name(r.type), r.timed.calls);
        print(to, "cold_us", r.timed.cold);
        std::fprintf(to, ", ");
        print(to, "warm_us", r.timed.warm);
        std::fprintf(to, ", \"bytes\": %.0f, \"flop\": %.0f, \"bound\": \"%s\", \"floor_us\": %.4f, \"share\": %.4f",
                     r.bytes, r.flops, b.memory ? "memory" : "arithmetic", b.floor_us, b.share);
        if (r.goal && b.memory)
            std::fprintf(to, ", \"goal_share\": %.2f, \"goal_met\": %s", kGoal, b.share >= kGoal ? "true" : "false");
        std::fprintf(to, "}");
    }
    std::fprintf(to, "\n  ]\n}\n");
    const bool bad = std::ferror(to) != 0;
    if (std::fclose(to) != 0 || bad || std::rename(beside.c_str(), path.c_str()) != 0)
        fail(path + " cannot be written: " + std::strerror(errno));
}

}  // namespace trd_kernels
