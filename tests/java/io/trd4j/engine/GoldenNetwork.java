package io.trd4j.engine;

import io.trd4j.Golden;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.model.Backbone;
import io.trd4j.model.network.BranchMaps;
import io.trd4j.model.network.Network;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import java.nio.ByteBuffer;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/** The network with the golden generator's weights: the unfolded one in LibTorch, and an runner's, as raw maps. */
public final class GoldenNetwork {
    /** Raw maps of both branches. */
    public record Maps(float[] rgb, float[] depth) {}

    private GoldenNetwork() {}

    public static Network network(Backbone backbone) {
        Network network = new Network(backbone);
        network.weights().forEach((prefix, weights) -> Golden.fill(weights, prefix));
        return network;
    }

    public static WeightSource source(Network network) {
        ThreadLocal<Map.Entry<String, ByteBuffer>> last =
                ThreadLocal.withInitial(() -> Map.entry("", ByteBuffer.allocate(0)));
        return (tensor, offset, target) -> {
            if (!last.get().getKey().equals(tensor)) {
                String prefix = tensor.substring(0, tensor.indexOf('.') + 1);
                last.set(Map.entry(tensor, network.weights().get(prefix).bytes(tensor.substring(prefix.length()))));
            }
            target.put(last.get().getValue().slice(Math.toIntExact(4 * offset), target.remaining()));
        };
    }

    /** The unfolded network in LibTorch. */
    public static Maps reference(Network network, int size, String seed) {
        try (PointerScope scope = new PointerScope();
                BranchMaps maps = new BranchMaps(network, size)) {
            maps.compute(Golden.input("rgb" + seed, 1, size), Golden.input("depth" + seed, 1, size));
            Maps result = new Maps(new float[size * size], new float[size * size]);
            maps.rgb().get(result.rgb);
            maps.depth().get(result.depth);
            return result;
        }
    }

    /** Sets both images to the generated inputs of a seed. */
    public static void setImages(NetworkRunner runner, int size, String seed) {
        try (PointerScope scope = new PointerScope()) {
            runner.setImage(
                    0,
                    Golden.floats(Golden.input("rgb" + seed, 1, size)
                            .permute(0, 2, 3, 1)
                            .contiguous()));
            runner.setImage(
                    1,
                    Golden.floats(Golden.input("depth" + seed, 1, size)
                            .permute(0, 2, 3, 1)
                            .contiguous()));
        }
    }

    /** Raw maps of the last run. */
    public static Maps maps(NetworkRunner runner, int size) {
        Maps result = new Maps(new float[size * size], new float[size * size]);
        try (FloatPointer map = new FloatPointer((long) size * size);
                OpTarget exec = OpTarget.cpu()) {
            for (int branch = 0; branch < 2; branch++) {
                Ops.branchMap(exec, runner.distances(branch), map, 1, size);
                map.get(branch == 0 ? result.rgb : result.depth);
            }
        }
        return result;
    }

    /** The maps of the generated inputs of a seed. */
    public static Maps run(NetworkRunner runner, int size, String seed) {
        setImages(runner, size, seed);
        runner.run();
        return maps(runner, size);
    }

    public static double std(float[] values) {
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
    public static double worst(float[] a, float[] b) {
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            double error = Math.abs((double) a[i] - b[i]);
            worst = !(error <= worst) ? error : worst;
        }
        return worst;
    }
}
