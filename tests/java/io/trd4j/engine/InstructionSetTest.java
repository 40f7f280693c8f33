package io.trd4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import io.trd4j.jni.NativeRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tests of the CPU engine once per instruction set that this CPU can be capped to, so that the newest CPU tests
 * what runs on all older ones. oneDNN reads its cap once per process: each set has a child JVM. Its own best set is the
 * suite's, not repeated.
 */
class InstructionSetTest {
    private static final String TESTS = "io.trd4j.engine.cpu";

    @TempDir
    private Path folder;

    /** What the child wrote: a line per failed test, and how many passed. */
    private List<String> run(InstructionSet wanted, String cap, String libtrd, String tests)
            throws IOException, InterruptedException {
        Path outcome = folder.resolve("outcome");
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-Djava.awt.headless=true",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
        for (String property : List.of("trd.fixtures", "logback.configurationFile")) {
            command.add("-D" + property + "=" + System.getProperty(property));
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                CappedTests.class.getName(),
                wanted.name(),
                tests,
                outcome.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("ONEDNN_MAX_CPU_ISA", cap);
        builder.environment().put("TRD_MAX_CPU_ISA", libtrd);
        Process process = builder.start();
        if (!process.waitFor(10, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("no end after ten minutes under " + cap + "\n" + Files.readString(log));
        }
        assertTrue(
                Files.exists(outcome),
                () -> "the tests under " + cap + " ended with code " + process.exitValue() + "\n" + read(log));
        return Files.readAllLines(outcome);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /**
     * SuiteReport says which sets were left out, by this test's reason. AVX: the engine chooses nothing by it that
     * SSE41 does not.
     */
    @ParameterizedTest
    @EnumSource(value = InstructionSet.class, mode = EnumSource.Mode.EXCLUDE, names = "AVX")
    void theCpuEnginesTestsPass(InstructionSet set) throws Exception {
        Needs.oneDnn();
        if (set == InstructionSet.effective()) {
            assertTrue(NativeRuntime.description().contains("cpu (" + set.libtrd + ")"), NativeRuntime.description());
            return;
        }
        Needs.that(set.available(), "instruction set " + set);
        List<String> outcome = run(set, set.name(), set.libtrd, TESTS);
        assertEquals(
                List.of(),
                outcome.stream().filter(line -> line.startsWith("FAILED")).toList(),
                () -> "under " + set);
        assertTrue(outcome.get(outcome.size() - 1).matches("passed [1-9]\\d*"), outcome.toString());
    }

    /** oneDNN passes over a name that it does not know, in silence. */
    @Test
    void aCapWithoutEffectFails() throws Exception {
        Needs.oneDnn();
        InstructionSet best = InstructionSet.effective();
        Needs.that(best != InstructionSet.SSE41, "AVX");
        assertEquals(
                List.of("FAILED the cap of oneDNN to SSE41 took no effect: it works with " + best),
                run(InstructionSet.SSE41, "SSE4_1", "baseline", TESTS));
        if (!best.libtrd.equals("baseline")) {
            List<String> outcome = run(best, best.name(), "baseline", TESTS);
            assertEquals(1, outcome.size());
            assertTrue(
                    outcome.get(0).startsWith("FAILED the cap of libtrd to " + best.libtrd + " took no effect: "),
                    outcome.get(0));
        }
    }

    @Test
    void aFailedTestIsNamed() throws Exception {
        Needs.oneDnn();
        InstructionSet best = InstructionSet.effective();
        List<String> outcome = run(best, best.name(), best.libtrd, "io.trd4j.engine.planted");
        assertEquals(2, outcome.size(), outcome.toString());
        assertTrue(
                outcome.get(0).startsWith("FAILED PlantedFailure > isOne(int) > [2] number=2: ")
                        && outcome.get(0).contains("planted ==> expected: <1> but was: <2>"),
                outcome.get(0));
        assertEquals("passed 1", outcome.get(1));
    }
}
