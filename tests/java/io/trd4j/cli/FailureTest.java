package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.InputException;
import io.trd4j.jni.NativeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong, one line and an exit code. */
class FailureTest {
    @TempDir
    private Path folder;

    private static void assertFailure(int code, String line, Throwable thrown) {
        assertEquals(new Failure(code, line), Failure.of(thrown));
    }

    @Test
    void saysWhatIsWrongAndWhoseFaultItIs() {
        assertFailure(2, "a b; do c", new InputException("a\n  b; do c"));
        assertFailure(2, "x does not exist; check the path", new NoSuchFileException("x"));
        assertFailure(2, "x cannot be read or written; check its permissions", new AccessDeniedException("x"));
        assertFailure(
                1,
                "x: Input/output error; check the path and the disk",
                new FileSystemException("x", null, "Input/output error"));
        assertFailure(1, "disk on fire", new UncheckedIOException(new IOException("disk on fire")));
        assertFailure(1, "IOException", new IOException());
        assertFailure(2, "a?[31m", new InputException("a\u001b[31m"));
    }

    @Test
    void longNativeMessagesEndAtTheirFirstLine() {
        assertFailure(
                1,
                "internal fault, please report it: RuntimeException: Sizes must match (TRD_STACKTRACE=1 shows where)",
                new RuntimeException("Sizes must match\nException raised from f at x.cpp:1\nframe #0: g"));
        String line = Failure.of(new RuntimeException(
                        "[enforce fail at alloc_cpu.cpp:124] . DefaultCPUAllocator: can't allocate "
                                + "memory: you tried to allocate 9 bytes.\nframe #0: g"))
                .line();
        assertTrue(
                line.startsWith("not enough memory (")
                        && line.contains("9 bytes")
                        && line.contains("more memory")
                        && !line.contains("frame"),
                line);
        assertTrue(Failure.of(new ExceptionInInitializerError(new UnsatisfiedLinkError("no jniTrd")))
                .line()
                .contains("no jniTrd"));
    }

    @Test
    void memoryIsAskedForWhereItLacksByOptionsThatTheVerbHas() {
        OutOfMemoryError heap = new OutOfMemoryError("Java heap space");
        assertFailure(
                1,
                "not enough memory (Java heap space); allow a larger Java heap: JDK_JAVA_OPTIONS=-Xmx4g in the environment",
                heap);
        assertEquals(
                "not enough memory (Java heap space); use a smaller --size or --batch, or allow a larger Java heap: "
                        + "JDK_JAVA_OPTIONS=-Xmx4g in the environment",
                Failure.of(heap, List.of("--size", "--batch")).line());
        assertTrue(Failure.of(new OutOfMemoryError("Cannot reserve 9 bytes of direct buffer memory"))
                .line()
                .endsWith("JDK_JAVA_OPTIONS=-XX:MaxDirectMemorySize=4g in the environment"));
        assertTrue(Failure.of(new OutOfMemoryError("the network needs 9 more bytes of native memory than there are"))
                .line()
                .endsWith("; end other programs, or take a machine with more memory"));
    }

    @Test
    void aLibraryThatCannotBeLoadedSaysWhy() {
        String line = Failure.of(new UnsatisfiedLinkError("/c/libx.so: failed to map segment from shared object"))
                .line();
        assertTrue(
                line.startsWith(
                                "a native library cannot be loaded: /c/libx.so: failed to map segment from shared object; ")
                        && line.contains("noexec")
                        && line.contains("-Dorg.bytedeco.javacpp.cachedir=FOLDER"),
                line);
        assertFailure(
                1,
                "oneDNN cannot be loaded: why",
                new NativeException("oneDNN cannot be loaded: why", new UnsatisfiedLinkError("x")));
    }

    /** Errors, which picocli does not catch, in a real process: too small a heap, and natives for another platform. */
    @Test
    void errorsAreOneLineToo() throws Exception {
        Sample sample = Sample.get();
        Cli.Outcome small = Cli.in(folder)
                .jvm("-Xmx24m")
                .run("synth", "--out", folder.resolve("s"), "--size", 1024)
                .expect(1);
        assertEquals(1, small.complaints().size(), small.err());
        assertTrue(
                small.complaints()
                        .get(0)
                        .startsWith("trd: not enough memory (Java heap space); use a smaller --size, or allow "),
                small.err());
        assertFalse(Files.exists(folder.resolve("s")), "nothing half-written");

        Cli.Outcome foreign = Cli.in(folder)
                .jvm("-Dorg.bytedeco.javacpp.platform=linux-riscv64")
                .run(sample.inspect("test/good/000", folder.resolve("o")).toArray())
                .expect(1);
        assertEquals(1, foreign.err().lines().count(), foreign.err());
        assertTrue(foreign.err().startsWith("trd: "), foreign.err());
        assertFalse(Files.exists(folder.resolve("o")));

        Cli.Outcome traced = Cli.in(folder)
                .environment("TRD_STACKTRACE", "1")
                .run("inspect", "--model", "nothing", "--rgb", "a", "--xyz", "b", "--out", "o")
                .expect(2);
        assertTrue(
                traced.err().contains("\tat io.trd4j.")
                        && traced.err().endsWith("trd: nothing does not exist; check the path\n"),
                traced.err());
        assertEquals(
                List.of("trd: nothing does not exist; check the path"),
                Cli.in(folder)
                        .run("inspect", "--model", "nothing", "--rgb", "a", "--xyz", "b", "--out", "o")
                        .expect(2)
                        .err()
                        .lines()
                        .toList());
    }
}
