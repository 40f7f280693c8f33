package io.trd4j.drift;

import io.trd4j.data.dataset.BrokenParts;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whether stored parts are still like the normal parts of the calibration: what {@code trd monitor} does. A line that
 * inspects anyway gives its parts to a {@link DriftMonitor} of its own instead.
 */
public final class MonitoringRun {
    /**
     * Parts that were compared together.
     *
     * @param first identifier of its first part
     * @param last identifier of its last part
     */
    public record Window(String first, String last, DriftReport report) {}

    /**
     * All of a run.
     *
     * @param windows whole ones, in their order
     * @param inspected parts, those behind the last whole window included, which are not judged
     */
    public record Result(List<Window> windows, int inspected) {
        public Result {
            windows = List.copyOf(windows);
        }

        /** Whether any window showed drift. */
        public boolean drifted() {
            return windows.stream().anyMatch(window -> window.report().drifted());
        }
    }

    private final Path model;
    private final MonitoringPlan plan;
    private final DriftMonitor monitor;

    /**
     * Looks at the model, and inspects nothing yet.
     *
     * @throws InputException when the model has no drift reference, or with this reference and window the rate of false
     *     alarms would hide every shift
     */
    public MonitoringRun(Path model, MonitoringPlan plan) throws IOException {
        this.model = model;
        this.plan = plan;
        try {
            monitor = DriftMonitor.open(model, plan.options().trustedKeys(), plan.window(), plan.falseAlarmRate());
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage(), e);
        }
    }

    /** Refuses broken parts, and tells nobody. */
    public static Result run(Path model, List<PartFiles> parts, MonitoringPlan plan) throws IOException {
        return Stop.able(() ->
                new MonitoringRun(model, plan).run(parts, "the list", BrokenParts.REFUSE, window -> {}, Progress.NONE));
    }

    /**
     * Inspects the parts in their order, and compares them window by window. Called once.
     *
     * @param where names the parts in messages
     * @param broken told of parts that cannot be read or inspected, which are left out
     * @param listener told of every window as soon as it is compared
     * @param progress of the inspection
     * @throws InputException when the parts are fewer than one window, or one is broken and may not be
     * @throws io.trd4j.io.StoppedException when it was {@linkplain Stop stopped}
     * @throws IOException when a file cannot be read
     */
    public Result run(
            List<PartFiles> parts, String where, BrokenParts broken, Consumer<Window> listener, Progress progress)
            throws IOException {
        return Stop.able(() -> stoppable(parts, where, broken, listener, progress));
    }

    private Result stoppable(
            List<PartFiles> parts, String where, BrokenParts broken, Consumer<Window> listener, Progress progress)
            throws IOException {
        int window = plan.window();
        if (parts.size() < window) {
            throw new InputException(where + " holds " + parts.size() + " parts, fewer than one window of " + window
                    + "; give more, or a smaller --window");
        }
        List<Window> windows = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        try (Inspector inspector = Inspector.open(model, plan.options());
                Progress.Task task = Stop.task(progress, "Inspecting", parts.size())) {
            inspector.warmUp();
            int bits = inspector.model().colorBits();
            Inspection inspection = inspector.newInspection();
            int done = 0;
            for (PartFiles files : parts) {
                try {
                    inspector.inspect(files.withColorBits(bits).load(), inspection);
                } catch (InputException e) {
                    broken.found(files.id(), e);
                    task.at(++done);
                    continue;
                }
                ids.add(files.id());
                if (monitor.add(inspection)) {
                    Window next = new Window(ids.get(ids.size() - window), files.id(), monitor.check());
                    windows.add(next);
                    listener.accept(next);
                }
                task.at(++done);
            }
        }
        return new Result(windows, ids.size());
    }
}
