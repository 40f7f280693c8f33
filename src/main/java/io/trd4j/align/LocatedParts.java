package io.trd4j.align;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.model.Alignment;
import java.util.List;

/** Parts as they lie in the frame of a model. */
public final class LocatedParts {
    private LocatedParts() {}

    /**
     * The same parts, each located when it is loaded; used by one thread.
     *
     * @param alignment null = as they lie
     */
    public static List<? extends PartSource> of(Alignment alignment, List<? extends PartSource> parts) {
        if (alignment == null) {
            return parts;
        }
        Locator locator = new Locator(alignment);
        return parts.stream()
                .<PartSource>map(source -> () -> copy(locator.locate(source.load())))
                .toList();
    }

    /** The locator's memory is the next part's soon. */
    private static Part copy(Part part) {
        RgbImage rgb = part.rgb();
        PointCloud xyz = part.xyz();
        return Part.located(
                part,
                rgb == null ? null : new RgbImage(rgb.width(), rgb.height(), rgb.rgb()),
                xyz == null ? null : new PointCloud(xyz.width(), xyz.height(), xyz.xyz()));
    }
}
