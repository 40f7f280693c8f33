package io.trd4j.onnx;

import io.trd4j.model.Precision;

/**
 * How a model is exported.
 *
 * @param preprocess whether the graph prepares its inputs itself: 8-bit images, uint8 [batch, height, width, 3], and
 *     points, float32 [batch, height, width, 3] in metres, of the size of the parts it is compared on
 * @param precision of the convolutions: FP32; FP16; or INT8, with the ranges that calibration measured, in pairs of
 *     nodes that quantise and dequantise. Distances and maps are float32 in all of them
 */
public record OnnxOptions(boolean preprocess, Precision precision) {
    public OnnxOptions {
        if (precision != Precision.FP32 && precision != Precision.FP16 && precision != Precision.INT8) {
            throw new IllegalArgumentException("a graph is in fp32, fp16 or int8, not " + precision);
        }
    }

    /** Both inputs are prepared images, all of it is float32. */
    public static OnnxOptions defaults() {
        return new OnnxOptions(false, Precision.FP32);
    }

    /** The same with or without the preparation of images in the graph. */
    public OnnxOptions withPreprocess(boolean inside) {
        return new OnnxOptions(inside, precision);
    }

    /** The same in another precision. */
    public OnnxOptions withPrecision(Precision other) {
        return new OnnxOptions(preprocess, other);
    }
}
