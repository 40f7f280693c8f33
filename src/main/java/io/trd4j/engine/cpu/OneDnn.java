package io.trd4j.engine.cpu;

import io.trd4j.ops.Owned;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/** The CPU engine and stream of the process, and the ownership of what is made with them. */
final class OneDnn {
    private static final engine ENGINE = Owned.of(new engine(engine.kind.cpu, 0));
    // A CPU stream has no state: primitives run in the calling thread, so all executors share it.
    private static final stream STREAM = Owned.of(new stream(ENGINE));
    private static final dnnl_stream RAW_STREAM = Owned.of(STREAM.get());

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

    /** Native objects with one owner, freed in the reverse order of their making. Idempotent. */
    static final class Owner implements AutoCloseable {
        private final Deque<Pointer> owned = new ArrayDeque<>();

        <P extends Pointer> P own(P pointer) {
            owned.push(Owned.of(pointer));
            return pointer;
        }

        @Override
        public void close() {
            while (!owned.isEmpty()) {
                owned.pop().close();
            }
        }
    }
}
