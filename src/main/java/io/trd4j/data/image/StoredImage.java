package io.trd4j.data.image;

import java.nio.file.Path;

/**
 * An image's samples as its file has them, before anyone decides what they mean: labels, colours or brightness.
 *
 * @param channels 1 grey; 3 blue, green, red; 4 those and alpha
 * @param full the largest value that a sample can have: 255 or 65535
 * @param lossy whether compression changed values: small ones may be noise
 * @param samples unsigned, row by row, interleaved
 */
public record StoredImage(Path file, int width, int height, int channels, int full, boolean lossy, short[] samples) {
    /** The sample at an index. */
    public int at(int index) {
        return samples[index] & 0xFFFF;
    }
}
