package io.trd4j.benchmarks.latency;

import io.trd4j.data.Part;
import io.trd4j.engine.Inspection;
import io.trd4j.engine.Inspector;
import io.trd4j.engine.InspectorOptions;
import io.trd4j.engine.Natives;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.util.Map;

/** trd4j through its public API: a whole part, with the stages that it measures itself. */
final class TrdSide implements Side {
    private final String precision;
    private final Part part;
    private final Inspector inspector;
    private final Inspection result;

    TrdSide(Inputs inputs, String precision, int threads) throws IOException {
        this.precision = precision;
        part = inputs.part();
        inspector = open(inputs, precision, threads);
        result = inspector.newInspection();
        inspector.warmUp();
    }

    private static Inspector open(Inputs inputs, String precision, int threads) throws IOException {
        try {
            return Inspector.open(inputs.model(), options(threads, precision));
        } catch (InputException | UnsupportedOperationException e) {
            // The processor lacks it, or this model carries no accuracy test for it.
            throw new Unavailable(e.getMessage());
        }
    }

    /** The one place that turns a precision's name into an option. */
    private static InspectorOptions options(int threads, String precision) {
        if (!precision.equals("fp32")) {
            throw new UnsupportedOperationException("this version of trd4j computes in fp32 only");
        }
        return new InspectorOptions(threads);
    }

    @Override
    public String version() {
        return String.join("; ", Natives.describe());
    }

    @Override
    public String setting() {
        return precision + ", Inspector.inspect of a part in memory";
    }

    @Override
    public boolean blurred() {
        return true;
    }

    @Override
    public float[] maps() {
        float[] both = new float[2 * result.mapRgb().length];
        System.arraycopy(result.mapRgb(), 0, both, 0, both.length / 2);
        System.arraycopy(result.mapDepth(), 0, both, both.length / 2, both.length / 2);
        return both;
    }

    @Override
    public Map<String, Double> pass() {
        long start = System.nanoTime();
        inspector.inspect(part, result);
        long nanos = System.nanoTime() - start;
        return Map.of("part", nanos / 1e6, "prepare", result.prepareNanos() / 1e6, "network", result.networkNanos() / 1e6,
                "anomaly_map", result.anomalyMapNanos() / 1e6);
    }

    @Override
    public void close() {
        inspector.close();
    }
}
