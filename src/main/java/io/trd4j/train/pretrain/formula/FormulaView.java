package io.trd4j.train.pretrain.formula;

import java.util.Arrays;

/**
 * A scene seen once: a rendering of a random window, normalised as the network's inputs are (SPEC section 5), and what
 * stands there, as classes per grid cell. Two views of a scene show what they share in windows whose offsets differ by
 * multiples of {@link #SHIFT} pixels, so that the cells of every scale coincide.
 */
public final class FormulaView {
    /** A question about a cell; each group has its own classes. */
    public enum Group {
        RELIEF_TEXTURE(Texture.CLASSES),
        COLOUR_TEXTURE(Texture.CLASSES),
        RELIEF_MARK(ReliefMark.CLASSES),
        COLOUR_MARK(ColourMark.CLASSES);

        private final int classes;

        Group(int classes) {
            this.classes = classes;
        }

        public int classes() {
            return classes;
        }

        /** Whether class 0 is "nothing here" and most cells have it. */
        public boolean isMark() {
            return this == RELIEF_MARK || this == COLOUR_MARK;
        }

        /**
         * Fine relief is hardly seen in a depth image, whose range the whole form takes; shading shows relief
         * ambiguously.
         */
        boolean isSeenIn(Rendering rendering) {
            return switch (this) {
                case RELIEF_TEXTURE -> rendering == Rendering.NORMALS;
                case RELIEF_MARK -> rendering != Rendering.COLOUR;
                case COLOUR_TEXTURE, COLOUR_MARK -> rendering == Rendering.COLOUR;
            };
        }
    }

    /** The label of a cell whose class is not known: hidden, or not to be seen in this rendering. */
    public static final int UNKNOWN = -1;

