package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.Inspector;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Newer JDKs, where there are any: {@code JAVA_HOME_25} and the like name them, or {@code /usr/lib/jvm} has them. From
 * version 24 on, Java warns of native libraries, and refuses them with {@code --illegal-native-access=deny}, which will
 * be usual.
 */
@DisabledOnOs(OS.WINDOWS)
class JavaVersionsTest {
    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");
    private static final String DENY = "--illegal-native-access=deny";
    private static final String REFUSED =
            "Java refuses native libraries: start it with --enable-native-access=ALL-UNNAMED";

    /** By version; of several of one version, the one that a variable names. */
    private static final TreeMap<Integer, Path> JDKS = new TreeMap<>();

    @TempDir
    private Path folder;

    @BeforeAll
    static void findJdks() throws IOException {
        List<Path> homes = new ArrayList<>();
        for (Map.Entry<String, String> variable : new TreeMap<>(System.getenv()).entrySet()) {
            if (variable.getKey().matches("JAVA_HOME_\\d+.*")) {
                homes.add(Path.of(variable.getValue()));
            }
        }
        if (Files.isDirectory(Path.of("/usr/lib/jvm"))) {
            try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
                installed.sorted().forEach(homes::add);
            }
        }
        for (Path home : homes) {
            Path release = home.resolve("release");
            Matcher version = VERSION.matcher(Files.isRegularFile(release) ? Files.readString(release) : "");
            if (version.find() && Files.isExecutable(home.resolve("bin/java"))) {
                JDKS.putIfAbsent(Integer.valueOf(version.group(1)), home);
            }
        }
    }

    /** The newest of these versions. */
    private static Path jdk(int from, int to, String what) {
        Optional<Path> found = JDKS.subMap(from, true, to, true).descendingMap().values().stream()
                .findFirst();
        Needs.that(found.isPresent(), what);
        return found.orElseThrow();
    }

    private static Path newest() {
        return jdk(24, Integer.MAX_VALUE, "a JDK of version 24 or newer (JAVA_HOME_25)");
    }

    private static final List<String> PLAN =
            List.of("plan", "--random", "--backbone", "resnet18", "--size", "32", "--runs", "1");

    @Test
    void withTheDocumentedOptionsNothingIsSaid() throws Exception {
        Path home = newest();
        Sample sample = Sample.get();
        List<String> allowed = new ArrayList<>(Cli.allowed());
        assertEquals(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"), allowed);
        allowed.add(DENY);
        String[] flags = allowed.toArray(String[]::new);
        assertEquals(
                "",
                Cli.in(folder)
                        .java(home)
                        .jvm(flags)
                        .run(PLAN.toArray())
                        .expect(0)
                        .err());
        // Of ZSTD: its library is the one that calls sun.misc.Unsafe.
        Cli.Outcome inspected = Cli.in(folder)
                .java(home)
                .jvm(flags)
                .run(
                        "inspect",
                        "--model",
                        sample.model,
                        "--rgb",
                        Cli.ROOT.resolve("tests/fixtures/images/rgb_zstd.tif"),
                        "--xyz",
                        sample.xyz("test/good/000"),
                        "--on-unlike",
                        "review",
                        "--out",
                        folder.resolve("out"));
        assertEquals("", inspected.expect(0).err());
        assertTrue(Files.exists(folder.resolve("out/result.json")));
    }

    /** Also of verbs that need OpenCV alone, whose classes would load themselves. */
    @Test
    void aRefusalIsOneLineThatNamesTheOption() throws Exception {
        Path home = newest();
        Sample sample = Sample.get();
        Path out = folder.resolve("out");
        for (List<?> verb : List.of(
                PLAN,
                List.of("synth", "--out", out, "--size", 64),
                List.of("evaluate", "--model", sample.model, "--data", sample.category, "--out", out))) {
            Cli.Outcome refused =
                    Cli.in(folder).java(home).jvm(DENY).run(verb.toArray()).expect(1);
            assertEquals("trd: " + REFUSED + "\n", refused.err(), verb.toString());
            assertFalse(Files.exists(out), verb.toString());
        }
    }

    /** What an application gets, each time it asks. */
    public static final class Application {
        private Application() {}

        /** @param args a model, an image, a point cloud */
        public static void main(String[] args) throws IOException {
            for (int i = 0; i < 2; i++) {
                try (Inspector inspector = Inspector.open(Path.of(args[0]))) {
                    System.out.println(inspector.model().size());
                } catch (RuntimeException e) {
                    System.out.println(e);
                }
                try {
                    Part part = PartFiles.of(Path.of(args[1]), Path.of(args[2])).load();
                    System.out.println(part.rgb().width());
                } catch (RuntimeException e) {
                    System.out.println(e);
                }
            }
        }
    }

    @Test
    void anApplicationGetsAnExceptionEachTime() throws Exception {
        Path home = newest();
        Sample sample = Sample.get();
        Path image = Cli.ROOT.resolve("tests/fixtures/images/rgb_zstd.tif");
        List<Object> arguments = List.of(Application.class.getName(), sample.model, image, sample.xyz("test/good/000"));
        String refused = "io.trd4j.jni.NativeException: " + REFUSED;
        // The ZSTD library of the image comes first; it is no native one.
        assertEquals(
                List.of(refused, refused, refused, refused),
                start(home, List.of(DENY, "--sun-misc-unsafe-memory-access=allow"), arguments));
        String unsafe = "io.trd4j.io.InputException: " + image + " is compressed with ZSTD, which needs "
                + "sun.misc.Unsafe; start Java with --sun-misc-unsafe-memory-access=allow, or save the file with deflate";
        assertEquals(
                List.of("64", unsafe, "64", unsafe),
                start(
                        home,
                        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=deny"),
                        arguments));
    }

    /** Java 17 to 23 know nothing of it. */
    @Test
    void olderVersionsNeedNoOption() throws Exception {
        Path home = jdk(18, 23, "a JDK of version 18 to 23 (JAVA_HOME_21)");
        assertEquals("", Cli.in(folder).java(home).run(PLAN.toArray()).expect(0).err());
    }

    /** As automatic modules; everything is found that lies in the jars of others. */
    @Test
    void runsFromTheModulePath() throws Exception {
        Sample sample = Sample.get();
        Path jar = jar();
        Path report = folder.resolve("report.html");
        List<Object> arguments = List.of(
                "-m",
                "io.trd4j/" + Main.class.getName(),
                "report",
                "--model",
                sample.model,
                "--data",
                sample.category,
                "--out",
                report);
        List<String> path = List.of(
                "-p",
                jar + File.pathSeparator + classpath(),
                "--add-modules",
                "ALL-MODULE-PATH",
                "-Djava.library.path=" + natives());
        assertTrue(
                start(Path.of(System.getProperty("java.home")), path, arguments).contains("wrote " + report));
        assertTrue(Files.readString(report).contains("Chart.js"));

        Path home = newest();
        List<String> denied = new ArrayList<>(path);
        denied.add(DENY);
        List<String> said = start(home, denied, arguments);
        String prefix = "trd: Java refuses native libraries: start it with ";
        assertTrue(said.size() == 1 && said.get(0).startsWith(prefix), said::toString);
        String option = said.get(0).substring(prefix.length());
        assertTrue(
                option.startsWith("--enable-native-access=io.trd4j,") && option.contains(",org.bytedeco.javacpp,"),
                option);
        denied.add(option);
        said = start(home, denied, arguments);
        assertTrue(said.contains("wrote " + report), said::toString);
        assertTrue(said.stream().noneMatch(line -> line.startsWith("WARNING")), said::toString);
    }

    private static String classpath() throws IOException {
        return Files.readString(Path.of(System.getProperty("trd.classpath"))).strip();
    }

    private static Path natives() throws IOException {
        try (Stream<Path> platforms =
                Files.list(Path.of(System.getProperty("trd.classes")).resolve("io/trd4j/jni"))) {
            return platforms.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    /** As it is packed, except the native libraries, which would be unpacked into the user's folder. */
    private Path jar() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Automatic-Module-Name", "io.trd4j");
        Path jar = folder.resolve("trd4j.jar");
        Path classes = Path.of(System.getProperty("trd.classes"));
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.walk(classes)) {
            entries.setLevel(0);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.startsWith(natives())) {
                    entries.putNextEntry(
                            new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                    Files.copy(file, entries);
                }
            }
        }
        return jar;
    }

    /** @return all lines that the process printed */
    private List<String> start(Path home, List<String> options, List<Object> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(home.resolve("bin/java").toString()));
        command.addAll(List.of("-Djava.awt.headless=true", "-Dorg.bytedeco.javacpp.pathsFirst=true"));
        command.addAll(List.of("-Dlogback.configurationFile=io/trd4j/cli/logback.xml"));
        command.addAll(options);
        if (!options.contains("-p")) {
            Path tests = Path.of(JavaVersionsTest.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            command.addAll(List.of(
                    "-cp",
                    String.join(File.pathSeparator, tests.toString(), System.getProperty("trd.classes"), classpath())));
        }
        arguments.forEach(argument -> command.add(argument.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), said::toString);
        return said;
    }
}
