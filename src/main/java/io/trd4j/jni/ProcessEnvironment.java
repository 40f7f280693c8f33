package io.trd4j.jni;

import org.bytedeco.javacpp.annotation.Platform;

/**
 * The environment as native libraries of this process see it, which Java alone cannot change. A library of its own that
 * asks for no other: it is loaded before the OpenMP runtime, which reads its variables when it is loaded.
 */
@Platform(include = "stdlib.h", library = "jniTrdEnvironment")
final class ProcessEnvironment {
    private ProcessEnvironment() {}

    /** {@code setenv} of the C library. @return 0, or -1 when it failed */
    static native int setenv(String name, String value, int overwrite);

    /** {@code unsetenv} of the C library. @return 0, or -1 when it failed */
    static native int unsetenv(String name);
}
