package io.trd4j.threshold;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.hipparchus.analysis.UnivariateFunction;
import org.hipparchus.analysis.solvers.BrentSolver;
import org.hipparchus.distribution.continuous.NormalDistribution;

/**
 * A threshold beyond what the parts themselves can promise, from a model of the tail of their scores: peaks over a
 * level u follow a generalised Pareto distribution (S. Coles, "An Introduction to Statistical Modeling of Extreme
 * Values", 2001, sections 4.3 and 2.6.6). Its confidence bound is the end of the profile likelihood's one-sided
 * interval, shape and share of peaks being free; where it ends is read off samples drawn from the fit, as the
 * textbook's normal distribution of the likelihood's root makes it too short for so few peaks. Unlike
 * {@link ToleranceBound}, it is only as good as that model.
 *
 * @param value the threshold: upper confidence bound of the quantile
 * @param estimate the quantile's likeliest value
 * @param level u; scores above it are the peaks
 * @param peaks how many
 * @param shape of the fitted distribution
 * @param scale in the unit of the scores
 * @param andersonDarling distance between the peaks and the fit, 0 = none
 * @param pValue how often peaks drawn from the fit itself are at least that far from theirs: small = the tail is
 *     another one
 */
public record TailBound(
        double value,
        double estimate,
        double level,
        int peaks,
        double shape,
        double scale,
        double andersonDarling,
        double pValue) {
    /** Fewer leave the shape undetermined. */
    public static final int MIN_PEAKS = 30;
    /** Below this many parts, the peaks would be the half of them and no tail. */
    public static final int MIN_PARTS = 100;
    /** Share of the parts whose scores are peaks. */
    private static final int ONE_IN = 10;

    private static final int BOOTSTRAPS = 999;
    private static final long SEED = 42;
    private static final int EVALUATIONS = 200;
    /** Log of the widest bound looked for, in distances between level and estimate: beyond it the data say nothing. */
    private static final double WIDEST = Math.log(1000);

    /** Half the share of parts whose scores are peaks: the rates below it are those that the tail can answer. */
    public static double highestRate(int parts) {
        return 0.5 * peaks(parts) / parts;
    }

    private static int peaks(int parts) {
        return Math.max(MIN_PEAKS, parts / ONE_IN);
    }

    /**
     * @param normal scores of normal parts, drawn as the parts to come; any order
     * @param rate share of normal parts above the threshold, below {@link #highestRate}
     * @param confidence one-sided
     * @throws IllegalArgumentException for a score that is not finite, fewer than {@link #MIN_PARTS}, too high a rate,
     *     or scores that are too equal to have a tail
     */
    public static TailBound of(float[] normal, double rate, double confidence) {
        return of(normal, rate, confidence, BOOTSTRAPS);
    }

    static TailBound of(float[] normal, double rate, double confidence, int bootstraps) {
        ScoreChecks.check(rate, confidence);
        float[] sorted = ScoreChecks.sorted(normal);
        if (sorted.length < MIN_PARTS || rate >= highestRate(sorted.length)) {
            throw new IllegalArgumentException("a tail needs " + MIN_PARTS + " scores and a rate below "
                    + highestRate(Math.max(sorted.length, MIN_PARTS)) + ", not " + sorted.length + " and " + rate);
        }
        double level = sorted[sorted.length - 1 - peaks(sorted.length)];
        double[] excesses = new double[sorted.length];
        int peaks = 0;
        for (float score : sorted) {
            if (score > level) {
                excesses[peaks++] = (double) score - level;
            }
        }
        excesses = Arrays.copyOf(excesses, peaks);
        if (Arrays.stream(excesses).distinct().count() < MIN_PEAKS / 2 || rate >= 0.5 * peaks / sorted.length) {
            throw new IllegalArgumentException("too many of the scores are equal for a model of their tail");
        }
        Profile profile = new Profile(excesses, sorted.length, rate);
        Bootstrap bootstrap = Bootstrap.of(profile, bootstraps);
        GeneralizedPareto fit = profile.fit();
        double estimate = profile.estimate();
        return new TailBound(
                level + profile.upper(bootstrap.root(confidence)),
                level + estimate,
                level,
                peaks,
                fit.shape(),
                fit.scale(),
                andersonDarling(profile),
                bootstrap.pValue(andersonDarling(profile)));
    }

    /** A^2: the squared distance of the distribution functions, weighted up at both ends. */
    private static double andersonDarling(Profile profile) {
        double[] ascending = profile.excesses();
        int n = ascending.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double below = Math.log(-Math.expm1(-profile.fit().hazard(ascending[i])));
            double above = -profile.fit().hazard(ascending[n - 1 - i]);
            sum += (2 * i + 1) * (below + above);
        }
        return -n - sum / n;
    }

    /**
     * Statistics of samples drawn from the fit, each fitted in its turn.
     *
     * @param distances of the samples from their fits, ascending
     * @param roots signed roots of the likelihood's loss at the true quantile, ascending
     */
    private record Bootstrap(double[] distances, double[] roots) {
        static Bootstrap of(Profile profile, int samples) {
            SplittableRandom random = new SplittableRandom(SEED);
            double[] distances = new double[samples];
            double[] roots = new double[samples];
            for (int i = 0; i < samples; i++) {
                Profile sample = profile.sample(random);
                distances[i] = andersonDarling(sample);
                roots[i] = sample.root(profile.estimate());
            }
            Arrays.sort(distances);
            Arrays.sort(roots);
            return new Bootstrap(distances, roots);
        }

        /** Tables for a known distribution would be too lenient: the parameters were fitted. */
        double pValue(double distance) {
            long farther = Arrays.stream(distances).filter(d -> d >= distance).count();
            return (farther + 1.0) / (distances.length + 1);
        }

        /** The root that a true quantile exceeds with at most this probability; not less than the textbook's. */
        double root(double confidence) {
            int index = Math.min(roots.length - 1, (int) Math.ceil(confidence * (roots.length + 1)) - 1);
            return Math.max(roots[index], new NormalDistribution().inverseCumulativeProbability(confidence));
        }
    }

    /**
     * The likelihood of the excess with the given rate above it, all else being as likely as it can be.
     *
     * @param excesses ascending
     * @param parts with and without peak
     */
    private record Profile(double[] excesses, int parts, double rate, GeneralizedPareto fit) {
        Profile(double[] excesses, int parts, double rate) {
            this(excesses, parts, rate, GeneralizedPareto.fit(excesses));
        }

        private double share() {
            return (double) excesses.length / parts;
        }

        /** The likeliest excess. */
        double estimate() {
            return fit.excess(rate / share());
        }

        /** The same experiment again, if the fit were the truth. */
        Profile sample(SplittableRandom random) {
            int peaks = 0;
            for (int i = 0; i < parts; i++) {
                peaks += random.nextDouble() < share() ? 1 : 0;
            }
            return new Profile(fit.sample(Math.max(peaks, MIN_PEAKS / 2), random), parts, rate);
        }

        private double logLikelihood(double excess, double shape, double logShare) {
            double scale = excess / GeneralizedPareto.growth(logShare - Math.log(rate), shape);
            double value = new GeneralizedPareto(shape, scale).logLikelihood(excesses)
                    + excesses.length * logShare
                    + (parts - excesses.length) * Math.log1p(-Math.exp(logShare));
            // The optimiser cannot work with infinities.
            return Math.max(value, -1e100);
        }

        /** Over all shapes and shares; the scale follows from them and the excess. */
        private double logLikelihood(double excess) {
            // Six standard deviations of the share around the observed one hold all that is not hopelessly unlikely.
            double width = 6 * Math.sqrt((1 - share()) / excesses.length);
            double low = Math.max(Math.log(rate) + 1e-6, Math.log(share()) - width);
            double high = Math.min(-1e-6, Math.log(share()) + width);
            UnivariateFunction overShapes =
                    shape -> Maximum.of(logShare -> logLikelihood(excess, shape, logShare), low, high, 4)
                            .value();
            return Maximum.of(overShapes, GeneralizedPareto.MIN_SHAPE, GeneralizedPareto.MAX_SHAPE, 6)
                    .value();
        }

        /** Root of twice the loss in log-likelihood against the estimate; negative below it. About standard normal. */
        double root(double excess) {
            double best = logLikelihood(estimate(), fit.shape(), Math.log(share()));
            return Math.copySign(Math.sqrt(Math.max(0, 2 * (best - logLikelihood(excess)))), excess - estimate());
        }

        /** The excess above the estimate with this root. */
        double upper(double root) {
            if (root <= 0) {
                return estimate();
            }
            UnivariateFunction missing = log -> root - root(estimate() * Math.exp(log));
            double log = 0.1;
            while (log < WIDEST && missing.value(log) > 0) {
                log *= 2;
            }
            if (log >= WIDEST) {
                throw new IllegalArgumentException("the scores do not bound the tail: the rate is too far beyond them");
            }
            return estimate() * Math.exp(new BrentSolver(1e-4).solve(EVALUATIONS, missing, 0, log));
        }
    }
}
