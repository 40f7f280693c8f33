package io.trd4j.data;

import org.bytedeco.opencv.global.opencv_imgproc;

/** How a camera lays out the pixels of a colour image, 8 bits a sample. */
public enum ColorLayout {
    /** Red, green, blue: read in place. */
    RGB8(3, -1),
    BGR8(3, opencv_imgproc.COLOR_BGR2RGB),
    /** A monochrome camera: red = green = blue. */
    GRAY8(1, opencv_imgproc.COLOR_GRAY2RGB),
    /** Alpha, the fourth sample, is left out, as of {@link #BGRA8}. */
    RGBA8(4, opencv_imgproc.COLOR_RGBA2RGB),
    BGRA8(4, opencv_imgproc.COLOR_BGRA2RGB);

    private final int samples;
    private final int conversion;

    ColorLayout(int samples, int conversion) {
        this.samples = samples;
        this.conversion = conversion;
    }

    /** Bytes of a pixel. */
    public int samples() {
        return samples;
    }

    /** OpenCV's code of the conversion to RGB8. */
    int conversion() {
        return conversion;
    }
}
