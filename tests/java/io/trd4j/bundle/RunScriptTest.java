package io.trd4j.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code src/main/bundle/run.sh} finds on a host: the scripts in a bundle without libraries, whose Java says with
 * what it was called. The libraries it asks for have names that no machine has, except those that a test makes.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class RunScriptTest {
    private static final Path SCRIPTS =
            Path.of(System.getProperty("trd.fixtures")).resolve("../../src/main/bundle");
    private static final String LIBRARIES = "libcudart.so.913,libcudnn.so.909,libcupti.so.913";

    private record Outcome(int code, List<String> lines) {
        boolean says(String start) {
            return lines.stream().anyMatch(line -> line.startsWith(start));
        }
    }

    @TempDir
    private Path folder;

    private Path bundle;
    private Path tools;
    private Path cuda;

    @BeforeEach
    void makeABundle() throws IOException {
        bundle = Files.createDirectory(folder.resolve("bun dle"));
        for (String script : List.of("run.sh", "cuda.sh")) {
            Files.copy(SCRIPTS.resolve(script), bundle.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
        }
        about("2.17", "90");
        program(bundle.resolve("runtime/bin/java"), "echo \"LD=$LD_LIBRARY_PATH\"; printf '%s\\n' \"$@\"");
        tools = Files.createDirectory(folder.resolve("tools"));
        for (String python : List.of("python3", "python")) {
            program(tools.resolve(python), "exit 1");
        }
        // A Python environment as PyTorch's packages make it.
        cuda = Files.createDirectories(folder.resolve("env/lib/python3.12/site-packages/nvidia/cu13/lib"));
    }

    private void about(String glibc, String architectures) throws IOException {
        Files.writeString(
                bundle.resolve("about.txt"),
                "commit=abc1234\njava=17\narchitectures=" + architectures + "\nglibc=" + glibc
                        + "\nglibcxx=3.4.9\ncuda_libraries=" + LIBRARIES + "\n");
    }

    private static void program(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void libraries(Path where) throws IOException {
        for (String library : LIBRARIES.split(",")) {
            Files.writeString(where.resolve(library), "");
        }
    }

    /** A driver and its device, in front of everything that the machine has. */
    private void gpu(String capability, String driver) throws IOException {
        Files.writeString(tools.resolve("libcuda.so.1"), "");
        program(tools.resolve("nvidia-smi"), "echo '0, NVIDIA H200, " + capability + ", 143771 MiB, " + driver + "'");
        program(
                tools.resolve("ldconfig"),
                "echo '\tlibcuda.so.1 (libc6,x86-64) => " + tools.resolve("libcuda.so.1") + "'");
    }

    private Outcome run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(bundle.resolve("run.sh").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("TRD_") || name.equals("LD_LIBRARY_PATH") || name.equals("VIRTUAL_ENV"));
        builder.environment().put("PATH", tools + ":/usr/bin:/bin");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "run.sh hangs");
        return new Outcome(process.exitValue(), text.lines().toList());
    }

    private void refused(String line, String... arguments) throws Exception {
        assertEquals(new Outcome(2, List.of("run.sh: " + line)), run(arguments));
    }

    @Test
    void findsThePythonEnvironmentsLibrariesAndCallsItsOwnJava() throws Exception {
        libraries(cuda);
        Outcome outcome = run("--cuda-libs", folder.resolve("env").toString(), "trd", "inspect", "--out", "a folder");
        assertEquals(0, outcome.code, outcome.toString());
        assertEquals("LD=" + bundle + "/natives:" + cuda, outcome.lines.get(0));
        assertTrue(
                outcome.lines.containsAll(List.of(
                        "-Djava.library.path=" + bundle + "/natives",
                        "-Dorg.bytedeco.javacpp.platform.extension=-gpu",
                        "-Dorg.bytedeco.javacpp.pathsFirst=true",
                        "-Dorg.bytedeco.javacpp.platform.linkpath=" + cuda)),
                outcome.toString());
        assertEquals(
                List.of("-cp", bundle + "/lib/*", "io.trd4j.cli.Main", "inspect", "--out", "a folder"),
                outcome.lines.subList(outcome.lines.indexOf("-cp"), outcome.lines.size()));
        // site-packages itself, and a folder with the libraries, name them as well.
        assertEquals(0, run("--cuda-libs=" + cuda.getParent().getParent().getParent(), "trd", "x").code);
        assertEquals(0, run("--cuda-libs", folder.resolve("tools") + ":" + cuda, "trd", "x").code);
    }

    /** Newer Java warns of native libraries, and of the library that calls sun.misc.Unsafe. */
    @Test
    void tellsNewerJavaWhatIsAllowed() throws Exception {
        libraries(cuda);
        Path about = bundle.resolve("about.txt");
        for (String version : List.of("17", "23", "24", "25")) {
            Files.writeString(about, Files.readString(about).replaceFirst("java=\\d+", "java=" + version));
            List<String> allowed = run("--cuda-libs=" + cuda, "trd", "x").lines.stream()
                    .filter(line -> line.startsWith("--"))
                    .toList();
            assertEquals(
                    version.compareTo("24") >= 0
                            ? List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                            : List.of(),
                    allowed,
                    version);
        }
    }

    @Test
    void saysWhatIsMissingInOneLine() throws Exception {
        program(tools.resolve("ldconfig"), "exit 0");
        String hint = "; ./run.sh doctor says where was searched, --cuda-libs names other folders";
        String gpuHint = "; ./run.sh doctor says where was searched";
        refused("no libcudart.so.913; no libcupti.so.913" + hint, "trd", "--version");
        libraries(cuda);
        gpu("9.0", "580.65.06");
        Files.delete(cuda.resolve("libcudnn.so.909"));
        String given = "--cuda-libs=" + folder.resolve("env");
        for (String verb : List.of("gpu-test", "gpu-bench")) {
            refused(verb + " needs a GPU and CUDA 13: no libcudnn.so.909" + gpuHint, given, verb);
        }
        // On the CPU, LibTorch asks for no cuDNN.
        assertEquals(0, run(given, "trd", "x").code);
        libraries(cuda);
        gpu("9.0", "570.86.15");
        refused(
                "gpu-test needs a GPU and CUDA 13: NVIDIA driver 570.86.15 is too old, CUDA 13 needs 580 or newer"
                        + gpuHint,
                given,
                "gpu-test");
        gpu("8.6", "580.65.06");
        refused(
                "gpu-test needs a GPU and CUDA 13: device 0 has compute capability 8.6, the bundle machine code for 90 "
                        + "(pack it with --keep-architecture 86)" + gpuHint,
                given,
                "gpu-test");
        about("2.99", "90");
        refused("glibc 2.99 or newer is needed, this host has " + glibc() + hint, given, "trd", "x");
    }

    private String glibc() throws IOException {
        return Tool.run(folder, List.of("getconf", "GNU_LIBC_VERSION")).strip().replaceFirst(".* ", "");
    }

    @Test
    void theDoctorNamesEveryLibraryAndWhereItWasSearched() throws Exception {
        libraries(cuda);
        Files.delete(cuda.resolve("libcudnn.so.909"));
        gpu("9.0", "580.65.06");
        Outcome outcome = run("--cuda-libs", folder.resolve("env").toString(), "doctor");
        assertEquals(2, outcome.code, outcome.toString());
        assertTrue(
                outcome.says("ok       libcudart.so.913 in " + cuda)
                        && outcome.says("ok       libcupti.so.913 in " + cuda)
                        && outcome.says("ok       device 0, NVIDIA H200, 9.0")
                        && outcome.says("ok       driver 580.65.06 ")
                        && outcome.says("ok       driver library " + tools.resolve("libcuda.so.1")),
                outcome.toString());
        List<String> missing = outcome.lines.stream()
                .filter(line -> line.startsWith("missing"))
                .toList();
        assertEquals(1, missing.size(), outcome.toString());
        assertTrue(
                missing.get(0)
                        .startsWith("missing  libcudnn.so.909, searched in " + folder.resolve("env") + ":" + cuda),
                missing.toString());
        libraries(cuda);
        outcome = run("--cuda-libs", folder.resolve("env").toString(), "doctor");
        assertEquals(0, outcome.code, outcome.toString());
        about("2.17", "80,86");
        gpu("8.9", "580.65.06");
        outcome = run("--cuda-libs", folder.resolve("env").toString(), "doctor");
        assertEquals(0, outcome.code, "machine code for 8.6 runs on 8.9: " + outcome);
    }

    @Test
    void wrongUse() throws Exception {
        refused("unknown verb 'nonsense'; ./run.sh --help lists them", "nonsense");
        refused("--cuda-libs: /no/such is no folder", "--cuda-libs", "/no/such", "doctor");
        refused("--cuda-libs needs folders, separated by colons", "--cuda-libs");
        Path own = Files.createDirectories(folder.resolve("torch/lib"));
        refused(
                "--cuda-libs: " + own
                        + " is PyTorch's own folder, whose libraries do not fit; name site-packages beside it",
                "--cuda-libs",
                own.toString(),
                "doctor");
        assertEquals(0, run().code);
        assertEquals(run("--help"), run());
    }
}
