package io.trd4j.threshold;

import java.util.SplittableRandom;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.distribution.continuous.TDistribution;

/** Scores with a known distribution, whose true rate above any threshold can be said. */
enum Population {
    UNIFORM,
    NORMAL,
    EXPONENTIAL,
    LOGNORMAL,
    /** Heavy tails: with infinite mean, with infinite third moment. */
    PARETO_HALF,
    STUDENT_3,
    /** Ties: whole numbers, most of them 0 to 3; and a fifth of all parts with the same highest score. */
    GEOMETRIC,
    CAPPED;

    private static final NormalDistribution STANDARD = new NormalDistribution();
    private static final TDistribution T3 = new TDistribution(3);

    boolean continuous() {
        return this != GEOMETRIC && this != CAPPED;
    }

    float[] draw(int count, SplittableRandom random) {
        float[] scores = new float[count];
        for (int i = 0; i < count; i++) {
            scores[i] = (float) score(1 - random.nextDouble());
        }
        return scores;
    }

    /** The score that this share of parts exceeds. */
    double score(double above) {
        return switch (this) {
            case UNIFORM -> 1 - above;
            case NORMAL -> -STANDARD.inverseCumulativeProbability(above);
            case EXPONENTIAL -> -Math.log(above);
            case LOGNORMAL -> Math.exp(-0.5 * STANDARD.inverseCumulativeProbability(above));
            case PARETO_HALF -> Math.pow(above, -2);
            case STUDENT_3 -> -T3.inverseCumulativeProbability(above);
            case GEOMETRIC -> Math.floor(-2 * Math.log(above));
            case CAPPED -> Math.min(1 - above, 0.8);
        };
    }

    /** The true share of parts above a threshold. */
    double above(double threshold) {
        return switch (this) {
            case UNIFORM -> Math.max(0, 1 - threshold);
            case NORMAL -> STANDARD.cumulativeProbability(-threshold);
            case EXPONENTIAL -> Math.exp(-threshold);
            case LOGNORMAL -> STANDARD.cumulativeProbability(-2 * Math.log(threshold));
            case PARETO_HALF -> 1 / Math.sqrt(threshold);
            case STUDENT_3 -> T3.cumulativeProbability(-threshold);
            case GEOMETRIC -> Math.exp(-0.5 * (Math.floor(threshold) + 1));
            case CAPPED -> threshold >= (float) 0.8 ? 0 : 1 - threshold;
        };
    }
}
