package io.trd4j.learn;

import com.fasterxml.jackson.annotation.JsonValue;
import io.trd4j.io.Keyed;

/** Of a part that is looked at while a model learns: where it comes from. */
public enum PartRole implements Keyed {
    /** Normal, of the category's validation parts: sets limits, and is kept aside from student steps. */
    VALIDATION,
    /** Somebody called it OK. */
    OK,
    /** Normal, of the category's test parts: kept aside. */
    TEST_GOOD,
    /** Of the category's test parts, with a defect. */
    DEFECT,
    /** Somebody called it NG. */
    NG;

    /** {@code validation, ok, test-good, defect} or {@code ng}. */
    @Override
    @JsonValue
    public String key() {
        return Keyed.hyphenated(this);
    }
}
