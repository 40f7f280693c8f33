package io.trd4j.model;

import java.util.List;

/**
 * How many of the defects of one diameter are seen, level by level.
 *
 * @param kinds one, or bumps and dents, or dark and light stains
 * @param diameter over the width of the image
 * @param millimetres the same on the parts; null where they have no points
 * @param levels heights in millimetres, or contrasts in grey levels of 255, ascending
 * @param seen of each level, how many defects; never falls from level to level
 * @param trials how many defects there were
 * @param exact whether every level was tried that matters; else more may be seen than is said
 */
public record SensitivityCurve(
        List<DefectKind> kinds,
        double diameter,
        Double millimetres,
        List<Double> levels,
        List<Integer> seen,
        int trials,
        boolean exact) {
    public SensitivityCurve {
        kinds = List.copyOf(kinds);
        levels = List.copyOf(levels);
        seen = List.copyOf(seen);
    }

    /** Whether it is of bumps or dents; else of stains. */
    public boolean relief() {
        return kinds.get(0).relief();
    }

    /** The least level at which this share of the defects is seen; null when none is. */
    public Double from(double share) {
        for (int level = 0; trials > 0 && level < levels.size(); level++) {
            if (seen.get(level) >= share * trials) {
                return levels.get(level);
            }
        }
        return null;
    }
}
