package io.trd4j.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.plan.NetworkPart;
import io.trd4j.ops.ElementType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which steps wait for which, and whose memory may be shared. */
class ScheduleTest {
    private static CudaTensor value(int channels) {
        return CudaTensor.dense(ElementType.FLOAT32, 1, channels, 8);
    }

    /** On the main stream. */
    private static CudaStep main(List<Buffer> reads, Buffer... writes) {
        return new CacheFlush(writes[0], List.of(writes).subList(1, writes.length), reads);
    }

    /** On the side stream. */
    private static CudaStep side(CudaTensor from, CudaTensor to) {
        return new CudaStep.Copy("copy", NetworkPart.BOTTLENECK, from, to);
    }

    @Test
    void streamsWaitOnlyForWhatTheyReadAndDoNotKnowYet() {
        CudaTensor a = value(8);
        CudaTensor b = value(8);
        CudaTensor c = value(8);
        CudaTensor d = value(8);
        Schedule schedule = new Schedule(List.of(
                main(List.of(), a.buffer()), // 0
                main(List.of(a.buffer()), b.buffer()), // 1
                side(b, c), // 2: waits for 1, and by that for 0
                side(a, d), // 3: knows 0 already
                main(List.of(c.buffer()), new Buffer(256)), // 4: waits for 2
                side(c, value(8)))); // 5: nobody reads it: the end waits
        assertArrayEquals(new int[] {1}, schedule.waits(2));
        assertArrayEquals(new int[0], schedule.waits(3));
        assertArrayEquals(new int[] {2}, schedule.waits(4));
        assertTrue(schedule.signals(1) && schedule.signals(2) && schedule.signals(5));
        assertFalse(schedule.signals(0) || schedule.signals(3));
        assertArrayEquals(new int[] {5}, schedule.joins());
        assertTrue(schedule.isBefore(0, 3));
        assertFalse(schedule.isBefore(3, 4), "they run side by side");
    }

    @Test
    void memoryIsSharedOnlyAcrossTimesThatTheOrderKeepsApart() {
        CudaTensor a = value(8);
        CudaTensor b = value(8);
        CudaTensor c = value(8);
        CudaTensor d = value(8);
        CudaTensor e = value(8);
        Schedule schedule = new Schedule(List.of(
                main(List.of(), a.buffer()), // 0
                main(List.of(a.buffer()), b.buffer()), // 1: a is over after this
                side(b, c), // 2
                main(List.of(b.buffer()), d.buffer()), // 3: beside 2
                main(List.of(c.buffer(), d.buffer()), e.buffer())));
        long block = DeviceAlignment.align(a.buffer().bytes());
        assertEquals(3 * block, schedule.arenaBytes(), "three are enough at any time");
        Set<Long> places = Set.of(0L, block, 2 * block);
        assertEquals(
                places,
                Set.of(b.buffer().place(), c.buffer().place(), d.buffer().place()),
                "b is read while both are written");
        // By the list's order 3 comes after 2, but nothing keeps 2 from running later.
        assertEquals(
                places,
                Set.of(c.buffer().place(), d.buffer().place(), e.buffer().place()),
                "both are read when e is written");
        assertNotEquals(a.buffer().place(), b.buffer().place(), "a is read while b is written");
        assertTrue(
                Set.of(c.buffer().place(), d.buffer().place())
                        .contains(a.buffer().place()),
                "a's memory is used again");
    }

    @Test
    void whatNobodyWroteCannotBeRead() {
        assertThrows(IllegalStateException.class, () -> new Schedule(List.of(side(value(8), value(8)))));
    }
}
