package io.trd4j.jni;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Libraries of which JavaCPP has unpacked a half: its process was killed, or the disk was full. It unpacks them anew
 * when it loads them, but one that another asks for is loaded before, by the system, and ends the JVM.
 */
final class HalfUnpacked {
    private static final Logger LOG = LoggerFactory.getLogger(HalfUnpacked.class);

    private HalfUnpacked() {}

    /**
     * Removes them. Nobody else may unpack into the folder meanwhile ({@link CacheLock}).
     *
     * @param cache JavaCPP's: a folder per jar, in which files lie as in the jar
     */
    static void remove(Path cache) throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(cache, "*.jar")) {
            for (Path jar : jars) {
                for (Path file : files(jar)) {
                    long whole = size(jar, jar.relativize(file).toString().replace('\\', '/'));
                    if (whole >= 0 && Files.size(file) != whole) {
                        LOG.debug("{} was unpacked by half, and is unpacked anew", file);
                        Files.delete(file);
                    }
                }
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    /** Of an entry of a jar of this name on the class path; -1 when there is none: another program's. */
    private static long size(Path jar, String name) throws IOException {
        URL found = Loader.class.getClassLoader().getResource(name);
        if (found == null || !(found.openConnection() instanceof JarURLConnection connection)) {
            return -1;
        }
        ZipEntry entry = connection.getJarEntry();
        return connection.getJarFileURL().getPath().endsWith("/" + jar.getFileName()) ? entry.getSize() : -1;
    }
}
