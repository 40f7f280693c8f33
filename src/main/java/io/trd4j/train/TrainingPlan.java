package io.trd4j.train;

import io.trd4j.io.OptionException;
import io.trd4j.model.Modality;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.TeacherWeights;
import java.util.Objects;

/**
 * From which teacher a model is trained, when that ends, and what belongs to it besides.
 *
 * @param options of the training itself
 * @param choosesEpochs whether the number of epochs is chosen, of at most the options' ones: by {@link TrainingLength}
 *     where the learning rate falls by steps, because that needs the number in advance; else training ends when it has
 *     converged ({@link Convergence})
 * @param choosesAperture whether the Sobel aperture for surface normals is chosen from the parts, in place of the
 *     options' one
 * @param teacher {@link TeacherWeights#EMBEDDED}, {@link TeacherWeights#IMAGENET}, {@link #RANDOM_TEACHER}, or the name
 *     of a {@code .pth} or {@code .safetensors} file
 * @param regionOfInterest what counts in calibration and inspection, of the options' size; training sees whole images;
 *     null = everything
 * @param stateSeconds a state file, from which a run can be resumed, is written at the end of an epoch when this long
 *     has passed since the last one: {@code MODEL.state}, removed when the run is complete; 0 = after every epoch,
 *     {@link #NO_STATE} = never
 * @param resumes whether the run continues from {@code MODEL.state} where that exists
 * @param driftReference whether the normal validation parts become the model's drift reference, when they suffice
 * @param align whether parts are laid onto a mean normal part before the network sees them
 */
public record TrainingPlan(
        TrainingOptions options,
        boolean choosesEpochs,
        boolean choosesAperture,
        String teacher,
        RegionOfInterest regionOfInterest,
        int stateSeconds,
        boolean resumes,
        boolean driftReference,
        Align align) {
    /** The teacher that needs no file: seeded random weights. */
    public static final String RANDOM_TEACHER = "random";

    /** No state file is written. */
    public static final int NO_STATE = -1;

    /** @throws OptionException for what no run can do */
    public TrainingPlan {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(teacher, "teacher");
        Objects.requireNonNull(align, "align");
        choosesAperture = choosesAperture && options.modality() == Modality.NORMALS;
        OptionException.require(stateSeconds >= NO_STATE, "stateSeconds", "must not be negative, not " + stateSeconds);
        OptionException.require(
                regionOfInterest == null || regionOfInterest.size() == options.size(),
                "regionOfInterest",
                "must have the model's size " + options.size() + ", not "
                        + (regionOfInterest == null ? 0 : regionOfInterest.size()));
    }

    /**
     * The usual run: the embedded teacher, aperture and number of epochs chosen from the parts; without state files,
     * with a drift reference.
     */
    public static TrainingPlan of(TrainingOptions options) {
        return new TrainingPlan(options, true, true, TeacherWeights.EMBEDDED, null, NO_STATE, false, true, Align.AUTO);
    }

    /** Whether the number of epochs is chosen, or exactly the options' epochs are trained. */
    public TrainingPlan withChoosesEpochs(boolean chooses) {
        return new TrainingPlan(
                options,
                chooses,
                choosesAperture,
                teacher,
                regionOfInterest,
                stateSeconds,
                resumes,
                driftReference,
                align);
    }

    /** Whether the Sobel aperture is chosen from the parts, or the options' one is taken. */
    public TrainingPlan withChoosesAperture(boolean chooses) {
        return new TrainingPlan(
                options,
                choosesEpochs,
                chooses,
                teacher,
                regionOfInterest,
                stateSeconds,
                resumes,
                driftReference,
                align);
    }

    /** The same run from another teacher: see {@link #teacher}. */
    public TrainingPlan withTeacher(String newTeacher) {
        return new TrainingPlan(
                options,
                choosesEpochs,
                choosesAperture,
                newTeacher,
                regionOfInterest,
                stateSeconds,
                resumes,
                driftReference,
                align);
    }

    /** The same run with what counts in calibration and inspection; null = everything. */
    public TrainingPlan withRegionOfInterest(RegionOfInterest roi) {
        return new TrainingPlan(
                options, choosesEpochs, choosesAperture, teacher, roi, stateSeconds, resumes, driftReference, align);
    }

    /** How many seconds lie between two state files at least; {@link #NO_STATE} = none is written. */
    public TrainingPlan withStateSeconds(int seconds) {
        return new TrainingPlan(
                options,
                choosesEpochs,
                choosesAperture,
                teacher,
                regionOfInterest,
                seconds,
                resumes,
                driftReference,
                align);
    }

    /** Whether the run continues from the state file of a killed one where there is one. */
    public TrainingPlan withResumes(boolean newResumes) {
        return new TrainingPlan(
                options,
                choosesEpochs,
                choosesAperture,
                teacher,
                regionOfInterest,
                stateSeconds,
                newResumes,
                driftReference,
                align);
    }

    /** Whether the normal validation parts become the drift reference. */
    public TrainingPlan withDriftReference(boolean reference) {
        return new TrainingPlan(
                options,
                choosesEpochs,
                choosesAperture,
                teacher,
                regionOfInterest,
                stateSeconds,
                resumes,
                reference,
                align);
    }

    /** Whether parts are laid onto a mean normal part. */
    public TrainingPlan withAlign(Align newAlign) {
        return new TrainingPlan(
                options,
                choosesEpochs,
                choosesAperture,
                teacher,
                regionOfInterest,
                stateSeconds,
                resumes,
                driftReference,
                newAlign);
    }
}
