package io.trd4j.data;

import io.trd4j.ops.Pixels;
import org.bytedeco.javacpp.FloatPointer;

/** Points that are made of the caller's memory, in memory of their own. */
interface ConvertedPoints {
    /** Reads the caller's memory again; allocates nothing. */
    void run();

    /** The result, dense. */
    Pixels<float[], FloatPointer> pixels();
}
