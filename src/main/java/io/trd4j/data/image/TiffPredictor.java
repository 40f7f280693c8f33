package io.trd4j.data.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Undoes what is done to the samples of a strip or tile before it is compressed. */
final class TiffPredictor {
    private static final int DIFFERENCES = 2;
    private static final int FLOAT = 3;

    private TiffPredictor() {}

    /** Whether the page's is one that there is, for samples that it is made for. */
    static boolean known(TiffPage page) {
        boolean whole = page.bits == 8 || page.bits == 16 || page.bits == 32 || page.bits == 64;
        return whole && (page.predictor == DIFFERENCES || page.predictor == FLOAT && page.isFloat());
    }

    /** @param data of a strip or tile, decompressed, in the file's byte order, with an array of its own */
    static void undo(TiffPage page, ByteBuffer data) {
        int rowBytes = (int) page.rowBytes();
        for (int at = 0; at < data.capacity(); at += rowBytes) {
            if (page.predictor == FLOAT) {
                undoFloatPredictor(page, data, at, rowBytes);
            } else {
                undoDifferences(page, data, at, rowBytes);
            }
        }
    }

    /** Predictor 2: every sample is stored as the difference from that of the pixel before. */
    private static void undoDifferences(TiffPage page, ByteBuffer data, int from, int rowBytes) {
        int bytes = (int) page.bits / 8;
        int stride = page.interleaved() * bytes;
        for (int at = from + stride; at < from + rowBytes; at += bytes) {
            int before = at - stride;
            switch (bytes) {
                case 1 -> data.put(at, (byte) (data.get(at) + data.get(before)));
                case 2 -> data.putShort(at, (short) (data.getShort(at) + data.getShort(before)));
                case 4 -> data.putInt(at, data.getInt(at) + data.getInt(before));
                default -> data.putLong(at, data.getLong(at) + data.getLong(before));
            }
        }
    }

    /** Predictor 3: of a row, first all highest bytes, then the next; each as the difference from the pixel before. */
    private static void undoFloatPredictor(TiffPage page, ByteBuffer data, int from, int rowBytes) {
        byte[] raw = data.array();
        int bytes = (int) page.bits / 8;
        int stride = page.interleaved();
        for (int i = from + stride; i < from + rowBytes; i++) {
            raw[i] += raw[i - stride];
        }
        byte[] planes = Arrays.copyOfRange(raw, from, from + rowBytes);
        int values = rowBytes / bytes;
        boolean highestLast = data.order() == ByteOrder.LITTLE_ENDIAN;
        for (int value = 0; value < values; value++) {
            for (int b = 0; b < bytes; b++) {
                raw[from + value * bytes + (highestLast ? bytes - 1 - b : b)] = planes[b * values + value];
            }
        }
    }
}
