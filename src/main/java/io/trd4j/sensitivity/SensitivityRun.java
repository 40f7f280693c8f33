package io.trd4j.sensitivity;

import io.trd4j.calibrate.DistinctParts;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.Noise;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.InputException;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.model.DefectKind;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Sensitivity;
import io.trd4j.model.Sensitivity.Pasted;
import io.trd4j.model.Sensitivity.Probe;
import io.trd4j.model.Sensitivity.Scores;
import io.trd4j.model.Sensitivity.Series;
import io.trd4j.model.Sensitivity.Trial;
import io.trd4j.model.Thresholds;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures from normal parts alone how small a defect a model would see: bumps, dents and stains are pasted onto them,
 * one at a time, and inspected (SPEC section 8).
 *
 * <p>Per place, a bisection over seven levels finds the least amount with which the part is NG: by the model's NG
 * thresholds, or, while it has none, by the limit that the other normal parts give for the plan's rate of false
 * rejects. Levels double: heights from the noise of z, contrasts from {@value #FAINTEST} to 128 grey levels.
 */
public final class SensitivityRun {
    /** With fewer normal parts, a limit says nothing of the parts to come. */
    public static final int MIN_PARTS = 5;
    /** More would change the limits little. */
    static final int MAX_NORMAL = 100;
    /** Of the ladder of levels: a bisection asks for three of seven. */
    static final int LEVELS = 7;
    /** Grey levels of 255. */
    private static final double FAINTEST = 2;

    private static final List<Double> CONTRASTS = ladder(FAINTEST);

    private final Inspector inspector;
    private final SensitivityPlan plan;
    private final ModelInfo model;
    private final Inspection inspection;
    private final Map<Kind, List<Trial>> trials = new LinkedHashMap<>();
    /** Of every part that defects are pasted onto; their surfaces null without points. */
    private final List<Pasted> parts = new ArrayList<>();

    private final List<PartSource> sources = new ArrayList<>();
    private final List<PartSurface> surfaces = new ArrayList<>();
    /** Millimetres that rows of points span. */
    private final List<Double> fields = new ArrayList<>();

    private NormalScores scored;
    /** Millimetres; empty without points. */
    private List<Double> heights = List.of();

    /** Of a series. */
    private record Kind(DefectKind defect, double diameter) {}

    /**
     * A measurement, or why there is none.
     *
     * @param sensitivity null when it could not be measured
     * @param note one line that says why; null when it was
     */
    public record Result(Sensitivity sensitivity, String note) {}

    private SensitivityRun(Inspector inspector, SensitivityPlan plan) {
        this.inspector = inspector;
        this.plan = plan;
        model = inspector.model();
        inspection = inspector.newInspection();
    }

    /**
     * Measures on a category's normal validation parts, each once when there are copies, and writes the result into the
     * model file, in place of an older one. Without a result the file is left without one.
     *
     * @param file calibrated
     * @param options as parts will be inspected
     * @throws io.trd4j.io.InputException when the file is no calibrated model, or a part cannot be inspected
     * @throws IOException when a part cannot be read, or the file not be written; it is then unchanged
     */
    public static Result run(
            Path file, Dataset dataset, InspectorOptions options, SensitivityPlan plan, Progress progress)
            throws IOException {
        return run(
                file,
                new DistinctParts(PreparedParts.normal(dataset.validation()), dataset.train()).parts(),
                options,
                plan,
                progress);
    }

    /** The same from normal parts in memory or anywhere else; none of them may be one that the model was trained on. */
    public static Result run(
            Path file,
            List<? extends PartSource> normal,
            InspectorOptions options,
            SensitivityPlan plan,
            Progress progress)
            throws IOException {
        return Stop.able(() -> {
            // What is measured belongs to the calibration and the thresholds of this time.
            try (OutputLock lock = OutputLock.joining(file)) {
                return stoppable(file, normal, options, plan, progress);
            }
        });
    }

    private static Result stoppable(
            Path file,
            List<? extends PartSource> normal,
            InspectorOptions options,
            SensitivityPlan plan,
            Progress progress)
            throws IOException {
        Result result;
        if (normal.size() < MIN_PARTS) {
            result = tooFew(normal.size());
        } else {
            InspectorOptions allowing =
                    complete(normal.get(0).load()) ? options : options.withInputs(InputPolicy.inspectOther());
            try (Inspector inspector = Inspector.open(file, allowing)) {
                result = measure(inspector, normal, plan, progress);
            }
        }
        if (result.sensitivity() != null || Inspector.describe(file).sensitivity() != null) {
            ModelFile.replaceInfo(file, info -> info.withSensitivity(result.sensitivity()));
        }
        return result;
    }

    private static boolean complete(Part part) {
        return part.rgb() != null && part.hasSecond();
    }

    /**
     * The same with an open inspector, whose thresholds judge; writes nothing.
     *
     * @param inspector whose policy must allow for what the parts lack
     */
    public static Result measure(
            Inspector inspector, List<? extends PartSource> normal, SensitivityPlan plan, Progress progress)
            throws IOException {
        return Stop.able(() -> new SensitivityRun(inspector, plan).measure(normal, progress));
    }

    private Result measure(List<? extends PartSource> normal, Progress progress) throws IOException {
        if (normal.size() < MIN_PARTS) {
            return tooFew(normal.size());
        }
        int used = Math.min(normal.size(), MAX_NORMAL);
        scored = new NormalScores(
                inspector,
                IntStream.range(0, used)
                        .<PartSource>mapToObj(i -> normal.get((int) ((long) i * normal.size() / used))
                                .withColorBits(model.colorBits()))
                        .toList(),
                plan,
                progress);
        if (scored.count() < MIN_PARTS) {
            return tooFew(scored.count());
        }
        int[] fit = scored.fit(model.thresholds());
        if (fit.length == 0) {
            return unknown("all normal validation parts are NG without one; set other thresholds");
        }
        chooseParts(fit);
        paste(progress);
        return trials.isEmpty()
                ? unknown("no place for one was found on the normal validation parts; check the region of interest")
                : new Result(result(), null);
    }

    private static Result tooFew(int parts) {
        return unknown("that takes " + MIN_PARTS + " normal validation parts, and there are " + parts + "; add some");
    }

    private static Result unknown(String why) {
        return new Result(null, "how small a defect would be seen is not known: " + why);
    }

    /** Evenly spaced among those that are not NG without a defect; measures how finely their points are. */
    private void chooseParts(int[] fit) throws IOException {
        int count = Math.min(fit.length, plan.trials());
        List<Double> units = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int chosen = fit[(int) ((long) i * fit.length / count)];
            sources.add(scored.source(chosen));
            parts.add(scored.pasted(chosen));
            Part part = sources.get(i).load();
            PartSurface surface = scored.points() && part.xyz() != null ? new PartSurface(part.xyz()) : null;
            surfaces.add(surface);
            if (surface != null && surface.unitMillimetres() > 0) {
                units.add(surface.unitMillimetres());
                fields.add(surface.fieldMillimetres());
            }
        }
        heights = units.isEmpty() ? List.of() : ladder(twoDigits(median(units)));
    }

    private void paste(Progress progress) throws IOException {
        List<Kind> kinds = kinds();
        try (Progress.Task task = Stop.task(progress, "Pasting defects", (long) kinds.size() * plan.trials())) {
            for (int t = 0; t < plan.trials(); t++) {
                int index = t % parts.size();
                Part part = sources.get(index).load();
                Places places = new Places(part, surfaces.get(index), model.regionOfInterest());
                for (int k = 0; k < kinds.size(); k++) {
                    Kind kind = kinds.get(k);
                    long number = (long) t * kinds.size() + k;
                    Places.Place place = places.find(kind.defect(), kind.diameter(), Noise.mix(plan.seed(), number));
                    if (place != null) {
                        trials.computeIfAbsent(kind, key -> new ArrayList<>()).add(trial(part, index, kind, place));
                    }
                    task.at(number + 1);
                }
            }
        }
    }

    private Sensitivity result() {
        List<Series> series = new ArrayList<>();
        trials.forEach((kind, found) -> series.add(new Series(
                kind.defect(),
                kind.diameter(),
                fields.isEmpty() ? null : kind.diameter() * median(fields),
                levels(kind),
                found)));
        return new Sensitivity(
                scored.mode(),
                scored.rate(),
                plan.confidence().value(),
                scored.count(),
                heights.isEmpty() ? null : heights.get(0),
                scored.sha256(),
                inspector.precision().key(),
                inspector.device(),
                plan.seed(),
                parts,
                series);
    }

    private List<Double> levels(Kind kind) {
        return kind.defect().relief() ? heights : CONTRASTS;
    }

    private List<Kind> kinds() {
        List<Kind> kinds = new ArrayList<>();
        for (DefectKind defect : DefectKind.values()) {
            if (defect.relief() ? !heights.isEmpty() : scored.mode() != InspectionMode.DEPTH_ONLY) {
                plan.diameters().forEach(diameter -> kinds.add(new Kind(defect, diameter)));
            }
        }
        return kinds;
    }

    /** Scores of a part that is refused: above every limit. */
    private static final Scores REFUSED = new Scores(1e9f, 1e9f, 1e9f);

    /** Bisects for the least level with which the part is NG. */
    private Trial trial(Part part, int index, Kind kind, Places.Place place) {
        List<Double> levels = levels(kind);
        Thresholds thresholds = model.thresholds();
        List<Probe> probes = new ArrayList<>();
        int unseen = -1;
        int seen = levels.size();
        while (seen - unseen > 1) {
            int level = (unseen + seen) >>> 1;
            PastedDefect defect =
                    new PastedDefect(kind.defect(), place.u(), place.v(), kind.diameter(), levels.get(level));
            Scores scores;
            try {
                inspector.inspect(defect.paste(part), inspection);
                scores = NormalScores.of(inspection);
            } catch (InputException e) {
                // No longer found, or unlike any part: nobody takes it for a normal one.
                scores = REFUSED;
            }
            probes.add(new Probe(level, scores));
            if (Sensitivity.ng(scored.mode(), scores, parts.get(index), thresholds)) {
                seen = level;
            } else {
                unseen = level;
            }
        }
        return new Trial(index, probes);
    }

    private static List<Double> ladder(double least) {
        return IntStream.range(0, LEVELS).mapToObj(k -> least * (1 << k)).toList();
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** For people: nobody reads more off a height that was guessed from noise. */
    private static double twoDigits(double value) {
        return new BigDecimal(value).round(new MathContext(2)).doubleValue();
    }
}
