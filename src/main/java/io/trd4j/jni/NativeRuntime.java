package io.trd4j.jni;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libtrd once, checks that it is the library this jar was built with, and says what was found. */
public final class NativeRuntime {
    private static volatile String description;

    private NativeRuntime() {}

    /**
     * Backends, compiler and flags of the loaded library, in one line. Loads it when it is not loaded yet.
     *
     * @throws NativeException when it cannot be loaded, with every call until it can
     */
    public static String description() {
        String found = description;
        return found != null ? found : load();
    }

    private static synchronized String load() {
        if (description != null) {
            return description;
        }
        NativeLibraries.loadLibtrd();
        int version = Trd.trd_abi_version();
        if (version != Trd.TRD_ABI_VERSION) {
            throw new NativeException("libtrd has ABI version " + version + " but this jar needs " + Trd.TRD_ABI_VERSION
                    + "; remove the older libtrd from the library path");
        }
        String found = Trd.trd_describe().getString();
        Logger log = LoggerFactory.getLogger(NativeRuntime.class);
        log.debug("loaded {}", found);
        description = found;
        return found;
    }
}
