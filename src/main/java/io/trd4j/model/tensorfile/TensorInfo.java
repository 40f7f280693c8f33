package io.trd4j.model.tensorfile;

import java.util.List;
import java.util.stream.Collectors;

/** Name, element type and shape of a tensor, stored dense and row-major; an empty shape is a scalar. */
public record TensorInfo(String name, TensorType type, List<Long> shape) {
    /** @throws IllegalArgumentException when a dimension is negative or the size in bytes does not fit a long */
    public TensorInfo {
        shape = List.copyOf(shape);
        long bytes = type.bytes();
        boolean empty = shape.contains(0L);
        try {
            for (long dimension : shape) {
                if (dimension < 0) {
                    throw new IllegalArgumentException("tensor " + name + " has the negative dimension " + dimension);
                }
                bytes = Math.multiplyExact(bytes, empty ? 1 : dimension);
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("tensor " + name + " of shape " + text(shape) + " is too large", e);
        }
    }

    /** Number of elements: 1 for a scalar. */
    public long elements() {
        return shape.contains(0L)
                ? 0
                : shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Of all elements together. */
    public long bytes() {
        return elements() * type.bytes();
    }

    /** The same under another name. */
    public TensorInfo withName(String newName) {
        return new TensorInfo(newName, type, shape);
    }

    /** The same with elements of another type. */
    public TensorInfo withType(TensorType newType) {
        return new TensorInfo(name, newType, shape);
    }

    /** The shape for messages: {@code 64x3x7x7}, or {@code scalar}. */
    public String shapeText() {
        return text(shape);
    }

    static String text(List<Long> shape) {
        return shape.isEmpty() ? "scalar" : shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }
}
