package io.trd4j.align;

import io.trd4j.io.InputException;
import io.trd4j.model.Alignment;
import io.trd4j.model.RegionOfInterest;
import java.util.Locale;

/** Whether a region of interest, which lies in the image, is where an aligned model looks: in its frame. */
public final class FramedRegion {
    private FramedRegion() {}

    /** Share of a region that is inside the frame as it lies around the mean part; 0 without a region. */
    public static double inside(Alignment alignment, RegionOfInterest roi) {
        if (roi == null) {
            return 0;
        }
        float[] frame = alignment.frame();
        int size = roi.size();
        int inside = 0;
        for (int i = 0; i < size * size; i++) {
            float x = (i % size + 0.5f) / size - frame[0];
            float y = (i / size + 0.5f) / size - frame[1];
            inside += roi.counts(i) && x >= 0 && y >= 0 && x <= frame[2] && y <= frame[2] ? 1 : 0;
        }
        return (double) inside / roi.pixels();
    }

    /**
     * Compares a region with the frame as it lies around the mean part.
     *
     * @param alignment null = the model looks at whole images
     * @param roi of the same size; null = everything
     * @return one line about the share that is outside, where nothing can be NG; null when all is inside
     * @throws InputException when nothing is inside
     */
    public static String doubt(Alignment alignment, RegionOfInterest roi) {
        if (alignment == null || roi == null) {
            return null;
        }
        float[] frame = alignment.frame();
        double inside = inside(alignment, roi);
        String where = String.format(
                Locale.ROOT,
                "its frame, which for the mean part is columns %.0f to %.0f %% and rows %.0f to %.0f %% of the image",
                100 * frame[0],
                100 * (frame[0] + frame[2]),
                100 * frame[1],
                100 * (frame[1] + frame[2]));
        if (inside == 0) {
            throw new InputException("nothing of the region of interest " + roi.source() + " can ever be NG: an aligned"
                    + " model looks at " + where + "; draw the region there, or train with --align none");
        }
        return inside == 1
                ? null
                : String.format(
                        Locale.ROOT,
                        "%.1f %% of the region of interest %s can never be NG: an aligned model looks at %s",
                        100 * (1 - inside),
                        roi.source(),
                        where);
    }
}
