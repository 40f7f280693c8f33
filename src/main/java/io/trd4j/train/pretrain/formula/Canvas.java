package io.trd4j.train.pretrain.formula;

/** A square surface of pixels, row by row, that marks are drawn on. */
interface Canvas {
    /** Width and height, pixels. */
    int size();

    /** Raises a pixel's surface; {@code kind} null leaves its class. */
    void lift(int i, float by, ReliefMark kind);

    /** Blends a pixel's colour, red, green and blue from 0 to 1; {@code kind} null leaves its class. */
    void dye(int i, float share, float[] colour, ColourMark kind);
}
