package io.trd4j.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The target of Jazzer, which {@code tests/fuzz.sh} starts: it gives the readers files that it makes from those that
 * reached new branches of their code, and {@link Oracle} judges. A file is what the reader gets, whose checksums are
 * repaired when it has an odd number of bytes; where there are several readers, its first byte chooses one of them.
 */
public final class FuzzTarget {
    private static List<HostileReader> readers;
    private static final List<Oracle> ORACLES = new ArrayList<>();

    private FuzzTarget() {}

    /** Prints the readers' names. */
    public static void main(String[] args) throws IOException {
        Readers.all().forEach(reader -> System.out.println(reader.name()));
    }

    /**
     * Chooses the readers, and writes their seeds and the committed files.
     *
     * @param args names of readers; none = all
     */
    public static void fuzzerInitialize(String[] args) throws IOException {
        List<String> names = List.of(args);
        readers = Readers.all().stream()
                .filter(reader -> names.isEmpty() || names.contains(reader.name()))
                .toList();
        if (readers.size() < Math.max(1, names.size())) {
            throw new IllegalArgumentException("not all are readers: " + names + "; there are "
                    + Readers.all().stream().map(HostileReader::name).toList());
        }
        Path corpus = Files.createDirectories(Path.of(System.getProperty("trd.fuzz.corpus")));
        for (HostileReader reader : readers) {
            List<byte[]> files = new ArrayList<>(reader.seeds());
            files.addAll(committed(reader));
            for (int i = 0; i < files.size(); i++) {
                byte[] file = files.get(i);
                byte[] named = file;
                if (readers.size() > 1) {
                    named = new byte[file.length + 1];
                    named[0] = (byte) ORACLES.size();
                    System.arraycopy(file, 0, named, 1, file.length);
                }
                Files.write(corpus.resolve(reader.name() + "-" + i), named);
            }
            ORACLES.add(new Oracle(reader, Path.of(System.getProperty("trd.fuzz.files"))));
        }
    }

    /** Files of {@code tests/fixtures/fuzz}: those that found something, and some that reach far. */
    static List<byte[]> committed(HostileReader reader) throws IOException {
        Path folder = Path.of(System.getProperty("trd.fixtures"), "fuzz", reader.name());
        List<byte[]> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> list = Files.list(folder)) {
                for (Path file : list.sorted().toList()) {
                    files.add(Files.readAllBytes(file));
                }
            }
        }
        return files;
    }

    /** As a file is given to its reader. */
    static byte[] given(HostileReader reader, byte[] file) {
        return file.length % 2 == 1 ? reader.repair().apply(file.clone()) : file;
    }

    /** One file. */
    public static void fuzzerTestOneInput(byte[] file) {
        int chosen = 0;
        byte[] content = file;
        if (readers.size() > 1) {
            if (file.length == 0) {
                return;
            }
            chosen = (file[0] & 0xFF) % readers.size();
            content = Arrays.copyOfRange(file, 1, file.length);
        }
        HostileReader reader = readers.get(chosen);
        AssertionError fault = ORACLES.get(chosen).fault(given(reader, content));
        if (fault != null) {
            throw fault;
        }
    }
}
