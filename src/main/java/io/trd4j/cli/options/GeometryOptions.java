package io.trd4j.cli.options;

import io.trd4j.data.PartSource;
import io.trd4j.io.InputException;
import io.trd4j.io.Keyed;
import io.trd4j.io.Nearest;
import io.trd4j.model.Modality;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of the second branch's input. */
public final class GeometryOptions {
    /** That an aperture is given for images that have none. */
    public static final String KERNEL_OF_DEPTH = "--normal-kernel belongs to surface normals, of which depth images"
            + " have none; leave it out, or give --modality normals";

    @Option(
            names = "--geometry",
            paramLabel = "metric|reference",
            description =
                    "What the second branch sees: slopes and relief at scales measured from the sensor's noise and "
                            + "spacing, or the reference's images, see --modality; metric when neither is given, and normals for "
                            + "parts that are surface-normal images.")
    private String geometry;

    @Option(
            names = "--modality",
            paramLabel = "depth|normals",
            description =
                    "The reference's images: a depth image or surface normals; normals when --geometry reference is "
                            + "given alone.")
    private String modality;

    @Option(
            names = "--normal-kernel",
            paramLabel = "auto|3|5|7",
            converter = AutoNumber.Converter.class,
            description =
                    "Sobel aperture of the reference's surface normals; auto = the smallest with which small dents "
                            + "stand out from the sensor's noise on normal validation parts; auto when not given.")
    private AutoNumber normalKernel;

    /**
     * As the options say, whatever the parts are.
     *
     * @throws InputException for an unknown word, and for options that contradict each other
     */
    public Modality modality() {
        boolean metric = geometry == null ? modality == null && normalKernel == null : geometry.equals("metric");
        if (geometry != null && !metric && !geometry.equals("reference")) {
            throw new InputException("--geometry must be metric or reference, not '" + geometry + "'"
                    + Nearest.hint(geometry, List.of("metric", "reference")));
        }
        if (metric && modality != null) {
            throw new InputException("--modality " + modality
                    + " is one of the reference's images; leave out --geometry metric, or --modality");
        }
        if (metric && normalKernel != null) {
            throw new InputException("--normal-kernel belongs to the reference's surface normals; leave out "
                    + "--geometry metric, or --normal-kernel");
        }
        if (metric) {
            return Modality.METRIC;
        }
        Modality reference = modality == null
                ? Modality.NORMALS
                : Keyed.find(Modality.class, modality).orElse(null);
        if (reference == null || reference == Modality.METRIC) {
            throw new InputException("--modality must be one of depth, normals, not '" + modality + "'"
                    + Nearest.hint(modality, List.of("depth", "normals")));
        }
        if (reference == Modality.DEPTH && normalKernel != null) {
            throw new InputException(KERNEL_OF_DEPTH);
        }
        return reference;
    }

    /**
     * The same, where surface normals for parts that have nothing else follow from the parts.
     *
     * @param parts of which the first is looked at
     */
    public Modality modality(List<? extends PartSource> parts) throws IOException {
        boolean free = geometry == null && modality == null && normalKernel == null;
        return free && !parts.isEmpty() && parts.get(0).load().normals() != null ? Modality.NORMALS : modality();
    }

    /** The aperture of surface normals, or that it is to be chosen. */
    public AutoNumber normalKernel() {
        return normalKernel == null ? new AutoNumber(null) : normalKernel;
    }
}
