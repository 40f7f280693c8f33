package io.trd4j.inspect;

import io.trd4j.data.image.OpenCv;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.network.LibTorch;
import java.util.List;

/** The native libraries that trd4j runs on: all of them, so that asking also unpacks and loads them. */
public final class NativeVersions {
    private NativeVersions() {}

    /** One line per library, with its version. */
    public static List<String> describe() {
        return List.of(
                NativeRuntime.description(),
                LibTorch.describe(),
                CpuSupport.isAvailable()
                        ? "oneDNN " + CpuSupport.version()
                        : "oneDNN is not available on this platform",
                OpenCv.describe());
    }
}
