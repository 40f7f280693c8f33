package io.trd4j.calibrate;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * A share of parts, or a confidence.
 *
 * @param value between 0 and 1, both excluded
 */
public record Rate(double value) {
    private static final MathContext DIGITS = new MathContext(4);

    /** @throws IllegalArgumentException when it is not between 0 and 1 */
    public Rate {
        if (!(value > 0 && value < 1)) {
            throw new IllegalArgumentException("a rate must be between 0 and 1, both excluded, not " + value);
        }
    }

    /** @throws IllegalArgumentException for anything but a share such as {@code 0.001} or {@code 0.1%} */
    public static Rate of(String text) {
        boolean percent = text.endsWith("%");
        try {
            BigDecimal number = new BigDecimal(
                    percent ? text.substring(0, text.length() - 1).strip() : text);
            double value = (percent ? number.movePointLeft(2) : number).doubleValue();
            if (value > 0 && value < 1) {
                return new Rate(value);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("'" + text + "' is not a share between 0 and 1; write 0.001 or 0.1%");
    }

    /** In percent, with four digits. */
    public static String percent(double share) {
        return new BigDecimal(share)
                        .movePointRight(2)
                        .round(DIGITS)
                        .stripTrailingZeros()
                        .toPlainString() + "%";
    }

    @Override
    public String toString() {
        return percent(value);
    }
}
