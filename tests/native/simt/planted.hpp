// Kernels with a fault each, and what the harness must say of it.
#pragma once
#include <vector>

namespace planted {

// Which builds of the harness see it.
enum Builds : unsigned { kPlain = 1, kSanitized = 2, kRaces = 4, kAll = 7 };

struct Fault {
    const char* name;
    unsigned builds;
    const char* message;
    void (*run)();
};

const std::vector<Fault>& faults();       // planted.cu
const std::vector<Fault>& race_faults();  // planted_races.cu

// Kernels without a fault that a careless detector would report.
const std::vector<Fault>& innocent();

}  // namespace planted
