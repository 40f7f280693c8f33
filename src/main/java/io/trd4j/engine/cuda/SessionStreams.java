package io.trd4j.engine.cuda;

import io.trd4j.ops.OpTarget;

/** One session's streams, and the events that order them. */
final class SessionStreams implements AutoCloseable {
    private final Device device;
    private final long[] streams = new long[StreamRole.COUNT];
    private final OpTarget[] execs = new OpTarget[StreamRole.COUNT];
    private final long[] events;
    private boolean closed;

    SessionStreams(Device device, Schedule schedule) {
        this.device = device;
        events = new long[1 + schedule.steps().size()];
        try {
            for (int i = 0; i < streams.length; i++) {
                streams[i] = device.newStream();
                execs[i] = OpTarget.cuda(device.index(), streams[i]);
            }
            for (int i = 0; i < events.length; i++) {
                if (i == 0 || schedule.signals(i - 1)) {
                    events[i] = device.newEvent();
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    long stream(StreamRole role) {
        return streams[role.ordinal()];
    }

    /** All of them; the caller's. */
    long[] all() {
        return streams.clone();
    }

    OpTarget exec(StreamRole role) {
        return execs[role.ordinal()];
    }

    /** 0 = the beginning, 1 + i = the end of step i, where another stream waits for that. */
    long event(int index) {
        return events[index];
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (long event : events) {
            if (event != 0) {
                device.closeEvent(event);
            }
        }
        for (int i = 0; i < streams.length; i++) {
            if (execs[i] != null) {
                execs[i].close();
            }
            if (streams[i] != 0) {
                device.closeStream(streams[i]);
            }
        }
    }
}
