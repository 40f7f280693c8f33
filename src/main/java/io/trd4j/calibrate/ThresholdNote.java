package io.trd4j.calibrate;

/**
 * A doubt about thresholds that were set all the same.
 *
 * @param message one line: the doubt, and what to do
 */
public record ThresholdNote(Kind kind, String message) {
    /** The subject of a doubt. */
    public enum Kind {
        /** Parts are copies of others, file by file; each was counted once. */
        COPIES,
        /** Parts are those that the model was trained on; they were not counted. */
        TRAINED,
        /** A single part, far above the others, sets a limit. */
        ONE_PART,
        /** NG and REVIEW are so close that hardly any part will be REVIEW. */
        NARROW_REVIEW
    }
}
