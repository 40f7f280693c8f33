package io.trd4j.bundle;

import io.trd4j.io.InputException;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Fills the folder that becomes the archive; {@code run.sh} in it knows its layout. */
final class BundleContent {
    /** The checkout's folder of the scripts that run on the host. */
    static final String SCRIPTS = "src/main/bundle";
    /**
     * The modules that the jars use, by jdeps: logback XML and naming; Jackson and pickle SQL types; the measuring
     * verbs management; JavaCPP Unsafe; the weights' download HTTP. Not java.desktop, which Jackson and OpenCV's
     * binding only use when it is there.
     */
    private static final String MODULES =
            "java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,"
                    + "jdk.management,jdk.unsupported";

    private static final String CONSOLE = "junit-platform-console-standalone";
    /** ArchUnit is not packed: neither are the tests that need it. */
    private static final String ARCHITECTURE_TESTS = "(ArchitectureTest|FileCyclesTest)(\\$.*)?\\.class";

    private static final List<String> SOURCES =
            List.of("native", "tests/native", "benchmarks/native", "benchmarks/reference", "cppbuild.sh");
    /**
     * Of the benchmarks, what gpu-bench runs: it makes the model and part that all sides read, and describes the
     * machine.
     */
    private static final List<String> BENCHMARKS = List.of("latency/Inputs.java", "Environment.java");

    private final Path root;
    private final Path content;
    private final SortedSet<Integer> architectures;
    private final Consumer<String> progress;

    BundleContent(Path root, Path content, SortedSet<Integer> architectures, Consumer<String> progress) {
        this.root = root;
        this.content = content;
        this.architectures = architectures;
        this.progress = progress;
    }

    void fill() throws IOException {
        List<Path> jars = classPath();
        progress.accept("Java runtime");
        Tool.runJdk(
                "jlink",
                "--add-modules",
                MODULES,
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--compress=0",
                "--output",
                content.resolve("runtime").toString());
        progress.accept("native libraries");
        PackedLibraries natives = new PackedLibraries(content.resolve("natives"));
        natives.collect(jars, root.resolve("target/classes/io/trd4j/jni"));
        progress.accept(natives.keep(architectures));
        natives.strip();
        progress.accept("jars, tests, sources");
        jars(jars);
        tests(jars);
        for (String source : SOURCES) {
            copy(root.resolve(source), content.resolve("source").resolve(source));
        }
        benchmarks();
        for (String script : List.of("run.sh", "cuda.sh")) {
            Path to = content.resolve(script);
            Files.copy(root.resolve(SCRIPTS).resolve(script), to);
            if (!to.toFile().setExecutable(true, false)) {
                throw new IOException(to + " cannot be made executable");
            }
        }
        about(natives);
    }

