// Columns or rows of what a sensor gave that an output averages.
#pragma once
#include <cstdint>

namespace trd {

// From the first to before `to`.
struct Box {
    int64_t from, to;
};

// Of output i of `out` that are made of `in` columns or rows: at least one.
inline Box box_of(int64_t i, int64_t in, int64_t out) {
    const int64_t from = i * in / out, to = (i + 1) * in / out;
    return {from, to > from ? to : from + 1};
}

}  // namespace trd
