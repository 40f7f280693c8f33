package io.trd4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process as Linux counts it; null on other systems. */
final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /** Bytes in memory now. */
    static Long residentBytes() throws IOException {
        return field("VmRSS:");
    }

    /** Most bytes that were in memory at once. */
    static Long peakBytes() throws IOException {
        return field("VmHWM:");
    }

    private static Long field(String name) throws IOException {
        if (!Files.isReadable(STATUS)) {
            return null;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(name)) {
                return 1024
                        * Long.parseLong(
                                line.substring(name.length()).replace("kB", "").strip());
            }
        }
        return null;
    }
}
