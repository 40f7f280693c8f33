package io.trd4j.data.image;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Zstandard, by a library that applications add when they have such files: a class of its own, linked when used. */
final class Zstd {
    private Zstd() {}

    /**
     * At most {@code most} bytes of what comes out. The memory grows with it: a header that promises much costs
     * nothing.
     *
     * @throws IOException when the data cannot be decompressed
     */
    static byte[] decode(byte[] in, int offset, int count, int most) throws IOException {
        try (ZstdInputStream stream = new ZstdInputStream(new ByteArrayInputStream(in, offset, count))) {
            return stream.readNBytes(most);
        } catch (RuntimeException e) { // of the library, for malformed data
            throw new IOException(e);
        }
    }
}
