package io.trd4j.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.model.Backbone;
import io.trd4j.model.BranchMaps;
import io.trd4j.model.Network;
import io.trd4j.model.Precision;
import io.trd4j.model.Weights;
import io.trd4j.ops.Exec;
import io.trd4j.ops.Ops;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The folded oneDNN plan against the unfolded LibTorch network, on the golden generator's weights. */
class CpuExecutorTest {
    /** Raw maps of both branches. */
    private record Maps(float[] rgb, float[] depth) {}

    private static WeightSource source(Network network) {
        Map<String, ByteBuffer> cache = new HashMap<>();
        return (tensor, offset, target) -> {
            synchronized (cache) {
                ByteBuffer bytes = cache.computeIfAbsent(tensor, name -> {
                    String prefix = name.substring(0, name.indexOf('.') + 1);
                    return network.weights().get(prefix).bytes(name.substring(prefix.length()));
                });
                target.put(bytes.slice(Math.toIntExact(4 * offset), target.remaining()));
            }
        };
    }

    private static Network network(Backbone backbone) {
        Network network = new Network(backbone);
        network.weights().forEach((prefix, weights) -> Golden.fill(weights, prefix));
        return network;
    }

    private static Maps reference(Network network, int size) {
        try (PointerScope scope = new PointerScope(); BranchMaps maps = new BranchMaps(network, size)) {
            maps.compute(Golden.input("rgb", 1, size), Golden.input("depth", 1, size));
            Maps result = new Maps(new float[size * size], new float[size * size]);
            maps.rgb().get(result.rgb);
            maps.depth().get(result.depth);
            return result;
        }
    }

    private static void fill(CpuExecutor executor, int size) {
        try (PointerScope scope = new PointerScope()) {
            for (int branch = 0; branch < 2; branch++) {
                Tensor image = Golden.input(branch == 0 ? "rgb" : "depth", 1, size);
                float[] values = Golden.floats(image.permute(0, 2, 3, 1).contiguous());
                if (executor.imageType() == io.trd4j.ops.ElementType.FLOAT32) {
                    new FloatPointer(executor.image(branch)).put(values);
                } else {
                    short[] half = new short[values.length];
                    for (int i = 0; i < half.length; i++) {
                        int bits = Float.floatToIntBits(values[i]);
                        half[i] = (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
                    }
                    new ShortPointer(executor.image(branch)).put(half);
                }
            }
        }
    }

    private static Maps maps(CpuExecutor executor, int size) {
        Maps result = new Maps(new float[size * size], new float[size * size]);
        try (FloatPointer map = new FloatPointer((long) size * size); Exec exec = Exec.cpu()) {
            for (int branch = 0; branch < 2; branch++) {
                Ops.branchMap(exec, executor.distances(branch), map, 1, size);
                map.get(branch == 0 ? result.rgb : result.depth);
            }
        }
        return result;
    }

    private static double std(float[] values) {
        double mean = 0;
        for (float v : values) {
            mean += v / values.length;
        }
        double squares = 0;
        for (float v : values) {
            squares += (v - mean) * (v - mean);
        }
        return Math.sqrt(squares / values.length);
    }

    private static double worst(float[] a, float[] b) {
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            double error = Math.abs(a[i] - b[i]);
            worst = !(error <= worst) ? error : worst;
        }
        return worst;
    }

    @ParameterizedTest
    @CsvSource({"RESNET18,64", "RESNET18,96", "RESNET34,96", "RESNET50,64", "WIDE_RESNET50_2,64"})
    void fp32AgreesWithTheUnfoldedNetwork(Backbone backbone, int size) throws Exception {
        try (Network network = network(backbone)) {
            Maps expected = reference(network, size);
            try (CpuExecutor executor = new CpuExecutor(
                    new CompiledPlan(ExecutionPlan.of(backbone, size), source(network), Precision.FP32, null, 2))) {
                for (int run = 0; run < 2; run++) {
                    fill(executor, size);
                    executor.run();
                    Maps got = maps(executor, size);
                    double rgb = worst(got.rgb, expected.rgb) / std(expected.rgb);
                    double depth = worst(got.depth, expected.depth) / std(expected.depth);
                    System.err.println(backbone + " " + rgb + " " + depth + " arena " + executor.compiled().arenaBytes());
                    assertTrue(rgb <= 1e-4 && depth <= 1e-4, rgb + ", " + depth);
                }
                fill(executor, size);
                executor.observe((step, output, values, nanos) -> System.err.printf("%-60s %-40s %7.3f%n", step.name(), step.implementation(), nanos / 1e6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"RESNET18,64,BF16", "WIDE_RESNET50_2,64,BF16"})
    void bf16(Backbone backbone, int size, Precision precision) throws Exception {
        try (Network network = network(backbone)) {
            Maps expected = reference(network, size);
            try (CpuExecutor executor = new CpuExecutor(
                    new CompiledPlan(ExecutionPlan.of(backbone, size), source(network), precision, null, 2))) {
                fill(executor, size);
                executor.run();
                Maps got = maps(executor, size);
                double rgb = worst(got.rgb, expected.rgb) / std(expected.rgb);
                double depth = worst(got.depth, expected.depth) / std(expected.depth);
                System.err.println(backbone + " " + rgb + " " + depth + " arena " + executor.compiled().arenaBytes());
                fill(executor, size);
                executor.observe((step, output, values, nanos) -> System.err.printf("%-60s %-40s %7.3f%n", step.name(), step.implementation(), nanos / 1e6));
            }
        }
    }
}
