package io.trd4j.outline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How a part lies against normal parts. Against the first of them: of all rotations about its centre the best on coarse
 * thumbs, then angle and position step by step on finer ones. Against the others, whose pose against the first is
 * known, only the fine steps.
 */
public final class PoseSearch {
    private static final int ANGLES = 60;
    /** So many of them are followed: parts with a symmetry lie nearly as well the other way round. */
    private static final int STARTS = 4;

    private static final double[] ANGLE_STEPS = {Math.toRadians(3), Math.toRadians(1.5), Math.toRadians(0.75)};
    private static final double[] SHIFTS = {1 / 32.0, 1 / 64.0, 1 / 128.0};
    /** From this level on, the fine thumb is compared. */
    private static final int FINE_LEVEL = 2;
    /** Grey levels that count as much as 0.15 of the part's relief. */
    private static final float COLOUR_SCALE = 40;

    private static final float RELIEF_SHARE = 0.15f;
    /** No pixel counts more than twice that: what differs may be the defect. */
    private static final float LIMIT = 2;

    private final PartThumbs part;
    private float reliefScale;
    private final double aspect;
    private final float[] sampled = new float[PartView.CHANNELS];

    /** A reference and where the part lies against it. */
    public record Found(PartThumbs reference, Pose pose, double cost) {}

    /** @param part that is to be found in references */
    public PoseSearch(PartThumbs part) {
        this(part, 1);
    }

    /**
     * The same in images that are not square, or whose pixels are not: turns are those of the part.
     *
     * @param aspect height over width of an image, in lengths
     */
    public PoseSearch(PartThumbs part, double aspect) {
        this.part = part;
        this.aspect = aspect;
    }

    /**
     * The references that the part lies best against, at most {@code most}.
     *
     * @param poses of each reference against the first
     */
    static List<Found> of(PartView part, List<PartThumbs> references, List<Pose> poses, int most) {
        PoseSearch search = new PoseSearch(new PartThumbs(part));
        Found anchored = search.against(references.get(0));
        List<Found> found = new ArrayList<>(List.of(anchored));
        for (int i = 1; i < references.size(); i++) {
            found.add(search.at(references.get(i), anchored.pose.through(poses.get(i)), SHIFTS.length - 1));
        }
        found.sort(Comparator.comparingDouble(Found::cost));
        return found.subList(0, Math.min(most, found.size())).stream()
                .map(one -> one == anchored ? one : search.refined(one, FINE_LEVEL - 1, SHIFTS.length))
                .toList();
    }

    /** The pose of the part as its thumbs are now against one reference, about which nothing is known. */
    public Found against(PartThumbs reference) {
        reliefScale = Math.max(RELIEF_SHARE * part.fine.reliefSpan(), Float.MIN_NORMAL);
        boolean byRelief = part.view.hasRelief() && reference.view.hasRelief();
        double[] centre = part.coarse.centre(byRelief);
        double[] other = reference.coarse.centre(byRelief);
        double n = part.coarse.n;
        List<Found> all = new ArrayList<>();
        for (int i = 0; i < ANGLES; i++) {
            Pose pose = new Pose(2 * Math.PI * i / ANGLES, centre[0] / n, centre[1] / n, other[0] / n, other[1] / n);
            all.add(at(reference, pose, 0));
        }
        all.sort(Comparator.comparingDouble(Found::cost));
        Found best = null;
        for (Found start : all.subList(0, STARTS)) {
            Found end = refined(start, 0, FINE_LEVEL);
            best = best == null || end.cost < best.cost ? end : best;
        }
        return refined(best, FINE_LEVEL, SHIFTS.length);
    }

    private Found refined(Found start, int fromLevel, int toLevel) {
        Found best = start;
        for (int level = fromLevel; level < toLevel; level++) {
            PartThumbs reference = best.reference;
            int at = level;
            PoseSteps.Reached reached = PoseSteps.from(
                    best.pose,
                    ANGLE_STEPS[level],
                    SHIFTS[level],
                    (pose, by) -> pose.turned(by, pose.x(), pose.y()),
                    pose -> cost(reference, pose, at));
            best = new Found(reference, reached.pose(), reached.cost());
        }
        return best;
    }

    private Found at(PartThumbs reference, Pose pose, int level) {
        return new Found(reference, pose, cost(reference, pose, level));
    }

    private double cost(PartThumbs reference, Pose pose, int level) {
        return level >= FINE_LEVEL
                ? cost(part.fine, part.fineCells, part.fineCount, reference, reference.fine, pose)
                : cost(part.coarse, part.coarseCells, part.coarseCount, reference, reference.coarse, pose);
    }

    private double cost(Thumb seen, int[] cells, int count, PartThumbs reference, Thumb other, Pose pose) {
        int n = seen.n;
        Sampler sampler = new Sampler(pose, n, aspect);
        float colourWeight = part.view.hasColour() && reference.view.hasColour() ? 1 / COLOUR_SCALE : 0;
        float reliefWeight = part.view.hasRelief() && reference.view.hasRelief() ? 1 / reliefScale : 0;
        float sum = 0;
        for (int k = 0; k < count; k++) {
            int cell = cells[k];
            sampler.sample(other.values, cell % n, cell / n, sampled);
            for (int c = 0; c < PartView.CHANNELS; c++) {
                float weight = c == PartView.RELIEF ? reliefWeight : colourWeight;
                float off = weight * Math.abs(sampled[c] - seen.values[PartView.CHANNELS * cell + c]);
                sum += off < LIMIT ? off : LIMIT;
            }
        }
        return sum;
    }
}
