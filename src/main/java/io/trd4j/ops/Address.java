package io.trd4j.ops;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** An address on a device as the pointer that the binding takes. Owns nothing. */
final class Address extends Pointer {
    private Address(long at) {
        address = at;
    }

    /** null for 0. */
    static Pointer of(long address) {
        return address == 0 ? null : new Address(address);
    }

    /** The same as float values. */
    static FloatPointer floats(long address) {
        return address == 0 ? null : new FloatPointer(of(address));
    }
}
