package io.trd4j.ops;

import io.trd4j.jni.NativeRuntime;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdExec;

/** Where ops run: backend, device and stream. Owns a few bytes of native memory; made once, at set-up. */
public final class Exec implements AutoCloseable {
    final TrdExec struct;

    private Exec(int backend, int device) {
        NativeRuntime.description();
        struct = Owned.of(new TrdExec());
        struct.backend(backend).device(device).stream(null);
    }

    /** The CPU backend. */
    public static Exec cpu() {
        return new Exec(Trd.TRD_BACKEND_CPU, 0);
    }

    @Override
    public void close() {
        struct.close();
    }
}
