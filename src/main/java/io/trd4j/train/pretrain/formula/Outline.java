package io.trd4j.train.pretrain.formula;

/** A closed shape by its approximate distance function: pixels, negative inside. */
final class Outline {
    private enum Kind {
        ELLIPSE,
        BOX,
        STAR,
        BAND,
        BLOB,
        RING
    }

    private final Kind kind;
    private final float x;
    private final float y;
    private final float cos;
    private final float sin;
    private final float radius;
    private final float aspect;
    private final float detail;
    private final int arms;
    private final int seed;

    /** @param size width of the image, pixels; the shape's radius is {@code smallest} to {@code largest} times that */
    Outline(Draw draw, int size, float smallest, float largest) {
        kind = Kind.values()[draw.index(Kind.values().length)];
        x = draw.between(0.1f, 0.9f) * size;
        y = draw.between(0.1f, 0.9f) * size;
        float angle = draw.angle();
        cos = (float) StrictMath.cos(angle);
        sin = (float) StrictMath.sin(angle);
        radius = draw.logBetween(smallest, largest) * size;
        aspect = draw.logBetween(1, 2);
        detail = draw.unit();
        arms = 3 + draw.index(5);
        seed = draw.seed();
    }

    float distance(float px, float py) {
        float dx = px - x;
        float dy = py - y;
        float u = (cos * dx + sin * dy) / aspect;
        float v = (cos * dy - sin * dx) * aspect;
        return switch (kind) {
            case ELLIPSE -> length(u, v) - radius;
            case BOX -> box(u, v);
            case STAR -> {
                float r = length(u, v);
                float turn = (float) (StrictMath.atan2(v, u) * arms);
                yield r - radius * (1 - 0.35f * detail * (float) StrictMath.cos(turn));
            }
            case BAND -> Math.abs(u) - 0.4f * radius;
            case BLOB -> {
                float r = Math.max(1e-3f, length(u, v));
                yield r - radius * (1 + 0.45f * Noise.octaves(seed, 1.5f * u / r, 1.5f * v / r, 2, 0.5f));
            }
            case RING -> Math.abs(length(u, v) - 0.75f * radius) - (0.15f + 0.2f * detail) * radius;
        };
    }

    private float box(float u, float v) {
        float corner = 0.5f * detail * radius;
        float a = Math.abs(u) - radius + corner;
        float b = Math.abs(v) - radius + corner;
        return length(Math.max(a, 0), Math.max(b, 0)) + Math.min(Math.max(a, b), 0) - corner;
    }

    private static float length(float a, float b) {
        return (float) Math.sqrt(a * a + b * b);
    }
}
