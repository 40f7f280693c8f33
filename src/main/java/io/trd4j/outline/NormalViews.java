package io.trd4j.outline;

import io.trd4j.data.Part;
import io.trd4j.model.NormalImages;
import java.util.ArrayList;
import java.util.List;

/** Normal parts, prepared once for comparisons; several threads may use them. */
public final class NormalViews {
    /** Nothing to compare with: outlines then know only the surface and colours around. */
    public static final NormalViews NONE = new NormalViews(List.of());

    final List<PartThumbs> references;
    /** Of each, against the first. */
    final List<Pose> poses = new ArrayList<>();

    private NormalViews(List<PartThumbs> references) {
        this.references = references;
        for (PartThumbs reference : references) {
            poses.add(new PoseSearch(reference).against(references.get(0)).pose());
        }
    }

    /** @param parts as a model has them; null = none */
    public static NormalViews of(NormalImages parts) {
        if (parts == null) {
            return NONE;
        }
        List<PartThumbs> references = new ArrayList<>();
        for (int i = 0; i < parts.count(); i++) {
            references.add(new PartThumbs(new PartView(parts, i)));
        }
        return new NormalViews(references);
    }

    /**
     * Normal parts as a model keeps them.
     *
     * @param parts 1 to {@link NormalImages#MAX_PARTS}
     * @param size S of the model
     */
    public static NormalImages reduce(List<Part> parts, int size) {
        return PartView.reduce(parts, size);
    }
}
