package io.trd4j.model;

import io.trd4j.io.OptionException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * An official PyTorch checkpoint, and all that it does not say of itself.
 *
 * @param students the checkpoint of both students; or two files, the colour branch's first
 * @param teacher as for {@link TeacherWeights#load}
 * @param size S, the input size that the students were trained with, a multiple of 32
 * @param geometry a depth image or surface normals, and their aperture
 * @param calibration mean and standard deviation of the maps of normal parts; null = unknown, calibrate the model then
 */
public record ImportOptions(
        List<Path> students, String teacher, Backbone backbone, int size, Geometry geometry, Calibration calibration) {
    /** Until the teacher was read. */
    private static final String UNKNOWN_TEACHER = "0".repeat(64);

    private static final int USUAL_KERNEL = 5;

    /**
     * @throws OptionException when there are more than two students, or the geometry is none of official checkpoints
     * @throws IllegalArgumentException when the size is none
     */
    public ImportOptions {
        students = List.copyOf(students);
        Objects.requireNonNull(teacher, "teacher");
        OptionException.require(
                students.size() == 1 || students.size() == 2,
                "students",
                "is one file, or two of one student each, not " + students.size());
        requireKnown(geometry.modality());
        info(backbone, size, geometry, calibration);
    }

    /**
     * As the paper trained them: wide_resnet50_2 at 256 pixels with torchvision's ImageNet weights, which are
     * downloaded once; aperture 5 for surface normals; no calibration.
     *
     * @param modality depth or normals
     */
    public static ImportOptions of(Path checkpoint, Modality modality) {
        return new ImportOptions(
                List.of(checkpoint),
                TeacherWeights.IMAGENET,
                Backbone.WIDE_RESNET50_2,
                256,
                geometry(modality, USUAL_KERNEL),
                null);
    }

    /**
     * A geometry of official checkpoints.
     *
     * @param kernel aperture of surface normals, odd, 1 to 31; of no meaning for depth
     * @throws OptionException when they know no such modality
     */
    public static Geometry geometry(Modality modality, int kernel) {
        requireKnown(modality);
        return new Geometry(modality, kernel, null);
    }

    private static void requireKnown(Modality modality) {
        OptionException.require(
                modality != Modality.METRIC,
                "modality",
                "must be depth or normals: official checkpoints know no other");
    }

    /** The same with another teacher. */
    public ImportOptions withTeacher(String teacher) {
        return new ImportOptions(students, teacher, backbone, size, geometry, calibration);
    }

    /** The same with another backbone. */
    public ImportOptions withBackbone(Backbone backbone) {
        return new ImportOptions(students, teacher, backbone, size, geometry, calibration);
    }

    /** The same for another input size. */
    public ImportOptions withSize(int size) {
        return new ImportOptions(students, teacher, backbone, size, geometry, calibration);
    }

    /** The same with a calibration. */
    public ImportOptions withCalibration(Calibration calibration) {
        return new ImportOptions(students, teacher, backbone, size, geometry, calibration);
    }

    /** Of the model to be; its teacher's checksum is not known yet. */
    ModelInfo info() {
        return info(backbone, size, geometry, calibration);
    }

    private static ModelInfo info(Backbone backbone, int size, Geometry geometry, Calibration calibration) {
        return ModelInfo.of(backbone, size, geometry, UNKNOWN_TEACHER).withCalibration(calibration);
    }
}
