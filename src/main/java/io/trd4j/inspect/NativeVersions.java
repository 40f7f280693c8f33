package io.trd4j.inspect;

import io.trd4j.data.image.OpenCv;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.network.LibTorch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** The native libraries that trd4j runs on. */
public final class NativeVersions {
    private NativeVersions() {}

    /** One line per library that comes in a jar of its own and is there, as that jar says it. Loads none of them. */
    public static List<String> packed() {
        List<String> versions = new ArrayList<>();
        if (OptionalLibrary.LIBTORCH.isPresent()) {
            versions.add(LibTorch.version());
        }
        versions.add("oneDNN " + packed("dnnl"));
        if (OptionalLibrary.OPENCV.isPresent()) {
            versions.add("OpenCV " + packed("opencv"));
        }
        return versions;
    }

    private static String packed(String artifact) {
        try {
            return Loader.getVersion("org.bytedeco", artifact);
        } catch (IOException e) {
            throw new UncheckedIOException("the jar of " + artifact + " does not say its version", e);
        }
    }

    /**
     * One line per library that is there, with its version and what it found of this machine. Unpacks and loads all of
     * them.
     */
    public static List<String> describe() {
        List<String> versions = new ArrayList<>();
        versions.add(libtrd());
        if (OptionalLibrary.LIBTORCH.isPresent()) {
            versions.add(LibTorch.describe());
        }
        versions.add(oneDnn());
        if (OptionalLibrary.OPENCV.isPresent()) {
            versions.add(OpenCv.describe());
        }
        return versions;
    }

    /** The line of libtrd: its ABI, backends, compiler and flags. Loads it. */
    public static String libtrd() {
        return NativeRuntime.description();
    }

    /** The line of oneDNN, which is loaded where there is one. */
    public static String oneDnn() {
        return CpuSupport.isAvailable() ? "oneDNN " + CpuSupport.version() : "oneDNN is not available on this platform";
    }
}
