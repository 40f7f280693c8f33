package io.trd4j.ops;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** An address, of a device's or the host's memory, as the pointer that bindings take. Owns nothing. */
public final class Address extends Pointer {
    private Address(long at) {
        address = at;
    }

    /** null for 0. */
    public static Pointer of(long address) {
        return address == 0 ? null : new Address(address);
    }

    /** Floats there; null for 0. */
    static FloatPointer floats(long address) {
        return address == 0 ? null : new FloatPointer(of(address));
    }

    /** So many bytes there. */
    public static BytePointer bytes(long address, long bytes) {
        return new BytePointer(new Address(address)).capacity(bytes);
    }
}
