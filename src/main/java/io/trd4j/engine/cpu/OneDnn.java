package io.trd4j.engine.cpu;

import io.trd4j.ops.Retained;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** The CPU engine and stream of the process, and the ownership of what is made with them. */
final class OneDnn {
    private static final engine ENGINE = Retained.of(new engine(engine.kind.cpu, 0));
    // A CPU stream has no state: primitives run in the calling thread, so all runners share it.
    private static final stream STREAM = Retained.of(new stream(ENGINE));
    private static final dnnl_stream RAW_STREAM = Retained.of(STREAM.get());

    private OneDnn() {}

    static engine engine() {
        return ENGINE;
    }

    static stream stream() {
        return STREAM;
    }

    static dnnl_stream rawStream() {
        return RAW_STREAM;
    }

    /** Native objects and memory with one owner, freed in the reverse order of their making. Idempotent. */
    static final class Owner implements AutoCloseable {
        private final Deque<Runnable> frees = new ArrayDeque<>();

        <P extends Pointer> P own(P pointer) {
            Retained.of(pointer);
            frees.push(pointer::close);
            return pointer;
        }

        /**
         * Page-aligned memory, not initialised. Not by JavaCPP's allocator, which counts it against a limit that
         * follows the Java heap when another library of the application was the first to load JavaCPP.
         *
         * @throws OutOfMemoryError when the system has no more
         */
        BytePointer allocate(long bytes) {
            Pointer memory = Pointer.malloc(bytes + Arena.ALIGNMENT);
            if (memory == null || memory.isNull()) {
                throw new OutOfMemoryError(
                        "the network needs " + bytes + " more bytes of native memory than there are");
            }
            frees.push(() -> Pointer.free(memory));
            return new BytePointer(memory)
                    .getPointer(Arena.align(memory.address()) - memory.address())
                    .capacity(bytes);
        }

        @Override
        public void close() {
            while (!frees.isEmpty()) {
                frees.pop().run();
            }
        }
    }
}