    public static final int SHIFT = 16;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};
    /** A cell has a mark when at least this share of its pixels has. */
    private static final float MARKED = 0.15f;

    private static final float DEPTH_GAIN = 2;

    private final FormulaScene scene;
    private final Rendering rendering;
    private final int size;
    private final int left;
    private final int top;
    /** Whether what the scene does not cover is cut away, as a camera's background is. */
    private final boolean cut;
    /** Exaggeration of slopes in a map of normals. */
    private final float gain;

    private final boolean[] hidden;
    private final float[] image;

    /**
     * @param size S, pixels; the scene is S + {@link #SHIFT} wide
     * @param seed of the window, the sensor's accidents and the occlusion
     */
    public FormulaView(FormulaScene scene, Rendering rendering, int size, long seed) {
        this.scene = scene;
        this.rendering = rendering;
        this.size = size;
        Draw draw = new Draw(seed);
        left = SHIFT * draw.index(2);
        top = SHIFT * draw.index(2);
        cut = rendering != Rendering.COLOUR && draw.chance(0.7f);
        gain = rendering == Rendering.NORMALS ? draw.logBetween(0.7f, 8) : DEPTH_GAIN;
        image = rendering.render(scene, new Rendering.Window(left, top, size, cut, gain), draw);
        hidden = new boolean[size * size];
        if (draw.chance(0.2f)) {
            occlude(draw);
        }
        for (int c = 0, i = 0; c < 3; c++) {
            for (int k = 0; k < size * size; k++, i++) {
                image[i] = (image[i] - MEAN[c]) / DEVIATION[c];
            }
        }
    }

    /** A plain box in front. */
    private void occlude(Draw draw) {
        int width = (int) (draw.between(0.1f, 0.4f) * size);
        int height = (int) (draw.between(0.1f, 0.4f) * size);
        int x0 = draw.index(size - width);
        int y0 = draw.index(size - height);
        float grey = rendering == Rendering.COLOUR ? draw.unit() : 0;
        for (int y = y0; y < y0 + height; y++) {
            for (int x = x0; x < x0 + width; x++) {
                int i = y * size + x;
                hidden[i] = true;
                image[i] = grey;
                image[size * size + i] = grey;
                image[2 * size * size + i] = grey;
            }
        }
    }

    public Rendering rendering() {
        return rendering;
    }

    /** [3, S, S], normalised. */
    public float[] image() {
        return image;
    }

    /** Pixels from the scene's left edge to the window's: a multiple of {@link #SHIFT}. */
    public int left() {
        return left;
    }

    public int top() {
        return top;
    }

    /** Whether the middle of a cell of {@code stride} pixels is hidden by the occlusion. */
    public boolean hidden(int cellX, int cellY, int stride) {
        return hidden[(cellY * stride + stride / 2) * size + cellX * stride + stride / 2];
    }

    /**
     * The class of every cell of {@code stride} pixels, row by row, or {@link #UNKNOWN}, from {@code at} on in
     * {@code out}.
     */
    public void classes(Group group, int stride, long[] out, int at) {
        boolean seen = group.isSeenIn(rendering);
        byte[] map = switch (group) {
            case RELIEF_TEXTURE -> scene.reliefTexture();
            case COLOUR_TEXTURE -> scene.colourTexture();
            case RELIEF_MARK -> scene.reliefMark();
            case COLOUR_MARK -> scene.colourMark();
        };
        int cells = size / stride;
        int[] votes = new int[group.classes()];
        for (int y = 0; y < cells; y++) {
            for (int x = 0; x < cells; x++) {
                int label;
                if (!seen || hidden(x, y, stride)) {
                    label = UNKNOWN;
                } else if (group.isMark()) {
                    label = mark(map, x * stride, y * stride, stride, votes);
                } else {
                    label = map[pixel(x * stride + stride / 2, y * stride + stride / 2)];
                }
                out[at++] = label;
            }
        }
    }

    private int mark(byte[] map, int x0, int y0, int stride, int[] votes) {
        Arrays.fill(votes, 0);
        for (int y = y0; y < y0 + stride; y++) {
            for (int x = x0; x < x0 + stride; x++) {
                votes[map[pixel(x, y)]]++;
            }
        }
        int most = 0;
        int count = (int) (MARKED * stride * stride);
        for (int c = 1; c < votes.length; c++) {
            if (votes[c] > count) {
                count = votes[c];
                most = c;
            }
        }
        return most;
    }

    /**
     * Measures of a cell without the sensor's accidents, in about [-1, 1]: of a colour image the mean albedo (red,
     * green, blue); of the others the mean normal (x, y) and how fast it turns.
     *
     * @param out 3 values per cell of {@code stride} pixels, row by row, from {@code at} on
     * @param known 1 where a cell is neither hidden nor cut away, else 0; one value per cell from {@code at / 3} on
     */
    public void measures(int stride, float[] out, int at, float[] known) {
        int cells = size / stride;
        for (int y = 0; y < cells; y++) {
            for (int x = 0; x < cells; x++, at += 3) {
                int middle = pixel(x * stride + stride / 2, y * stride + stride / 2);
                known[at / 3] = hidden(x, y, stride) || cut && scene.cover()[middle] == 0 ? 0 : 1;
                if (rendering == Rendering.COLOUR) {
                    albedo(x * stride, y * stride, stride, out, at);
                } else {
                    normal(x * stride, y * stride, stride, out, at);
                }
            }
        }
    }

    private void albedo(int x0, int y0, int stride, float[] out, int at) {
        for (int c = 0; c < 3; c++) {
            float sum = 0;
            for (int y = y0; y < y0 + stride; y++) {
                for (int x = x0; x < x0 + stride; x++) {
                    sum += scene.albedo()[3 * pixel(x, y) + c];
                }
            }
            out[at + c] = 2 * sum / (stride * stride) - 1;
        }
    }

    /** From the mean heights of the cell's border columns and rows. */
    private void normal(int x0, int y0, int stride, float[] out, int at) {
        int half = stride / 2;
        float left = 0;
        float acrossMiddle = 0;
        float right = 0;
        float above = 0;
        float downMiddle = 0;
        float below = 0;
        for (int k = 0; k < stride; k++) {
            left += scene.height()[pixel(x0, y0 + k)];
            acrossMiddle += scene.height()[pixel(x0 + half, y0 + k)];
            right += scene.height()[pixel(x0 + stride - 1, y0 + k)];
            above += scene.height()[pixel(x0 + k, y0)];
            downMiddle += scene.height()[pixel(x0 + k, y0 + half)];
            below += scene.height()[pixel(x0 + k, y0 + stride - 1)];
        }
        float scale = gain / (stride * (stride - 1f));
        float dx = scale * (right - left);
        float dy = scale * (below - above);
        float length = (float) Math.sqrt(1 + dx * dx + dy * dy);
        out[at] = dx / length;
        out[at + 1] = dy / length;
        float bend = 2 * scale * (left + right - 2 * acrossMiddle + above + below - 2 * downMiddle);
        out[at + 2] = bend / (1 + Math.abs(bend));
    }

    private int pixel(int x, int y) {
        return (top + y) * scene.size() + left + x;
    }
}
