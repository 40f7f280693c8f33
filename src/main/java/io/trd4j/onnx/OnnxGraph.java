package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** A graph that is built node by node. Weights stay in native memory until it is closed; nothing copies them. */
final class OnnxGraph implements AutoCloseable {
    /** Of the batch, which is free. */
    static final String BATCH = "batch";

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final List<FloatPointer> memory = new ArrayList<>();

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

    /** Memory for a constant's values, fewer than 2^29, which the graph frees; fill it before {@link #proto}. */
    FloatPointer weights(String name, long... dims) {
        FloatPointer values = new FloatPointer(Arrays.stream(dims).reduce(1, Math::multiplyExact));
        memory.add(values);
        constant(name, TensorProto.DataType.FLOAT, dims, UnsafeByteOperations.unsafeWrap(values.asByteBuffer()));
        return values;
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
        memory.forEach(FloatPointer::close);
    }
}
