// Heights above a plane, summed over the points of each output's box.
#pragma once
#include <algorithm>

#include "preprocess/boxes.hpp"
#include "preprocess/metric.hpp"

namespace trd::cpu {

// put(x, sum, count) for every output of a row, from left to right; sum in metres over the count of measured points.
// A row's points are added up before its columns are, so that the sums of all boxes have the same order.
template <class Columns, class Put>
void box_heights(const CloudView& cloud, const HeightPlane& plane, int64_t size, const Columns& columns, Box rows,
                 const Put& put) {
    const MetricRows& row = metric_rows();
    constexpr int64_t kPoints = 512;
    float sum[kPoints], count[kPoints];
    int64_t from = 0, to = 0;  // columns that sum and count hold
    for (int64_t x = 0; x < size; ++x) {
        float total = 0, number = 0;
        const Box box = columns(x);
        for (int64_t u = box.from; u < box.to; ++u) {
            if (u >= to) {
                from = u;
                to = std::min(u + kPoints, cloud.width);
                std::fill_n(sum, to - from, 0.0f);
                std::fill_n(count, to - from, 0.0f);
                for (int64_t v = rows.from; v < rows.to; ++v)
                    row.heights(cloud.row(v) + 3 * from, to - from, plane, sum, count);
            }
            total += sum[u - from];
            number += count[u - from];
        }
        put(x, total, number);
    }
}

}  // namespace trd::cpu
