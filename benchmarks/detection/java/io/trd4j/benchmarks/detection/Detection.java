package io.trd4j.benchmarks.detection;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.model.network.TorchDevice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A trained variant's calibrated, blurred maps of all test parts, by what they are called in results: {@code combined}
 * and, where the variant has two branches, {@code rgb} and {@code depth}.
 */
record Detection(Map<String, float[][]> maps) {
    /** As in {@code trd evaluate}'s files. */
    static final List<String> BRANCHES = List.of("combined", "rgb", "depth");

    private static final int PARTS_PER_PASS = 8;

    Detection {
        maps = Collections.unmodifiableMap(new LinkedHashMap<>(maps));
    }

    /** Calibrates on the validation parts, then computes the maps of the test parts (SPEC section 4). */
    static Detection of(Detector detector, PreparedParts validation, PreparedParts test, int size, TorchDevice device) {
        List<List<float[]>> normal = new ArrayList<>();
        passes(detector, validation, device, (first, raw) -> {
            for (int branch = 0; branch < raw.size(); branch++) {
                if (normal.size() == branch) {
                    normal.add(new ArrayList<>());
                }
                Collections.addAll(normal.get(branch), pixels(raw.get(branch), size));
            }
        });
        List<Moments> moments = normal.stream().map(Moments::of).toList();
        Map<String, float[][]> maps = new LinkedHashMap<>();
        try (PlainMaps plain = new PlainMaps(size, device)) {
            passes(detector, test, device, (first, raw) -> {
                List<Tensor> outputs = new ArrayList<>();
                for (int branch = 0; branch < raw.size(); branch++) {
                    outputs.add(PlainMaps.calibrated(raw.get(branch), moments.get(branch)));
                }
                if (outputs.size() == 2) {
                    outputs.add(0, outputs.get(0).add(outputs.get(1)));
                }
                for (int i = 0; i < outputs.size(); i++) {
                    float[][] here = pixels(plain.blurred(outputs.get(i)), size);
                    float[][] all = maps.computeIfAbsent(BRANCHES.get(i), name -> new float[test.count()][]);
                    System.arraycopy(here, 0, all, first, here.length);
                }
            });
        }
        return new Detection(maps);
    }

    /** The map of one branch alone as the combined one; branch 0 is rgb. */
    Detection only(int branch) {
        return new Detection(Map.of(BRANCHES.get(0), maps.get(BRANCHES.get(branch + 1))));
    }

    /** A part's score is its map's maximum. */
    static float[] scores(float[][] maps) {
        float[] scores = new float[maps.length];
        for (int i = 0; i < maps.length; i++) {
            float max = Float.NEGATIVE_INFINITY;
            for (float v : maps[i]) {
                max = Math.max(max, v);
            }
            scores[i] = max;
        }
        return scores;
    }

    private interface Pass {
        void maps(int first, List<Tensor> raw);
    }

    private static void passes(Detector detector, PreparedParts parts, TorchDevice device, Pass pass) {
        for (int first = 0; first < parts.count(); first += PARTS_PER_PASS) {
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                TensorVector rgb = new TensorVector();
                TensorVector second = new TensorVector();
                for (int i = first; i < Math.min(first + PARTS_PER_PASS, parts.count()); i++) {
                    rgb.push_back(parts.rgb(i));
                    second.push_back(parts.second(i));
                }
                pass.maps(first, detector.rawMaps(device.place(torch.cat(rgb, 0)), device.place(torch.cat(second, 0))));
            }
        }
    }

    private static float[][] pixels(Tensor maps, int size) {
        float[][] out = new float[(int) maps.size(0)][size * size];
        Tensor dense = maps.cpu().contiguous();
        for (int i = 0; i < out.length; i++) {
            new FloatPointer(dense.data_ptr()).position((long) i * size * size).get(out[i]);
        }
        return out;
    }
}
