package io.trd4j.bundle;

import io.trd4j.io.FileTrees;
import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Packs what a host with an NVIDIA GPU needs to run, test and measure trd4j without network, without Java and without
 * root: a minimal Java runtime, the jars, the native libraries in one folder, the tests tagged {@code gpu}, and the
 * sources of the stand-alone native tests and benchmarks. What it does not pack is the host's: the NVIDIA driver, the
 * CUDA 13 and cuDNN 9 libraries.
 */
public final class Bundle {
    public static final int MAX_PIECE_MIB = 4096;
    /** GPUs before Maxwell are unknown to CUDA 13. */
    private static final int MIN_ARCHITECTURE = 50;

    private static final int MAX_ARCHITECTURE = 999;
    private static final int MIB = 1 << 20;
    /** The folder that the archive unpacks into, and the archive's name. */
    static final String NAME = "trd4j-gpu";

    private final Path root;
    private final Path out;
    private final long pieceBytes;
    private final SortedSet<Integer> architectures;

    /** The pieces in order, with the size of all of them. */
    public record Written(List<Path> pieces, long bytes) {}

    /**
     * Checks what can be checked before work begins.
     *
     * @param root the checkout that is packed, built
     * @param out the folder for the pieces; new or empty
     * @param pieceMib size of a piece, 1 to {@link #MAX_PIECE_MIB} MiB
     * @param architectures GPUs whose machine code is kept, 90 being compute capability 9.0; empty for all
     * @throws InputException when an argument cannot be used or the machine lacks a tool
     */
    public Bundle(Path root, Path out, int pieceMib, Set<Integer> architectures) throws IOException {
        this.root = root;
        this.out = out;
        this.pieceBytes = (long) pieceMib * MIB;
        this.architectures = new TreeSet<>(architectures);
        if (pieceMib < 1 || pieceMib > MAX_PIECE_MIB) {
            throw new InputException("--piece-mib must be 1 to " + MAX_PIECE_MIB + ", not " + pieceMib);
        }
        for (int architecture : architectures) {
            if (architecture < MIN_ARCHITECTURE || architecture > MAX_ARCHITECTURE) {
                throw new InputException("--keep-architecture must be " + MIN_ARCHITECTURE + " to " + MAX_ARCHITECTURE
                        + " (90 is compute capability 9.0) or all, not " + architecture);
            }
        }
        Writable.requireFolder(out);
        if (Files.isDirectory(out)) {
            try (DirectoryStream<Path> content = Files.newDirectoryStream(out)) {
                if (content.iterator().hasNext()) {
                    throw new InputException(out + " is not empty; choose another --out");
                }
            }
        }
        if (!Files.isRegularFile(root.resolve("pom.xml")) || !Files.isDirectory(root.resolve(BundleContent.SCRIPTS))) {
            throw new InputException(root + " is no checkout of trd4j; bundle packs one: run ./trd bundle there");
        }
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!platform.equals("Linux amd64")) {
            throw new InputException(
                    "bundle packs this machine's libraries for hosts like it, which must be Linux on x86-64; this is "
                            + platform);
        }
        Tool.jdk("jlink");
        Tool.jdk("javac");
        Tool.require("xz", "xz-utils");
        Tool.require("tar", "tar");
        Tool.require("mvn", "maven");
    }

    /**
     * Packs. Needs about 2.5 GB below {@code target} while it runs, some minutes, and LibTorch's GPU build from the
     * local Maven repository or the network.
     *
     * @param progress told what happens, one line each
     * @throws InputException when an artifact is missing and cannot be downloaded
     */
    public Written write(Consumer<String> progress) throws IOException {
        Path work = Files.createTempDirectory(Files.createDirectories(root.resolve("target")), "bundle-");
        // Interrupted, it leaves nothing behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(work), "unfinished bundle"));
        try {
            Path content = Files.createDirectory(work.resolve(NAME));
            new BundleContent(root, content, architectures, progress).fill();
            progress.accept("compressing " + Megabytes.of(sizeOf(content)));
            Path archive = work.resolve(NAME + ".tar.xz");
            compress(work, archive);
            List<Path> pieces = Pieces.write(
                    archive,
                    NAME + ".tar.xz",
                    out,
                    pieceBytes,
                    Files.readAllBytes(root.resolve(BundleContent.SCRIPTS).resolve("assemble.sh")),
                    "assemble.sh");
            return new Written(pieces, Files.size(archive));
        } finally {
            FileTrees.delete(work);
        }
    }

    private static void deleteQuietly(Path folder) {
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            // The process is ending, and target is no place for what must stay.
            return;
        }
    }

    /** The same content gives the same archive: order, times and owners are fixed. */
    private static void compress(Path work, Path archive) throws IOException {
        // The jump filter makes addresses in machine code repeat; large blocks for the sake of what is in two
        // libraries.
        Tool.run(
                work,
                List.of(
                        "bash",
                        "-c",
                        "set -o pipefail; "
                                + "tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - \"$1\" "
                                + "| xz -T0 --x86 --lzma2=preset=6,dict=64MiB >\"$2\"",
                        "bash",
                        NAME,
                        archive.toString()));
    }

    private static long sizeOf(Path folder) throws IOException {
        long size = 0;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file :
                    (Iterable<Path>) all.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS))::iterator) {
                size += Files.size(file);
            }
        }
        return size;
    }
}
