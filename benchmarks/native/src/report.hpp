// The results: rows of a table while they come, all of them as JSON at the end.
#pragma once
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "timing.hpp"

namespace trd_kernels {

// Least share of the copy bandwidth that a memory-bound kernel is to reach.
constexpr double kGoal = 0.8;

struct Row {
    std::string backbone, name, shape;
    int32_t type;
    double bytes, flops;
    bool goal;  // the goal applies
    Timed timed;
};

// What bounds a row, and which share of that it reached when nothing was cached.
struct Bound {
    bool memory;
    double floor_us, share;
};
Bound bound_of(const Row& row, const Ceilings& ceilings);

using Environment = std::vector<std::pair<std::string, std::string>>;

void print_header(const Environment& environment, const Ceilings& ceilings);
void print_row(const Row& row, const Ceilings& ceilings);

// Replaces the file when all is written; fails with one line.
void write_json(const std::string& path, const Environment& environment, const Ceilings& ceilings,
                const std::vector<Row>& rows);

}  // namespace trd_kernels
