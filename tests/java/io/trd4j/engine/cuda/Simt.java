package io.trd4j.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import io.trd4j.engine.GoldenNetwork;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import java.io.IOException;
import org.bytedeco.javacpp.Loader;

/** Networks on the device of the SIMT harness. */
final class Simt {
    private Simt() {}

    /** The tests with the tag {@code simt} run in a JVM whose libtrd is the harness's. */
    static void require() {
        Needs.that(Loader.getPlatform().equals("linux-x86_64"), "Linux on x86-64");
        assertTrue(NativeRuntime.description().contains("SIMT"), "not the SIMT build: " + NativeRuntime.description());
    }

    static CudaNetwork compile(Device device, Network network, int size, Precision precision) throws IOException {
        return compile(device, network, size, precision, ConvolutionBackend.LIBTRD, null);
    }

    static CudaNetwork compile(
            Device device,
            Network network,
            int size,
            Precision precision,
            ConvolutionBackend convolver,
            ConvolutionLibrary library)
            throws IOException {
        return CudaNetworks.of(
                device,
                ExecutionPlan.of(network.backbone(), size),
                GoldenNetwork.source(network),
                precision,
                convolver,
                library,
                2);
    }
}
