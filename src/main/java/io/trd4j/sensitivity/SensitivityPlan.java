package io.trd4j.sensitivity;

import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.io.OptionException;
import java.util.List;
import java.util.Objects;

/**
 * Which defects are pasted, and how often.
 *
 * @param rate of false rejects by whose limit parts are judged while the model has no NG threshold
 * @param confidence of that rate, one-sided
 * @param diameters over the image's width, each between 0 and 0.5
 * @param trials places per kind and diameter, 1 or more: each costs three inspections
 * @param seed of the places
 */
public record SensitivityPlan(Rate rate, Rate confidence, List<Double> diameters, int trials, long seed) {
    /** Two diameters of 10 places for four kinds: 240 inspections. */
    private static final SensitivityPlan USUAL =
            new SensitivityPlan(new Rate(0.05), ThresholdPlan.CONFIDENCE, List.of(0.05, 0.1), 10, 42);

    /** @throws OptionException for what cannot be pasted */
    public SensitivityPlan {
        Objects.requireNonNull(rate, "rate");
        Objects.requireNonNull(confidence, "confidence");
        diameters = List.copyOf(diameters);
        OptionException.require(!diameters.isEmpty(), "diameters", "must name at least one");
        for (double diameter : diameters) {
            OptionException.require(
                    diameter > 0 && diameter < 0.5, "diameters", "must be between 0 and 0.5, not " + diameter);
        }
        OptionException.require(trials > 0, "trials", "must be 1 or more, not " + trials);
    }

    /** 5 % false rejects with 95 % confidence; diameters of 5 % and 10 % of the width; 10 places for each kind. */
    public static SensitivityPlan usual() {
        return USUAL;
    }

    /** The same with another rate of false rejects. */
    public SensitivityPlan withRate(Rate newRate) {
        return new SensitivityPlan(newRate, confidence, diameters, trials, seed);
    }

    /** The same with other diameters, over the image's width. */
    public SensitivityPlan withDiameters(List<Double> newDiameters) {
        return new SensitivityPlan(rate, confidence, newDiameters, trials, seed);
    }

    /** The same with more places, or fewer. */
    public SensitivityPlan withTrials(int newTrials) {
        return new SensitivityPlan(rate, confidence, diameters, newTrials, seed);
    }

    /** The same kinds and sizes at other places. */
    public SensitivityPlan withSeed(long newSeed) {
        return new SensitivityPlan(rate, confidence, diameters, trials, newSeed);
    }
}
