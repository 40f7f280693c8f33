package io.trd4j.train.pretrain;

import io.trd4j.train.pretrain.formula.FormulaScene;
import io.trd4j.train.pretrain.formula.FormulaView;
import io.trd4j.train.pretrain.formula.FormulaView.Group;
import io.trd4j.train.pretrain.formula.Rendering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A pretraining batch in Java memory: {@link #VIEWS} views of every scene, with the classes of their cells and the
 * pairs of cells that show the same place. A function of seed and step alone.
 */
final class FormulaBatch {
    /** Of a scene; even, for pairs. Drawing a scene takes longer than seeing it three times. */
    static final int VIEWS = 4;

    static final int[] STRIDES = {4, 8, 16};
    private static final int PAIRS = 512;
    // Colour and normals are what most models are trained on.
    private static final Rendering[] RENDERINGS = {
        Rendering.COLOUR, Rendering.COLOUR, Rendering.NORMALS, Rendering.NORMALS, Rendering.DEPTH
    };

    /** Views, those of a scene one after the other. */
    final int views;

    final int size;
    private final float[] images;
    /** Per scale and group: a class per cell of all views, in the order of the features' positions. */
    final List<Map<Group, long[]>> classes = new ArrayList<>();
    /**
     * Per scale: 3 measures per cell, in the same order, and per cell whether they are known, of colour images and of
     * others.
     */
    final float[][] measures = new float[STRIDES.length][];

    final float[][] knownColour = new float[STRIDES.length][];
    final float[][] knownSurface = new float[STRIDES.length][];
    /** Per scale: rows of cells in first views, and the rows of the same places in second views. */
    final long[][] first = new long[STRIDES.length][];

    final long[][] second = new long[STRIDES.length][];

    FormulaBatch(int scenes, int size, long seed, long step) {
        this.size = size;
        views = VIEWS * scenes;
        int imageFloats = 3 * size * size;
        images = new float[views * imageFloats];
        List<FormulaView> all = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + step);
        for (int s = 0; s < scenes; s++) {
            FormulaScene scene = new FormulaScene(size + FormulaView.SHIFT, random.nextLong());
            for (int v = 0; v < VIEWS; v++) {
                FormulaView view =
                        new FormulaView(scene, RENDERINGS[random.nextInt(RENDERINGS.length)], size, random.nextLong());
                System.arraycopy(view.image(), 0, images, all.size() * imageFloats, imageFloats);
                all.add(view);
            }
        }
        for (int scale = 0; scale < STRIDES.length; scale++) {
            label(all, STRIDES[scale]);
            measure(all, scale);
            pair(all, scale, random.split());
        }
    }

    /** [views, 3, size, size]; lives in the open PointerScope. */
    Tensor images() {
        return torch.from_blob(new FloatPointer(images), new long[] {views, 3, size, size});
    }

    private void label(List<FormulaView> all, int stride) {
        int cells = size / stride * (size / stride);
        Map<Group, long[]> groups = new EnumMap<>(Group.class);
        for (Group group : Group.values()) {
            long[] labels = new long[views * cells];
            for (int v = 0; v < views; v++) {
                all.get(v).classes(group, stride, labels, v * cells);
            }
            groups.put(group, labels);
        }
        classes.add(groups);
    }

    private void measure(List<FormulaView> all, int scale) {
        int stride = STRIDES[scale];
        int cells = size / stride * (size / stride);
        measures[scale] = new float[3 * views * cells];
        knownColour[scale] = new float[views * cells];
        knownSurface[scale] = new float[views * cells];
        for (int v = 0; v < views; v++) {
            boolean colour = all.get(v).rendering() == Rendering.COLOUR;
            all.get(v)
                    .measures(
                            stride, measures[scale], 3 * v * cells, colour ? knownColour[scale] : knownSurface[scale]);
        }
    }

    private void pair(List<FormulaView> all, int scale, SplittableRandom random) {
        int stride = STRIDES[scale];
        int side = size / stride;
        long[] a = new long[PAIRS];
        long[] b = new long[PAIRS];
        int n = 0;
        for (int attempt = 0; attempt < 4 * PAIRS && n < PAIRS; attempt++) {
            int s = 2 * random.nextInt(views / 2);
            FormulaView one = all.get(s);
            FormulaView other = all.get(s + 1);
            int x = random.nextInt(side);
            int y = random.nextInt(side);
            int u = x + (one.left() - other.left()) / stride;
            int v = y + (one.top() - other.top()) / stride;
            if (u >= 0 && u < side && v >= 0 && v < side && !one.hidden(x, y, stride) && !other.hidden(u, v, stride)) {
                a[n] = ((long) s * side + y) * side + x;
                b[n++] = ((long) (s + 1) * side + v) * side + u;
            }
        }
        first[scale] = Arrays.copyOf(a, n);
        second[scale] = Arrays.copyOf(b, n);
    }
}
