package io.trd4j.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** How a camera lays out the pixels of a colour image, 8 bits a sample. */
public enum ColorLayout {
    /** Red, green, blue: read in place. */
    RGB8(3),
    BGR8(3),
    /** A monochrome camera: red = green = blue. */
    GRAY8(1),
    /** Alpha, the fourth sample, is left out, as of {@link #BGRA8}. */
    RGBA8(4),
    BGRA8(4);

    /** By how much rows of {@link #toRgb} are longer: a pixel of three bytes is moved as four. */
    static final int SPARE_BYTES = 1;

    /** Four bytes at any place of an array, the first one lowest: one access moves a pixel. */
    private static final VarHandle BYTES4 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int samples;

    ColorLayout(int samples) {
        this.samples = samples;
    }

    /** Bytes of a pixel. */
    public int samples() {
        return samples;
    }

    /** Converts a row; both rows have {@link #SPARE_BYTES} at their end, which mean nothing. */
    void toRgb(byte[] row, byte[] rgb, int width) {
        switch (this) {
            case RGB8 -> System.arraycopy(row, 0, rgb, 0, 3 * width);
            case GRAY8 -> {
                for (int i = 0; i < width; i++) {
                    BYTES4.set(rgb, 3 * i, (row[i] & 0xff) * 0x010101);
                }
            }
            case RGBA8 -> {
                for (int i = 0; i < width; i++) {
                    BYTES4.set(rgb, 3 * i, (int) BYTES4.get(row, 4 * i));
                }
            }
            case BGR8, BGRA8 -> {
                for (int i = 0; i < width; i++) {
                    BYTES4.set(rgb, 3 * i, Integer.reverseBytes((int) BYTES4.get(row, samples * i)) >>> 8);
                }
            }
        }
    }
}
