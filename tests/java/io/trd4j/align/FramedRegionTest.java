package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.io.InputException;
import io.trd4j.model.Alignment;
import io.trd4j.model.RegionOfInterest;
import org.junit.jupiter.api.Test;

final class FramedRegionTest {
    private static final int SIZE = 32;

    private static Alignment alignment() {
        float[] frame = new float[Alignment.FRAME];
        frame[0] = 0.25f;
        frame[1] = 0.125f;
        frame[2] = 0.5f;
        return new Alignment(
                SIZE,
                SIZE,
                frame,
                new float[Alignment.CHANNELS * SIZE * SIZE],
                new float[Alignment.CHANNELS * SIZE * SIZE],
                new byte[SIZE * SIZE],
                null);
    }

    /** Columns of the upper half that count. */
    private static RegionOfInterest columns(int from, int to) {
        boolean[] counts = new boolean[SIZE * SIZE];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = i / SIZE >= 4 && i / SIZE < SIZE / 2 && i % SIZE >= from && i % SIZE < to;
        }
        return RegionOfInterest.of(counts, "roi.png", "5".repeat(64));
    }

    @Test
    void insideThereIsNoDoubt() {
        assertNull(FramedRegion.doubt(alignment(), columns(8, 24)));
        assertNull(FramedRegion.doubt(null, columns(0, 4)));
        assertNull(FramedRegion.doubt(alignment(), null));
    }

    @Test
    void partOutsideIsSaid() {
        assertEquals(
                "25.0 % of the region of interest roi.png can never be NG: an aligned model looks at its frame, which "
                        + "for the mean part is columns 25 to 75 % and rows 13 to 63 % of the image",
                FramedRegion.doubt(alignment(), columns(6, 14)));
    }

    @Test
    void allOutsideIsRefused() {
        InputException e = assertThrows(InputException.class, () -> FramedRegion.doubt(alignment(), columns(24, 32)));
        assertEquals(
                "nothing of the region of interest roi.png can ever be NG: an aligned model looks at its frame, which "
                        + "for the mean part is columns 25 to 75 % and rows 13 to 63 % of the image; draw the region "
                        + "there, or train with --align none",
                e.getMessage());
    }
}
