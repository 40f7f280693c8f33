package io.trd4j.benchmarks.latency;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * ONNX Runtime from Java, on the graph that trd4j exported ({@link ExportGraph}). Inputs and outputs are direct buffers
 * made once; all graph optimisations are on; its threads spin while it runs, which is its faster setting, and stop when
 * the pass ends, so that they do not disturb the next side.
 */
final class OnnxRuntimeSide implements Side {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Map<String, OnnxTensor> images;
    private final Map<String, OnnxTensor> results;
    private final FloatBuffer[] maps = new FloatBuffer[2];

    OnnxRuntimeSide(Inputs inputs, int threads) throws IOException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.addConfigEntry("session.force_spinning_stop", "1");
            session = environment.createSession(inputs.onnx().toString(), options);
            float[] rgb = inputs.prepared(0);
            long size = Math.round(Math.sqrt(rgb.length / 3.0));
            long[] imageShape = {1, 3, size, size};
            long[] mapShape = {1, size, size};
            images = Map.of(
                    "rgb",
                    tensor(direct(rgb.length).put(0, rgb), imageShape),
                    "depth",
                    tensor(direct(rgb.length).put(0, inputs.prepared(1)), imageShape));
            for (int i = 0; i < 2; i++) {
                maps[i] = direct(Math.toIntExact(size * size));
            }
            results = Map.of("map_rgb", tensor(maps[0], mapShape), "map_depth", tensor(maps[1], mapShape));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        }
    }

    private OnnxTensor tensor(FloatBuffer values, long[] shape) throws OrtException {
        return OnnxTensor.createTensor(environment, values, shape);
    }

    private static FloatBuffer direct(int count) {
        return ByteBuffer.allocateDirect(count * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    @Override
    public String version() {
        return "ONNX Runtime " + environment.getVersion() + ", Java " + Runtime.version();
    }

    @Override
    public String setting() {
        return "fp32, trd export, all graph optimisations";
    }

    @Override
    public boolean blurred() {
        return true;
    }

    @Override
    public float[] maps() {
        float[] both = new float[2 * maps[0].capacity()];
        maps[0].get(0, both, 0, both.length / 2);
        maps[1].get(0, both, both.length / 2, both.length / 2);
        return both;
    }

    @Override
    public Map<String, Double> pass() {
        long start = System.nanoTime();
        try (OrtSession.Result result = session.run(images, results)) {
            return Map.of("network", (System.nanoTime() - start) / 1e6);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            images.values().forEach(OnnxTensor::close);
            results.values().forEach(OnnxTensor::close);
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        }
    }
}
