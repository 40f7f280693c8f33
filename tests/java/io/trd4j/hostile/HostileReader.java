package io.trd4j.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A reader of files that others hand over.
 *
 * @param name of the reader, and of its folder in {@code tests/fixtures/fuzz}
 * @param fileName of the files that it is given; it tells the kind
 * @param seeds sound files
 * @param repair makes checksums right again, so that what lies behind them is reached; half of the files are given to
 *     it
 */
public record HostileReader(
        String name, String fileName, List<byte[]> seeds, UnaryOperator<byte[]> repair, Reader reader) {
    /** Reads a file to its end. */
    @FunctionalInterface
    public interface Reader {
        /** @return bytes that the result takes */
        long read(Path file) throws IOException;
    }

    /** Of files without checksums, whose results are small. */
    public static HostileReader of(String name, String fileName, List<byte[]> seeds, Check reader) {
        return new HostileReader(name, fileName, seeds, UnaryOperator.identity(), file -> {
            reader.read(file);
            return 0;
        });
    }

    /** A reader whose result is small. */
    @FunctionalInterface
    public interface Check {
        void read(Path file) throws IOException;
    }
}
