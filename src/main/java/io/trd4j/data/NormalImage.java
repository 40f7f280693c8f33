package io.trd4j.data;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REFLECT_101;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC3;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.Sobel;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Surface normals of SPEC section 5 from a depth image at its own resolution: Sobel derivatives, unit length, mapped to
 * [0, 1], times the mask, resized.
 */
final class NormalImage {
    private float[] dx = {};
    private float[] dy = {};
    private float[] normals = {};

    /** Writes {@code size * size * 3} interleaved values of [0, 1] into {@code out}. */
    void compute(DepthImage image, int width, int height, int kernel, int size, float[] out) {
        int n = width * height;
        if (dx.length < n) {
            dx = new float[n];
            dy = new float[n];
            normals = new float[3 * n];
        }
        try (PointerScope scope = new PointerScope()) {
            FloatPointer depth = new FloatPointer((long) n);
            depth.put(image.depth(), 0, n);
            Mat in = new Mat(height, width, CV_32FC1, depth);
            derivative(in, 1, 0, kernel, dx, n);
            derivative(in, 0, 1, kernel, dy, n);
            directions(image.mask(), n);
            FloatPointer full = new FloatPointer(3L * n);
            full.put(normals, 0, 3 * n);
            Mat small = new Mat();
            resize(new Mat(height, width, CV_32FC3, full), small, new Size(size, size), 0, 0, INTER_LINEAR);
            new FloatPointer(small.data()).get(out, 0, 3 * size * size);
        }
    }

    private static void derivative(Mat in, int x, int y, int kernel, float[] out, int n) {
        Mat result = new Mat();
        Sobel(in, result, CV_32F, x, y, kernel, 1, 0, BORDER_REFLECT_101);
        new FloatPointer(result.data()).get(out, 0, n);
    }

    private void directions(byte[] mask, int n) {
        for (int i = 0, p = 0; i < n; i++, p += 3) {
            if (mask[i] == 0) {
                normals[p] = 0;
                normals[p + 1] = 0;
                normals[p + 2] = 0;
                continue;
            }
            float length = (float) Math.sqrt(dx[i] * dx[i] + dy[i] * dy[i] + 1f) + 1e-8f;
            normals[p] = (-dx[i] / length + 1) / 2;
            normals[p + 1] = (-dy[i] / length + 1) / 2;
            normals[p + 2] = (1 / length + 1) / 2;
        }
    }
}
