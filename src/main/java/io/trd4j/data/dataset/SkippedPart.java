package io.trd4j.data.dataset;

/**
 * A part that was left out.
 *
 * @param id as {@link PartFiles#id}; where the kind is not known, {@code SPLIT/NNN}
 * @param reason one line that names the part, for people
 */
public record SkippedPart(String id, String reason) {
    /** The split that an id belongs to: training, validation or test, in the words of messages. */
    String split() {
        return switch (id.substring(0, Math.max(0, id.indexOf('/')))) {
            case "train" -> SkippedParts.TRAINING;
            case "val", "validation" -> SkippedParts.VALIDATION;
            default -> SkippedParts.TEST;
        };
    }
}
