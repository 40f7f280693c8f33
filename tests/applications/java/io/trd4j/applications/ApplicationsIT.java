package io.trd4j.applications;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applications outside this repository: one declares {@code io.trd4j:trd4j} alone and inspects, another trains,
 * calibrates, sets thresholds, evaluates and reports.
 */
class ApplicationsIT {
    private static final long MOST_BYTES = 45L << 20;
    private static final Pattern LIBRARY = Pattern.compile("/(lib[\\w.+-]+\\.so[.\\d]*)");

    @TempDir
    static Path work;

    private static Application life;
    private static Application inspect;
    private static Path model;

    @BeforeAll
    static void buildThemAndTrain() throws Exception {
        life = Application.build("life", work.resolve("life"));
        inspect = Application.build("inspect", work.resolve("inspect"));
        Path folder = Files.createDirectory(work.resolve("parts"));
        life.run(List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"), "example.LifeOfAModel", folder)
                .expect(0);
        model = folder.resolve("model.safetensors");
        for (String written :
                List.of("model.safetensors", "report.html", "results/metrics.json", "results/scores.csv")) {
            assertTrue(Files.size(folder.resolve(written)) > 0, written);
        }
    }

    @Test
    void inspectionIsSmall() throws Exception {
        long bytes = 0;
        for (Path jar : inspect.jars()) {
            System.out.printf("%,12d %s%n", Files.size(jar), jar.getFileName());
            bytes += Files.size(jar);
        }
        System.out.printf("%,12d bytes: all that io.trd4j:trd4j needs%n", bytes);
        assertTrue(bytes <= MOST_BYTES, bytes + " bytes");
        String names =
                inspect.jars().stream().map(jar -> jar.getFileName().toString()).collect(Collectors.joining(" "));
        assertTrue(!names.matches(".*(pytorch|opencv|openblas|picocli|logback|cuda|mustache).*"), names);
    }

    /** Of every colour layout, and the regions. */
    @Test
    void inspectionLoadsNeitherOpenCvNorLibTorch() throws Exception {
        Path log = work.resolve("libraries.txt");
        Application.Outcome outcome = inspect.run(
                        List.of("-Xlog:library=info:file=" + log), "example.InspectPart", model)
                .expect(0);
        Set<String> loaded = new TreeSet<>();
        var matcher = LIBRARY.matcher(Files.readString(log));
        while (matcher.find()) {
            loaded.add(matcher.group(1));
        }
        assertTrue(loaded.contains("libjniTrd.so") && loaded.contains("libjnidnnl.so"), loaded::toString);
        assertTrue(loaded.stream().noneMatch(name -> name.matches(".*(opencv|torch|openblas).*")), loaded::toString);
        assertTrue(Double.isFinite(Double.parseDouble(outcome.value("score"))));
    }

    /** The jars that only training needs change no bit. */
    @Test
    void allJarsGiveTheSameScore() throws Exception {
        String alone =
                inspect.run(List.of(), "example.InspectPart", model).expect(0).value("score");
        Path classes = work.resolve("inspect/target/classes/example");
        for (String name : List.of("InspectPart.class")) {
            Files.copy(
                    classes.resolve(name),
                    work.resolve("life/target/classes/example").resolve(name));
        }
        assertEquals(
                alone,
                life.run(List.of(), "example.InspectPart", model).expect(0).value("score"));
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        String version = System.getProperty("trd.version");
        Application.Outcome outcome = inspect.run(
                        List.of(), "example.AskForMore", model, Files.createDirectory(work.resolve("more")))
                .expect(0);
        String train = " is not on the class path; add io.trd4j:trd4j-train:" + version;
        String images = ": OpenCV is not on the class path; add io.trd4j:trd4j-images:" + version;
        assertEquals(
                List.of(
                        "train: LibTorch" + train,
                        "calibrate: LibTorch" + train,
                        "teacher: the embedded teacher" + train,
                        "checkpoint: the pickle library" + train,
                        "read" + images,
                        "write" + images,
                        "overlay" + images,
                        "synth" + images,
                        "bench: the histogram library is not on the class path; add io.trd4j:trd4j-report:" + version,
                        "inspect: done"),
                outcome.out());
    }

    /** With the flags that the documents name, no line is Java's; the score is that of this Java. */
    @Test
    void newerJavaIsQuiet() throws Exception {
        Path jdk = newerJava();
        List<String> flags = List.of("--illegal-native-access=deny", "--enable-native-access=ALL-UNNAMED");
        Application.Outcome outcome =
                inspect.run(jdk, flags, "example.InspectPart", model).expect(0);
        assertEquals(
                List.of(),
                outcome.err().stream().filter(line -> !line.startsWith("SLF4J")).toList());
        assertEquals(inspect.run(List.of(), "example.InspectPart", model).value("score"), outcome.value("score"));
    }

    private static Path newerJava() throws Exception {
        try (Stream<Path> all = Files.list(Path.of("/usr/lib/jvm"))) {
            List<Path> newer = all.filter(jdk -> {
                        try {
                            return Files.readString(jdk.resolve("release"))
                                    .matches("(?s).*JAVA_VERSION=\"(2[4-9]|[3-9]\\d).*");
                        } catch (java.io.IOException e) {
                            return false;
                        }
                    })
                    .toList();
            assumeTrue(!newer.isEmpty(), "needs a JDK of version 24 or newer below /usr/lib/jvm");
            return newer.get(0);
        }
    }
}
