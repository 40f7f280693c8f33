package io.trd4j.onnx;

/**
 * How a model is exported.
 *
 * @param preprocess whether the graph takes 8-bit images as the sensor gave them, of the size of the parts it is
 *     compared on, and prepares them itself. A point cloud it cannot: the plane below a part is fitted robustly, point
 *     by point, for which ONNX has no operators. Of such a model the second input stays the prepared image
 */
public record OnnxOptions(boolean preprocess) {
    /** Both inputs are prepared images. */
    public static OnnxOptions defaults() {
        return new OnnxOptions(false);
    }

    /** The same with or without the preparation of images in the graph. */
    public OnnxOptions withPreprocess(boolean inside) {
        return new OnnxOptions(inside);
    }
}
