package io.trd4j.align;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.model.Alignment;
import io.trd4j.outline.PartThumbs;
import io.trd4j.outline.PartView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From normal parts to the square, of one size for all parts, that a part's surroundings are cut off at (specification,
 * section 9). One size, so that every part is seen at the same scale.
 */
public final class CropBuilder {
    private final int size;
    private final List<? extends PartSource> sources;

    private CropBuilder(int size, List<? extends PartSource> sources) {
        this.size = size;
        this.sources = sources;
    }

    /**
     * Measures how large normal parts are.
     *
     * @param normal up to {@value AlignmentBuilder#MAX_PARTS} evenly spaced ones of them are used; at least one
     * @param size S
     * @throws InputException when they fill the view, or show surface normals in place of points
     */
    public static Alignment of(List<? extends PartSource> normal, int size, Progress progress) throws IOException {
        List<PartSource> chosen = AlignmentBuilder.evenlySpaced(normal);
        try (Progress.Task task = Stop.task(progress, "Cropping", chosen.size())) {
            return new CropBuilder(size, chosen).build(task);
        }
    }

    private Alignment build(Progress.Task task) throws IOException {
        float[] sides = new float[sources.size()];
        int widest = 0;
        List<float[]> geometries = new ArrayList<>();
        List<float[]> aspects = new ArrayList<>();
        PartView view = new PartView(2 * size);
        for (int i = 0; i < sources.size(); i++) {
            Part part = sources.get(i).load();
            Locator.requireNoNormals(part);
            widest = Math.max(widest, AlignmentBuilder.width(part));
            view.show(part);
            float[] box = new PartThumbs(view).largestBox();
            sides[i] = Math.max(box[2] - box[0], box[3] - box[1]);
            aspects.add(new float[] {AlignmentBuilder.aspect(part)});
            if (part.xyz() != null) {
                geometries.add(AlignmentBuilder.geometry(part.xyz(), 1));
            }
            task.at(i + 1L);
        }
        float side = largest(sides) * (1 + 2 * AlignmentBuilder.MARGIN);
        if (side >= AlignmentBuilder.FULL) {
            throw new InputException(
                    "the normal parts fill the view, and cropping would show them no larger; give" + " --align none");
        }
        side = Math.max(side, AlignmentBuilder.SMALLEST);
        int pixels = AlignmentBuilder.view(widest, side, size);
        float[] geometry = AlignmentBuilder.median(geometries, 2);
        float aspect = AlignmentBuilder.median(aspects, 1)[0];
        float corner = (1 - side) / 2;
        float[] frame = {corner, corner, side, geometry[0] * side / size, geometry[1], aspect};
        float[] whole = new PartView(sources.get(0).load(), pixels).values();
        return Alignment.cropping(size, pixels, frame, whole);
    }

    /** The largest part's; a few images on which nothing stands out, or everything, are no parts. */
    private static float largest(float[] sides) {
        float[] sorted = sides.clone();
        Arrays.sort(sorted);
        int last = sorted.length - 1;
        int fewest = last - sorted.length / 10;
        while (last > fewest && sorted[last] * (1 + 2 * AlignmentBuilder.MARGIN) >= AlignmentBuilder.FULL) {
            last--;
        }
        return sorted[last];
    }
}
