package io.trd4j.data.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trd4j.data.Intrinsics;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.OneLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A depth camera's JSON file. Names differ from maker to maker in case and punctuation, and in how deep they are
 * nested: a camera is an object that has a focal length, and what it does not say itself the objects around it may.
 */
public final class CameraFile {
    private static final String FORM =
            "; give {\"fx\": …, \"fy\": …, \"cx\": …, \"cy\": …, \"width\": …, \"height\": …, "
                    + "\"depth_unit_m\": 0.001}, or the file of RealSense, Azure Kinect, Zivid, ROS or Open3D as JSON";
    private static final int MAX_BYTES = 1 << 20;
    /** Far more than any camera's file has. */
    private static final int MAX_KEYS = 10_000;

    private static final int MAX_CAMERAS = 64;
    private static final int SHOWN_PLACES = 8;
    private static final JsonMapper JSON = Json.strict(MAX_BYTES).build();
    private static final List<String> MATRICES =
            List.of("intrinsicmatrix", "cameramatrix", "k", "camk", "intrinsics", "intrinsic", "matrix");
    private static final List<String> COEFFICIENTS =
            List.of("coeffs", "distortioncoefficients", "distortioncoeffs", "distcoeffs", "distortion", "d", "dist");
    /** Models whose coefficients are other than OpenCV's. */
    private static final Set<String> OTHER_MODELS = Set.of(
            "inversebrownconrady",
            "modifiedbrownconrady",
            "ftheta",
            "kannalabrandt4",
            "kannalabrandt",
            "equidistant",
            "fisheye",
            "fov");

    private static final Map<String, Double> UNITS = Map.of(
            "m", 1.0,
            "meter", 1.0,
            "metre", 1.0,
            "meters", 1.0,
            "metres", 1.0,
            "mm", 1e-3,
            "millimeters", 1e-3,
            "millimetres", 1e-3,
            "um", 1e-6,
            "µm", 1e-6);

    private final Path file;
    private final List<DepthCamera> found = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    /** Of every object, its values by the {@linkplain #plain plain} keys; of equal ones, the first counts. */
    private final Map<JsonNode, Map<String, JsonNode>> named = new IdentityHashMap<>();

    private int keys;

