package io.trd4j.model.network;

import static io.trd4j.Golden.assertClose;

import io.trd4j.Golden;
import io.trd4j.jni.TrdCalibration;
import io.trd4j.model.Backbone;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.ops.MapOperators;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every intermediate of the golden forward passes, the maps, the blurred map and the score (SPEC sections 2 and 4). */
class NetworkGoldenTest {
    @ParameterizedTest
    @ValueSource(strings = {"resnet18-64", "resnet34-96", "resnet50-128", "wide_resnet50_2-256"})
    void agreesWithTheReference(String name) throws IOException {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard();
                Safetensors golden = Golden.open("forward-" + name + ".safetensors")) {
            Backbone backbone = Backbone.of(golden.metadata().get("arch"));
            int size = Integer.parseInt(golden.metadata().get("size"));
            int n = Integer.parseInt(golden.metadata().get("batch"));
            try (Network network = new Network(backbone)) {
                network.weights().forEach((prefix, dict) -> Golden.fill(dict, prefix));
                Tensor rgb = Golden.input("input.rgb", n, size);
                Tensor depth = Golden.input("input.depth", n, size);
                Features own = network.teacher().apply(rgb);
                Features other = network.teacher().apply(depth);
                branch(golden, "rgb", own, network.studentRgb().apply(own, other));
                branch(golden, "depth", other, network.studentDepth().apply(other, own));
                for (int i = 0; i < n; i++) {
                    maps(golden, network, i, rgb.narrow(0, i, 1), depth.narrow(0, i, 1), size);
                }
            }
        }
    }

    private static void branch(Safetensors golden, String branch, Features own, Student.Output out) throws IOException {
        compare(golden, branch + ".teacher", own.asList());
        compare(golden, branch + ".filter", out.filter().asList());
        compare(golden, branch + ".amplifier", out.amplifier().asList());
        compare(golden, branch + ".bottleneck", List.of(out.code()));
        compare(golden, branch + ".plain", out.plain().asList());
        compare(golden, branch + ".fused", out.fused().asList());
    }

    private static void compare(Safetensors golden, String name, List<Tensor> tensors) throws IOException {
        for (int scale = 0; scale < tensors.size(); scale++) {
            String key = name + "." + scale;
            float[] values = Golden.floats(tensors.get(scale));
            double[] stats = golden.doubles(key + ".stats");
            float[] expected = golden.floats(key + ".sample");
            float[] sample = new float[expected.length];
            for (int j = 0; j < sample.length; j++) {
                sample[j] = values[(int) ((long) j * (values.length - 1) / (sample.length - 1))];
            }
            double tolerance = 1e-4 * stats[1];
            assertClose(key + ".sample", sample, expected, tolerance);
            double mean = 0;
            double min = Double.POSITIVE_INFINITY;
            double max = Double.NEGATIVE_INFINITY;
            for (float v : values) {
                mean += (double) v / values.length;
                min = Math.min(min, v);
                max = Math.max(max, v);
            }
            double squares = 0;
            for (float v : values) {
                squares += (v - mean) * (v - mean) / values.length;
            }
            assertClose(key + " mean", mean, stats[0], tolerance);
            assertClose(key + " std", Math.sqrt(squares), stats[1], tolerance);
            assertClose(key + " min", min, stats[2], tolerance);
            assertClose(key + " max", max, stats[3], tolerance);
        }
    }

    private static void maps(Safetensors golden, Network network, int part, Tensor rgb, Tensor depth, int size)
            throws IOException {
        int pixels = size * size;
        try (BranchMaps maps = new BranchMaps(network, size);
                OpTarget exec = OpTarget.cpu()) {
            maps.compute(rgb, depth);
            assertClose("rgb.map", get(maps.rgb(), pixels), slice(golden.floats("rgb.map"), part, pixels), 2e-5);
            assertClose("depth.map", get(maps.depth(), pixels), slice(golden.floats("depth.map"), part, pixels), 2e-5);

            double[] c = golden.doubles("calibration");
            TrdCalibration calibration = new TrdCalibration();
            calibration.mean_rgb(c[0]).std_rgb(c[1]).mean_depth(c[2]).std_depth(c[3]);
            FloatPointer total = new FloatPointer((long) pixels);
            FloatPointer mapRgb = new FloatPointer((long) pixels);
            FloatPointer mapDepth = new FloatPointer((long) pixels);
            FloatPointer scores = new FloatPointer(3L);
            try (MapOperators operators = new MapOperators(exec, size, size / 4, size / 8, size / 16)) {
                Ops.anomalyMap(
                        exec,
                        maps.rgbDistances(),
                        maps.depthDistances(),
                        calibration,
                        null,
                        operators,
                        total,
                        mapRgb,
                        mapDepth,
                        scores,
                        1);
            }
            assertClose("total.blurred", get(total, pixels), slice(golden.floats("total.blurred"), part, pixels), 1e-4);
            assertClose("total.score", scores.get(0), golden.doubles("total.score")[part], 1e-4);
        }
    }

    private static float[] get(FloatPointer pointer, int count) {
        float[] values = new float[count];
        pointer.get(values);
        return values;
    }

    private static float[] slice(float[] values, int part, int pixels) {
        return Arrays.copyOfRange(values, part * pixels, (part + 1) * pixels);
    }
}
