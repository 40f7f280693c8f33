package io.trd4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the command line, in this JVM or in a child JVM with the flags of the launcher {@code trd}. */
final class Cli {
    static final Path ROOT = Path.of(System.getProperty("trd.fixtures"))
            .resolve("../..")
            .toAbsolutePath()
            .normalize();
    private static final Pattern FLAG = Pattern.compile("(?<=\\s)-D[\\w.]+=\\S+");
    private static final Pattern ALLOWED = Pattern.compile("allowed=\\((--[^)]+)\\)");
    private static final Pattern PROGRESS = Pattern.compile("\\w[\\w ]* \\d+/\\d+, .*");

    /** Exit code, standard output and standard error of one run. */
    record Outcome(int code, String out, String err) {
        /** Standard error without the lines of progress. */
        List<String> complaints() {
            return err.lines().filter(line -> !PROGRESS.matcher(line).matches()).toList();
        }

        Outcome expect(int expected) {
            if (code != expected) {
                throw new AssertionError("exit code " + code + " instead of " + expected + "\n" + out + err);
            }
            return this;
        }
    }

    private final List<String> jvmFlags = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final Path folder;
    private String before = "";
    /** Null = the one that runs the tests, told what the launcher tells it. */
    private Path java;

    private Cli(Path folder) {
        this.folder = folder;
    }

    /** A child JVM that works in this folder. */
    static Cli in(Path folder) {
        return new Cli(folder);
    }

    Cli jvm(String... flags) {
        jvmFlags.addAll(List.of(flags));
        return this;
    }

    /** Another JDK's, told nothing. */
    Cli java(Path home) {
        java = home;
        return this;
    }

    Cli environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Shell commands that run before the JVM replaces the shell, such as a limit. */
    Cli before(String commands) {
        before = commands + "; ";
        return this;
    }

    Process start(Path out, Path err, Object... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", before + "exec \"$@\"", "trd"));
        // A test suite started in the background has SIGINT ignored, and its children would inherit that.
        command.addAll(List.of(
                "env",
                "--default-signal=INT",
                (java == null ? Path.of(System.getProperty("java.home")) : java)
                        .resolve("bin/java")
                        .toString()));
        Matcher flags = FLAG.matcher(Files.readString(ROOT.resolve("trd")).replaceFirst("(?s).*\\nrun\\(\\)", ""));
        while (flags.find()) {
            command.add(flags.group());
        }
        if (java == null && Runtime.version().feature() >= 24) {
            command.addAll(allowed());
        }
        command.addAll(jvmFlags);
        command.addAll(List.of(
                "-cp",
                System.getProperty("trd.classes")
                        + File.pathSeparator
                        + Files.readString(Path.of(System.getProperty("trd.classpath")))
                                .strip(),
                Main.class.getName()));
        Stream.of(args).map(Object::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("OPENCV_LOG_LEVEL", "SILENT");
        // Threads that wait must not spin: other processes of the machine need the cores.
        builder.environment().keySet().removeAll(List.of("TRD_STACKTRACE", "TRD_LOG", "JAVA_TOOL_OPTIONS"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What the launcher tells Java 24 and newer, so that it neither warns nor refuses. */
    static List<String> allowed() throws IOException {
        Matcher allowed = ALLOWED.matcher(Files.readString(ROOT.resolve("trd")));
        if (!allowed.find()) {
            throw new AssertionError("the launcher allows nothing");
        }
        return List.of(allowed.group(1).split(" "));
    }

    /** Runs to the end; a run of more than ten minutes is killed and fails the test. */
    Outcome run(Object... args) throws IOException, InterruptedException {
        Path out = Files.createTempFile("trd", ".out");
        Path err = Files.createTempFile("trd", ".err");
        try {
            Process process = start(out, err, args);
            if (!process.waitFor(10, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("no end after ten minutes: " + List.of(args) + "\n" + Files.readString(err));
            }
            return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Runs in this JVM. */
    static Outcome run(List<?> args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        try {
            int code = Main.run(args.stream().map(Object::toString).toArray(String[]::new));
            return new Outcome(
                    code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    static Outcome here(Object... args) {
        return run(List.of(args));
    }

    /** Every file and folder below, with sizes: what a refused command must leave as it was. */
    static Map<String, Long> listing(Path folder) throws IOException {
        Map<String, Long> found = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.toList()) {
                found.put(folder.relativize(path).toString(), Files.isRegularFile(path) ? Files.size(path) : -1);
            }
        }
        return found;
    }
}
