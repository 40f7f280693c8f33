package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code trd bundle} says when it cannot pack; packing itself takes minutes and is run by hand
 * (benchmarks/README.md).
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class BundleCommandTest {
    private static final String ROOT = "trd.root";

    @TempDir
    private Path folder;

    private Path checkout;
    private Path bin;

    @BeforeEach
    void makeACheckout() throws IOException {
        checkout = Files.createDirectories(folder.resolve("checkout"));
        Files.createDirectories(checkout.resolve("src/main/bundle"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        bin = Files.createDirectory(folder.resolve("bin"));
        for (String tool : List.of("bash", "env", "tar")) {
            for (String place : List.of("/bin/", "/usr/bin/")) {
                if (Files.exists(Path.of(place + tool))) {
                    stub(tool, "exec " + place + tool + " \"$@\"");
                }
            }
        }
        System.setProperty(ROOT, checkout.toString());
    }

    @AfterEach
    void forgetTheCheckout() {
        System.clearProperty(ROOT);
    }

    private void stub(String tool, String script) throws IOException {
        // Not a link: the folder's removal would complain about it.
        Files.writeString(bin.resolve(tool), "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(bin.resolve(tool), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void refused(String complaint, Object... arguments) throws IOException {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "bundle";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        assertOneLine(complaint, Cli.here(all));
    }

    private void assertOneLine(String complaint, Cli.Outcome outcome) throws IOException {
        assertEquals(List.of("trd: " + complaint), outcome.expect(2).complaints());
        try (var left = Files.list(checkout)) {
            assertEquals(
                    2,
                    left.filter(f -> !f.getFileName().toString().equals("target"))
                            .count());
        }
    }

    @Test
    void badOptions() throws IOException {
        Path out = folder.resolve("out");
        refused("Missing required option: '--out=DIR'; see trd bundle --help");
        for (String size : List.of("0", "-1", "4097")) {
            refused("--piece-mib must be 1 to 4096, not " + size, "--out", out, "--piece-mib", size);
        }
        refused(
                "--keep-architecture must be 50 to 999 (90 is compute capability 9.0) or all, not 9",
                "--out",
                out,
                "--keep-architecture",
                "9");
        for (String architecture : List.of("9.0", "sm_90")) {
            refused(
                    "--keep-architecture must be a number such as 90 (compute capability 9.0), or all alone, not '"
                            + architecture + "'",
                    "--out",
                    out,
                    "--keep-architecture",
                    architecture);
        }
        refused(
                "--keep-architecture must be a number such as 90 (compute capability 9.0), or all alone, not 'all'",
                "--out",
                out,
                "--keep-architecture",
                "90",
                "--keep-architecture",
                "all");
        assertTrue(Files.notExists(out));
    }

    @Test
    void badOutput() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");
        refused(file + " is a file, not a folder; choose another folder", "--out", file);
        refused(
                file.resolve("x") + " cannot be written: " + file + " is a file, not a folder; choose another place",
                "--out",
                file.resolve("x"));
        Path used = Files.createDirectory(folder.resolve("used"));
        Files.writeString(used.resolve("something"), "kept");
        refused(used + " is not empty; choose another --out", "--out", used);
        assertEquals("kept", Files.readString(used.resolve("something")));
    }

    @Test
    void packsACheckoutOnly() throws IOException {
        Files.delete(checkout.resolve("pom.xml"));
        Cli.Outcome outcome = Cli.here("bundle", "--out", folder.resolve("out")).expect(2);
        assertEquals(
                List.of("trd: " + checkout + " is no checkout of trd4j; bundle packs one: run ./trd bundle there"),
                outcome.complaints());
        System.clearProperty(ROOT);
        outcome = Cli.here("bundle", "--out", folder.resolve("out")).expect(2);
        assertEquals(List.of("trd: bundle packs a checkout of trd4j; run ./trd bundle in one"), outcome.complaints());
    }

    private Cli child() {
        return Cli.in(folder).jvm("-D" + ROOT + "=" + checkout).environment("PATH", bin.toString());
    }

    @Test
    void whatTheMachineLacks() throws Exception {
        Path out = folder.resolve("out");
        assertOneLine(
                "there is no xz in the PATH; install it (Debian and Ubuntu: apt-get install xz-utils)",
                child().run("bundle", "--out", out));
        stub("xz", "exit 1");
        assertOneLine(
                "there is no mvn in the PATH; install it (Debian and Ubuntu: apt-get install maven)",
                child().run("bundle", "--out", out));
        stub(
                "mvn",
                "echo '[INFO] wait'; "
                        + "echo '[ERROR] Could not find artifact org.bytedeco:pytorch:jar:linux-x86_64-gpu'; "
                        + "echo '[ERROR] help'; exit 1");
        Cli.Outcome failed = child().run("bundle", "--out", out).expect(2);
        assertEquals(
                List.of(
                        "trd: bundle: LibTorch's GPU build and the other jars, from the Maven repository",
                        "trd: an artifact that "
                                + "the bundle needs (LibTorch's GPU build, 460 MB, the first time) is not in "
                                + "the local Maven repository and cannot be downloaded; run this once "
                                + "with a network. "
                                + "Maven says: Could not find artifact org.bytedeco:pytorch:jar:linux-x86_64-gpu"),
                failed.complaints());
        try (var left = Files.list(checkout.resolve("target"))) {
            assertEquals(List.of(), left.toList(), "the work folder is removed");
        }
        // A runtime without the JDK's tools.
        Cli.Outcome outcome = child().jvm("--limit-modules", "java.se,jdk.unsupported,jdk.management")
                .run("bundle", "--out", out);
        assertOneLine(
                "the Java in " + System.getProperty("java.home")
                        + " has no jlink: it is a runtime without development tools; "
                        + "install a JDK 17 or newer, or set JAVA_HOME to one",
                outcome);
        assertTrue(Files.notExists(out));
    }
}
