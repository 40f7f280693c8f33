package io.trd4j.threshold;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.hipparchus.analysis.solvers.BrentSolver;

/**
 * The generalised Pareto distribution of excesses y > 0 over a high level: P(Y > y) = (1 + shape y / scale)^(-1 /
 * shape), for shape 0 the exponential distribution (S. Coles, "An Introduction to Statistical Modeling of Extreme
 * Values", 2001, chapter 4).
 *
 * @param shape negative = the tail has an end, positive = it falls as a power
 * @param scale positive, in the unit of the excesses
 */
record GeneralizedPareto(double shape, double scale) {
    /** Below -0.5 the maximum likelihood has no normal distribution (Smith 1985), so no bound could be had from it. */
    static final double MIN_SHAPE = -0.5;
    /** From 1 on the mean is infinite; no score of normal parts is. */
    static final double MAX_SHAPE = 1;
    /** Nearer to 0 than this the exponential distribution is the more accurate formula. */
    private static final double EXPONENTIAL = 1e-9;

    private static final int PIECES = 12;
    private static final int EVALUATIONS = 200;

    /** P(Y > y). */
    double survival(double y) {
        return Math.exp(-hazard(y));
    }

    /** The excess with this much probability above it. */
    double excess(double probability) {
        return scale * growth(-Math.log(probability), shape);
    }

    /** (e^(shape t) - 1) / shape: the excess in scales whose probability is e^-t. */
    static double growth(double t, double shape) {
        return Math.abs(shape) < EXPONENTIAL ? t : Math.expm1(shape * t) / shape;
    }

    /** -log P(Y > y); infinite beyond the end. */
    double hazard(double y) {
        if (Math.abs(shape) < EXPONENTIAL) {
            return y / scale;
        }
        double ratio = shape * y / scale;
        return ratio <= -1 ? Double.POSITIVE_INFINITY : Math.log1p(ratio) / shape;
    }

    /** Log-likelihood; minus infinity when an excess lies beyond the end. */
    double logLikelihood(double[] excesses) {
        double sum = 0;
        for (double y : excesses) {
            sum += hazard(y);
        }
        // The density's exponent is 1 + shape times the hazard.
        return -excesses.length * Math.log(scale) - (1 + shape) * sum;
    }

    /** Independent excesses, ascending. */
    double[] sample(int count, SplittableRandom random) {
        double[] drawn = new double[count];
        for (int i = 0; i < count; i++) {
            drawn[i] = excess(1 - random.nextDouble());
        }
        Arrays.sort(drawn);
        return drawn;
    }

    /**
     * Maximum likelihood with the shape between {@link #MIN_SHAPE} and {@link #MAX_SHAPE}. For a given ratio r = shape
     * / scale the best shape is the mean of log(1 + r y), which grows with r: one unknown is left (Grimshaw 1993).
     *
     * @param excesses positive, at least two different ones
     */
    static GeneralizedPareto fit(double[] excesses) {
        double mean = Arrays.stream(excesses).average().orElseThrow();
        double largest = Arrays.stream(excesses).max().orElseThrow();
        double low = ratio(excesses, MIN_SHAPE, -1 / largest, 0);
        double high = ratio(excesses, MAX_SHAPE, 0, Math.exp(PIECES) / mean);
        Maximum best = Maximum.of(r -> of(excesses, mean, r).logLikelihood(excesses), low, high, PIECES);
        GeneralizedPareto inside = of(excesses, mean, best.at());
        if (best.at() > low && best.at() < high) {
            return inside;
        }
        GeneralizedPareto edge = withShape(excesses, mean, best.at() == low ? MIN_SHAPE : MAX_SHAPE);
        return edge.logLikelihood(excesses) > inside.logLikelihood(excesses) ? edge : inside;
    }

    /** The ratio for which the best shape is this one, or the interval's outer end when there is none inside. */
    private static double ratio(double[] excesses, double shape, double from, double to) {
        double margin = 1e-9 * (to - from);
        double low = from + margin;
        double high = to - margin;
        if (bestShape(excesses, low) > shape) {
            return low;
        }
        return bestShape(excesses, high) < shape
                ? high
                : new BrentSolver(1e-12 * (to - from))
                        .solve(EVALUATIONS, r -> bestShape(excesses, r) - shape, low, high);
    }

    private static double bestShape(double[] excesses, double ratio) {
        double sum = 0;
        for (double y : excesses) {
            sum += Math.log1p(ratio * y);
        }
        return sum / excesses.length;
    }

    private static GeneralizedPareto of(double[] excesses, double mean, double ratio) {
        double shape = bestShape(excesses, ratio);
        return Math.abs(shape) < EXPONENTIAL
                ? new GeneralizedPareto(0, mean)
                : new GeneralizedPareto(shape, shape / ratio);
    }

    /**
     * The likeliest scale for a given shape: there the mean of (1 + shape) y / (scale + shape y) is 1, and it falls
     * with the scale.
     */
    private static GeneralizedPareto withShape(double[] excesses, double mean, double shape) {
        double largest = Arrays.stream(excesses).max().orElseThrow();
        double low = shape < 0 ? -shape * largest * (1 + 1e-9) : 1e-9 * mean;
        double scale = new BrentSolver(1e-12 * mean)
                .solve(
                        EVALUATIONS,
                        s -> {
                            double sum = 0;
                            for (double y : excesses) {
                                sum += (1 + shape) * y / (s + shape * y);
                            }
                            return sum / excesses.length - 1;
                        },
                        low,
                        low + 10 * (1 + Math.abs(shape)) * largest);
        return new GeneralizedPareto(shape, scale);
    }
}
