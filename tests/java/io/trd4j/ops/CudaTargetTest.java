package io.trd4j.ops;

import static io.trd4j.ops.ElementType.FLOAT32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.jni.NativeRuntime;
import io.trd4j.jni.Trd;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

/** What a target on CUDA says on every machine, also where there is no device: nothing here reaches one. */
class CudaTargetTest {
    @Test
    void itNamesTheDeviceAndTheStream() {
        try (OpTarget exec = OpTarget.cuda(3, 0x12340L); OpTarget defaultStream = OpTarget.cuda(0, 0)) {
            assertEquals(Trd.TRD_BACKEND_CUDA, exec.struct.backend());
            assertEquals(3, exec.struct.device());
            assertEquals(0x12340L, exec.struct.stream().address());
            assertNull(defaultStream.struct.stream());
        }
    }

    @Test
    void argumentsAreRefusedBeforeADeviceIsAsked() {
        // A build without CUDA refuses the backend itself, never falls back.
        Class<? extends RuntimeException> expected = NativeRuntime.description().contains(", cuda (")
                ? IllegalArgumentException.class : UnsupportedOperationException.class;
        try (PointerScope scope = new PointerScope(); OpTarget exec = OpTarget.cuda(0, 0); OpTarget nowhere = OpTarget.cuda(-1, 0)) {
            FloatPointer a = new FloatPointer(1f, 2f);
            FloatPointer out = new FloatPointer(-7f);
            assertThrows(expected, () -> Ops.fuseCosine(exec, FLOAT32, a, 1, null, 0, a, out, 1, 1, 0));
            assertThrows(expected, () -> Ops.fuseCosine(nowhere, FLOAT32, a, 1, null, 0, a, out, 1, 1, 2));
            assertEquals(-7f, out.get(), "a refused call writes nothing");
        }
    }

    @Test
    void theMapsOperatorsAreComputedOnTheCpuForBothBackends() {
        try (OpTarget cuda = OpTarget.cuda(0, 0); OpTarget cpu = OpTarget.cpu(); MapOperators operators = new MapOperators(cpu, 32, 8, 4, 2)) {
            assertThrows(UnsupportedOperationException.class, () -> new MapOperators(cuda, 32, 8, 4, 2));
            assertEquals(Trd.trd_anomaly_map_operators_bytes(32, 8, 4, 2), operators.memory().bytes());
        }
    }
}
