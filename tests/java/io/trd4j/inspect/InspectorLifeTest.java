package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.trd4j.Needs;
import io.trd4j.data.Part;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Precision;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Inspectors that nobody closes, and results without maps. */
class InspectorLifeTest {
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU);
    private static final int DROPPED = 3;

    @BeforeEach
    void needs() {
        Needs.precision(Precision.FP32);
    }

    private static Inspector open(InspectorOptions options) {
        return Inspector.random(Backbone.RESNET18, 32, Geometry.DEPTH, options);
    }

    private static void dropTwoAndADuplicate() {
        open(OPTIONS).duplicate();
        open(OPTIONS);
        open(OPTIONS).close();
    }

    @Test
    void oneLineOfTheLogForEachThatIsDroppedWithoutClose() throws InterruptedException {
        List<String> lines = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getFormattedMessage().contains("dropped without close()")) {
                    lines.add(event.getFormattedMessage());
                }
            }
        };
        appender.start();
        Logger logger = (Logger) LoggerFactory.getLogger(LeakReport.class);
        Level before = logger.getLevel();
        logger.addAppender(appender);
        // The first is a warning, perhaps of another test's.
        logger.setLevel(Level.DEBUG);
        try {
            dropTwoAndADuplicate();
            // As often as the collector wants to be asked; it is done long before.
            for (int i = 0; i < 600 && lines.size() < DROPPED; i++) {
                System.gc();
                Thread.sleep(50);
            }
        } finally {
            logger.detachAppender(appender);
            logger.setLevel(before);
        }
        assertEquals(DROPPED, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith("an inspector (resnet18, size 32) was dropped"), lines.get(0));
    }

    @Test
    void memoryOfOneThatIsDroppedIsFreedOnce() throws InterruptedException {
        AtomicInteger dropped = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        watch(dropped, false);
        watch(closed, true);
        for (int i = 0; i < 600 && dropped.get() == 0; i++) {
            System.gc();
            Thread.sleep(50);
        }
        assertEquals(2, dropped.get(), "both parts of its memory");
        assertEquals(0, closed.get(), "freed by its owner");
    }

    private static void watch(AtomicInteger freed, boolean closes) {
        LeakReport report = new LeakReport(
                new Object(), "a test's object", List.of(freed::incrementAndGet, freed::incrementAndGet));
        if (closes) {
            report.closed();
        }
    }

    @Test
    void withoutMapsThereAreNoRegionsNorTheSemblanceOfNone() {
        Part part = SyntheticParts.part(SyntheticProduct.COOKIE, 96, 1);
        try (Inspector scores = open(OPTIONS.withMaps(false));
                Inspector maps = open(OPTIONS)) {
            Inspection result = scores.newInspection();
            scores.inspect(part, result);
            assertTrue(result.score() > 0 && !result.hasMaps());
            for (Runnable asked : List.<Runnable>of(() -> Regions.of(result, part), result::peak, result::deciding)) {
                IllegalStateException refused = assertThrows(IllegalStateException.class, asked::run);
                assertTrue(refused.getMessage().contains("withMaps(true)"), refused.getMessage());
            }
            maps.inspect(part, result);
            assertTrue(result.hasMaps());
            assertEquals(result.score(), result.map()[result.peak()]);
        }
    }
}
