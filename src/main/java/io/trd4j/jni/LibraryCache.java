package io.trd4j.jni;

import io.trd4j.io.AtomicFile;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;

/**
 * Libraries of a jar, unpacked into a folder that is named after their content. Two builds never share one, and a
 * process that runs keeps its own. The content is known by the checksum that the jar has of each file: to read 13 MB
 * with every start would cost more than to load them.
 */
final class LibraryCache {
    private static final int KEY_DIGITS = 16;

    private LibraryCache() {}

    /** Whether all of these lie in a jar; null = not found. */
    static boolean isPacked(URL... libraries) {
        for (URL library : libraries) {
            if (library == null || !library.getProtocol().equals("jar")) {
                return false;
            }
        }
        return true;
    }

    /**
     * Unpacks what is not there yet.
     *
     * @param cache the folder that holds one folder per content
     * @param libraries in jars
     * @return the folder that holds them all
     */
    static Path unpack(Path cache, List<URL> libraries) throws IOException {
        Sha256 content = new Sha256();
        for (URL library : libraries) {
            ZipEntry entry = entry(library);
            content.add(entry.getName() + ' ' + entry.getSize() + ' ' + entry.getCrc() + '\n');
        }
        Path folder = cache.resolve("trd4j").resolve(content.hex().substring(0, KEY_DIGITS));
        for (URL library : libraries) {
            Path file = file(folder, library);
            if (!Files.exists(file) || Files.size(file) != entry(library).getSize()) {
                try (InputStream in = library.openStream()) {
                    AtomicFile.write(file, in.readAllBytes());
                }
            }
        }
        return folder;
    }

    /** Where a library of a folder lies. */
    static Path file(Path folder, URL library) {
        String path = library.getPath();
        return folder.resolve(path.substring(path.lastIndexOf('/') + 1));
    }

    private static ZipEntry entry(URL library) throws IOException {
        return ((JarURLConnection) library.openConnection()).getJarEntry();
    }
}
