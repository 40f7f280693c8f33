package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * One of a graph's two inputs.
 *
 * @param second whether it is the second modality's
 * @param width of the 8-bit image or the point cloud that it is; 0 = it is the prepared image
 * @param height likewise
 * @param points whether it is a point cloud
 */
record GraphInput(boolean second, int width, int height, boolean points) {
    /** Of the graph's values: whether points show a part, bool [batch, 1, 1]. There where an input is points. */
    static final String FOUND = "points.found";

    private static final int CHANNELS = 3;

    /**
     * As a part suggests it.
     *
     * @param raw whether it is what the sensor gave
     * @throws InputException when a part's second image is none of this modality
     */
    static GraphInput of(Part part, boolean second, boolean raw, Modality modality) {
        if (raw && second) {
            // Refuses what the preparation refuses.
            Preparation.secondImageOf(part, modality);
        }
        RgbImage image = raw ? image(part, second) : null;
        if (image != null) {
            return new GraphInput(second, image.width(), image.height(), false);
        }
        PointCloud cloud = raw && second ? part.xyz() : null;
        return cloud == null
                ? new GraphInput(second, 0, 0, false)
                : new GraphInput(true, cloud.width(), cloud.height(), true);
    }

    private static RgbImage image(Part part, boolean second) {
        if (!second) {
            return part.rgb();
        }
        return part.normals() == null ? null : part.normals().image();
    }

    String name() {
        return second ? "depth" : "rgb";
    }

    boolean isRaw() {
        return width > 0;
    }

    /** Adds it to the graph. @return the network's input */
    String add(OnnxGraph graph, ModelInfo info) {
        String what = second ? "The second image (" + info.modality().key() + ")" : "The colour image";
        if (points) {
            graph.input(
                    name(),
                    TensorProto.DataType.FLOAT,
                    "The organised point cloud: x, y, z in metres; z = 0 or NaN is missing.",
                    0,
                    height,
                    width,
                    CHANNELS);
            return info.modality() == Modality.METRIC
                    ? new MetricNodes(graph, info.geometry().metric(), info.size()).add(name(), width, height)
                    : new DepthNodes(graph, info.geometry(), info.size()).add(name(), width, height);
        }
        if (isRaw()) {
            ImageNodes images = new ImageNodes(graph, name() + ".image", info.size());
            return images.add(name(), what + " as the sensor gave it: red, green, blue.", width, height);
        }
        int size = info.size();
        graph.input(
                name(),
                TensorProto.DataType.FLOAT,
                what + " as the model's preparation makes it, normalised with ImageNet's mean and deviation.",
                0,
                CHANNELS,
                size,
                size);
        return name();
    }

    /** Of which bytes checksums of it are, for people. */
    String layout() {
        return points
                ? "float32, little-endian, [" + height + ", " + width + ", 3]"
                : isRaw() ? "uint8 [" + height + ", " + width + ", 3]" : "float32, little-endian, [3, S, S]";
    }

    /** A part's bytes for it, little-endian, in a direct buffer. */
    ByteBuffer bytes(Part part, Preparation preparation, int size) {
        if (points) {
            PointCloud cloud = part.xyz();
            requireSize(part, cloud != null && cloud.width() == width && cloud.height() == height);
            ByteBuffer bytes = ByteBuffer.allocateDirect(Float.BYTES * CHANNELS * width * height)
                    .order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(cloud.xyz());
            return bytes;
        }
        if (isRaw()) {
            RgbImage image = image(part, second);
            requireSize(part, image != null && image.width() == width && image.height() == height);
            byte[] pixels = image.rgb();
            return ByteBuffer.allocateDirect(pixels.length).put(pixels).rewind();
        }
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Float.BYTES * CHANNELS * size * size).order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer planes = bytes.asFloatBuffer();
        try (FloatPointer prepared = new FloatPointer((long) planes.capacity())) {
            if (second) {
                preparation.second(part, prepared);
            } else {
                preparation.rgb(part, prepared);
            }
            int plane = size * size;
            for (int i = 0; i < plane; i++) {
                for (int c = 0; c < CHANNELS; c++) {
                    planes.put(c * plane + i, prepared.get((long) CHANNELS * i + c));
                }
            }
        }
        return bytes;
    }

    private void requireSize(Part part, boolean same) {
        if (!same) {
            throw new InputException("part " + part.id() + ": its " + (second ? "second" : "colour")
                    + " image has not the first part's size, " + width + "x" + height
                    + ", which is the graph's input; give parts of one size");
        }
    }

    /** For ONNX Runtime, a batch of one. */
    OnnxTensor tensor(OrtEnvironment environment, ByteBuffer bytes, int size) throws OrtException {
        if (points) {
            return OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), new long[] {1, height, width, CHANNELS});
        }
        return isRaw()
                ? OnnxTensor.createTensor(
                        environment, bytes, new long[] {1, height, width, CHANNELS}, OnnxJavaType.UINT8)
                : OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), new long[] {1, CHANNELS, size, size});
    }

    static String checksum(ByteBuffer bytes) {
        return new Sha256().add(bytes.duplicate().rewind()).hex();
    }
}
