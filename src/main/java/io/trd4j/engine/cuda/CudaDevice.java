package io.trd4j.engine.cuda;

import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaEventCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaEventDestroy;
import static org.bytedeco.cuda.global.cudart.cudaEventDisableTiming;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaFreeHost;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorName;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphExecDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphGetNodes;
import static org.bytedeco.cuda.global.cudart.cudaGraphInstantiate;
import static org.bytedeco.cuda.global.cudart.cudaGraphLaunch;
import static org.bytedeco.cuda.global.cudart.cudaGraphUpload;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMallocHost;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaMemcpy;
import static org.bytedeco.cuda.global.cudart.cudaMemcpy2DAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemsetAsync;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeThreadLocal;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;
import static org.bytedeco.cuda.global.cudart.cudaStreamWaitEvent;
import static org.bytedeco.cuda.global.cudart.cudaSuccess;

import io.trd4j.ops.Address;
import io.trd4j.ops.Retained;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * A CUDA device through the runtime's binding. The only class that touches it: loaded after {@link CudaSupport} has
 * found driver and libraries. libtrd has a runtime of its own inside; streams and memory are the driver's and common to
 * both.
 */
final class CudaDevice implements Device {
    private final int index;
    private final String name;

    CudaDevice(int index, String name) {
        this.index = index;
        this.name = name;
        use();
    }

    static long freeBytes(int index) {
        check(cudaSetDevice(index), "device " + index);
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            check(cudaMemGetInfo(free, total), "free memory");
            return free.get();
        }
    }

    /** A stream that somebody else owns. */
    static final class StreamAt extends CUstream_st {
        StreamAt(long at) {
            super((Pointer) null);
            address = at;
        }
    }

    private static final class EventAt extends CUevent_st {
        EventAt(long at) {
            super((Pointer) null);
            address = at;
        }
    }

    private static void check(int error, String what) {
        if (error != cudaSuccess) {
            String text = cudaGetErrorString(error).getString();
            String cause = cudaGetErrorName(error).getString();
            // An error that does not stay must not be seen by the next call.
            cudaGetLastError();
            throw CudaErrors.of(what, error, text + ", " + cause);
        }
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void use() {
        // Once for each part: no text is put together while nothing is wrong.
        int error = cudaSetDevice(index);
        if (error != cudaSuccess) {
            check(error, "device " + index);
        }
    }

    @Override
    public long allocate(long bytes) {
        Pointer memory = new Pointer();
        allocated(cudaMalloc(memory, bytes), bytes + " bytes of device memory");
        return memory.address();
    }

    @Override
    public long allocateHost(long bytes) {
        Pointer memory = new Pointer();
        allocated(cudaMallocHost(memory, bytes), bytes + " bytes of page-locked host memory");
        return memory.address();
    }

    private static void allocated(int error, String what) {
        check(error, error == cudaErrorMemoryAllocation ? what : "allocation of " + what);
    }

    @Override
    public void free(long address) {
        check(cudaFree(Address.of(address)), "free");
    }

    @Override
    public void freeHost(long address) {
        check(cudaFreeHost(Address.of(address)), "free of host memory");
    }

    @Override
    public long newStream() {
        CUstream_st stream = new CUstream_st();
        check(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking), "stream");
        return stream.address();
    }

    @Override
    public void closeStream(long stream) {
        check(cudaStreamDestroy(new StreamAt(stream)), "end of a stream");
    }

    @Override
    public long newEvent() {
        CUevent_st event = new CUevent_st();
        check(cudaEventCreateWithFlags(event, cudaEventDisableTiming), "event");
        return event.address();
    }

    @Override
    public void closeEvent(long event) {
        check(cudaEventDestroy(new EventAt(event)), "end of an event");
    }

    @Override
    public void record(long event, long stream) {
        check(cudaEventRecord(new EventAt(event), new StreamAt(stream)), "event");
    }

    @Override
    public void await(long stream, long event) {
        check(cudaStreamWaitEvent(new StreamAt(stream), new EventAt(event), 0), "wait for an event");
    }

    @Override
    public void run(long stream, Runnable launch) {
        launch.run();
    }

    @Override
    public void copyToDevice(long stream, long to, long from, long bytes) {
        check(
                cudaMemcpyAsync(Address.of(to), Address.of(from), bytes, cudaMemcpyHostToDevice, new StreamAt(stream)),
                "copy to the device");
    }

    @Override
    public void copyToHost(long stream, long to, long from, long bytes) {
        check(
                cudaMemcpyAsync(Address.of(to), Address.of(from), bytes, cudaMemcpyDeviceToHost, new StreamAt(stream)),
                "copy to the host");
    }

    @Override
    public void copyRows(long stream, long to, long toStride, long from, long fromStride, long rowBytes, long rows) {
        check(
                cudaMemcpy2DAsync(
                        Address.of(to),
                        toStride,
                        Address.of(from),
                        fromStride,
                        rowBytes,
                        rows,
                        cudaMemcpyDeviceToDevice,
                        new StreamAt(stream)),
                "copy of rows");
    }

    @Override
    public void fill(long stream, long to, int value, long bytes) {
        check(cudaMemsetAsync(Address.of(to), value, bytes, new StreamAt(stream)), "fill");
    }

    @Override
    public void upload(long to, long from, long bytes) {
        check(cudaMemcpy(Address.of(to), Address.of(from), bytes, cudaMemcpyHostToDevice), "upload");
        // From ordinary host memory the call returns when the driver has its copy, which is not there yet.
        check(cudaStreamSynchronize(new StreamAt(0)), "upload");
    }

    @Override
    public void synchronize(long stream) {
        check(cudaStreamSynchronize(new StreamAt(stream)), "work on the device");
    }

    @Override
    public Graph capture(long stream, Runnable work) {
        CUstream_st handle = Retained.of(new StreamAt(stream));
        CUgraph_st graph = new CUgraph_st();
        // Other threads may allocate and capture meanwhile.
        check(cudaStreamBeginCapture(handle, cudaStreamCaptureModeThreadLocal), "begin of a capture");
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            // Ends the capture, whose failure is told already.
            cudaStreamEndCapture(handle, graph);
            if (!graph.isNull()) {
                cudaGraphDestroy(graph);
            }
            cudaGetLastError();
            throw e;
        }
        check(cudaStreamEndCapture(handle, graph), "end of a capture");
        CUgraphExec_st exec = Retained.of(new CUgraphExec_st());
        try (SizeTPointer count = new SizeTPointer(1)) {
            check(cudaGraphGetNodes(graph, null, count), "nodes of a graph");
            long nodes = count.get();
            check(cudaGraphInstantiate(exec, graph, 0), "graph of " + nodes + " nodes");
            check(cudaGraphUpload(exec, handle), "upload of a graph");
            check(cudaStreamSynchronize(handle), "upload of a graph");
            return new CudaGraph(exec, handle, nodes);
        } finally {
            cudaGraphDestroy(graph);
        }
    }

    private static final class CudaGraph implements Graph {
        private final CUgraphExec_st exec;
        private final CUstream_st stream;
        private final long nodes;
        private boolean closed;

        CudaGraph(CUgraphExec_st exec, CUstream_st stream, long nodes) {
            this.exec = exec;
            this.stream = stream;
            this.nodes = nodes;
        }

        @Override
        public void run() {
            check(cudaGraphLaunch(exec, stream), "launch of a graph");
            check(cudaStreamSynchronize(stream), "work on the device");
        }

        @Override
        public long nodes() {
            return nodes;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                check(cudaGraphExecDestroy(exec), "end of a graph");
            }
        }
    }
}
