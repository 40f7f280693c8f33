package io.trd4j.engine;

/**
 * Whether all threads compute the next part or one alone, by the times of the parts before. Together they are faster on
 * a machine that is free. Where other processes want the cores, every step ends when its last thread has had its turn,
 * and there are some hundred steps: one thread, which waits for nobody, is then several times faster. Both give the
 * same bits. Used by one thread; allocates nothing.
 */
final class TeamChoice {
    /** Parts in a row that decide: slow ones of all threads for one, fast ones of a try for all. */
    private static final int DECIDING = 2;
    /** A part that took this much longer decides alone. */
    private static final double MUCH = 2;
    /** A time counts as another one's when it is up to this factor longer. */
    private static final double TOLERANCE = 1.25;
    /** A part that one thread computed as fast as ever brings the next try of all threads closer; a slow one less. */
    private static final int QUIET = 8;

    private static final int SLOW = 1;
    /** Between two tries: twice as long after each that failed, so that tries are rare while the machine is busy. */
    private static final int FIRST_WAIT = 2 * QUIET;

    private static final int LONGEST_WAIT = 1024 * QUIET;

    private final int threads;
    /** One thread's shortest time, nanoseconds; until it is known, all threads' shortest times their number. */
    private double alone = Double.POSITIVE_INFINITY;

    private boolean aloneKnown;
    /** One thread's time as the machine is now: the mean of its last ones, nanoseconds. */
    private double now = Double.POSITIVE_INFINITY;

    private boolean isAlone;
    private boolean trying;
    private int inARow;
    private int waited;
    private int wait = FIRST_WAIT;

    TeamChoice(int threads) {
        this.threads = threads;
    }

    /** For another inspector of the same model: what is known of the times holds there too. */
    TeamChoice another() {
        TeamChoice other = new TeamChoice(threads);
        other.alone = alone;
        other.aloneKnown = aloneKnown;
        other.isAlone = isAlone;
        other.now = now;
        return other;
    }

    /** Whether one thread computes the next part. */
    boolean isAlone() {
        return isAlone;
    }

    /**
     * Begins with what was faster when both were measured.
     *
     * @param together shortest time of all threads, nanoseconds
     * @param one shortest time of one thread
     */
    void measured(long together, long one) {
        alone = one;
        aloneKnown = true;
        now = one;
        computes(one < together);
    }

    private void computes(boolean byOne) {
        isAlone = byOne;
        trying = false;
        inARow = 0;
        waited = 0;
    }

    /**
     * The part took so long.
     *
     * @return whether this changed from all threads to one
     */
    boolean took(long nanos) {
        if (isAlone) {
            tookAlone(nanos);
            return false;
        }
        return tookTogether(nanos);
    }

    private boolean tookTogether(long nanos) {
        if (!aloneKnown) {
            alone = Math.min(alone, (double) threads * nanos);
        }
        if (nanos <= alone) {
            now = alone;
        }
        boolean slow = nanos > TOLERANCE * now;
        if (trying && slow) {
            wait = Math.min(2 * wait, LONGEST_WAIT);
            computes(true);
            return false;
        }
        if (trying) {
            if (++inARow == DECIDING) {
                wait = FIRST_WAIT;
                computes(false);
            }
            return false;
        }
        inARow = slow ? inARow + 1 : 0;
        if (inARow < DECIDING && nanos <= MUCH * now) {
            return false;
        }
        computes(true);
        return true;
    }

    private void tookAlone(long nanos) {
        alone = aloneKnown ? Math.min(alone, nanos) : nanos;
        aloneKnown = true;
        now += (nanos - now) / QUIET;
        waited += nanos <= TOLERANCE * alone ? QUIET : SLOW;
        if (waited >= wait) {
            computes(false);
            trying = true;
        }
    }
}
