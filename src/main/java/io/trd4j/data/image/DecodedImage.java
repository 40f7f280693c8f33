package io.trd4j.data.image;

import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_16UC;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_ANYDEPTH;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import io.trd4j.io.InputException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/**
 * Decoded samples of 8 or 16 bits as they are stored, in OpenCV's order: grey, BGR or BGRA. They lie in native memory,
 * and are read row by row.
 */
final class DecodedImage implements AutoCloseable {
    private static final int WIDE_BYTES = 2;
    private static final int RGB = 3;

    private final EncodedImage image;
    private final PointerScope scope = new PointerScope();
    private final Mat mat;
    private final boolean wide;
    private final byte[] narrowRow;

    /** @param alpha whether a fourth channel is kept */
    private DecodedImage(EncodedImage image, boolean alpha) {
        this.image = image;
        try {
            mat = image.tiff == null ? decode(image, image.bytes, alpha) : tiff(image, alpha);
            int channels = mat.channels();
            if (channels != 1 && channels != RGB && channels != 4) {
                throw new InputException(image.file + " has " + channels + " channels; give a grey, RGB or RGBA image");
            }
            if (mat.depth() != CV_8U && mat.depth() != CV_16U) {
                throw new InputException(image.file + " has samples that are not 8 or 16 bit; save it as an 8-bit PNG");
            }
            ImageChecks.checkImage(image.file, mat.cols(), mat.rows());
            wide = mat.depth() == CV_16U;
            narrowRow = new byte[wide ? 0 : mat.cols() * channels];
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /**
     * Decodes.
     *
     * @param alpha whether a fourth channel, if there is one, is kept
     * @throws InputException when it is of an unusual kind, or cannot be decoded
     */
    static DecodedImage of(EncodedImage image, boolean alpha) {
        OpenCv.load();
        return new DecodedImage(image, alpha);
    }

    int width() {
        return mat.cols();
    }

    int height() {
        return mat.rows();
    }

    int channels() {
        return mat.channels();
    }

    /** Whether samples have 16 bits. */
    boolean wide() {
        return wide;
    }

    /**
     * Reads the samples of a row, unsigned.
     *
     * @param samples {@code width * channels}
     */
    void row(int y, short[] samples) {
        BytePointer at = mat.ptr(y);
        if (wide) {
            new ShortPointer(at).get(samples);
        } else {
            at.get(narrowRow);
            for (int i = 0; i < narrowRow.length; i++) {
                samples[i] = (short) (narrowRow[i] & 0xFF);
            }
        }
    }

    @Override
    public void close() {
        scope.close();
    }

    private static Mat decode(EncodedImage image, byte[] encoded, boolean alpha) {
        int flags = alpha || !image.mayHaveAlpha()
                ? IMREAD_UNCHANGED
                : IMREAD_COLOR | IMREAD_ANYDEPTH | IMREAD_IGNORE_ORIENTATION;
        BytePointer data = new BytePointer(encoded);
        return OpenCv.decode(image, () -> imdecode(new Mat(1, encoded.length, CV_8UC1, data), flags));
    }

    private static Mat tiff(EncodedImage image, boolean alpha) {
        TiffPage page = image.tiff.pages.get(0);
        TiffColours.require(image.file, page);
        if (page.compression != TiffCodec.JPEG) {
            return TiffColours.areDirect(page)
                    ? direct(image.tiff, page)
                    : decode(image, PlainTiff.of(image.tiff, page), alpha);
        }
        int channels = page.samples == 1 ? 1 : RGB;
        Mat all = new Mat((int) page.height, (int) page.width, CV_8UC(channels));
        image.tiff.forEachJpeg(page, (row, column, jpeg) -> {
            try (PointerScope inner = new PointerScope()) {
                Mat piece = decode(image, jpeg, alpha);
                int columns = (int) Math.min(piece.cols(), page.width - column);
                int rows = (int) Math.min(piece.rows(), page.height - row);
                if (piece.channels() != channels || piece.depth() != CV_8U) {
                    throw ImageChecks.damaged(image.file, "a TIFF strip of another kind of JPEG");
                }
                new Mat(piece, new Rect(0, 0, columns, rows))
                        .copyTo(new Mat(all, new Rect(column, row, columns, rows)));
            }
        });
        return all;
    }

    private static Mat direct(TiffFile tiff, TiffPage page) {
        int channels = (int) page.samples;
        boolean wide = page.bits == 16;
        Mat all = new Mat((int) page.height, (int) page.width, wide ? CV_16UC(channels) : CV_8UC(channels));
        byte[] narrow = new byte[wide ? 0 : (int) page.width * channels];
        short[] wider = new short[wide ? (int) page.width * channels : 0];
        tiff.forEachRow(page, (plane, row, column, pixels, data, at) -> {
            int n = pixels * channels;
            for (int i = 0; i < n; i++) {
                // From red, green, blue to blue, green, red.
                int to = channels == 1 ? i : i - 2 * (i % RGB) + 2;
                if (wide) {
                    wider[to] = data.getShort(at + WIDE_BYTES * i);
                } else {
                    narrow[to] = data.get(at + i);
                }
            }
            BytePointer target = all.ptr(row, column);
            if (wide) {
                new ShortPointer(target).put(wider, 0, n);
            } else {
                target.put(narrow, 0, n);
            }
        });
        return all;
    }
}
