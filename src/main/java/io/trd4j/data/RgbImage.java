package io.trd4j.data;

/**
 * A colour image in memory.
 *
 * @param width pixels per row
 * @param height rows
 * @param rgb red, green, blue of each pixel, row by row, 8 bit: {@code 3 * width * height} bytes, not copied
 */
public record RgbImage(int width, int height, byte[] rgb) {
    public RgbImage {
        if (width <= 0 || height <= 0 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "an rgb image of " + width + "x" + height + " cannot have " + rgb.length + " bytes");
        }
    }
}
