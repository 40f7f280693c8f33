package io.trd4j.cli;

import io.trd4j.Needs;
import java.io.IOException;

/** File systems of a process's own, mounted without being root where the system lets users do so. */
final class Namespace {
    private Namespace() {}

    /** Skips a test where the system does not. */
    static void require() throws IOException, InterruptedException {
        Needs.that(isAllowed(), "user namespaces (unshare -rm)");
    }

    private static boolean isAllowed() throws InterruptedException {
        try {
            return new ProcessBuilder("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no unshare
        }
    }

    /** For {@link Cli#before}: the rest of the command runs inside, after these commands. */
    static String enter(String commands) {
        return "exec unshare -rm bash -c '" + commands + "; exec \"$@\"' trd \"$@\"";
    }
}
