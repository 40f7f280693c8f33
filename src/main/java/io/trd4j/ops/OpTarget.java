package io.trd4j.ops;

import io.trd4j.jni.NativeRuntime;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdExec;

/** Where ops run: backend, device and stream. Owns a few bytes of native memory; made once, at set-up. */
public final class OpTarget implements AutoCloseable {
    final TrdExec struct;

    private OpTarget(int backend, int device, long stream) {
        NativeRuntime.description();
        struct = Retained.of(new TrdExec());
        struct.backend(backend).device(device).stream(Address.of(stream));
    }

    /** The CPU backend. */
    public static OpTarget cpu() {
        return new OpTarget(Trd.TRD_BACKEND_CPU, 0, 0);
    }

    /** The CUDA backend. @param stream a {@code cudaStream_t} of that device */
    public static OpTarget cuda(int device, long stream) {
        return new OpTarget(Trd.TRD_BACKEND_CUDA, device, stream);
    }

    @Override
    public void close() {
        struct.close();
    }
}
