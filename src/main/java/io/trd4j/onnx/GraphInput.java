package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.model.ModelInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * One of a graph's two inputs.
 *
 * @param second whether it is the second modality's
 * @param width of the 8-bit image that it is; 0 = it is the prepared image
 * @param height likewise
 */
record GraphInput(boolean second, int width, int height) {
    private static final int CHANNELS = 3;

    /** As a part suggests it. @param raw whether an 8-bit image is wanted, where the modality is one */
    static GraphInput of(Part part, boolean second, boolean raw) {
        RgbImage image = raw ? image(part, second) : null;
        return image == null ? new GraphInput(second, 0, 0) : new GraphInput(second, image.width(), image.height());
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
    String add(OnnxGraph graph, ImageNodes images, ModelInfo info) {
        String what = second ? "The second image (" + info.modality().key() + ")" : "The colour image";
        if (isRaw()) {
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
        return isRaw() ? "uint8 [" + height + ", " + width + ", 3]" : "float32, little-endian, [3, S, S]";
    }

    /** A part's bytes for it, little-endian, in a direct buffer. */
    ByteBuffer bytes(Part part, Preparation preparation, int size) {
        if (isRaw()) {
            RgbImage image = image(part, second);
            if (image == null || image.width() != width || image.height() != height) {
                throw new InputException(part.source() + " has another size than the first part, whose " + width + "x"
                        + height + " pixels are the graph's input; give parts of one size");
            }
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

    /** For ONNX Runtime, a batch of one. */
    OnnxTensor tensor(OrtEnvironment environment, ByteBuffer bytes, int size) throws OrtException {
        return isRaw()
                ? OnnxTensor.createTensor(
                        environment, bytes, new long[] {1, height, width, CHANNELS}, OnnxJavaType.UINT8)
                : OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), new long[] {1, CHANNELS, size, size});
    }

    static String checksum(ByteBuffer bytes) {
        return new Sha256().add(bytes.duplicate().rewind()).hex();
    }
}
