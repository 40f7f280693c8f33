package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.platform.Fp16Conversions;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** A graph that is built node by node. Weights stay in native memory until it is closed; nothing copies them. */
final class OnnxGraph implements AutoCloseable {
    /** Of the batch, which is free. */
    static final String BATCH = "batch";

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final List<BytePointer> weights = new ArrayList<>();

    OnnxGraph(String name, String description) {
        graph.setName(name).setDocString(description);
    }

    /** Complete; reads the weights' memory. */
    GraphProto proto() {
        return graph.build();
    }

    /** @param dims sizes; 0 = the batch's */
    void input(String name, TensorProto.DataType type, String description, long... dims) {
        graph.addInput(value(name, type, description, dims));
    }

    /** @param dims sizes; 0 = the batch's */
    void output(String name, TensorProto.DataType type, String description, long... dims) {
        graph.addOutput(value(name, type, description, dims));
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type, String description, long... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long dim : dims) {
            if (dim == 0) {
                shape.addDimBuilder().setDimParam(BATCH);
            } else {
                shape.addDimBuilder().setDimValue(dim);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setDocString(description)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }

    /** A node with one output, which is returned; the node has its name. */
    String node(String op, String output, List<String> inputs, AttributeProto... attributes) {
        nodes(op, output, List.of(output), inputs, attributes);
        return output;
    }

    void nodes(String op, String name, List<String> outputs, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(op)
                .setName(name)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(List.of(attributes)));
    }

    String add(String output, String a, String b) {
        return node("Add", output, List.of(a, b));
    }

    String minus(String output, String a, String b) {
        return node("Sub", output, List.of(a, b));
    }

    String product(String output, String a, String b) {
        return node("Mul", output, List.of(a, b));
    }

    String divide(String output, String a, String b) {
        return node("Div", output, List.of(a, b));
    }

    /** Chosen entries of an axis, in their order. */
    String gather(String output, String values, int axis, long... entries) {
        return node("Gather", output, List.of(values, integers(output + ".entries", entries)), attribute("axis", axis));
    }

    /** A box of values: from the first entries to before the last ones, which count from the end when negative. */
    String slice(String output, String values, long[] axes, long[] from, long[] to) {
        return node(
                "Slice",
                output,
                List.of(
                        values,
                        integers(output + ".from", from),
                        integers(output + ".to", to),
                        integers(output + ".axes", axes)));
    }

    /** Equal pieces along an axis, which keep it: PREFIX0, PREFIX1 and so on. */
    List<String> split(String prefix, String values, int axis, int pieces) {
        List<String> names =
                IntStream.range(0, pieces).mapToObj(i -> prefix + i).toList();
        nodes("Split", prefix + ".split", names, List.of(values), attribute("axis", axis));
        return names;
    }

    /** A float32. */
    String scalar(String name, double value) {
        return constant(name, new long[0], (float) value);
    }

    /** Values of another type. */
    String cast(String output, String input, TensorProto.DataType type) {
        return node("Cast", output, List.of(input), attribute("to", type.getNumber()));
    }

    /** The x, y and z of points [..., 3], called PREFIX.x and so on. @param rank number of the points' dimensions */
    List<String> coordinates(String prefix, String points, int rank) {
        List<String> names = List.of(prefix + ".x", prefix + ".y", prefix + ".z");
        List<String> split = names.stream().map(name -> name + "3").toList();
        nodes("Split", prefix + ".coordinates", split, List.of(points), attribute("axis", rank - 1));
        String axis = integers(prefix + ".coordinate_axis", rank - 1);
        for (int i = 0; i < names.size(); i++) {
            node("Squeeze", names.get(i), List.of(split.get(i), axis));
        }
        return names;
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    String constant(String name, long[] dims, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return constant(name, TensorProto.DataType.FLOAT, dims, ByteString.copyFrom(bytes));
    }

    String wide(String name, double value) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, value);
        return constant(name, TensorProto.DataType.DOUBLE, new long[0], ByteString.copyFrom(bytes));
    }

    String integers(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Long.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return constant(name, TensorProto.DataType.INT64, new long[] {values.length}, ByteString.copyFrom(bytes));
    }

    /** @param values one byte each, 0 or 1 */
    String constant(String name, long[] dims, byte[] values) {
        return constant(name, TensorProto.DataType.BOOL, dims, ByteString.copyFrom(values));
    }

    /**
     * Weights of fewer than 2^29 values, which the graph copies into native memory as they are asked for.
     *
     * @param type FLOAT, FLOAT16 or INT8
     * @param steps by which each output channel is divided before it is rounded to 8 bits; not read for other types
     * @param channel which of the sizes counts output channels
     */
    String weights(
            String name, TensorProto.DataType type, FloatPointer values, float[] steps, int channel, long... dims) {
        int count = (int) Arrays.stream(dims).reduce(1, Math::multiplyExact);
        int bytes = type == TensorProto.DataType.FLOAT
                ? Float.BYTES
                : type == TensorProto.DataType.FLOAT16 ? Short.BYTES : 1;
        BytePointer memory = new BytePointer((long) bytes * count);
        weights.add(memory);
        ByteBuffer target = memory.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer source =
                values.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
        // Values in a row that share a channel, and how many channels follow each other before the first comes again.
        int run = 1;
        for (int i = channel + 1; i < dims.length; i++) {
            run = Math.multiplyExact(run, (int) dims[i]);
        }
        for (int i = 0; i < count; i++) {
            float value = source.get(i);
            switch (type) {
                case FLOAT -> target.putFloat(value);
                case FLOAT16 -> target.putShort(Fp16Conversions.floatToFp16(value));
                default -> target.put((byte) Math.round(value / steps[i / run % (int) dims[channel]]));
            }
        }
        return constant(name, type, dims, UnsafeByteOperations.unsafeWrap(target.rewind()));
    }

    /** Numbers as float32, or rounded to float16. */
    String features(String name, TensorProto.DataType type, long[] dims, float... values) {
        if (type == TensorProto.DataType.FLOAT) {
            return constant(name, dims, values);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Fp16Conversions.floatToFp16(value));
        }
        return constant(name, type, dims, ByteString.copyFrom(bytes.rewind()));
    }

    /** The zero of an 8-bit type. */
    String zero(String name, TensorProto.DataType type, int count) {
        return constant(
                name, type, count == 1 ? new long[0] : new long[] {count}, ByteString.copyFrom(new byte[count]));
    }

    private String constant(String name, TensorProto.DataType type, long[] dims, ByteString bytes) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .setRawData(bytes);
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        graph.addInitializer(tensor);
        return name;
    }

    @Override
    public void close() {
        weights.forEach(BytePointer::close);
    }
}
