package io.trd4j.benchmarks;

import io.trd4j.audit.AuditLog;
import io.trd4j.audit.InputHashes;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.HashedFile;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.SigningKey;
import io.trd4j.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What signatures and audit records cost: opening a model with and without trusted keys, a line with and without force.
 * Arguments: model, colour image, point cloud, and a new folder on the disk that is measured.
 */
public final class AuditCost {
    private static final int OPENINGS = 11;
    private static final int LINES = 2000;

    private AuditCost() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[3]));
        Path model = Files.copy(Path.of(args[0]), folder.resolve("model.safetensors"));
        SigningKey key = SigningKey.create(folder.resolve("key"));
        try (HashedFile content = HashedFile.open(model)) {
            ModelSignature.of(content, key).write(ModelSignature.file(model));
        }
        InspectorOptions any = InspectorOptions.defaults().withDevice(DeviceChoice.CPU);
        InspectorOptions trusted = any.withTrustedKeys(TrustedKeys.read(List.of(folder)));
        long[] plain = new long[OPENINGS];
        long[] checked = new long[OPENINGS];
        for (int i = 0; i < OPENINGS; i++) {
            plain[i] = open(model, any);
            checked[i] = open(model, trusted);
        }
        print("opening " + Files.size(model) + " bytes", plain, 1e6, "ms");
        print("the same with trusted keys", checked, 1e6, "ms");
        Part part = PartFiles.of(Path.of(args[1]), Path.of(args[2])).load();
        try (Inspector inspector = Inspector.open(model, trusted)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(part, result);
            for (boolean sync : new boolean[] {false, true, false, true}) {
                Path file = folder.resolve("audit" + System.nanoTime());
                try (AuditLog log = AuditLog.open(file, sync)) {
                    long[] lines = new long[LINES];
                    for (int i = 0; i < LINES; i++) {
                        long start = System.nanoTime();
                        log.inspected(Instant.now(), part.id(), InputHashes.UNKNOWN, inspector, result);
                        lines[i] = System.nanoTime() - start;
                    }
                    print("a line of " + Files.size(file) / LINES + " bytes, forced: " + sync, lines, 1e3, "us");
                }
            }
        }
    }

    private static long open(Path model, InspectorOptions options) throws IOException {
        long start = System.nanoTime();
        Inspector.open(model, options).close();
        return System.nanoTime() - start;
    }

    private static void print(String what, long[] nanos, double unit, String name) {
        Arrays.sort(nanos);
        System.out.println(String.format(
                Locale.ROOT,
                "%s: p50 %.0f, p90 %.0f, p99 %.0f %s",
                what,
                nanos[nanos.length / 2] / unit,
                nanos[nanos.length * 9 / 10] / unit,
                nanos[nanos.length * 99 / 100] / unit,
                name));
    }
}
