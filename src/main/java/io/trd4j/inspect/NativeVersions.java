package io.trd4j.inspect;

import io.trd4j.data.image.OpenCv;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.network.LibTorch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** The native libraries that trd4j runs on. */
public final class NativeVersions {
    private NativeVersions() {}

    /** One line per library that comes in a jar of its own, as that jar says it. Loads none of them. */
    public static List<String> packed() {
        return List.of(LibTorch.version(), "oneDNN " + packed("dnnl"), "OpenCV " + packed("opencv"));
    }

    private static String packed(String artifact) {
        try {
            return Loader.getVersion("org.bytedeco", artifact);
        } catch (IOException e) {
            throw new UncheckedIOException("the jar of " + artifact + " does not say its version", e);
        }
    }

    /** One line per library, with its version and what it found of this machine. Unpacks and loads all of them. */
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
