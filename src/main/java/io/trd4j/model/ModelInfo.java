package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trd4j.io.Arguments;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.Keyed;
import io.trd4j.io.OneLine;
import io.trd4j.io.Sha256;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A model file's description of its tensors.
 *
 * @param formatVersion {@link #FORMAT_VERSION} in files written by this version
 * @param size S, the square input size, a positive multiple of 32 up to {@link #MAX_SIZE}
 * @param geometry what the second branch sees
 * @param calibration null when the model has none yet
 * @param thresholds on the scores; null is taken as {@link Thresholds#NONE}
 * @param training null for an imported model
 * @param precisions accuracy of the arithmetic below float32; null when it was never tested
 * @param regionOfInterest what counts of the maps, of the same size; null = everything
 * @param driftReference statistics of normal parts under this calibration; null when there are none
 * @param sensitivity scores of normal parts with pasted defects under this calibration; null when there are none
 * @param normalParts what the sensors saw of the normal parts; null when it was never recorded
 * @param learning how it came from earlier models by parts that somebody called OK; null is taken as
 *     {@link LearningHistory#NONE}
 * @param teacherSha256 64 hexadecimal digits, see {@link ModelFile#teacherSha256}
 */
public record ModelInfo(
        int formatVersion,
        Backbone backbone,
        int size,
        Geometry geometry,
        Calibration calibration,
        Thresholds thresholds,
        TrainingSummary training,
        PrecisionTests precisions,
        RegionOfInterest regionOfInterest,
        DriftReference driftReference,
        Sensitivity sensitivity,
        NormalParts normalParts,
        LearningHistory learning,
        String teacherSha256) {
    public static final int FORMAT_VERSION = 1;
    /** A map of this size has 64 MiB; beyond it, sizes come from damaged files and slipped fingers. */
    public static final int MAX_SIZE = 4096;

    private static final String VERSION_KEY = "trd.format_version";
    private static final String BACKBONE_KEY = "trd.backbone";
    private static final String SIZE_KEY = "trd.size";
    private static final String MODALITY_KEY = "trd.modality";
    private static final String KERNEL_KEY = "trd.normal_kernel";
    private static final String METRIC_KEY = "trd.metric";
    private static final String CALIBRATION_KEY = "trd.calibration";
    /** Also in files of before there were several: the combined score's NG threshold alone. */
    private static final String THRESHOLD_KEY = "trd.threshold";

    private static final String THRESHOLDS_KEY = "trd.thresholds";
    private static final String TRAINING_KEY = "trd.training";
    private static final String PRECISIONS_KEY = "trd.precisions";
    private static final String REGION_KEY = "trd.roi";
    private static final String REFERENCE_KEY = "trd.reference";
    private static final String SENSITIVITY_KEY = "trd.sensitivity";
    private static final String NORMAL_PARTS_KEY = "trd.normal_parts";
    private static final String LEARNING_KEY = "trd.learning";
    private static final String TEACHER_KEY = "trd.teacher_sha256";

    /** Names of files and devices, checksums. */
    private static final int LONGEST_TEXT = 1 << 12;

    // Double.toString, which Jackson uses, gives every double back exactly.
    private static final JsonMapper JSON = whole(LONGEST_TEXT);
    /** The mask of the largest size is one text. */
    private static final JsonMapper REGION = whole(MAX_SIZE * MAX_SIZE / 4);
    /** For what has optional parts, which their constructors check. */
    private static final JsonMapper SPARSE = JSON.rebuild()
            .disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();
    /** For what got further numbers, which are 0 in older files. */
    private static final JsonMapper GROWN = SPARSE.rebuild()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private static JsonMapper whole(int longestText) {
        return Json.strict(longestText)
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .build();
    }

    public ModelInfo {
        Arguments.require(
                size > 0 && size <= MAX_SIZE && size % 32 == 0,
                "the size must be a multiple of 32 from 32 to " + MAX_SIZE + ", not " + size);
        Objects.requireNonNull(geometry, "geometry");
        thresholds = thresholds == null ? Thresholds.NONE : thresholds;
        learning = learning == null ? LearningHistory.NONE : learning;
        Arguments.require(
                regionOfInterest == null || regionOfInterest.size() == size,
                "the region of interest must have the model's size " + size + ", not "
                        + (regionOfInterest == null ? 0 : regionOfInterest.size()));
        Arguments.require(
                teacherSha256.matches("[0-9a-f]{64}"), "the teacher's SHA-256 must have 64 hexadecimal digits");
    }

    /**
     * Of a model that has weights and nothing else yet: the {@code with} methods add what is known, and each says what
     * it drops.
     */
    public static ModelInfo of(Backbone backbone, int size, Geometry geometry, String teacherSha256) {
        return new ModelInfo(
                FORMAT_VERSION,
                backbone,
                size,
                geometry,
                null,
                Thresholds.NONE,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                teacherSha256);
    }

    /** Which image the second branch sees. */
    public Modality modality() {
        return geometry.modality();
    }

    /** A copy to be changed: what a {@code with} method does not name stays. */
    private final class Draft {
        private Calibration calibration = ModelInfo.this.calibration;
        private Thresholds thresholds = ModelInfo.this.thresholds;
        private TrainingSummary training = ModelInfo.this.training;
        private PrecisionTests precisions = ModelInfo.this.precisions;
        private RegionOfInterest regionOfInterest = ModelInfo.this.regionOfInterest;
        private DriftReference driftReference = ModelInfo.this.driftReference;
        private Sensitivity sensitivity = ModelInfo.this.sensitivity;
        private NormalParts normalParts = ModelInfo.this.normalParts;
        private LearningHistory learning = ModelInfo.this.learning;
        private String teacherSha256 = ModelInfo.this.teacherSha256;

        ModelInfo info() {
            return new ModelInfo(
                    formatVersion,
                    backbone,
                    size,
                    geometry,
                    calibration,
                    thresholds,
                    training,
                    precisions,
                    regionOfInterest,
                    driftReference,
                    sensitivity,
                    normalParts,
                    learning,
                    teacherSha256);
        }
    }

    /** Drops nothing: it says how the weights that are there were trained. */
    public ModelInfo withTraining(TrainingSummary summary) {
        Draft draft = new Draft();
        draft.training = summary;
        return draft.info();
    }

    /** Drops nothing: it names the teacher that is there. */
    public ModelInfo withTeacherSha256(String sha256) {
        Draft draft = new Draft();
        draft.teacherSha256 = sha256;
        return draft.info();
    }

    /**
     * Drops precision tests, thresholds, drift reference and sensitivity, which depend on the calibration.
     *
     * @param newCalibration null = none
     */
    public ModelInfo withCalibration(Calibration newCalibration) {
        Draft draft = new Draft();
        draft.calibration = newCalibration;
        draft.thresholds = Thresholds.NONE;
        draft.precisions = null;
        draft.driftReference = null;
        draft.sensitivity = null;
        return draft.info();
    }

    /**
     * Drops thresholds, drift reference and sensitivity, which depend on the combined map; the precisions were tested
     * with the sum.
     *
     * @param highest null = the combined map is the sum of both branches'
     * @throws IllegalStateException when the model is not calibrated
     */
    public ModelInfo withHighestPlaces(HighestPlaces highest) {
        if (calibration == null) {
            throw new IllegalStateException("a model without calibration has no highest places");
        }
        Draft draft = new Draft();
        draft.calibration = calibration.withHighest(highest);
        draft.thresholds = Thresholds.NONE;
        draft.driftReference = null;
        draft.sensitivity = null;
        return draft.info();
    }

    /**
     * Drops nothing.
     *
     * @param tests null = none
     */
    public ModelInfo withPrecisions(PrecisionTests tests) {
        Draft draft = new Draft();
        draft.precisions = tests;
        return draft.info();
    }

    /** Drops nothing. */
    public ModelInfo withThresholds(Thresholds newThresholds) {
        Draft draft = new Draft();
        draft.thresholds = newThresholds;
        return draft.info();
    }

    /**
     * Drops nothing.
     *
     * @param reference null = none
     */
    public ModelInfo withDriftReference(DriftReference reference) {
        Draft draft = new Draft();
        draft.driftReference = reference;
        return draft.info();
    }

    /**
     * Drops nothing.
     *
     * @param measured null = none
     */
    public ModelInfo withSensitivity(Sensitivity measured) {
        Draft draft = new Draft();
        draft.sensitivity = measured;
        return draft.info();
    }

    /**
     * Drops nothing.
     *
     * @param parts null = not recorded
     */
    public ModelInfo withNormalParts(NormalParts parts) {
        Draft draft = new Draft();
        draft.normalParts = parts;
        return draft.info();
    }

    /** Drops nothing: it says how the model that is there came about. */
    public ModelInfo withLearning(LearningHistory history) {
        Draft draft = new Draft();
        draft.learning = history;
        return draft.info();
    }

    /**
     * Drops calibration, thresholds, precision tests, drift reference and sensitivity, which depend on what counts.
     *
     * @param region null = everything counts
     */
    public ModelInfo withRegionOfInterest(RegionOfInterest region) {
        Draft draft = new Draft();
        draft.calibration = null;
        draft.thresholds = Thresholds.NONE;
        draft.precisions = null;
        draft.regionOfInterest = region;
        draft.driftReference = null;
        draft.sensitivity = null;
        return draft.info();
    }

    /**
     * Bits that the training's colour images used of their samples, by which those of later parts are scaled; 0 = not
     * recorded.
     */
    public int colorBits() {
        return training == null || training.colorBits() == null ? 0 : training.colorBits();
    }

    /**
     * Identity of what turns the network's maps into verdicts: SHA-256 over calibration, region of interest and
     * thresholds as the model file has them (per key, in their order, the key, a zero byte, the value, a zero byte), as
     * 64 hexadecimal digits.
     */
    public String calibrationSha256() {
        Sha256 sha256 = new Sha256();
        toMetadata().forEach((key, value) -> {
            if (key.equals(CALIBRATION_KEY) || key.equals(THRESHOLDS_KEY) || key.equals(REGION_KEY)) {
                sha256.add(key + "\0" + value + "\0");
            }
        });
        return sha256.hex();
    }

    public Map<String, String> toMetadata() {
        Map<String, String> out = new TreeMap<>();
        out.put(VERSION_KEY, Integer.toString(formatVersion));
        out.put(BACKBONE_KEY, backbone.key());
        out.put(SIZE_KEY, Integer.toString(size));
        out.put(MODALITY_KEY, modality().key());
        if (modality() == Modality.NORMALS) {
            out.put(KERNEL_KEY, Integer.toString(geometry.normalKernel()));
        }
        if (modality() == Modality.METRIC) {
            out.put(METRIC_KEY, json(geometry.metric()));
        }
        if (calibration != null) {
            out.put(CALIBRATION_KEY, json(SPARSE, calibration));
        }
        if (thresholds.combined().ng() != null) {
            out.put(THRESHOLD_KEY, Double.toString(thresholds.combined().ng().value()));
        }
        if (thresholds.any()) {
            out.put(THRESHOLDS_KEY, json(SPARSE, thresholds));
        }
        if (training != null) {
            out.put(TRAINING_KEY, json(SPARSE, training));
        }
        if (precisions != null) {
            out.put(PRECISIONS_KEY, json(precisions));
        }
        if (regionOfInterest != null) {
            out.put(REGION_KEY, json(regionOfInterest));
        }
        if (driftReference != null) {
            out.put(REFERENCE_KEY, json(driftReference));
        }
        if (sensitivity != null) {
            out.put(SENSITIVITY_KEY, json(SPARSE, sensitivity));
        }
        if (normalParts != null) {
            out.put(NORMAL_PARTS_KEY, json(SPARSE, normalParts));
        }
        if (!learning.steps().isEmpty()) {
            out.put(LEARNING_KEY, json(SPARSE, learning));
        }
        out.put(TEACHER_KEY, teacherSha256);
        return out;
    }

    /** @throws InputException naming the file and the first key that is missing or wrong */
    static ModelInfo fromMetadata(Path file, Map<String, String> metadata) {
        if (!metadata.containsKey(VERSION_KEY)) {
            throw new InputException(file + " is a safetensors file, but not a trd4j model (no " + VERSION_KEY
                    + " in its metadata); trd train and trd import write models");
        }
        int version = integer(file, metadata, VERSION_KEY);
        if (version > FORMAT_VERSION) {
            throw new InputException(file + " has the model format version " + version + ", this trd4j reads up to "
                    + FORMAT_VERSION + "; use a newer trd4j");
        }
        if (version < 1) {
            throw wrong(file, VERSION_KEY, "not " + version);
        }
        try {
            return new ModelInfo(
                    version,
                    Backbone.of(text(file, metadata, BACKBONE_KEY)),
                    integer(file, metadata, SIZE_KEY),
                    geometry(file, metadata),
                    json(SPARSE, file, metadata, CALIBRATION_KEY, Calibration.class),
                    thresholds(file, metadata),
                    // Older models have no validation losses and no calibration of branches alone; all other numbers
                    // must be there.
                    json(SPARSE, file, metadata, TRAINING_KEY, TrainingSummary.class),
                    json(file, metadata, PRECISIONS_KEY, PrecisionTests.class),
                    json(REGION, file, metadata, REGION_KEY, RegionOfInterest.class),
                    json(file, metadata, REFERENCE_KEY, DriftReference.class),
                    json(SPARSE, file, metadata, SENSITIVITY_KEY, Sensitivity.class),
                    json(SPARSE, file, metadata, NORMAL_PARTS_KEY, NormalParts.class),
                    json(SPARSE, file, metadata, LEARNING_KEY, LearningHistory.class),
                    text(file, metadata, TEACHER_KEY));
        } catch (IllegalArgumentException e) {
            throw new InputException(file + " is not a sound model: " + e.getMessage(), e);
        } catch (InputException e) {
            // Backbone.of does not know the file.
            throw e.getMessage().startsWith(OneLine.of(file.toString()))
                    ? e
                    : new InputException(file + ": " + e.getMessage(), e);
        }
    }

    private static Geometry geometry(Path file, Map<String, String> metadata) {
        String text = text(file, metadata, MODALITY_KEY);
        Modality modality = Keyed.find(Modality.class, text)
                .orElseThrow(() -> wrong(
                        file, MODALITY_KEY, "'" + OneLine.start(text) + "'; known are " + Keyed.keys(Modality.class)));
        if (modality == Modality.METRIC) {
            text(file, metadata, METRIC_KEY);
        }
        return new Geometry(
                modality,
                modality == Modality.NORMALS ? integer(file, metadata, KERNEL_KEY) : 0,
                modality == Modality.METRIC ? json(GROWN, file, metadata, METRIC_KEY, MetricGeometry.class) : null);
    }

    private static String text(Path file, Map<String, String> metadata, String key) {
        String value = metadata.get(key);
        if (value == null) {
            throw new InputException(file + " is not a sound model: its metadata lacks " + key);
        }
        return value;
    }

    private static int integer(Path file, Map<String, String> metadata, String key) {
        String value = text(file, metadata, key);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw wrong(file, key, "'" + OneLine.start(value) + "', not a whole number");
        }
    }

    private static Double number(Path file, Map<String, String> metadata, String key) {
        String value = metadata.get(key);
        try {
            Double number = value == null ? null : Double.valueOf(value);
            if (number != null && !Double.isFinite(number)) {
                throw wrong(file, key, number + ", not a finite number");
            }
            return number;
        } catch (NumberFormatException e) {
            throw wrong(file, key, "'" + OneLine.start(value) + "', not a number");
        }
    }

    private static Thresholds thresholds(Path file, Map<String, String> metadata) {
        Double single = number(file, metadata, THRESHOLD_KEY);
        Thresholds all = json(SPARSE, file, metadata, THRESHOLDS_KEY, Thresholds.class);
        if (all == null) {
            return single == null
                    ? Thresholds.NONE
                    : Thresholds.NONE.with(
                            ScoreBranch.COMBINED, new Thresholds.Limits(Threshold.unrecorded(single), null));
        }
        Double ng = all.combined().ng() == null
                ? null
                : Double.valueOf(all.combined().ng().value());
        if (!Objects.equals(single, ng)) {
            throw wrong(file, THRESHOLD_KEY, single + ", but " + THRESHOLDS_KEY + " says " + ng);
        }
        return all;
    }

    private static <T> T json(Path file, Map<String, String> metadata, String key, Class<T> type) {
        return json(JSON, file, metadata, key, type);
    }

    private static <T> T json(JsonMapper mapper, Path file, Map<String, String> metadata, String key, Class<T> type) {
        String value = metadata.get(key);
        if (value == null) {
            return null;
        }
        T read = Json.read(mapper, value, type, what -> wrong(file, key, what));
        if (read == null) {
            throw wrong(file, key, "null");
        }
        return read;
    }

    private static String json(Object value) {
        return json(JSON, value);
    }

    private static String json(JsonMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InputException wrong(Path file, String key, String what) {
        return new InputException(file + " is not a sound model: " + key + " is wrong: " + what);
    }
}
