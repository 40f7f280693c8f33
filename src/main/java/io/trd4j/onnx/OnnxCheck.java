package io.trd4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.PrecisionCalibration;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.io.Stop;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests.Accuracy;
import io.trd4j.ops.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compares a graph in ONNX Runtime with this engine in float32, part by part, both on the CPU. */
public final class OnnxCheck {
    /** Parts in the file beside the graph. */
    private static final int SHOWN = 5;
    /** Largest difference of a map or score, in deviations of the combined map over the parts' pixels. */
    private static final double TOLERANCE = 1e-4;

    private static final InspectorOptions OPTIONS =
            new InspectorOptions(0, Precision.FP32).withDevice(DeviceChoice.CPU);

    private final Path model;
    private final List<GraphInput> inputs;
    private final Precision precision;
    private final List<Map<String, Object>> shown = new ArrayList<>();

    OnnxCheck(Path model, List<GraphInput> inputs, Precision precision) {
        this.model = model;
        this.inputs = inputs;
        this.precision = precision;
    }

    /**
     * How far the graph's results are from this engine's.
     *
     * @param parts that were compared
     * @param maps largest difference of any map's pixel, in deviations of the combined map
     * @param scores of any score, likewise
     * @param others ids of the parts with another verdict
     * @param accuracy by which a graph in fp16 or int8 is judged, as calibration judges bf16 and int8
     */
    public record Result(int parts, double maps, double scores, List<String> others, Accuracy accuracy) {
        public Result {
            others = List.copyOf(others);
        }

        void requireSame(Path out, Precision precision) {
            if (precision == Precision.FP32) {
                if (!(maps <= TOLERANCE) || !(scores <= TOLERANCE) || !others.isEmpty()) {
                    throw new InputException(out + " was not written: in ONNX Runtime its maps differ by " + maps
                            + ", its scores by " + scores + " of the map's deviation (allowed: " + TOLERANCE + ") and "
                            + others.size() + " of " + parts
                            + " verdicts differ; this is a fault of trd4j or of the runtime");
                }
            } else if (!accuracy.passed()) {
                throw new InputException(String.format(
                        Locale.ROOT,
                        "%s was not written: in %s, the smallest correlation of a map with fp32's is %.5f and a score "
                                + "differs by %.4f; export it in fp32",
                        out,
                        precision.key(),
                        accuracy.correlation(),
                        accuracy.scoreError()));
            }
        }
    }

    /** The largest differences so far, and what gives the map's deviation. */
    private static final class Differences {
        private double correlation = 1;
        private double scoreError;
        private double maps;
        private double scores;
        private final List<String> others = new ArrayList<>();
        private double sum;
        private double squares;
        private long pixels;

        void map(float[] expected, FloatBuffer got) {
            for (int i = 0; i < expected.length; i++) {
                maps = larger(maps, expected[i], got.get(i));
            }
        }

        /** Of the combined map and score, as calibration judges a precision. */
        void accuracy(Inspection expected, FloatBuffer map, FloatBuffer score) {
            float[] got = new float[expected.map().length];
            map.get(0, got);
            correlation = Math.min(correlation, PrecisionCalibration.correlation(expected.map(), got));
            scoreError = Math.max(scoreError, PrecisionCalibration.scoreError(expected.score(), score.get(0)));
        }

        void score(float expected, FloatBuffer got) {
            scores = larger(scores, expected, got.get(0));
        }

        /** Parts that are unlike the normal ones are left to a person, which the graph does not know. */
        void verdict(String id, Inspection expected, OrtSession.Result got) throws OrtException {
            if (expected.verdict() != Verdict.NONE && expected.warnings().isEmpty()) {
                LongBuffer verdict = ((OnnxTensor) got.get("verdict").orElseThrow()).getLongBuffer();
                if (!MapNodes.VERDICTS
                        .get((int) verdict.get(0))
                        .equals(expected.verdict().name())) {
                    others.add(id);
                }
            }
        }

        void deviation(float[] map) {
            for (float value : map) {
                sum += value;
                squares += (double) value * value;
            }
            pixels += map.length;
        }

        /** A NaN is the largest of all. */
        private static double larger(double before, float expected, float got) {
            double difference = Math.abs((double) expected - got);
            return difference <= before ? before : difference;
        }

        Result result(int parts, Precision precision) {
            double mean = sum / pixels;
            double deviation = Math.sqrt(squares / pixels - mean * mean);
            return new Result(
                    parts,
                    maps / deviation,
                    scores / deviation,
                    others,
                    Accuracy.judged(precision, parts, correlation, scoreError));
        }
    }

