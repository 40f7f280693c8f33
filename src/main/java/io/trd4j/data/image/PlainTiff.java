package io.trd4j.data.image;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A page written anew, uncompressed, interleaved and with nothing else, for the codec library: it knows what colours
 * mean, but neither ZSTD nor separate planes, and writes on standard error what it finds wrong with a directory.
 */
final class PlainTiff {
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 12;

    private PlainTiff() {}

    private record Entry(int tag, int type, long... values) {
        int bytes() {
            return values.length * (type == SHORT ? 2 : 4);
        }
    }

    /** Of samples of 8 or 16 bits, or of one bit; the byte order stays, the orientation is left out. */
    static byte[] of(TiffFile tiff, TiffPage page) {
        int samples = (int) page.samples;
        int sampleBytes = (int) page.bits / 8;
        int rowBytes = Math.toIntExact((page.width * samples * page.bits + 7) / 8);
        int dataBytes = Math.toIntExact(rowBytes * page.height);
        long[] bits = IntStream.range(0, samples).mapToLong(i -> page.bits).toArray();
        // Of a wrong number of them nothing is known.
        int further = samples - TiffColours.colours(page.photometric);
        long[] extraSamples = page.extraSamples.length == further ? page.extraSamples : new long[further];
        int entries = 10 + (page.colourMap.length > 0 ? 1 : 0) + (extraSamples.length > 0 ? 1 : 0);
        int valuesAt = HEADER_BYTES + 2 + ENTRY_BYTES * entries + 4;
        int dataAt = valuesAt + 2 * samples + 2 * page.colourMap.length + 2 * extraSamples.length;
        List<Entry> directory = List.of(
                new Entry(256, LONG, page.width),
                new Entry(257, LONG, page.height),
                new Entry(258, SHORT, bits),
                new Entry(259, SHORT, TiffCodec.NONE),
                new Entry(262, SHORT, page.photometric),
                new Entry(273, LONG, dataAt),
                new Entry(277, SHORT, samples),
                new Entry(278, LONG, page.height),
                new Entry(279, LONG, dataBytes),
                new Entry(284, SHORT, 1),
                new Entry(320, SHORT, page.colourMap),
                new Entry(338, SHORT, extraSamples));
        ByteBuffer out = ByteBuffer.allocate(Math.addExact(dataAt, dataBytes)).order(tiff.byteOrder());
        out.put(tiff.mark()).put(tiff.mark()).putShort((short) 42).putInt(HEADER_BYTES);
        out.putShort((short) entries);
        int spill = valuesAt;
        for (Entry entry : directory) {
            if (entry.values.length == 0) {
                continue;
            }
            int at = out.position();
            out.putShort((short) entry.tag).putShort((short) entry.type).putInt(entry.values.length);
            int to = at + 8;
            if (entry.bytes() > 4) {
                out.putInt(spill);
                to = spill;
                spill += entry.bytes();
            }
            for (long value : entry.values) {
                if (entry.type == SHORT) {
                    out.putShort(to, (short) value);
                    to += 2;
                } else {
                    out.putInt(to, (int) value);
                    to += 4;
                }
            }
            out.position(at + ENTRY_BYTES);
        }
        int pixelBytes = page.interleaved() * sampleBytes;
        tiff.forEachRow(page, (plane, row, column, pixels, data, from) -> {
            if (page.bits == 1) {
                out.put(dataAt + row * rowBytes + column / 8, data, from, (pixels + 7) / 8);
                return;
            }
            int to = dataAt + row * rowBytes + column * samples * sampleBytes + plane * sampleBytes;
            if (pixelBytes == samples * sampleBytes) {
                out.put(to, data, from, pixels * pixelBytes);
                return;
            }
            for (int i = 0; i < pixels; i++) {
                out.put(to + i * samples * sampleBytes, data, from + i * pixelBytes, pixelBytes);
            }
        });
        return out.array();
    }
}
