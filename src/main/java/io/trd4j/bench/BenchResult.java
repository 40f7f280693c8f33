package io.trd4j.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Times and memory of a {@link BenchRun}. Memory is as Linux counts it; null on other systems.
 *
 * @param part from raw buffers to verdict, as the caller sees it
 * @param prepare of it, on a GPU the copies to page-locked memory
 * @param network of it, on a GPU all that the GPU does
 * @param anomalyMap of it, on a GPU the results' way to Java arrays
 * @param partsPerSecond one after the other, in one thread
 * @param peakBytes most that the process ever had in memory
 * @param residentAfterWarmUp bytes in memory before the measurement
 * @param residentAtEnd bytes in memory after it
 * @param allocatedBytesPerPart on the Java heap, by the measuring thread
 */
public record BenchResult(
        Latency part,
        Latency prepare,
        Latency network,
        Latency anomalyMap,
        double partsPerSecond,
        Long peakBytes,
        Long residentAfterWarmUp,
        Long residentAtEnd,
        double allocatedBytesPerPart) {
    /** By the names of {@code trd bench --json}. */
    public Map<String, Object> toMap() {
        Map<String, Object> stages = new LinkedHashMap<>();
        stages.put("prepare", prepare.toMap());
        stages.put("network", network.toMap());
        stages.put("anomaly_map", anomalyMap.toMap());
        Map<String, Object> resident = new LinkedHashMap<>();
        resident.put("after_warmup", residentAfterWarmUp);
        resident.put("end", residentAtEnd);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("latency_ms", part.toMap());
        all.put("stages_ms", stages);
        all.put("throughput_parts_per_s", partsPerSecond);
        all.put("peak_memory_bytes", peakBytes);
        all.put("rss_bytes", resident);
        all.put("allocated_bytes_per_part", allocatedBytesPerPart);
        return all;
    }
}
