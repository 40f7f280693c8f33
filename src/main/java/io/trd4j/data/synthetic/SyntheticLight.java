package io.trd4j.data.synthetic;

/** A lamp over a height field: how bright each place is, where it shines, and where the lamp does not reach. */
final class SyntheticLight {
    private final int size;
    private final double pitch;
    private final double lampX;
    private final double lampY;
    private final double lampZ;

    /**
     * @param size pixels of a row and of a column of the fields
     * @param pitch metres per pixel
     * @param lampX direction to the lamp, of length 1 with the other two
     */
    SyntheticLight(int size, double pitch, double lampX, double lampY, double lampZ) {
        this.size = size;
        this.pitch = pitch;
        this.lampX = lampX;
        this.lampY = lampY;
        this.lampZ = lampZ;
    }

    /** Light from everywhere and from the lamp, with cast shadows, and the highlight of the lamp. */
    void shade(float[] field, double ambient, double gloss, float[] shadeOut, float[] highlightOut) {
        double hx = lampX / 2;
        double hy = lampY / 2;
        double hz = (lampZ + 1) / 2;
        double half = Math.sqrt(hx * hx + hy * hy + hz * hz);
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                double dx = slopeX(field, x, y);
                double dy = slopeY(field, x, y);
                double length = Math.sqrt(dx * dx + dy * dy + 1);
                double lamp = Math.max(0, (lampZ - dx * lampX - dy * lampY) / length);
                double lit = 1 - shadow(field, x, y);
                double sky = 0.75 + 0.25 / length;
                shadeOut[i] = (float) (ambient * sky + 0.74 * lamp * lit);
                double mirror = Math.max(0, (hz - dx * hx - dy * hy) / (length * half));
                double m4 = mirror * mirror * mirror * mirror;
                double m16 = m4 * m4 * m4 * m4;
                highlightOut[i] = (float) (gloss * m16 * m16 * lit);
            }
        }
    }

    /** How much of the lamp the surface between here and the lamp hides, 0 to 1, with a soft edge. */
    double shadow(float[] field, int x, int y) {
        double flat = Math.sqrt(lampX * lampX + lampY * lampY);
        double rise = lampZ / flat;
        double hidden = 0;
        for (int s = 1; s <= 8; s++) {
            double away = 0.0018 * s;
            int u = (int) Math.round(x + lampX / flat * away / pitch);
            int v = (int) Math.round(y + lampY / flat * away / pitch);
            double over = at(field, u, v) - at(field, x, y) - away * rise;
            hidden = Math.max(hidden, over / (0.0012 + 0.12 * away));
        }
        return Math.min(1, hidden);
    }

    /** Rise of a field per metre to the right; past the border it goes on as at the border. */
    double slopeX(float[] field, int x, int y) {
        return (at(field, x + 1, y) - at(field, x - 1, y)) / (2 * pitch);
    }

    /** The same per metre downwards in the image. */
    double slopeY(float[] field, int x, int y) {
        return (at(field, x, y + 1) - at(field, x, y - 1)) / (2 * pitch);
    }

    private float at(float[] field, int x, int y) {
        return field[Math.max(0, Math.min(size - 1, y)) * size + Math.max(0, Math.min(size - 1, x))];
    }
}
