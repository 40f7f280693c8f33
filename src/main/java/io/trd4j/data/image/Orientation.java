package io.trd4j.data.image;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How stored rows and columns are turned before they are shown: the orientation 1 to 8 of EXIF and of TIFF (tag 274).
 * One rule for every format, layout and kind of content; 5 to 8 exchange width and height.
 */
final class Orientation {
    /** As stored; also when a file says nothing, or a number that has no meaning. */
    static final int NONE = 1;

    private static final int TAG = 274;

    private Orientation() {}

    static int of(long value) {
        return value >= 1 && value <= 8 ? (int) value : NONE;
    }

    /**
     * Of an EXIF block, which has the form of a TIFF; a block that cannot be read says nothing, as for every viewer.
     */
    static int ofExif(ByteBuffer exif) {
        if (exif.capacity() < 8) {
            return NONE;
        }
        exif.order(exif.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = exif.getInt(4) & 0xFFFFFFFFL;
        if (directory > exif.capacity() - 2) {
            return NONE;
        }
        int entries = exif.getShort((int) directory) & 0xFFFF;
        for (long entry = directory + 2; entries > 0 && entry <= exif.capacity() - 12; entry += 12, entries--) {
            if ((exif.getShort((int) entry) & 0xFFFF) == TAG) {
                return of(exif.getShort((int) entry + 8));
            }
        }
        return NONE;
    }

    /** Whether width and height are exchanged. */
    static boolean transposes(int orientation) {
        return orientation >= 5;
    }

    /**
     * The pixels as they are shown.
     *
     * @param pixels an array of {@code width * height * channels} elements, row by row as stored
     * @param width as stored
     * @return the same array when there is nothing to do
     */
    static <A> A apply(int orientation, A pixels, int width, int height, int channels) {
        if (orientation == NONE) {
            return pixels;
        }
        int shownWidth = transposes(orientation) ? height : width;
        int shownHeight = transposes(orientation) ? width : height;
        // Of the stored image: which is the first shown pixel, and the steps along a shown row and a shown column.
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int alongColumn = fromRight ? -1 : 1;
        int alongRow = fromBottom ? -width : width;
        int first = (fromRight ? width - 1 : 0) + (fromBottom ? (height - 1) * width : 0);
        int right = transposes(orientation) ? alongRow : alongColumn;
        int down = transposes(orientation) ? alongColumn : alongRow;
        @SuppressWarnings("unchecked") // of the type of pixels
        A shown = (A) Array.newInstance(pixels.getClass().getComponentType(), Array.getLength(pixels));
        for (int y = 0, to = 0; y < shownHeight; y++) {
            int from = first + y * down;
            for (int x = 0; x < shownWidth; x++, to += channels, from += right) {
                System.arraycopy(pixels, from * channels, shown, to, channels);
            }
        }
        return shown;
    }
}
