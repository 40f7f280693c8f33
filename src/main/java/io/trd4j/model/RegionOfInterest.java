package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.trd4j.io.Arguments;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Which pixels of the maps count, S x S: nothing outside counts for scores, calibration and metrics. Belongs to a
 * model, which is calibrated with it. Immutable.
 *
 * <p>Maps are blurred over the whole image before anything is left out: a pixel within 16 pixels of the border still
 * sees what lies beyond it.
 */
public final class RegionOfInterest {
    private final int size;
    private final BitSet counting;
    private final int pixels;
    /** First and one behind the last pixel of every stretch that counts, ascending: without a test per pixel. */
    private final int[] stretches;

    private final String source;
    private final String sourceSha256;

    private RegionOfInterest(int size, BitSet counting, String source, String sourceSha256) {
        pixels = counting.cardinality();
        Arguments.require(pixels > 0, "a region of interest needs pixels that count; this one excludes everything");
        Arguments.require(
                source != null && sourceSha256 != null && sourceSha256.matches("[0-9a-f]{64}"),
                "a region of interest needs its source and the SHA-256 of it, 64 hexadecimal digits");
        this.size = size;
        this.counting = counting;
        this.source = source;
        this.sourceSha256 = sourceSha256;
        IntStream.Builder ends = IntStream.builder();
        int end;
        for (int start = counting.nextSetBit(0); start >= 0; start = counting.nextSetBit(end)) {
            end = counting.nextClearBit(start);
            ends.add(start).add(end);
        }
        stretches = ends.build().toArray();
    }

    /**
     * @param mask S x S, row by row, S a multiple of 8; true = counts
     * @param source name of the file it was read from
     * @param sourceSha256 of that file, 64 hexadecimal digits
     * @throws IllegalArgumentException when nothing counts, or the mask is not square
     */
    public static RegionOfInterest of(boolean[] mask, String source, String sourceSha256) {
        BitSet counting = new BitSet(mask.length);
        for (int i = 0; i < mask.length; i++) {
            counting.set(i, mask[i]);
        }
        return new RegionOfInterest(side(mask.length), counting, source, sourceSha256);
    }

    @JsonCreator
    static RegionOfInterest stored(
            @JsonProperty("mask") String mask,
            @JsonProperty("share") double share,
            @JsonProperty("source") String source,
            @JsonProperty("source_sha256") String sourceSha256) {
        Arguments.require(mask != null, "the mask is missing");
        byte[] packed = Base64.getDecoder().decode(mask);
        RegionOfInterest read =
                new RegionOfInterest(side(8L * packed.length), BitSet.valueOf(packed), source, sourceSha256);
        Arguments.require(
                read.share() == share, "the share is " + share + ", but that of the mask's pixels is " + read.share());
        return read;
    }

    private static int side(long pixels) {
        int side = (int) Math.sqrt(pixels);
        Arguments.require(
                side > 0 && side % 8 == 0 && (long) side * side == pixels,
                "a mask of " + pixels + " pixels is not square, its side a multiple of 8");
        return side;
    }

    /** One bit per pixel, row by row, the lowest bit of a byte first; base64. */
    @JsonProperty("mask")
    String packed() {
        return Base64.getEncoder().encodeToString(Arrays.copyOf(counting.toByteArray(), size * size / 8));
    }

    /** Of all pixels those that count; above 0, at most 1. */
    @JsonProperty("share")
    public double share() {
        return pixels / ((double) size * size);
    }

    /** Name of the file that it was read from. */
    @JsonProperty("source")
    public String source() {
        return source;
    }

    @JsonProperty("source_sha256")
    public String sourceSha256() {
        return sourceSha256;
    }

    /** S. */
    public int size() {
        return size;
    }

    /** How many pixels count. */
    public int pixels() {
        return pixels;
    }

    /** Whether a pixel counts; its index is row by row. */
    public boolean counts(int pixel) {
        return counting.get(pixel);
    }

    /** S x S, row by row: true = counts. The caller's. */
    public boolean[] mask() {
        boolean[] mask = new boolean[size * size];
        for (int i = 0; i < stretches.length; i += 2) {
            Arrays.fill(mask, stretches[i], stretches[i + 1], true);
        }
        return mask;
    }

    /** S x S, row by row: 1 = counts, 0 = does not; as {@code trd_anomaly_map} takes it. The caller's. */
    public byte[] maskBytes() {
        byte[] mask = new byte[size * size];
        for (int i = 0; i < stretches.length; i += 2) {
            Arrays.fill(mask, stretches[i], stretches[i + 1], (byte) 1);
        }
        return mask;
    }

    /** Sets the pixels of a map, S x S, that do not count to 0. */
    public void keep(float[] map) {
        int done = 0;
        for (int s = 0; s < stretches.length; s += 2) {
            Arrays.fill(map, done, stretches[s], 0);
            done = stretches[s + 1];
        }
        Arrays.fill(map, done, map.length, 0);
    }

    /** The values of a map's pixels, S x S, that count, in their order. */
    public float[] counted(float[] map) {
        float[] counted = new float[pixels];
        int next = 0;
        for (int s = 0; s < stretches.length; s += 2) {
            int length = stretches[s + 1] - stretches[s];
            System.arraycopy(map, stretches[s], counted, next, length);
            next += length;
        }
        return counted;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof RegionOfInterest other
                && size == other.size
                && counting.equals(other.counting)
                && source.equals(other.source)
                && sourceSha256.equals(other.sourceSha256);
    }

    @Override
    public int hashCode() {
        return 31 * counting.hashCode() + sourceSha256.hashCode();
    }

    @Override
    public String toString() {
        return pixels + " of " + size + "x" + size + " pixels, from " + source;
    }
}
