package io.trd4j.ops;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Scratch memory of an op, aligned as libtrd wants it. Owns it. */
public final class Workspace implements AutoCloseable {
    private static final int ALIGNMENT = 64;

    private final BytePointer memory;
    private final Pointer start;
    private final long bytes;

    /** @param bytes what the op's {@code …WorkspaceBytes} says */
    public Workspace(long bytes) {
        this.bytes = bytes;
        memory = Retained.of(new BytePointer(bytes + ALIGNMENT));
        start = memory.getPointer((ALIGNMENT - memory.address() % ALIGNMENT) % ALIGNMENT);
    }

    /** The first byte; valid until close. */
    public Pointer start() {
        return start;
    }

    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        memory.close();
    }
}