    Result run(Path graph, List<? extends PartSource> parts, Progress progress) throws IOException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (Inspector inspector = Inspector.open(model, OPTIONS);
                OrtSession.SessionOptions session = new OrtSession.SessionOptions();
                Progress.Task task = Stop.task(progress, "Comparing", parts.size())) {
            session.setIntraOpNumThreads(inspector.threads());
            // Its faults are told by exceptions.
            session.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            try (OrtSession runtime = environment.createSession(graph.toString(), session)) {
                return compare(inspector, environment, runtime, parts, task);
            }
        } catch (OrtException e) {
            throw new InputException(
                    "ONNX Runtime cannot run the graph: " + e.getMessage()
                            + "; this is a fault of trd4j or of the runtime",
                    e);
        }
    }

    private Result compare(
            Inspector inspector,
            OrtEnvironment environment,
            OrtSession runtime,
            List<? extends PartSource> parts,
            Progress.Task task)
            throws IOException, OrtException {
        ModelInfo info = inspector.model();
        int size = info.size();
        Inspection expected = inspector.newInspection();
        Differences differences = new Differences();
        try (Preparation preparation = new Preparation(size, info.geometry(), ElementType.FLOAT32)) {
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i).load();
                requireComplete(part);
                inspector.inspect(part, expected);
                ByteBuffer rgb = inputs.get(0).bytes(part, preparation, size);
                ByteBuffer depth = inputs.get(1).bytes(part, preparation, size);
                try (OnnxTensor first = inputs.get(0).tensor(environment, rgb, size);
                        OnnxTensor second = inputs.get(1).tensor(environment, depth, size);
                        OrtSession.Result got = runtime.run(Map.of(
                                inputs.get(0).name(), first, inputs.get(1).name(), second))) {
                    differences.map(expected.map(), floats(got, "map"));
                    differences.map(expected.mapRgb(), floats(got, "map_rgb"));
                    differences.map(expected.mapDepth(), floats(got, "map_depth"));
                    differences.score(expected.score(), floats(got, "score"));
                    differences.score(expected.scoreRgb(), floats(got, "score_rgb"));
                    differences.score(expected.scoreDepth(), floats(got, "score_depth"));
                    differences.accuracy(expected, floats(got, "map"), floats(got, "score"));
                    differences.verdict(part.id(), expected, got);
                    differences.deviation(expected.map());
                    if (shown.size() < SHOWN) {
                        shown.add(entry(part, rgb, depth, expected, got));
                    }
                }
                task.at(i + 1);
            }
        }
        return differences.result(parts.size(), precision);
    }

    private static void requireComplete(Part part) {
        if (part.rgb() == null || !part.hasSecond()) {
            throw new InputException(part.source() + " lacks a modality, and a graph takes both; give complete parts");
        }
    }

    private static FloatBuffer floats(OrtSession.Result got, String name) throws OrtException {
        OnnxTensor tensor = (OnnxTensor) got.get(name).orElseThrow();
        return tensor.getFloatBuffer();
    }

    private static Map<String, Object> entry(
            Part part, ByteBuffer rgb, ByteBuffer depth, Inspection expected, OrtSession.Result got)
            throws OrtException {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", part.id());
        entry.put("inputs", Map.of("rgb", GraphInput.checksum(rgb), "depth", GraphInput.checksum(depth)));
        entry.put("score", expected.score());
        entry.put("score_rgb", expected.scoreRgb());
        entry.put("score_depth", expected.scoreDepth());
        if (expected.verdict() != Verdict.NONE) {
            entry.put("verdict", expected.verdict().name());
        }
        // In the graph's own precision: another runtime differs from these by rounding alone.
        Map<String, Float> own = new LinkedHashMap<>();
        for (String name : List.of("score", "score_rgb", "score_depth")) {
            own.put(name, floats(got, name).get(0));
        }
        entry.put("onnxruntime", own);
        return entry;
    }

    /** The content of the file beside the graph. */
    Map<String, Object> proof(Path out, Path written, Map<String, String> properties) throws IOException {
        Map<String, Object> proof = new LinkedHashMap<>();
        proof.put("graph", out.getFileName().toString());
        proof.put("sha256", Sha256.of(written));
        proof.put("model_sha256", properties.get("trd.model_sha256"));
        proof.put("precision", precision.key());
        proof.put("opset", OnnxExport.OPSET);
        proof.put(
                "inputs_sha256_of",
                Map.of("rgb", inputs.get(0).layout(), "depth", inputs.get(1).layout()));
        proof.put("parts", shown);
        return proof;
    }
}
