package io.trd4j.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With times as they were seen on two cores, free and busy, milliseconds. */
class TeamChoiceTest {
    private static final int TOGETHER = 14;
    private static final int ALONE = 24;
    private static final int TOGETHER_BUSY = 235;
    private static final int ALONE_BUSY = 45;

    private final TeamChoice team = new TeamChoice(2);

    private boolean took(double millis) {
        return team.took((long) (millis * 1e6));
    }

    /** Parts on a machine that is free or busy; returns how many of them all threads computed. */
    private int parts(int count, boolean busy) {
        int together = 0;
        for (int i = 0; i < count; i++) {
            boolean alone = team.isAlone();
            together += alone ? 0 : 1;
            took(busy ? alone ? ALONE_BUSY : TOGETHER_BUSY : alone ? ALONE : TOGETHER);
        }
        return together;
    }

    @BeforeEach
    void measured() {
        team.measured((long) (TOGETHER * 1e6), (long) (ALONE * 1e6));
    }

    @Test
    void theFasterBegins() {
        assertFalse(team.isAlone());
        team.measured((long) (TOGETHER_BUSY * 1e6), (long) (ALONE_BUSY * 1e6));
        assertTrue(team.isAlone());
    }

    @Test
    void oneSlowPartIsAHiccupUnlessItIsVerySlow() {
        assertFalse(took(1.5 * ALONE));
        assertFalse(took(TOGETHER));
        assertFalse(took(1.5 * ALONE));
        assertFalse(team.isAlone());
        assertTrue(took(1.5 * ALONE), "the second in a row");
        assertTrue(team.isAlone());
    }

    /** The part that shows it, and tries that become rare: less than one in a hundred. */
    @Test
    void onABusyMachineOneThreadComputesNearlyEveryPart() {
        assertTrue(parts(100, true) <= 4);
        assertTrue(parts(10_000, true) <= 12);
    }

    @Test
    void allThreadsComputeAgainWhenTheMachineIsFree() {
        parts(1000, true);
        assertTrue(team.isAlone());
        int waited = 0;
        while (team.isAlone()) {
            parts(1, false);
            waited++;
        }
        assertTrue(waited <= 200, () -> "after a thousand parts it waits for " + 200);
        assertTrue(parts(100, false) == 100);
    }

    /** Half of the machine is free: one thread is as fast as ever, and two wait for each other. */
    @Test
    void triesThatFailBecomeRare() {
        team.measured((long) (TOGETHER_BUSY * 1e6), (long) (ALONE * 1e6));
        int together = 0;
        for (int i = 0; i < 4000; i++) {
            together += team.isAlone() ? 0 : 1;
            took(team.isAlone() ? ALONE : TOGETHER_BUSY);
        }
        assertTrue(together >= 2 && together <= 16, "tries: " + together);
    }

    /** So busy that one thread is slower still. */
    @Test
    void allThreadsStayWhereTheyAreFasterWhileBusy() {
        int together = 0;
        for (int i = 0; i < 2000; i++) {
            together += team.isAlone() ? 0 : 1;
            took(team.isAlone() ? 150 : 60);
        }
        assertTrue(together > 1700, "parts: " + together);
    }

    /** Without a measurement one thread is thought to take as long as all of them together. */
    @Test
    void withoutAMeasurementItIsTheSame() {
        TeamChoice fresh = new TeamChoice(2);
        for (int i = 0; i < 5; i++) {
            assertFalse(fresh.took((long) (TOGETHER * 1e6)));
        }
        assertTrue(fresh.took((long) (TOGETHER_BUSY * 1e6)));
        assertTrue(fresh.isAlone());
        assertTrue(fresh.another().isAlone(), "a duplicate is on the same machine");
    }
}
