package example;

import io.trd4j.data.ColorLayout;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.Regions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Random;

/** Inspects a part that lies in memory: {@code InspectPart MODEL}. */
public final class InspectPart {
    private static final int SIZE = 96;

    private InspectPart() {}

    public static void main(String[] arguments) throws Exception {
        try (Inspector inspector = Inspector.open(Path.of(arguments[0]))) {
            Inspection result = inspector.newInspection();
            for (ColorLayout layout : ColorLayout.values()) {
                inspector.inspect(part(layout), result);
                if (layout == ColorLayout.RGB8) {
                    System.out.println("milliseconds "
                            + (System.currentTimeMillis()
                                    - ManagementFactory.getRuntimeMXBean().getStartTime()));
                    System.out.println("score " + result.score());
                }
            }
            System.out.println(
                    "regions " + Regions.of(result, part(ColorLayout.RGB8)).size());
        }
    }

    /** The same wavy surface every time. */
    public static Part part(ColorLayout layout) {
        byte[] colours = new byte[layout.samples() * SIZE * SIZE];
        new Random(1).nextBytes(colours);
        float[] points = new float[3 * SIZE * SIZE];
        for (int i = 0; i < SIZE * SIZE; i++) {
            int x = i % SIZE;
            int y = i / SIZE;
            points[3 * i] = x * 0.001f;
            points[3 * i + 1] = y * 0.001f;
            points[3 * i + 2] = 0.5f + 0.001f * (float) (Math.sin(x * 0.3) * Math.cos(y * 0.2));
        }
        return Part.of("wave", RgbImage.of(colours, layout, SIZE, SIZE), new PointCloud(SIZE, SIZE, points));
    }
}