    /** The jars of the gpu profile, from the local repository, whereto Maven downloads what is missing. */
    private List<Path> classPath() throws IOException {
        progress.accept("LibTorch's GPU build and the other jars, from the Maven repository");
        Path list = content.resolveSibling("classpath.txt");
        try {
            Tool.run(
                    root,
                    List.of(
                            "mvn",
                            "-q",
                            "-B",
                            "-ntp",
                            "-Dstyle.color=never",
                            "-f",
                            "src/pom.xml",
                            "-Pgpu,bundle",
                            "dependency:build-classpath",
                            "-DincludeScope=runtime",
                            "-Dmdep.outputFile=" + list));
        } catch (Tool.Failure e) {
            String why = e.printed()
                    .lines()
                    .filter(line -> line.startsWith("[ERROR]"))
                    .findFirst()
                    .orElse(e.getMessage());
            throw new InputException(
                    "an artifact that the bundle needs (LibTorch's GPU build, 460 MB, the first time) is not in the "
                            + "local Maven repository and cannot be downloaded; run this once with a network. "
                            + "Maven says: "
                            + why.replace("[ERROR] ", ""),
                    e);
        }
        return Arrays.stream(Files.readString(list).strip().split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    private void jars(List<Path> jars) throws IOException {
        Path lib = Files.createDirectory(content.resolve("lib"));
        for (Path jar : jars) {
            String name = jar.getFileName().toString();
            if (!PackedLibraries.areIn(jar) && !name.startsWith(CONSOLE)) {
                Jars.store(jar, lib.resolve(name));
            }
        }
        Jars.storeFolder(root.resolve("target/classes"), lib.resolve("trd4j.jar"));
    }

    private void tests(List<Path> jars) throws IOException {
        Path tests = Files.createDirectory(content.resolve("tests"));
        for (Path jar : jars) {
            if (jar.getFileName().toString().startsWith(CONSOLE)) {
                Jars.store(jar, tests.resolve("junit.jar"));
            }
        }
        Path classes = root.resolve("target/test-classes");
        if (!Files.isDirectory(classes)) {
            throw new InputException("the tests are not compiled; run: mvn test-compile");
        }
        copy(classes, tests.resolve("classes"));
        copy(root.resolve("tests/fixtures"), tests.resolve("fixtures"));
    }

    private void benchmarks() throws IOException {
        Path sources = root.resolve("benchmarks/src/main/java/io/trd4j/benchmarks");
        List<String> arguments = new ArrayList<>(List.of(
                "-nowarn",
                "-proc:none",
                "-g:none",
                "-d",
                content.resolve("benchmarks").toString(),
                "-cp",
                jarsOf(content.resolve("lib"))
                        + File.pathSeparator
                        + content.resolve("tests/classes")
                        + File.pathSeparator
                        + content.resolve("tests/junit.jar")));
        BENCHMARKS.forEach(source -> arguments.add(sources.resolve(source).toString()));
        Tool.runJdk("javac", arguments.toArray(new String[0]));
    }

    private static String jarsOf(Path folder) throws IOException {
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.sorted().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
    }

    /**
     * The file in which run.sh reads what the host must have and what is in the bundle: lines of KEY=value that a shell
     * can read.
     */
    private void about(PackedLibraries natives) throws IOException {
        StringBuilder about = new StringBuilder();
        about.append("commit=").append(commit()).append('\n');
        about.append("java=").append(Runtime.version().feature()).append('\n');
        about.append("architectures=")
                .append(
                        architectures.isEmpty()
                                ? "all"
                                : architectures.stream().map(String::valueOf).collect(Collectors.joining(",")))
                .append('\n');
        about.append("glibc=")
                .append(natives.newest("GLIBC_", content.resolve("runtime")))
                .append('\n');
        about.append("glibcxx=")
                .append(natives.newest("GLIBCXX_", content.resolve("runtime")))
                .append('\n');
        about.append("cuda_libraries=")
                .append(String.join(",", natives.fromHost()))
                .append('\n');
        Files.writeString(content.resolve("about.txt"), about);
    }

    private String commit() {
        try {
            String commit = Tool.run(
                            root,
                            List.of(
                                    "git",
                                    "log",
                                    "-1",
                                    "--format=%h",
                                    "--",
                                    "native",
                                    "src/main",
                                    "pom.xml",
                                    "src/pom.xml"))
                    .strip();
            boolean dirty = !Tool.run(
                            root,
                            List.of(
                                    "git",
                                    "status",
                                    "--porcelain",
                                    "--",
                                    "native",
                                    "src/main",
                                    "pom.xml",
                                    "src/pom.xml"))
                    .isBlank();
            return commit.isEmpty() ? "unknown" : dirty ? commit + "-dirty" : commit;
        } catch (IOException e) {
            // A checkout without its history, or a machine without git.
            return "unknown";
        }
    }

    /** A file or a folder; a source that this version does not have is left out. */
    private static void copy(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (folder.getFileName().toString().equals("__pycache__")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(folder).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.getFileName().toString().matches(ARCHITECTURE_TESTS)) {
                    Path target = file.equals(from)
                            ? to
                            : to.resolve(from.relativize(file).toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
