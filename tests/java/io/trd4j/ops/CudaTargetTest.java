package io.trd4j.ops;

import static io.trd4j.ops.ElementType.FLOAT32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trd4j.jni.NativeException;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdCudaDevice;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

/** What a target on CUDA says on every machine, also where there is no device: nothing here reaches one. */
class CudaTargetTest {
    @Test
    void itNamesTheDeviceAndTheStream() {
        try (OpTarget exec = OpTarget.cuda(3, 0x12340L);
                OpTarget defaultStream = OpTarget.cuda(0, 0)) {
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
                ? IllegalArgumentException.class
                : UnsupportedOperationException.class;
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cuda(0, 0);
                OpTarget nowhere = OpTarget.cuda(-1, 0)) {
            FloatPointer a = new FloatPointer(1f, 2f);
            FloatPointer out = new FloatPointer(-7f);
            assertThrows(expected, () -> Ops.fuseCosine(exec, FLOAT32, a, 1, null, 0, a, out, 1, 1, 0));
            assertThrows(expected, () -> Ops.fuseCosine(nowhere, FLOAT32, a, 1, null, 0, a, out, 1, 1, 2));
            assertEquals(-7f, out.get(), "a refused call writes nothing");
        }
    }

    @Test
    void aRefusalOfTheRuntimeKeepsItsCode() {
        assumeTrue(CudaProbe.of(0).built(), "libtrd was built without CUDA");
        try (TrdCudaDevice device = new TrdCudaDevice()) {
            NativeException e =
                    assertThrows(NativeException.class, () -> Status.check(Trd.trd_cuda_probe(1023, device)));
            // No or too old a driver, no device, no such device.
            assertTrue(Set.of(35, 100, 101).contains(e.code()), e.code() + ": " + e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> Status.check(Trd.trd_cuda_probe(-1, device)));
            assertEquals(0, Trd.trd_last_error_code(), "the next failure was not CUDA's");
        }
        assertEquals(0, new NativeException("another library's").code());
    }

    @Test
    void theMapsOperatorsAreComputedOnTheCpuForBothBackends() {
        try (OpTarget cuda = OpTarget.cuda(0, 0);
                OpTarget cpu = OpTarget.cpu();
                MapOperators operators = new MapOperators(cpu, 32, 8, 4, 2)) {
            assertThrows(UnsupportedOperationException.class, () -> new MapOperators(cuda, 32, 8, 4, 2));
            assertEquals(
                    Trd.trd_anomaly_map_operators_bytes(32, 8, 4, 2),
                    operators.memory().bytes());
        }
    }
}
