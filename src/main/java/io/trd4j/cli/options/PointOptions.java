package io.trd4j.cli.options;

import io.trd4j.data.PointAxes;
import io.trd4j.data.PointConvention;
import io.trd4j.data.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How the numbers of point clouds are meant, for every verb that reads some. */
public final class PointOptions {
    private static final Map<String, Double> UNITS = Map.of("m", 1.0, "mm", 1e-3, "um", 1e-6);

    @Option(
            names = "--point-unit",
            paramLabel = "m|mm|um|METRES",
            converter = UnitConverter.class,
            description = "The unit of point clouds' coordinates, or how many metres it is, such as 0.0001; when not "
                    + "given, metres. Points that cannot have it are refused.")
    private Double unit;

    @Option(
            names = "--axes",
            paramLabel = "AXES",
            converter = AxesConverter.class,
            description = "What the three channels of point clouds hold, such as x,y,z or z,y,x or x,y,-z; planar = "
                    + "x, y and z one after the other. When not given, x,y,z, and clouds that show other axes are "
                    + "refused.")
    private PointAxes axes;

    @Option(
            names = "--missing-value",
            split = ",",
            paramLabel = "Z",
            description = "Points with this z, in the file's unit, are missing, such as -9999; several are separated "
                    + "by commas. 0, numbers that are not finite, and the no-data value that a TIFF states always are; "
                    + "a value that recurs far from all others is taken as one, with a warning.")
    private List<Float> missing = List.of();

    /** As stated. */
    public PointConvention convention() {
        return new PointConvention(unit, axes, missing);
    }

    /** Opens a category's folder whose points are meant so. */
    public Dataset open(Path folder) throws IOException {
        return Dataset.open(folder).withPoints(convention());
    }

    /** Metres per unit. */
    static final class UnitConverter implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            Double known = UNITS.get(value);
            if (known != null) {
                return known;
            }
            try {
                return new PointConvention(Double.valueOf(value), null, List.of()).metresPerUnit();
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + value + "' is not m, mm or um, nor a positive number of metres");
            }
        }
    }

    /** Names of channels. */
    static final class AxesConverter implements ITypeConverter<PointAxes> {
        @Override
        public PointAxes convert(String value) {
            try {
                return PointAxes.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
