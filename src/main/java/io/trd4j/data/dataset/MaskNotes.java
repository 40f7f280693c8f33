package io.trd4j.data.dataset;

import io.trd4j.data.dataset.GroundTruth.Form;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Notes on what was inferred about a category's masks, and what they lose at the model's size: a line for each kind.
 */
public final class MaskNotes {
    private final Map<Form, List<GroundTruth>> inferred = new EnumMap<>(Form.class);
    private final List<Path> gone = new ArrayList<>();
    /** Those that mark most of the part and of the image's border: seldom what is meant. */
    private final List<Path> nearlyAll = new ArrayList<>();

    private int masks;

    /**
     * Counts a mask.
     *
     * @param resized what {@link GroundTruth#at} gave
     */
    public void add(GroundTruth truth, boolean[] resized) {
        masks++;
        if (truth.form() != Form.BRIGHT) {
            inferred.computeIfAbsent(truth.form(), form -> new ArrayList<>()).add(truth);
        }
        boolean any = false;
        int count = 0;
        int border = 0;
        int side = (int) Math.round(Math.sqrt(resized.length));
        for (int i = 0; i < resized.length; i++) {
            any |= resized[i];
            count += resized[i] ? 1 : 0;
            boolean outer = i < side || i >= resized.length - side || i % side == 0 || i % side == side - 1;
            border += outer && resized[i] ? 1 : 0;
        }
        if (2 * count > resized.length && 2 * border > 4 * (side - 1)) {
            nearlyAll.add(truth.file());
        }
        if (!any && truth.any()) {
            gone.add(truth.file());
        }
    }

    /** One line each, empty as a rule. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        inferred.forEach((form, truths) -> lines.add(truths.size() + " of " + masks + " masks were read so that "
                + form.rule() + " a defect, the first with the values "
                + truths.get(0).values() + ": "
                + truths.get(0).file()));
        if (!nearlyAll.isEmpty()) {
            lines.add(nearlyAll.size() + " of " + masks + " masks mark most of their image and of its border; look at "
                    + "them, they may be inverted, the first: " + nearlyAll.get(0));
        }
        if (!gone.isEmpty()) {
            lines.add(gone.size() + " of " + masks + " masks mark only what is gone at the model's size, and count in "
                    + "no pixel metric, the first: " + gone.get(0));
        }
        return lines;
    }
}
