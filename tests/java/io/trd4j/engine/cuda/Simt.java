package io.trd4j.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trd4j.Golden;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.Backbone;
import io.trd4j.model.BranchMaps;
import io.trd4j.model.Network;
import io.trd4j.model.Precision;
import io.trd4j.ops.Exec;
import io.trd4j.ops.Ops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;

/** Networks on the device of the SIMT harness, and what they are compared with. */
final class Simt {
    /** Raw maps of both branches. */
    record Maps(float[] rgb, float[] depth) {}

    private Simt() {}

    /** The tests with the tag {@code simt} run in a JVM whose libtrd is the harness's. */
    static void require() {
        assumeTrue(Loader.getPlatform().equals("linux-x86_64"), "the harness runs on Linux x86-64 only");
        assertTrue(NativeRuntime.description().contains("SIMT"), "not the SIMT build: " + NativeRuntime.description());
    }

    static Network network(Backbone backbone) {
        Network network = new Network(backbone);
        network.weights().forEach((prefix, weights) -> Golden.fill(weights, prefix));
        return network;
    }

    static WeightSource source(Network network) {
        ThreadLocal<Map.Entry<String, ByteBuffer>> last = ThreadLocal.withInitial(() -> Map.entry("", ByteBuffer.allocate(0)));
        return (tensor, offset, target) -> {
            if (!last.get().getKey().equals(tensor)) {
                String prefix = tensor.substring(0, tensor.indexOf('.') + 1);
                last.set(Map.entry(tensor, network.weights().get(prefix).bytes(tensor.substring(prefix.length()))));
            }
            target.put(last.get().getValue().slice(Math.toIntExact(4 * offset), target.remaining()));
        };
    }

    static CudaNetwork compile(Device device, Network network, int size, Precision precision) throws IOException {
        return compile(device, network, size, precision, Convolver.LIBTRD, null);
    }

    static CudaNetwork compile(Device device, Network network, int size, Precision precision, Convolver convolver,
                               ConvolutionLibrary library) throws IOException {
        return CudaNetwork.of(device, ExecutionPlan.of(network.backbone(), size), source(network), precision, convolver, library, 2);
    }

    /** The unfolded network in LibTorch. */
    static Maps reference(Network network, int size, String seed) {
        try (PointerScope scope = new PointerScope(); BranchMaps maps = new BranchMaps(network, size)) {
            maps.compute(Golden.input("rgb" + seed, 1, size), Golden.input("depth" + seed, 1, size));
            Maps result = new Maps(new float[size * size], new float[size * size]);
            maps.rgb().get(result.rgb);
            maps.depth().get(result.depth);
            return result;
        }
    }

    static Maps run(CudaExecutor executor, int size, String seed) {
        try (PointerScope scope = new PointerScope()) {
            executor.setImage(0, Golden.floats(Golden.input("rgb" + seed, 1, size).permute(0, 2, 3, 1).contiguous()));
            executor.setImage(1, Golden.floats(Golden.input("depth" + seed, 1, size).permute(0, 2, 3, 1).contiguous()));
        }
        executor.run();
        Maps result = new Maps(new float[size * size], new float[size * size]);
        try (FloatPointer map = new FloatPointer((long) size * size); Exec exec = Exec.cpu()) {
            for (int branch = 0; branch < 2; branch++) {
                Ops.branchMap(exec, executor.distances(branch), map, 1, size);
                map.get(branch == 0 ? result.rgb : result.depth);
            }
        }
        return result;
    }

    static double std(float[] values) {
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

    /** Largest difference; NaN when any is. */
    static double worst(float[] a, float[] b) {
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            double error = Math.abs((double) a[i] - b[i]);
            worst = !(error <= worst) ? error : worst;
        }
        return worst;
    }
}
