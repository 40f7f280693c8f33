package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.FreshJvm;
import io.trd4j.Needs;
import io.trd4j.Soak;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever sixteen threads do to the same inspectors, they get exceptions and right scores ({@link ManyThreads}), and
 * the JVM's check of native calls finds nothing. As a soak test ({@code tests/soak.sh}) for {@link Soak#seconds}.
 */
class ManyThreadsTest {
    private static final int THREADS = 16;

    @TempDir
    private Path folder;

    @Test
    void exceptionsOnly() throws Exception {
        Needs.oneDnn();
        List<String> command = FreshJvm.command(
                ManyThreads.class,
                List.of(
                        "-Xcheck:jni",
                        "-Xmx512m",
                        "-Dlogback.configurationFile=io/trd4j/cli/logback.xml",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
        command.addAll(List.of(Integer.toString(THREADS), "40", Long.toString(Soak.seconds())));
        Path out = folder.resolve("out");
        Path errors = folder.resolve("errors");
        int code = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start()
                .waitFor();
        String said = Files.readString(out);
        assertEquals(0, code, () -> said);
        List<String> lines = said.lines().toList();
        long inspected = count(lines, "inspected ");
        long refused = count(lines, "refused ");
        long faults = count(lines, "faults ");
        Soak.row(THREADS + " threads with -Xcheck:jni, " + inspected + " parts", refused + " refused", faults);
        assertEquals(0, faults, said);
        assertTrue(inspected > 0 && refused > 0, said);
        assertEquals(3, lines.size(), said);
        assertEquals("", Files.readString(errors));
    }

    private static long count(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.substring(key.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + key + "in " + lines));
    }
}