    private CameraFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a camera: ours ({@code fx, fy, cx, cy, width, height, depth_unit_m}), and what RealSense, Azure Kinect,
     * Zivid, ROS (CameraInfo) and Open3D write, as JSON. A file without a focal length that says a depth unit is a
     * camera without {@link DepthCamera#intrinsics}.
     *
     * @throws InputException when the file is missing, no JSON, has no camera or several, or one whose distortion is of
     *     a kind that is not known
     * @throws IOException when the disk fails
     */
    public static DepthCamera read(Path file) throws IOException {
        byte[] bytes = EncodedImage.bytes(file);
        if (FileKind.of(bytes) == FileKind.GIT_LFS) {
            throw EncodedImage.pointer(file);
        }
        if (bytes.length > MAX_BYTES) {
            throw new InputException(file + " has more than 1 MiB, which no camera's file has" + FORM);
        }
        CameraFile camera = new CameraFile(file);
        JsonNode root = Json.read(JSON, bytes, JsonNode.class, camera::wrong);
        try {
            camera.name(root);
            camera.search(root, "", List.of());
            return camera.only(root);
        } catch (IllegalArgumentException e) {
            throw camera.wrong(e.getMessage());
        }
    }

    private void name(JsonNode node) {
        if (node.isObject()) {
            Map<String, JsonNode> byName = new HashMap<>();
            for (Map.Entry<String, JsonNode> child : node.properties()) {
                byName.putIfAbsent(plain(child.getKey()), child.getValue());
                keys++;
            }
            named.put(node, byName);
        }
        if (keys > MAX_KEYS) {
            throw wrong("it has more than " + MAX_KEYS + " keys");
        }
        node.forEach(this::name);
    }

    private DepthCamera only(JsonNode root) {
        if (found.isEmpty()) {
            Double unit = unit(List.of(root));
            if (unit == null) {
                throw wrong("there is no focal length in it");
            }
            return new DepthCamera(null, List.of(), 0, 0, unit);
        }
        List<DepthCamera> depth = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i).toLowerCase(Locale.ROOT).contains("depth")) {
                depth.add(found.get(i));
            }
        }
        List<DepthCamera> candidates = depth.isEmpty() ? found : depth;
        if (candidates.stream().distinct().count() > 1) {
            throw wrong("it has several cameras ("
                    + places.stream().limit(SHOWN_PLACES).collect(Collectors.joining(", "))
                    + (places.size() > SHOWN_PLACES ? ", …" : "") + "): keep that of the depth images");
        }
        return candidates.get(0);
    }

    /** @param around the objects that hold this one, the nearest first */
    private void search(JsonNode node, String place, List<JsonNode> around) {
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                if (node.get(i).isObject()) {
                    search(node.get(i), place + "[" + i + "]", around);
                }
            }
            return;
        }
        if (!node.isObject()) {
            return;
        }
        List<JsonNode> chain = new ArrayList<>();
        chain.add(node);
        chain.addAll(around);
        Intrinsics intrinsics = intrinsics(node);
        if (intrinsics != null) {
            if (found.size() == MAX_CAMERAS) {
                throw wrong("it has more than " + MAX_CAMERAS + " cameras");
            }
            found.add(camera(intrinsics, chain));
            places.add(place.isEmpty() ? "the whole file" : place);
            return;
        }
        if (get(node, "modelparameters") != null) {
            throw wrong("these are Azure Kinect's raw parameters, of the whole sensor: export the calibration of the "
                    + "depth mode that is used");
        }
        for (Map.Entry<String, JsonNode> child : node.properties()) {
            search(child.getValue(), place + (place.isEmpty() ? "" : ".") + clean(child.getKey()), chain);
        }
    }

    private Intrinsics intrinsics(JsonNode node) {
        Double fx = number(node, "fx", "focallengthx");
        if (fx != null) {
            Double fy = number(node, "fy", "focallengthy");
            Double cx = number(node, "cx", "ppx", "principalpointx");
            Double cy = number(node, "cy", "ppy", "principalpointy");
            if (fy == null || cx == null || cy == null) {
                throw wrong("beside fx, one of fy, cx (ppx) and cy (ppy) is missing or no number");
            }
            return new Intrinsics(fx, fy, cx, cy);
        }
        for (String name : MATRICES) {
            double[] m = numbers(get(node, name));
            if (m != null && m.length == 9) {
                // Open3D writes column after column, all others row after row: the 1 is last in both.
                boolean rows = m[2] != 0 || m[5] != 0;
                if (m[1] != 0 || m[3] != 0 || m[8] != 1 || rows && (m[6] != 0 || m[7] != 0)) {
                    throw wrong("its matrix is not [fx 0 cx; 0 fy cy; 0 0 1]");
                }
                return new Intrinsics(m[0], m[4], rows ? m[2] : m[6], rows ? m[5] : m[7]);
            }
        }
        return null;
    }

    private DepthCamera camera(Intrinsics intrinsics, List<JsonNode> chain) {
        int[] size = size(chain);
        return new DepthCamera(intrinsics, distortion(chain), size[0], size[1], unit(chain));
    }

    private int[] size(List<JsonNode> chain) {
        for (JsonNode node : chain) {
            Double width = number(node, "width", "imagewidth", "resolutionwidth", "w");
            Double height = number(node, "height", "imageheight", "resolutionheight", "h");
            double[] both = numbers(get(node, "resolution", "imagesize", "size"));
            if (width != null && height != null || both != null && both.length == 2) {
                double w = width != null && height != null ? width : both[0];
                double h = width != null && height != null ? height : both[1];
                if (w != Math.rint(w) || h != Math.rint(h)) {
                    throw wrong("width and height are no whole numbers");
                }
                ImageChecks.checkSize(file, (long) w, (long) h, ImageChecks.MAX_PIXELS);
                return new int[] {(int) w, (int) h};
            }
        }
        return new int[2];
    }

    private List<Double> distortion(List<JsonNode> chain) {
        for (JsonNode node : chain) {
            JsonNode child = get(node, COEFFICIENTS.toArray(new String[0]));
            double[] listed = numbers(child);
            if (listed == null) {
                listed = named(child != null && child.isObject() ? child : node);
            }
            if (listed == null) {
                continue;
            }
            boolean none = true;
            for (int i = 0; i < listed.length; i++) {
                none &= listed[i] == 0;
                if (i >= 8 && listed[i] != 0) {
                    throw wrong("its distortion has more than 8 coefficients");
                }
                if (!Double.isFinite(listed[i])) {
                    throw wrong("its distortion is no number");
                }
            }
            if (none) {
                return List.of();
            }
            JsonNode model = first(chain, "distortionmodel", "model");
            if (model != null && OTHER_MODELS.contains(plain(model.asText()).replace("distortion", ""))) {
                throw wrong("its distortion is of the model '" + clean(model.asText())
                        + "', which is not known; undistort the depth images, or give one of OpenCV's models");
            }
            List<Double> out = new ArrayList<>();
            for (int i = 0; i < Math.min(8, listed.length); i++) {
                out.add(listed[i]);
            }
            return out;
        }
        return List.of();
    }

    /** Coefficients under their own names, in OpenCV's order; null when there are none. */
    private double[] named(JsonNode node) {
        String[] names = {"k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"};
        double[] out = new double[names.length];
        boolean any = false;
        for (int i = 0; i < names.length; i++) {
            Double value = number(node, names[i]);
            any |= value != null;
            out[i] = value == null ? 0 : value;
        }
        return any ? out : null;
    }

    /** Metres of a depth of 1; null when nothing says it. */
    private Double unit(List<JsonNode> chain) {
        Double metres = firstNumber(chain, "depthunitm", "depthunitmeters", "depthunitmetres", "metresperunit");
        if (metres != null) {
            return metres;
        }
        Double milli = firstNumber(chain, "depthunitmm");
        if (milli != null) {
            return milli / 1e3;
        }
        Double micro = firstNumber(chain, "depthunitum");
        if (micro != null) {
            return micro / 1e6;
        }
        String[] keys = {"depthscale", "depthunits", "depthunit", "pngdepthscale", "depthfactor", "unit", "units"};
        JsonNode scale = first(chain, keys);
        if (scale != null && scale.isTextual()) {
            Double named = UNITS.get(scale.asText().strip().toLowerCase(Locale.ROOT));
            if (named == null) {
                throw wrong("the unit '" + clean(scale.asText()) + "' is not known: m, mm or um");
            }
            return named;
        }
        if (scale != null) {
            return scale(firstNumber(chain, keys));
        }
        // By their definition, depths of 16 bits are millimetres in ROS (REP 118) and of Azure Kinect.
        boolean ros = first(chain, "distortionmodel") != null && first(chain, "k", "cameramatrix") != null;
        boolean azure = first(chain, "resolutionwidth", "depthmode") != null;
        return ros || azure ? 1e-3 : null;
    }

    /** Of some makers metres per unit, of others units per metre: nobody has units of decimetres or kilometres. */
    private Double scale(Double value) {
        if (value != null && value > 0 && value <= 0.01 || value != null && value == 1) {
            return value;
        }
        if (value != null && value >= 100) {
            return 1 / value;
        }
        throw wrong("a depth scale of " + value + " may mean metres, or units, or millimetres: say \"depth_unit_m\"");
    }

    private JsonNode first(List<JsonNode> chain, String... names) {
        for (JsonNode node : chain) {
            JsonNode value = get(node, names);
            if (value != null && !value.isNull()) {
                return value;
            }
        }
        return null;
    }

    private Double firstNumber(List<JsonNode> chain, String... names) {
        JsonNode node = first(chain, names);
        if (node != null && !node.isNumber()) {
            throw wrong("its depth unit is no number");
        }
        return node == null ? null : Double.valueOf(node.doubleValue());
    }

    private Double number(JsonNode node, String... names) {
        JsonNode value = get(node, names);
        return value == null || !value.isNumber() ? null : Double.valueOf(value.doubleValue());
    }

    private JsonNode get(JsonNode node, String... names) {
        Map<String, JsonNode> byName = named.getOrDefault(node, Map.of());
        for (String name : names) {
            JsonNode value = byName.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** A flat or nested list of numbers, or an object with such a list as {@code data}; null = another form. */
    private double[] numbers(JsonNode node) {
        if (node == null) {
            return null;
        }
        if (node.isObject()) {
            return numbers(get(node, "data", "coefficients", "coeffs", "parameters"));
        }
        if (!node.isArray() || node.isEmpty()) {
            return null;
        }
        List<Double> out = new ArrayList<>();
        for (JsonNode child : node) {
            if (child.isNumber()) {
                out.add(child.doubleValue());
            } else if (child.isArray()) {
                for (JsonNode value : child) {
                    if (!value.isNumber()) {
                        return null;
                    }
                    out.add(value.doubleValue());
                }
            } else {
                return null;
            }
        }
        return out.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** A key without case and punctuation. */
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static String clean(String text) {
        return OneLine.of(text.substring(0, Math.min(text.length(), 40)));
    }

    private InputException wrong(String what) {
        return new InputException(file + " is no camera's file that is understood: " + what + FORM);
    }
}
