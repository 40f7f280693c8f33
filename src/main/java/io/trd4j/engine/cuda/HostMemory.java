package io.trd4j.engine.cuda;

import io.trd4j.ops.Address;
import io.trd4j.ops.Retained;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Page-locked host memory, which the device reads and writes without a copy in between. */
public final class HostMemory implements AutoCloseable {
    private final Device device;
    private final long address;
    private final long bytes;
    private final Pointer pointer;
    private final ByteBuffer buffer;
    private boolean closed;

    /** @param bytes at most 2 GiB, what a buffer can hold */
    HostMemory(Device device, long bytes) {
        this.device = device;
        this.bytes = bytes;
        if (bytes <= 0 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(bytes + " bytes of host memory are not in 1..2^31 - 1");
        }
        device.use();
        address = device.allocateHost(bytes);
        BytePointer at = Retained.of(Address.bytes(address, bytes));
        pointer = at;
        buffer = at.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    long address() {
        return address;
    }

    long bytes() {
        return bytes;
    }

    Pointer pointer() {
        return pointer;
    }

    /** All of it, from position 0; do not use it after close. */
    public ByteBuffer buffer() {
        return buffer;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            device.use();
            device.freeHost(address);
        }
    }
}
