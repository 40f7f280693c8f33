package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.trd4j.io.Keyed;

/** Which of a part's two modalities an inspection could use. */
public enum InspectionMode implements Keyed {
    /** Colour and second modality: the method as it is. */
    BOTH("rgb+depth", ScoreBranch.COMBINED),
    /** The rgb branch alone; a black image stands in for the second modality. */
    RGB_ONLY("rgb-only", ScoreBranch.RGB_ONLY),
    /** The second branch alone; a black image stands in for the colour image. */
    DEPTH_ONLY("depth-only", ScoreBranch.DEPTH_ONLY);

    private final String key;
    private final ScoreBranch score;

    InspectionMode(String key, ScoreBranch score) {
        this.key = key;
        this.score = score;
    }

    /** As in results: {@code rgb+depth, rgb-only, depth-only}, whatever the second modality. */
    @Override
    @JsonValue
    public String key() {
        return key;
    }

    /** Which thresholds the score of a part inspected in this way is compared with. */
    public ScoreBranch score() {
        return score;
    }
}
