package io.trd4j.engine;

import io.trd4j.model.Backbone;
import io.trd4j.model.Precision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A compiled plan and where its time goes, measured on noise images.
 *
 * @param precision that runs; never AUTO
 * @param library that computes the convolutions
 * @param runs that were measured
 * @param flop multiplications and additions for one part
 * @param weightBytes packed weights, shared by all runners of a model
 * @param arenaBytes one runner's memory for feature maps and scratch
 * @param steps in their order; empty where LibTorch runs the network, which has no plan; on a GPU with a time of 0
 * @param networkMillis median of whole runs, which no clock is read within
 * @param peakGflopPerSecond what a large matrix product of this precision reaches with these threads; 0 without steps
 */
public record PlanReport(
        Backbone backbone,
        int size,
        Precision precision,
        int threads,
        String library,
        int runs,
        double flop,
        long weightBytes,
        long arenaBytes,
        List<StepProfile> steps,
        double networkMillis,
        double peakGflopPerSecond) {
    /** Steps that are counted together. */
    public record Total(String name, int steps, double flop, long bytes, double millis) {
        /** 10^9 multiplications and additions per second. */
        public double gflopPerSecond() {
            return flop / millis / 1e6;
        }
    }

    public PlanReport {
        steps = List.copyOf(steps);
    }

    /** Of whole runs: 10^9 multiplications and additions per second. */
    public double gflopPerSecond() {
        return flop / networkMillis / 1e6;
    }

    /** Whether the steps were timed one by one: not those of a GPU's graph, which run side by side. */
    public boolean timed() {
        return peakGflopPerSecond > 0;
    }

    /** Of the measured peak, for the whole network. */
    public double shareOfPeak() {
        return gflopPerSecond() / peakGflopPerSecond;
    }

    /** Of the measured peak, for one step. */
    public double shareOfPeak(StepProfile step) {
        return step.gflopPerSecond() / peakGflopPerSecond;
    }

    /** All steps' medians together: differs from {@link #networkMillis} by noise and the clock's cost. */
    public double stepMillis() {
        return steps.stream().mapToDouble(StepProfile::millis).sum();
    }

    /** Totals by kind of step, the longest first. */
    public List<Total> byKind() {
        return totals(StepProfile::kind);
    }

    /** Totals by part of the network, the longest first. */
    public List<Total> byPart() {
        return totals(StepProfile::part);
    }

    private List<Total> totals(Function<StepProfile, String> key) {
        Map<String, Total> totals = new LinkedHashMap<>();
        for (StepProfile step : steps) {
            totals.merge(
                    key.apply(step),
                    new Total(key.apply(step), 1, step.flop(), step.bytes(), step.millis()),
                    (a, b) -> new Total(
                            a.name(),
                            a.steps() + b.steps(),
                            a.flop() + b.flop(),
                            a.bytes() + b.bytes(),
                            a.millis() + b.millis()));
        }
        List<Total> sorted = new ArrayList<>(totals.values());
        sorted.sort(Comparator.comparingDouble(t -> -t.millis()));
        return sorted;
    }
}
