package io.trd4j.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.engine.cpu.CpuSupport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Loading happens once per process: most of this needs processes of its own. */
class NativeLibrariesTest {
    /** Loads what an inspector on a CPU loads, in a thread as small as an application server's may be. */
    public static final class SmallStack {
        private static final long BYTES = 256 << 10;

        private SmallStack() {}

        public static void main(String[] args) throws InterruptedException {
            Thread small = new Thread(
                    null,
                    () -> {
                        NativeRuntime.description();
                        System.out.println("oneDNN " + CpuSupport.isAvailable());
                    },
                    "small",
                    BYTES);
            small.start();
            small.join();
            // The C library's environment: OMP_DISPLAY_ENV shows on standard error what the runtime read of it.
        }
    }

    private static List<String> smallStack(Map<String, String> environment) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SmallStack.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"));
        builder.environment().put("OMP_DISPLAY_ENV", "VERBOSE");
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .toList();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), said::toString);
        return said;
    }

    private static void assertSaid(List<String> said, String variable, String value) {
        assertTrue(said.stream().anyMatch(l -> l.contains(variable + " = '" + value + "'")), said::toString);
    }

    /** The JVM died with a stack of 512 KiB; and waiting threads sleep without a variable of the user's. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aSmallStackIsEnoughAndWaitingThreadsSleep() throws Exception {
        List<String> said = smallStack(Map.of());
        assertTrue(said.contains("oneDNN " + CpuSupport.isAvailable()), said::toString);
        assertSaid(said, "OMP_WAIT_POLICY", "PASSIVE");
        assertSaid(said, "GOMP_SPINCOUNT", "1000");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatTheUserSetStays() throws Exception {
        List<String> said = smallStack(Map.of("OMP_WAIT_POLICY", "ACTIVE"));
        assertSaid(said, "OMP_WAIT_POLICY", "ACTIVE");
        assertTrue(said.stream().noneMatch(l -> l.contains("GOMP_SPINCOUNT = '1000'")), said::toString);
    }

    @Test
    void theReasonIsTheCausesOwnAndSaysWhatToDo() {
        IOException full = new IOException("No space left on device");
        String text = NativeLibraries.reason((Throwable) new UnsatisfiedLinkError(full.toString()).initCause(full));
        assertTrue(text.startsWith("No space left on device; libraries are unpacked to /"), text);
        assertTrue(
                text.contains("600 MB") && text.endsWith("-Dorg.bytedeco.javacpp.cachedir=FOLDER names another"), text);

        Map.of(
                        "jniTrd", "trd4j",
                        "jnidnnl", "trd4j",
                        "jnijavacpp", "trd4j",
                        "jniopencv_core", "trd4j-images",
                        "jnitorch", "trd4j-train",
                        "jniopenblas_nolapack", "trd4j-train",
                        "jnicudart", "trd4j-gpu")
                .forEach((binding, artifact) -> {
                    String missing = NativeLibraries.reason(new UnsatisfiedLinkError(
                            "Could not find " + binding + " in class, module, and library paths."));
                    assertTrue(
                            missing.contains("; the natives of this platform are not on the class path: add io.trd4j:"
                                    + artifact + ":"),
                            missing);
                });
    }

    @Test
    void aBindingWithoutLibrariesForThisPlatformIsNotThere() {
        assertEquals(CpuSupport.isAvailable(), NativeLibraries.has(dnnl.class));
    }
}
