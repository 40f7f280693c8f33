package io.trd4j.calibrate;

import io.trd4j.calibrate.ThresholdNote.Kind;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parts without copies: a promise about parts to come needs as many different ones as it counts, and none that the
 * model was trained on. Files are compared by checksum, those that have the sizes of others alone.
 */
public final class DistinctParts {
    private final List<PartFiles> parts = new ArrayList<>();
    private final List<ThresholdNote> notes = new ArrayList<>();
    private int copies;
    private int trained;

    /**
     * @param all of which each is wanted once
     * @param training of which none is wanted
     * @throws IOException when a file cannot be read
     */
    public DistinctParts(List<PartFiles> all, List<PartFiles> training) throws IOException {
        Map<String, Integer> sizes = new HashMap<>();
        for (PartFiles part : all) {
            sizes.merge(sizes(part), 1, Integer::sum);
        }
        Map<String, PartFiles> known = new HashMap<>();
        for (PartFiles part : training) {
            if (sizes.containsKey(sizes(part))) {
                sizes.merge(sizes(part), 1, Integer::sum);
                known.put(checksums(part), part);
            }
        }
        List<PartFiles> inTraining = List.copyOf(known.values());
        PartFiles firstTrained = null;
        PartFiles firstCopy = null;
        PartFiles twinOfTrained = null;
        PartFiles twinOfCopy = null;
        for (PartFiles part : all) {
            PartFiles twin = sizes.get(sizes(part)) == 1 ? null : known.putIfAbsent(checksums(part), part);
            if (twin == null) {
                parts.add(part);
            } else if (inTraining.contains(twin)) {
                firstTrained = trained++ == 0 ? part : firstTrained;
                twinOfTrained = trained == 1 ? twin : twinOfTrained;
            } else {
                firstCopy = copies++ == 0 ? part : firstCopy;
                twinOfCopy = copies == 1 ? twin : twinOfCopy;
            }
        }
        if (trained > 0) {
            notes.add(new ThresholdNote(
                    Kind.TRAINED,
                    trained + " of " + all.size()
                            + " parts are training parts, which the model knows, and do not count: " + firstTrained.id()
                            + " is " + twinOfTrained.id() + "; put other parts in their place"));
        }
        if (copies > 0) {
            notes.add(new ThresholdNote(
                    Kind.COPIES,
                    copies + " of " + all.size() + " parts are copies of others and do not count: " + firstCopy.id()
                            + " is " + twinOfCopy.id() + "; put other parts in their place"));
        }
    }

    /** The different ones, in their order. */
    public List<PartFiles> parts() {
        return parts;
    }

    /** Says what was left out; empty as a rule. */
    public List<ThresholdNote> notes() {
        return notes;
    }

    /** How many of the parts are training parts. */
    public int trained() {
        return trained;
    }

    /** Words for the parts left out, as a part of a sentence; empty as a rule. */
    String without() {
        return copies + trained == 0
                ? ""
                : ", without " + copies + (copies == 1 ? " copy" : " copies") + " of parts and " + trained
                        + (trained == 1 ? " training part," : " training parts,");
    }

    private static String sizes(PartFiles part) throws IOException {
        return size(part.rgb()) + "+" + size(part.second());
    }

    private static long size(Path file) throws IOException {
        return file == null ? -1 : Files.size(file);
    }

    private static String checksums(PartFiles part) throws IOException {
        return checksum(part.rgb()) + checksum(part.second());
    }

    private static String checksum(Path file) throws IOException {
        return file == null ? "" : Sha256.of(file);
    }
}
