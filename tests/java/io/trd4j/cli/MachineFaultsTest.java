package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import io.trd4j.SmallModel;
import io.trd4j.model.Modality;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A part inspected on machines that lack something: it works, or one line names the remedy. */
@EnabledOnOs(OS.LINUX)
class MachineFaultsTest {
    private static final String CACHE = "-Dorg.bytedeco.javacpp.cachedir=";

    @TempDir
    private static Path folder;

    private static List<Object> inspect;

    @BeforeAll
    static void makeParts() throws IOException {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, null);
        Path category = folder.resolve("parts");
        SmallModel.category(category, 1, 1, 2);
        inspect = List.of("inspect", "--model", model, "--data", category, "--json", folder.resolve("lines.json"));
    }

    private static Cli.Outcome run(Cli cli) throws IOException, InterruptedException {
        return cli.run(inspect.toArray());
    }

    /** One that nobody else has. */
    private static Path newFolder() throws IOException {
        return Files.createTempDirectory(folder, "new");
    }

    private static String refusal(Cli cli) throws IOException, InterruptedException {
        return refusal(1, cli);
    }

    private static String refusal(int code, Cli cli) throws IOException, InterruptedException {
        Cli.Outcome outcome = run(cli).expect(code);
        assertEquals(1, outcome.complaints().size(), outcome.err());
        return outcome.complaints().get(0);
    }

    private static void assertWorks(Cli cli, String... complaints) throws IOException, InterruptedException {
        assertEquals(List.of(complaints), run(cli).expect(0).complaints());
    }

    @Test
    void nonsenseForOpenMpIsPassedOver() throws Exception {
        String passedOver = " is no value of this variable of OpenMP and is passed over; unset it";
        assertWorks(
                Cli.in(folder)
                        .environment("OMP_NUM_THREADS", "banana")
                        .environment("OMP_STACKSIZE", "1000G")
                        .environment("OMP_PROC_BIND", "maybe"),
                "trd: WARN: OMP_NUM_THREADS=banana" + passedOver,
                "trd: WARN: OMP_PROC_BIND=maybe" + passedOver,
                "trd: WARN: OMP_STACKSIZE=1000G" + passedOver);
    }

    @Test
    void sixtyFourOpenFilesAreEnough() throws Exception {
        assertWorks(Cli.in(folder).before("ulimit -n 64"));
    }

    @Test
    void aSmallHeapAndSmallDirectMemoryAreNamed() throws Exception {
        assertWorks(Cli.in(folder).jvm("-Xmx64m"));
        // So small a heap lacks in JavaCPP, too, which may say so before.
        String heap = run(Cli.in(folder).jvm("-Xmx12m")).expect(1).err();
        assertTrue(heap.endsWith("JDK_JAVA_OPTIONS=-Xmx4g in the environment\n"), heap);
        assertFalse(heap.contains("\tat "), heap);
        String direct = refusal(Cli.in(folder).jvm("-XX:MaxDirectMemorySize=64k"));
        assertTrue(direct.contains("JDK_JAVA_OPTIONS=-XX:MaxDirectMemorySize=4g"), direct);
    }

    @Test
    void aCacheThatExecutesNothingOrIsFullIsNamed() throws Exception {
        Namespace.require();
        Path cache = newFolder();
        String remedy = "; " + CACHE + "FOLDER names another";
        assertEquals(
                "trd: oneDNN cannot be loaded: libraries are unpacked to " + cache
                        + ", which is mounted noexec: no program may run there" + remedy,
                refusal(Cli.in(folder)
                        .jvm(CACHE + cache)
                        .before(Namespace.enter("mount -t tmpfs -o noexec,size=200m tmpfs " + cache))));
        String full = refusal(
                Cli.in(folder).jvm(CACHE + cache).before(Namespace.enter("mount -t tmpfs -o size=8m tmpfs " + cache)));
        assertTrue(
                full.matches(
                        "trd: oneDNN cannot be loaded: libraries are unpacked to \\S+, which has \\d MB of room left "
                                + "and needs 600; .*"),
                full);
    }

    /** JavaCPP's folder for this case has a name that others can foresee. */
    @Test
    void aHomeThatCannotBeWrittenIsDoneWithout() throws Exception {
        Namespace.require();
        Path home = newFolder();
        Path temporary = newFolder();
        String readOnly = "mount -t tmpfs -o ro tmpfs " + home;
        Cli lacking = Cli.in(folder)
                .jvm("-Duser.home=" + home, "-Djava.io.tmpdir=" + temporary)
                .environment("HOME", home.toString())
                .environment("XDG_CACHE_HOME", "")
                .environment("TRD_CACHE", "");
        String line =
                refusal(2, lacking.before(Namespace.enter(readOnly + "; mount -t tmpfs -o ro tmpfs " + temporary)));
        assertTrue(line.contains("; set TRD_CACHE to a folder of yours"), line);
    }

    @Test
    void withoutProc() throws Exception {
        Namespace.require();
        assertWorks(Cli.in(folder)
                .environment(
                        "LD_LIBRARY_PATH",
                        Path.of(System.getProperty("java.home"), "lib").toString())
                .before(Namespace.enter("mount -t tmpfs tmpfs /proc")));
    }

    /** Java counts those of a container with a quota: the threads follow. */
    @Test
    void threadsFollowTheProcessors() throws Exception {
        String said = Cli.in(folder)
                .jvm("-XX:ActiveProcessorCount=1")
                .run("natives")
                .expect(0)
                .out();
        assertTrue(said.contains("1 threads"), said);
    }

    @Test
    void threadsFollowAContainersQuota() throws Exception {
        try (ProcessorQuota quota = ProcessorQuota.ofOneProcessor()) {
            String said = Cli.in(folder)
                    .before(quota.enter())
                    .run("natives")
                    .expect(0)
                    .out();
            assertTrue(said.contains("1 threads"), said);
        }
    }

    @Test
    void namesThatTheLocaleCannotSpell() throws Exception {
        // Otherwise Java finds no class; the launcher takes another locale.
        Needs.that(StandardCharsets.US_ASCII.newEncoder().canEncode(Cli.ROOT.toString()), "a checkout named in ASCII");
        Cli.Outcome outcome = Cli.in(folder)
                .before("export LC_ALL=POSIX")
                .run("inspect", "--model", folder.resolve("mädel.safetensors"), "--data", folder, "--json", "-")
                .expect(2);
        assertTrue(outcome.err().contains("; set LC_ALL=C.UTF-8 in the environment"), outcome.err());
    }
}
