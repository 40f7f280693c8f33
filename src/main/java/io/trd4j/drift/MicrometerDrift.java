package io.trd4j.drift;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.trd4j.drift.DriftReport.Shift;
import io.trd4j.inspect.Verdict;
import io.trd4j.model.Statistic;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Publishes a {@link DriftMonitor} through Micrometer, which an application that uses this class brings along. The
 * meters read the monitor when they are asked, so that inspection pays nothing; they live as long as it. Counters:
 * {@code trd.parts} (tag {@code verdict}), {@code trd.drift.windows}, {@code trd.drift.alarms},
 * {@code trd.drift.statistic.alarms} (tag {@code statistic}). Gauges of the newest window, with the tag
 * {@code statistic}, NaN before the first: {@code trd.drift.mean}, {@code trd.drift.median},
 * {@code trd.drift.reference.median}, in the statistic's unit, and {@code trd.drift.p}, adjusted.
 */
public final class MicrometerDrift implements MeterBinder {
    private final DriftMonitor monitor;
    private final Tags tags;

    /** @param tags of all meters, the name of a station for example */
    public MicrometerDrift(DriftMonitor monitor, Iterable<Tag> tags) {
        this.monitor = monitor;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Verdict verdict : Verdict.values()) {
            counter(
                    registry,
                    "trd.parts",
                    "Inspected parts",
                    tags.and("verdict", verdict.name().toLowerCase(Locale.ROOT)),
                    m -> m.parts(verdict));
        }
        counter(
                registry,
                "trd.drift.windows",
                "Windows of parts compared with the normal parts of the calibration",
                tags,
                DriftMonitor::windows);
        counter(registry, "trd.drift.alarms", "Windows that showed drift", tags, DriftMonitor::alarms);
        for (Statistic statistic : monitor.statistics()) {
            Tags own = tags.and("statistic", statistic.key());
            counter(
                    registry,
                    "trd.drift.statistic.alarms",
                    "Windows in which the statistic moved",
                    own,
                    m -> m.alarms(statistic));
            gauge(
                    registry,
                    "trd.drift.mean",
                    "Mean of the statistic in the newest window",
                    own,
                    statistic,
                    Shift::mean);
            gauge(
                    registry,
                    "trd.drift.median",
                    "Median of the statistic in the newest window",
                    own,
                    statistic,
                    Shift::median);
            gauge(
                    registry,
                    "trd.drift.reference.median",
                    "Median of the statistic at calibration",
                    own,
                    statistic,
                    Shift::referenceMedian);
            gauge(
                    registry,
                    "trd.drift.p",
                    "Probability of such a shift without drift, adjusted",
                    own,
                    statistic,
                    Shift::adjustedP);
        }
    }

    private void counter(
            MeterRegistry registry, String name, String what, Tags own, ToDoubleFunction<DriftMonitor> count) {
        FunctionCounter.builder(name, monitor, count)
                .description(what)
                .tags(own)
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String what,
            Tags own,
            Statistic statistic,
            ToDoubleFunction<Shift> value) {
        Gauge.builder(name, monitor, m -> {
                    Shift shift = m.last() == null ? null : m.last().of(statistic);
                    return shift == null ? Double.NaN : value.applyAsDouble(shift);
                })
                .description(what)
                .tags(own)
                .register(registry);
    }
}
