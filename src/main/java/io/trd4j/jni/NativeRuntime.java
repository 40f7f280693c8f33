package io.trd4j.jni;

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
        NativeLibraries.loadLibtrd();
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
