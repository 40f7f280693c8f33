package io.trd4j.learn;

import io.trd4j.inspect.Verdict;

/**
 * A part under the old model and the new one.
 *
 * @param id what results call it
 * @param scoreBefore the combined score, in the old model's standard deviations
 * @param scoreAfter the same in the new model's: another unit where students took steps
 * @param learnt whether the students took steps on it
 * @param sets whether its scores are among those that the new limits come from
 */
public record JudgedPart(
        String id,
        PartRole role,
        float scoreBefore,
        float scoreAfter,
        Verdict verdictBefore,
        Verdict verdictAfter,
        boolean learnt,
        boolean sets) {
    /** Whether it has another verdict now. */
    public boolean changed() {
        return verdictBefore != verdictAfter;
    }
}
