package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/** Points that are made of the caller's memory, in memory of their own. */
interface ConvertedPoints {
    /** Reads the caller's memory again; allocates nothing. */
    void run();

    /** The result, dense. */
    Pixels<float[], FloatPointer> pixels();

    /** Memory for so many points. */
    static FloatBuffer memory(int width, int height) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(12, Math.multiplyExact(width, height)))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
