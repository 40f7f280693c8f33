package io.trd4j.benchmarks;

import io.trd4j.data.InputQuality;
import io.trd4j.data.Part;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.model.Geometry;
import io.trd4j.model.MetricGeometry;
import io.trd4j.ops.ElementType;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** From a decoded part of 800 x 800 (colour and points, as MVTec 3D-AD has them) to the network's inputs at S = 256. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class PreparationBenchmark {
    private static final int PART_PIXELS = 800;
    private static final int SIZE = 256;
    private static final int NORMAL_KERNEL = 5;

    private final FloatPointer input = new FloatPointer(3L * SIZE * SIZE);
    private Preparation depth;
    private Preparation normals;
    private Preparation metric;
    private TestParts files;
    private Part part;
    private final InputQuality quality = new InputQuality();

    @Setup
    public void setUp() throws IOException {
        files = new TestParts(1, PART_PIXELS);
        part = files.all().get(0).load();
        depth = new Preparation(SIZE, Geometry.DEPTH, ElementType.FLOAT32);
        normals = new Preparation(SIZE, Geometry.normals(NORMAL_KERNEL), ElementType.FLOAT32);
        metric = new Preparation(SIZE, Geometry.metric(MetricGeometry.unmeasured(SIZE)), ElementType.FLOAT32);
    }

    @TearDown
    public void tearDown() throws IOException {
        depth.close();
        normals.close();
        metric.close();
        input.close();
        files.close();
    }

    /** Decoding the PNG and the point cloud's TIFF, for comparison: what comes before the preparation. */
    @Benchmark
    public Part read() throws IOException {
        return files.all().get(0).load();
    }

    /** The measures that every inspection takes of the raw images. */
    @Benchmark
    public InputQuality quality() {
        quality.measure(part);
        return quality;
    }

    @Benchmark
    public FloatPointer rgb() {
        depth.rgb(part, input);
        return input;
    }

    @Benchmark
    public FloatPointer depthImage() {
        depth.second(part, input);
        return input;
    }

    @Benchmark
    public FloatPointer surfaceNormals() {
        normals.second(part, input);
        return input;
    }

    /** Slopes and relief, the plane below the part included. */
    @Benchmark
    public FloatPointer metricGeometry() {
        metric.second(part, input);
        return input;
    }
}
