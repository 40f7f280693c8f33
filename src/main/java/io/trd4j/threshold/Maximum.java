package io.trd4j.threshold;

import org.hipparchus.analysis.UnivariateFunction;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.univariate.BrentOptimizer;
import org.hipparchus.optim.univariate.SearchInterval;
import org.hipparchus.optim.univariate.UnivariateObjectiveFunction;
import org.hipparchus.optim.univariate.UnivariatePointValuePair;

/** The largest value of a function on an interval, its ends included. */
record Maximum(double at, double value) {
    private static final double TOLERANCE = 1e-7;
    private static final MaxEval EVALUATIONS = new MaxEval(500);

    /** @param pieces how many equal pieces are looked at first: Brent's method alone finds a local maximum */
    static Maximum of(UnivariateFunction function, double low, double high, int pieces) {
        Maximum best = new Maximum(low, function.value(low));
        for (int i = 1; i <= pieces; i++) {
            double at = low + (high - low) * i / pieces;
            double value = function.value(at);
            best = value > best.value ? new Maximum(at, value) : best;
        }
        double step = (high - low) / pieces;
        UnivariatePointValuePair found = new BrentOptimizer(TOLERANCE, TOLERANCE * step)
                .optimize(
                        EVALUATIONS,
                        GoalType.MAXIMIZE,
                        new UnivariateObjectiveFunction(function),
                        new SearchInterval(Math.max(low, best.at - step), Math.min(high, best.at + step)));
        return found.getValue() > best.value ? new Maximum(found.getPoint(), found.getValue()) : best;
    }
}
