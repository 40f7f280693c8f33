package io.trd4j.data.synthetic;

import io.trd4j.data.synthetic.SyntheticDefect.Grade;
import io.trd4j.data.synthetic.SyntheticDefect.Kind;
import io.trd4j.io.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The test parts of a synthetic category, in the order of their seeds. */
public final class SyntheticTestSet {
    /** The most parts of a split. */
    public static final int MAX_PARTS = 100_000;

    /**
     * @param kind the defect, null for a good part
     * @param grade null when the part's seed decides
     */
    record Entry(Kind kind, Grade grade) {}

    private final List<Entry> entries = new ArrayList<>();

    private SyntheticTestSet() {}

    /**
     * About a third good, the rest dealt out evenly to the kinds, every kind once when there are enough parts.
     * Severities are drawn.
     *
     * @throws InputException when the number is negative or above {@link #MAX_PARTS}
     */
    public static SyntheticTestSet inAll(int parts) {
        checkRange("test", parts, 0, MAX_PARTS);
        Kind[] kinds = Kind.values();
        int good = Math.round(parts / 3f);
        if (parts > kinds.length) {
            good = Math.min(good, parts - kinds.length);
        }
        SyntheticTestSet plan = new SyntheticTestSet();
        for (int i = 0; i < parts; i++) {
            plan.entries.add(new Entry(i < good ? null : kinds[(i - good) % kinds.length], null));
        }
        return plan;
    }

    /**
     * So many good parts, and so many of each kind, whose severities are dealt out evenly: slight, medium, severe,
     * slight …
     *
     * @throws InputException when a number is negative or they come to more than {@link #MAX_PARTS} parts
     */
    public static SyntheticTestSet exactly(int good, int perKind) {
        Kind[] kinds = Kind.values();
        checkRange("good", good, 0, MAX_PARTS);
        checkRange("per kind", perKind, 0, (MAX_PARTS - good) / kinds.length);
        SyntheticTestSet plan = new SyntheticTestSet();
        for (int i = 0; i < good; i++) {
            plan.entries.add(new Entry(null, null));
        }
        Grade[] grades = Grade.values();
        for (int i = 0; i < perKind; i++) {
            for (Kind kind : kinds) {
                plan.entries.add(new Entry(kind, grades[i % grades.length]));
            }
        }
        return plan;
    }

    /** Test parts in all. */
    public int size() {
        return entries.size();
    }

    List<Entry> entries() {
        return Collections.unmodifiableList(entries);
    }

    static void checkRange(String what, int value, int low, int high) {
        if (value < low || value > high) {
            throw new InputException(what + " " + value + " is not in " + low + ".." + high);
        }
    }
}
