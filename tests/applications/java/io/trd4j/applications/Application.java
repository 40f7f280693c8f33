package io.trd4j.applications;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of somebody else: built by Maven in a folder outside this repository, then run. */
final class Application {
    private static final long BUILD_SECONDS = 300;
    private static final long RUN_SECONDS = 300;

    private final Path folder;
    private final List<Path> jars;

    /** How a run ended. */
    record Outcome(int code, List<String> out, List<String> err) {
        /** The rest of the line that begins with this word. */
        String value(String word) {
            return out.stream()
                    .filter(line -> line.startsWith(word + " "))
                    .map(line -> line.substring(word.length() + 1))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + word + " in " + this));
        }

        Outcome expect(int wanted) {
            assertEquals(wanted, code, this::toString);
            return this;
        }
    }

    private Application(Path folder, List<Path> jars) {
        this.folder = folder;
        this.jars = jars;
    }

    /** Copies it to a new {@code folder} and builds it there. */
    static Application build(String name, Path folder) throws Exception {
        Path source = Path.of(System.getProperty("trd.applications"), name);
        try (Stream<Path> all = Files.walk(source)) {
            for (Path from : all.toList()) {
                Files.copy(from, folder.resolve(source.relativize(from).toString()));
            }
        }
        // What this build made lies in a repository of its own; all else is taken from what was downloaded.
        String downloaded =
                Path.of(System.getProperty("trd.downloaded")).toUri().toString();
        Path settings = Files.writeString(
                folder.resolve("settings.xml"), """
                <settings>
                  <localRepository>%1$s</localRepository>
                  <mirrors>
                    <mirror>
                      <id>downloaded</id>
                      <url>%2$s</url>
                      <mirrorOf>*</mirrorOf>
                    </mirror>
                  </mirrors>
                </settings>
                """.formatted(System.getProperty("trd.repository"), downloaded));
        run(
                        folder,
                        BUILD_SECONDS,
                        List.of(
                                "mvn",
                                "-q",
                                "-B",
                                "-ntp",
                                "-s",
                                settings.toString(),
                                "-Dtrd4j.version=" + System.getProperty("trd.version"),
                                "org.apache.maven.plugins:maven-compiler-plugin:"
                                        + System.getProperty("trd.compiler.plugin") + ":compile",
                                "org.apache.maven.plugins:maven-dependency-plugin:"
                                        + System.getProperty("trd.dependency.plugin") + ":build-classpath",
                                "-Dmdep.outputFile=classpath.txt"))
                .expect(0);
        List<Path> jars = Stream.of(Files.readString(folder.resolve("classpath.txt"))
                        .strip()
                        .split(File.pathSeparator))
                .map(Path::of)
                .toList();
        assertTrue(jars.stream().allMatch(Files::isRegularFile), jars::toString);
        return new Application(folder, jars);
    }

    List<Path> jars() {
        return jars;
    }

    /** Runs it in this Java. */
    Outcome run(List<String> jvm, String main, Object... arguments) throws Exception {
        return run(Path.of(System.getProperty("java.home")), jvm, main, arguments);
    }

    /** Runs it in another Java. */
    Outcome run(Path javaHome, List<String> jvm, String main, Object... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(javaHome.resolve("bin/java").toString()));
        command.addAll(jvm);
        command.add("-cp");
        command.add(folder.resolve("target/classes")
                + jars.stream().map(jar -> File.pathSeparator + jar).reduce("", String::concat));
        command.add(main);
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return run(folder, RUN_SECONDS, command);
    }

    private static Outcome run(Path folder, long seconds, List<String> command) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        // Surefire's own settings are not for children.
        builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_") || name.equals("JAVA_TOOL_OPTIONS"));
        Process process = builder.start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " did not end in " + seconds + " s");
        }
        return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }
}
