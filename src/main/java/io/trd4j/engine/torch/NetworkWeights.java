package io.trd4j.engine.torch;

import io.trd4j.engine.plan.WeightSource;
import io.trd4j.model.network.Network;
import java.nio.ByteBuffer;

/** The tensors of a network in memory. Each reading thread keeps the tensor that it read last. */
public final class NetworkWeights implements WeightSource {
    private record Tensor(String name, ByteBuffer bytes) {}

    private final Network network;
    private final ThreadLocal<Tensor> last = new ThreadLocal<>();

    public NetworkWeights(Network network) {
        this.network = network;
    }

    @Override
    public void read(String tensor, long offset, ByteBuffer target) {
        Tensor current = last.get();
        if (current == null || !current.name().equals(tensor)) {
            String prefix = tensor.substring(0, tensor.indexOf('.') + 1);
            // Row-major, whatever the network's layout.
            current = new Tensor(tensor, network.weights().get(prefix).bytes(tensor.substring(prefix.length())));
            last.set(current);
        }
        target.put(current.bytes().slice(Math.toIntExact(4 * offset), target.remaining()));
    }
}
