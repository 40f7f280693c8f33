package io.trd4j.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Jars without native libraries and without compression of their own, which would only hinder that of the archive. */
final class Jars {
    private static final String NATIVE = ".*\\.so(\\.\\d+)*";

    private Jars() {}

    static void store(Path jar, Path to) throws IOException {
        try (ZipFile in = new ZipFile(jar.toFile());
                ZipOutputStream out = stored(to)) {
            for (ZipEntry entry : in.stream()
                    .filter(e -> !e.isDirectory())
                    .map(ZipEntry.class::cast)
                    .toList()) {
                if (!entry.getName().matches(NATIVE)) {
                    try (InputStream content = in.getInputStream(entry)) {
                        add(out, entry.getName(), content.readAllBytes());
                    }
                }
            }
        }
    }

    static void storeFolder(Path folder, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(folder);
                ZipOutputStream out = stored(to)) {
            List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
            for (Path file : files) {
                String name = folder.relativize(file).toString();
                if (!name.matches(NATIVE)) {
                    add(out, name, Files.readAllBytes(file));
                }
            }
        }
    }

    private static ZipOutputStream stored(Path to) throws IOException {
        OutputStream file = Files.newOutputStream(to);
        ZipOutputStream out = new ZipOutputStream(file);
        out.setMethod(ZipOutputStream.STORED);
        return out;
    }

    private static void add(ZipOutputStream out, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
