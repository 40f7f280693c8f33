package io.trd4j.align;

import io.trd4j.data.Part;
import io.trd4j.data.PartNotFoundException;
import io.trd4j.data.PartSource;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.model.Alignment;
import io.trd4j.model.ScoreBranch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Which parts an aligned model finds, before anything is computed from them. */
public final class FoundParts {
    private FoundParts() {}

    /**
     * Those of the parts that are found, in their order; each is loaded once.
     *
     * @param alignment null = parts are seen as they lie, and all are found
     * @param branches whose scores are wanted: for those of parts that lack a modality, a part must be found without it
     * @param lost told of the others, which are left out
     * @throws IOException when a part cannot be read
     */
    public static <T extends PartSource> List<T> of(
            Alignment alignment,
            List<T> parts,
            List<ScoreBranch> branches,
            BiConsumer<? super T, PartNotFoundException> lost,
            Progress progress)
            throws IOException {
        if (alignment == null || parts.isEmpty()) {
            return parts;
        }
        List<T> found = new ArrayList<>();
        Locator locator = new Locator(alignment);
        try (Progress.Task task = Stop.task(progress, "Locating", parts.size())) {
            for (int i = 0; i < parts.size(); i++) {
                try {
                    Part part = parts.get(i).load();
                    locator.locate(part);
                    if (branches.contains(ScoreBranch.RGB_ONLY)) {
                        locator.locate(part.withoutSecond());
                    }
                    if (branches.contains(ScoreBranch.DEPTH_ONLY)) {
                        locator.locate(part.withoutRgb());
                    }
                    found.add(parts.get(i));
                } catch (PartNotFoundException e) {
                    lost.accept(parts.get(i), e);
                }
                task.at(i + 1L);
            }
        }
        return found;
    }
}
