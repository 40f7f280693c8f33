package io.trd4j.ops;

import io.trd4j.jni.TrdArea;
import java.util.Arrays;
import org.bytedeco.javacpp.IntPointer;

/**
 * The positions of a frame that belong to a part, as runs of pixels. What is packed holds a value for each of them, in
 * the order of the frame's rows. Owns a little native memory; only read, so that any number of threads may share it.
 */
public final class Area implements AutoCloseable {
    final TrdArea struct;
    private final IntPointer memory;
    /** Per run its first pixel, then how many pixels. */
    private final int[] runs;

    private final int size;
    private final int pixels;

    /**
     * @param inside size x size, not 0 = belongs to the part
     * @param size S of the frame
     * @throws IllegalArgumentException when no pixel belongs to it, or the length is another
     */
    public Area(byte[] inside, int size) {
        if (inside.length != size * size) {
            throw new IllegalArgumentException("an area of " + inside.length + " pixels, not " + size + " x " + size);
        }
        int[] all = new int[inside.length + 1];
        int end = 0;
        int count = 0;
        for (int i = 0; i < inside.length; i++) {
            if (inside[i] != 0) {
                if (i == 0 || inside[i - 1] == 0) {
                    all[end] = i;
                    end += 2;
                }
                all[end - 1]++;
                count++;
            }
        }
        if (count == 0) {
            throw new IllegalArgumentException("the area has no pixel");
        }
        this.size = size;
        pixels = count;
        runs = Arrays.copyOf(all, end);
        memory = Retained.of(new IntPointer(runs));
        struct = Retained.of(new TrdArea());
        struct.runs(memory).run_count(end / 2).pixels(count).size(size);
    }

    /** Every pixel of the frame. */
    public static Area whole(int size) {
        byte[] all = new byte[size * size];
        Arrays.fill(all, (byte) 1);
        return new Area(all, size);
    }

    /** S of the frame. */
    public int size() {
        return size;
    }

    /** How many pixels belong to the part. */
    public int pixels() {
        return pixels;
    }

    /** How many runs they are. */
    public int runs() {
        return runs.length / 2;
    }

    /** The first pixel of a run, row by row from the frame's upper left. */
    public int first(int run) {
        return runs[2 * run];
    }

    /** How many pixels a run has. */
    public int length(int run) {
        return runs[2 * run + 1];
    }

    /** All of them in order; a new array. */
    public int[] indices() {
        int[] indices = new int[pixels];
        for (int run = 0, k = 0; run < runs(); run++) {
            for (int j = 0; j < length(run); j++) {
                indices[k++] = first(run) + j;
            }
        }
        return indices;
    }

    @Override
    public void close() {
        struct.close();
        memory.close();
    }
}
