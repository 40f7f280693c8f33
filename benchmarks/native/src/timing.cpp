#include "timing.hpp"

#include <algorithm>
#include <functional>

#include "device.hpp"

namespace trd_kernels {
namespace {

constexpr int kWarmUp = 5;

class Stream {
public:
    Stream() { check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "creating a stream"); }
    ~Stream() { cudaStreamDestroy(stream_); }
    Stream(const Stream&) = delete;
    operator cudaStream_t() const { return stream_; }

private:
    cudaStream_t stream_ = nullptr;
};

// What `queue` put into a stream, as one launch.
class Graph {
public:
    Graph(cudaStream_t stream, const std::function<void()>& queue) {
        check_cuda(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "beginning a capture");
        queue();
        cudaGraph_t graph = nullptr;
        check_cuda(cudaStreamEndCapture(stream, &graph), "ending a capture");
        check_cuda(cudaGraphInstantiate(&run_, graph, 0), "instantiating a graph");
        check_cuda(cudaGraphDestroy(graph), "destroying a graph");
        check_cuda(cudaGraphUpload(run_, stream), "uploading a graph");
    }
    ~Graph() { cudaGraphExecDestroy(run_); }
    Graph(const Graph&) = delete;
    void launch(cudaStream_t stream) const { check_cuda(cudaGraphLaunch(run_, stream), "launching a graph"); }

private:
    cudaGraphExec_t run_ = nullptr;
};

class Event {
public:
    Event() { check_cuda(cudaEventCreate(&event_), "creating an event"); }
    // One that was moved from has no event; destroying none would leave an error for the next check.
    ~Event() {
        if (event_ != nullptr) cudaEventDestroy(event_);
    }
    Event(Event&& from) noexcept : event_(from.event_) { from.event_ = nullptr; }
    Event(const Event&) = delete;
    void record(cudaStream_t stream) const { check_cuda(cudaEventRecord(event_, stream), "recording an event"); }
    double microseconds_since(const Event& start) const {
        float ms = 0;
        check_cuda(cudaEventElapsedTime(&ms, start.event_, event_), "reading an event");
        return 1000.0 * ms;
    }

private:
    cudaEvent_t event_ = nullptr;
};

// Written before each repetition; its time also lets the host queue the repetition before the device begins with it.
const Memory& flushed() {
    static const Memory memory([] {
        int l2 = 0;
        check_cuda(cudaDeviceGetAttribute(&l2, cudaDevAttrL2CacheSize, 0), "asking for the cache's size");
        return std::max<int64_t>(int64_t{2} * l2, int64_t{64} << 20);
    }());
    return memory;
}

Times time(cudaStream_t stream, int repetitions, int calls, const std::function<void()>& launch) {
    for (int i = 0; i < kWarmUp; ++i) launch();
    std::vector<Event> starts, ends;
    for (int i = 0; i < repetitions; ++i) {
        starts.emplace_back();
        ends.emplace_back();
        check_cuda(cudaMemsetAsync(flushed().data(), i, static_cast<size_t>(flushed().bytes()), stream),
                   "flushing the cache");
        starts.back().record(stream);
        launch();
        ends.back().record(stream);
    }
    check_cuda(cudaStreamSynchronize(stream), "waiting for the repetitions");
    std::vector<double> times;
    for (size_t i = 0; i < starts.size(); ++i) times.push_back(ends[i].microseconds_since(starts[i]) / calls);
    std::sort(times.begin(), times.end());
    const auto rank = static_cast<size_t>(0.99 * static_cast<double>(times.size() - 1) + 0.5);
    return {times.front(), times[times.size() / 2], times[rank]};
}

}  // namespace

Timed measure(const std::vector<Copy>& all, int repetitions) {
    const Stream stream;
    check_cuda(cudaDeviceSynchronize(), "waiting for the device");
    const auto call = [&](const Copy& copy) {
        if (copy.run(on_device(stream)) != TRD_OK) fail(trd_last_error());
    };
    const Graph cold(stream, [&] {
        for (const Copy& copy : all) call(copy);
    });
    const Graph warm(stream, [&] {
        for (size_t i = 0; i < all.size(); ++i) call(all.front());
    });
    const int calls = static_cast<int>(all.size());
    return {time(stream, repetitions, calls, [&] { cold.launch(stream); }),
            time(stream, repetitions, calls, [&] { warm.launch(stream); }), calls};
}

Ceilings measure_ceilings(int repetitions) {
    const Stream stream;
    int multiprocessors = 0;
    check_cuda(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0),
               "asking for the multiprocessors");
    Ceilings c = {};
    const int64_t bytes = memory_budget() / 2;
    const Memory from(bytes), to(bytes);
    check_cuda(cudaDeviceSynchronize(), "waiting for the device");
    c.copy_bytes = 2e6 * static_cast<double>(bytes) /
                   time(stream, repetitions, 1, [&] {
                       check_cuda(cudaMemcpyAsync(to.data(), from.data(), static_cast<size_t>(bytes),
                                                  cudaMemcpyDeviceToDevice, stream),
                                  "copying");
                   }).median;
    const auto multiply = [&](Multiply what) {
        double operations = 0;
        const Times t = time(stream, repetitions, 1, [&] {
            operations = launch_multiply(what, multiprocessors, to.data<float>(), stream);
            check_cuda(cudaPeekAtLastError(), "multiplying");
        });
        return 1e6 * operations / t.median;
    };
    c.mma_half = multiply(Multiply::kHalf);
    c.mma_bfloat = multiply(Multiply::kBfloat);
    c.fma = multiply(Multiply::kFloat);
    constexpr int kEmpty = 32;
    const Graph empty(stream, [&] {
        for (int i = 0; i < kEmpty; ++i) launch_empty(stream);
    });
    c.empty_us = time(stream, repetitions, kEmpty, [&] { empty.launch(stream); }).median;
    return c;
}

}  // namespace trd_kernels
