package io.trd4j.jni;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libtrd once, checks that it is the library this jar was built with, and says what was found. */
public final class NativeRuntime {
    private static volatile String description;

    private NativeRuntime() {}

    /**
     * Begins to load libtrd, and whatever else, while the caller reads what needs no native library: in a fresh JVM
     * both take a quarter of a second. Whoever needs a library waits for it, and is told when it failed. Does nothing
     * when libtrd is loaded.
     *
     * @param more loads other libraries afterwards
     */
    public static void beginToLoad(Runnable more) {
        if (description != null) {
            return;
        }
        // Before the caller comes across a class of JavaCPP's, which reads them.
        NativeLibraries.setProperties();
        Thread loading = new Thread(
                () -> {
                    try {
                        description();
                        more.run();
                    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
                        LoggerFactory.getLogger(NativeRuntime.class).debug("not loaded in advance", e);
                    }
                },
                "trd natives in advance");
        loading.setDaemon(true);
        loading.start();
    }

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
