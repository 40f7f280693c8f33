package io.trd4j.benchmarks;

import io.trd4j.data.Part;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A whole part through {@code Inspector.inspect}: preparation from 800 x 800, both branches of resnet18, maps and
 * score. The weights are seeded random ones: the time does not depend on their values. Single calls are sampled, so
 * that the percentiles are those of parts, not of averages.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class InspectionBenchmark {
    private static final int PART_PIXELS = 800;
    private static final int NORMAL_KERNEL = 5;
    private static final int SEED = 42;

    @Param({"128", "256"})
    public int size;

    private TestParts files;
    private Part part;
    private Inspector inspector;
    private Inspection result;

    @Setup
    public void setUp() throws IOException {
        files = new TestParts(1, PART_PIXELS);
        part = files.all().get(0).load();
        Path model = files.folder().resolve("model.safetensors");
        writeModel(model);
        inspector = Inspector.open(model);
        inspector.warmUp();
        result = inspector.newInspection();
    }

    private void writeModel(Path file) throws IOException {
        try (Network network = new Network(Backbone.RESNET18)) {
            network.teacher().weights().initialise(SEED);
            network.studentRgb().weights().initialise(SEED + 1);
            network.studentDepth().weights().initialise(SEED + 2);
            ModelFile.write(
                    file,
                    ModelInfo.of(
                                    Backbone.RESNET18,
                                    size,
                                    Geometry.normals(NORMAL_KERNEL),
                                    ModelFile.teacherSha256(
                                            network.teacher().weights().sources("")))
                            .withCalibration(new Calibration(1, 1, 1, 1)),
                    network.sources());
        }
    }

    @TearDown
    public void tearDown() throws IOException {
        inspector.close();
        files.close();
    }

    @Benchmark
    public float inspect() {
        inspector.inspect(part, result);
        return result.score();
    }
}
