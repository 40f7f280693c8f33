package io.trd4j.benchmarks.latency;

import io.trd4j.data.Part;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.InputException;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests;
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
            return Inspector.open(
                    inputs.model(),
                    InspectorOptions.defaults().withThreads(threads).withPrecision(Precision.of(precision)));
        } catch (InputException e) {
            // The processor lacks its instructions, or this model what the precision needs.
            throw new Unavailable(e.getMessage());
        }
    }

    @Override
    public String version() {
        return NativeRuntime.description() + "; oneDNN " + CpuSupport.version();
    }

    @Override
    public String setting() {
        Precision runs = inspector.precision();
        PrecisionTests tests = inspector.model().precisions();
        PrecisionTests.Accuracy test = tests == null
                ? null
                : runs == Precision.BF16 ? tests.bf16() : runs == Precision.INT8 ? tests.int8() : null;
        return (precision.equals(runs.key()) ? precision : precision + ", which chose " + runs.key())
                + (test == null ? "" : ", accuracy test " + (test.passed() ? "passed" : "not passed"));
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
        return Map.of(
                "part",
                nanos / 1e6,
                "prepare",
                result.prepareNanos() / 1e6,
                "network",
                result.networkNanos() / 1e6,
                "anomaly_map",
                result.anomalyMapNanos() / 1e6);
    }

    @Override
    public void close() {
        inspector.close();
    }
}
