package io.trd4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Tests that {@code tests/soak.sh} runs for minutes, and the suite for a moment. */
public final class Soak {
    private static final long SECONDS = Long.getLong("trd.soak.seconds", 0);
    private static final String TABLE = System.getProperty("trd.soak.table");

    private Soak() {}

    /** How long a soak test goes on; 0 = this is the suite. */
    public static long seconds() {
        return SECONDS;
    }

    /** Puts a row into the table that {@code tests/soak.sh} prints; nothing in the suite. */
    public static void row(String test, Object tries, Object faults) throws IOException {
        if (TABLE != null) {
            Files.writeString(
                    Path.of(TABLE),
                    test + "\t" + tries + "\t" + faults + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }
}
