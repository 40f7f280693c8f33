package io.trd4j.jni;

import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libtrd once, checks that it is the library this jar was built with, and says what was found. */
public final class NativeRuntime {
    private static final String DESCRIPTION = load();

    private NativeRuntime() {}

    /** Backends, compiler and flags of the loaded library, in one line. Loads it when it is not loaded yet. */
    public static String description() {
        return DESCRIPTION;
    }

    private static String load() {
        // JavaCPP's own limits follow the Java heap (Xmx of its buffers, 4 x Xmx of resident memory) and would throw
        // OutOfMemoryError although nothing is short; 0 switches them off. Read when JavaCPP's Pointer is initialised.
        for (String limit : new String[] {"org.bytedeco.javacpp.maxBytes", "org.bytedeco.javacpp.maxPhysicalBytes"}) {
            if (System.getProperty(limit) == null) {
                System.setProperty(limit, "0");
            }
        }
        try {
            Loader.load(Trd.class);
        } catch (UnsatisfiedLinkError e) {
            throw new NativeException(
                    "libtrd cannot be loaded on " + Loader.getPlatform() + ": " + e.getMessage()
                            + "; use a trd4j jar built for this platform",
                    e);
        }
        int version = Trd.trd_abi_version();
        if (version != Trd.TRD_ABI_VERSION) {
            throw new NativeException("libtrd has ABI version " + version + " but this jar needs " + Trd.TRD_ABI_VERSION
                    + "; remove the older libtrd from the library path");
        }
        String description = Trd.trd_describe().getString();
        Logger log = LoggerFactory.getLogger(NativeRuntime.class);
        log.debug("loaded {}", description);
        return description;
    }
}
