package io.trd4j;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.model.Precision;

/** What a test needs of the machine. Without it the test is skipped, and SuiteReport counts it under these words. */
public final class Needs {
    private Needs() {}

    /** @param what as in "tests that need ..." */
    public static void that(boolean there, String what) {
        assumeTrue(there, "needs " + what);
    }

    public static void oneDnn() {
        that(CpuSupport.isAvailable(), "oneDNN");
    }

    /** A precision on the CPU, by oneDNN. */
    public static void precision(Precision precision) {
        oneDnn();
        that(
                CpuSupport.supports(precision),
                switch (precision) {
                    case BF16 -> "AVX-512 BF16";
                    case INT8 -> "AVX-512 VNNI";
                    default -> "a CPU with " + precision;
                });
    }
}
