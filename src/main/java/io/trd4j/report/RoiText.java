package io.trd4j.report;

import io.trd4j.model.RegionOfInterest;
import java.util.Locale;

/** Regions of interest in words. */
public final class RoiText {
    private RoiText() {}

    /**
     * How much counts, in one line.
     *
     * @param roi null = none
     */
    public static String of(RegionOfInterest roi) {
        return roi == null
                ? "no region of interest: all pixels count"
                : String.format(
                        Locale.ROOT,
                        "region of interest: %.1f %% of the pixels count (%d of %dx%d), from %s",
                        100 * roi.share(),
                        roi.pixels(),
                        roi.size(),
                        roi.size(),
                        roi.source());
    }
}
