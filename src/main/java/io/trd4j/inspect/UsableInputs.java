package io.trd4j.inspect;

import io.trd4j.data.InputQuality;
import io.trd4j.data.Part;
import io.trd4j.data.PointScale;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.inspect.InputPolicy.OnUnlike;
import io.trd4j.inspect.InputPolicy.OnUnusable;
import io.trd4j.io.InputException;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelInfo;
import java.util.Locale;
import java.util.Set;

/**
 * Applies an {@link InputPolicy}: which of a part's inputs are inspected. Allocates nothing for a part that is not
 * refused.
 */
final class UsableInputs {
    private final InputPolicy policy;
    private final Modality modality;
    private final Likeness likeness;

    UsableInputs(InputPolicy policy, ModelInfo model) {
        this.policy = policy;
        modality = model.modality();
        likeness = new Likeness(model.normalParts());
    }

    /**
     * The part without what cannot be used of it.
     *
     * @param quality is measured here
     * @param unlike filled with the ways in which the part is unlike the model's normal ones
     * @throws InputException when the part, or what is wrong with it, is refused
     */
    Part of(Part part, InputQuality quality, Set<Warning> unlike) {
        quality.measure(part);
        requireSound(part, quality);
        unlike.clear();
        likeness.compare(part, quality, unlike);
        if (!unlike.isEmpty() && policy.unlike() == OnUnlike.REFUSE) {
            throw new InputException(part.source() + " "
                    + likeness.describe(unlike.iterator().next(), part, quality)
                    + "; --on-unlike review (in Java InputPolicy.withUnlike) inspects it all the same");
        }
        boolean noRgb = part.rgb() == null || quality.black() || quality.saturatedShare() >= 1;
        boolean noDepth = !part.hasSecond()
                || quality.validDepthShare() < policy.minValidDepth()
                || part.normals() != null && quality.validDepthShare() == 0;
        if (noRgb && (noDepth || policy.rgb() == OnUnusable.REFUSE)) {
            throw refused(
                    "part " + part.id(),
                    part.rgb() == null
                            ? "has no colour image"
                            : "has a colour image that is " + (quality.black() ? "black" : "saturated")
                                    + " everywhere; check exposure and light",
                    noDepth ? null : "--on-bad-rgb depth-only");
        }
        if (noDepth && policy.depth() == OnUnusable.REFUSE) {
            throw refused(
                    part.source(),
                    !part.hasSecond()
                            ? "has neither points nor surface normals"
                            : String.format(
                                    Locale.ROOT,
                                    "has %.1f %% valid %s, at least %.1f %% are needed",
                                    100 * quality.validDepthShare(),
                                    part.xyz() != null ? "points" : "surface normals",
                                    100 * policy.minValidDepth()),
                    noRgb ? null : "--on-bad-depth rgb-only");
        }
        if (noRgb) {
            return part.withoutRgb();
        }
        // Where such a cloud may not be left out, or is all there is, the preparation refuses it.
        return noDepth || Preparation.hasTooFewPoints(part, modality) && policy.depth() == OnUnusable.INSPECT_OTHER
                ? part.withoutSecond()
                : part;
    }

    private static void requireSound(Part part, InputQuality quality) {
        if (part.xyz() == null) {
            return;
        }
        if (quality.recurringDepth() != 0) {
            throw new InputException(part.source() + " has many points with z = " + quality.recurringDepth()
                    + ", far from all others; if it marks missing points, say so: --missing-value (in Java "
                    + "PointConvention.withMissing)");
        }
        if (!PointScale.plausible(quality)) {
            throw new InputException(part.source() + " " + PointScale.problem(quality, null));
        }
    }

    /**
     * The rest of a part whose points turned out to show none.
     *
     * @throws InputException when there is no colour, or the policy refuses the part
     */
    Part withoutForeground(Part part) {
        if (part.rgb() == null || policy.depth() == OnUnusable.REFUSE) {
            throw Preparation.noForeground(part, modality);
        }
        return part.withoutSecond();
    }

    /** @param remedy option by which its other modality is inspected; null = there is none */
    private static InputException refused(String which, String what, String remedy) {
        return new InputException(which + " " + what + "; it cannot be inspected with these options"
                + (remedy == null
                        ? ""
                        : "; where its other modality is to do, inspect with " + remedy
                                + " (in Java InputPolicy.inspectOther)"));
    }
}
