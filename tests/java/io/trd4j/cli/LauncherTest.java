package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher {@code trd} on machines that lack something: a copy of it runs with a PATH made for the test. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    private Path folder;

    private Path project;
    private Path bin;

    private record Outcome(int code, List<String> out, List<String> err) {}

    @BeforeEach
    void copyTheLauncher() throws IOException {
        project = Files.createDirectories(folder.resolve("pro ject"));
        Files.copy(Cli.ROOT.resolve("trd"), project.resolve("trd"));
        Files.setPosixFilePermissions(project.resolve("trd"), PosixFilePermissions.fromString("rwxr-xr-x"));
        bin = Files.createDirectory(folder.resolve("bin"));
        for (String tool : List.of(
                "bash",
                "cat",
                "dirname",
                "env",
                "find",
                "flock",
                "id",
                "mkdir",
                "mktemp",
                "readlink",
                "rm",
                "sed",
                "tail",
                "tr",
                "wc")) {
            for (String place : List.of("/bin/", "/usr/bin/")) {
                if (Files.exists(Path.of(place + tool))) {
                    stub(bin.resolve(tool), "exec " + place + tool + " \"$@\"");
                }
            }
        }
    }

    private void stub(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        Files.writeString(file, "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void stubTools() throws IOException {
        for (String tool : List.of("c++", "make", "cmake")) {
            stub(bin.resolve(tool), "exit 0");
        }
    }

    /** A Java that says with what it was called. */
    private Path stubJava() throws IOException {
        Path home = folder.resolve("jdk");
        stub(home.resolve("bin/javac"), "echo javac 17.0.1");
        stub(
                home.resolve("bin/java"),
                "case $1 in -XX:ArchiveClassesAtExit=*) : >\"${1#*=}\"; exit ;; esac; "
                        + "case \"${*: -1}\" in --version|natives) exit ;; esac; printf '%s\\n' \"$@\"; "
                        + "echo \"${LC_ALL:-}\" >\"$0.lc_all\"; exit 7");
        return home;
    }

    private Outcome run(Path from, Path launcher, String... args) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(from.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("JAVA_HOME", stubJava().toString());
        Process process = builder.start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the launcher hangs");
        return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }

    @Test
    void saysWhatIsMissingWhenItMayNotInstall() throws Exception {
        for (String verb : List.of("demo", "test")) {
            assertEquals(
                    new Outcome(
                            2,
                            List.of(),
                            List.of("trd: this machine lacks: maven g++ make cmake (Debian names); install "
                                    + "them, then run the command again")),
                    run(folder, project.resolve("trd"), verb));
        }
        // apt is there, but neither root nor sudo.
        stub(bin.resolve("apt-get"), "echo must not run; exit 1");
        stub(bin.resolve("id"), "echo 1000");
        assertEquals(
                new Outcome(
                        2,
                        List.of(),
                        List.of("trd: this machine lacks: maven g++ make cmake; run: sudo sh -c 'apt-get update "
                                + "&& apt-get install -y --no-install-recommends maven g++ make cmake'")),
                run(folder, project.resolve("trd"), "demo"));
    }

    @Test
    void saysWhatToRunWhenTheInstallationFails() throws Exception {
        stub(bin.resolve("apt-get"), "echo 'E: no network'; exit 100");
        stub(bin.resolve("id"), "echo 0");
        Outcome failed = run(folder, project.resolve("trd"), "demo");
        assertEquals(2, failed.code());
        assertEquals(
                List.of("trd: installing maven g++ make cmake", "E: no network"),
                failed.err().subList(0, 2));
        assertTrue(
                failed.err().get(2).startsWith("trd: the installation failed; run: sudo sh -c 'apt-get update"),
                failed.toString());
    }

    @Test
    void passesTheTestsOptionsToMaven() throws Exception {
        stubTools();
        // The tests' folder may have a name that an ASCII locale cannot spell.
        stub(bin.resolve("mvn"), "echo \"$PWD $LC_ALL\"; printf '%s\\n' \"$@\"; exit 3");
        assertEquals(
                new Outcome(
                        3,
                        List.of(project + " C.UTF-8", "-B", "-ntp", "-Dstyle.color=never", "verify", "-Dtest=A B"),
                        List.of()),
                run(folder, project.resolve("trd"), "test", "-Dtest=A B"));
    }

    /** Class-data sharing: the archive is made with the build, used where it is, and missed by nobody. */
    @Test
    void startsFromTheSharedArchive() throws Exception {
        stubTools();
        for (String source : List.of("pom.xml", "src/pom.xml", "cppbuild.sh", "native/x", "src/x")) {
            Files.createDirectories(project.resolve(source).getParent());
            Files.writeString(project.resolve(source), "");
        }
        stub(
                bin.resolve("mvn"),
                "mkdir -p target/classes; : >target/classes/A.class; echo /lib.jar >target/classpath.txt");
        Path home = stubJava();
        stub(home.resolve("bin/jar"), ": >\"$4\"");
        String target = project.resolve("target") + "/";
        List<String> path =
                List.of("-cp", target + "classes.jar:/lib.jar:" + target + "classes", "io.trd4j.cli.Main", "inspect");
        for (int i = 0; i < 2; i++) {
            Outcome run = run(folder, project.resolve("trd"), "inspect");
            assertEquals(
                    List.of("-XX:SharedArchiveFile=" + target + "classes.jsa", "-Xlog:disable"),
                    run.out().subList(0, 2));
            assertEquals(
                    path, run.out().subList(run.out().indexOf("-cp"), run.out().size()));
        }
        // The JVM would crash on a truncated one.
        Files.writeString(project.resolve("target/classes.jsa"), "other bytes");
        assertEquals(
                "-Dtrd.root=" + project,
                run(folder, project.resolve("trd"), "inspect").out().get(0));
        Files.delete(project.resolve("target/classes.jsa"));
        assertEquals(
                "-Dtrd.root=" + project,
                run(folder, project.resolve("trd"), "inspect").out().get(0));
    }

    /** From 24 on, Java warns without being asked for it; an older one would refuse an option that it does not know. */
    @Test
    void onlyNewerJavaIsToldWhatIsAllowed() throws Exception {
        stubTools();
        for (String source : List.of("pom.xml", "cppbuild.sh", "native/x", "src/main/x")) {
            Files.createDirectories(project.resolve(source).getParent());
            Files.writeString(project.resolve(source), "");
        }
        stub(bin.resolve("mvn"), "echo /lib.jar >target/classpath.txt");
        Path release = stubJava().resolve("release");
        for (String version : List.of("17.0.1", "21", "23.0.2", "24", "25.0.3", "26-ea")) {
            Files.writeString(release, "IMPLEMENTOR=\"A\"\nJAVA_VERSION=\"" + version + "\"\n");
            List<String> options =
                    run(folder, project.resolve("trd"), "inspect").out();
            assertEquals(
                    Integer.parseInt(version.substring(0, 2)) >= 24
                            ? List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                            : List.of(),
                    options.stream().filter(option -> option.startsWith("--")).toList(),
                    version);
        }
    }

    /** Also when tests fail: what is said last is said of what ran, and the exit code is Maven's. */
    @Test
    void theTestsEndWithTheirReport() throws Exception {
        stubTools();
        stub(
                bin.resolve("mvn"),
                "mkdir -p target/test-classes/io/trd4j && : >target/test-classes/io/trd4j/SuiteReport.class; "
                        + "echo 'Tests run: 1, Failures: 1'; exit 3");
        assertEquals(
                new Outcome(
                        3,
                        List.of(
                                "Tests run: 1, Failures: 1",
                                "-cp",
                                "target/test-classes",
                                "io.trd4j.SuiteReport",
                                "target/surefire-reports",
                                "target/.tests"),
                        List.of()),
                run(folder, project.resolve("trd"), "test"));
        assertTrue(Files.exists(project.resolve("target/.tests")));
    }

    @Test
    void buildsOnceAndRunsFromAnywhere() throws Exception {
        stubTools();
        for (String source : List.of("pom.xml", "src/pom.xml", "cppbuild.sh", "native/x", "src/main/x")) {
            Files.createDirectories(project.resolve(source).getParent());
            Files.writeString(project.resolve(source), "");
        }
        // Maven that fails, then one that builds.
        stub(bin.resolve("mvn"), "echo 'cannot compile'; exit 1");
        Outcome failed = run(folder, project.resolve("trd"), "demo");
        assertEquals(1, failed.code());
        assertEquals(
                List.of("cannot compile", "trd: the build failed; the log above is target/build.log"),
                failed.err().subList(1, 3));
        stub(bin.resolve("mvn"), "echo built >>mvn.log; echo /lib.jar >target/classpath.txt");
        Path link = Files.createSymbolicLink(folder.resolve("link"), project.resolve("trd"));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));

        List<String> called = List.of(
                "-cp",
                project.resolve("target/classes") + ":/lib.jar",
                "io.trd4j.cli.Main",
                "inspect",
                "--out",
                "a folder");
        for (int i = 0; i < 2; i++) {
            Outcome run = run(elsewhere, link, "inspect", "--out", "a folder");
            assertEquals(7, run.code(), run.toString());
            assertEquals(
                    called,
                    run.out().subList(run.out().indexOf("-cp"), run.out().size()));
            assertEquals(i == 0 ? 1 : 0, run.err().size(), run.toString());
        }
        assertEquals(List.of("built"), Files.readAllLines(project.resolve("mvn.log")));
        // Java names files as the locale's charset can: in a bare container that is ASCII.
        Path locale = folder.resolve("jdk/bin/java.lc_all");
        assertEquals("C.UTF-8", Files.readString(locale).strip());
        stub(bin.resolve("locale"), "echo ISO-8859-15");
        run(elsewhere, link, "inspect");
        assertEquals("", Files.readString(locale).strip());
        FileTime built = Files.getLastModifiedTime(project.resolve("target/.built"));
        Files.setLastModifiedTime(
                project.resolve("src/main/x"), FileTime.from(built.toInstant().plusSeconds(1)));
        run(elsewhere, link, "inspect");
        assertEquals(List.of("built", "built"), Files.readAllLines(project.resolve("mvn.log")));
    }
}
