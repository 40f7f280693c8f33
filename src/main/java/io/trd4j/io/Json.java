package io.trd4j.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Results as JSON, UTF-8, ending with a line feed: files are indented, for people and programs; lines are for programs;
 * and JSON of others.
 */
public final class Json {
    private static final ObjectMapper FILE = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final ObjectMapper LINE = new ObjectMapper();
    private static final int DEEPEST = 64;
    private static final int LONGEST_NAME = 1024;
    private static final int LONGEST_NUMBER = 128;
    private static final String NULL = "Cannot map `null` into";
    /** In Jackson's words, which have it in no other form. */
    private static final Pattern MISSING = Pattern.compile("^Missing (?:required )?creator property '([^']*)'");

    private Json() {}

    /**
     * Writes a value of maps, lists, records, texts and numbers.
     *
     * @throws JsonProcessingException when it holds anything that has no JSON form
     */
    public static FileContent of(Object value) throws JsonProcessingException {
        return AtomicFile.of((FILE.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The same value on one line.
     *
     * @throws JsonProcessingException when it holds anything that has no JSON form
     */
    public static byte[] line(Object value) throws JsonProcessingException {
        return (text(value) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The same without its line feed.
     *
     * @throws JsonProcessingException when it holds anything that has no JSON form
     */
    public static String text(Object value) throws JsonProcessingException {
        return LINE.writeValueAsString(value);
    }

    /**
     * For files that anybody may have written: each value has the type that is asked for, nothing is named twice, and
     * nesting, names, numbers and texts have limits.
     *
     * @param longestText characters of a text
     */
    public static JsonMapper.Builder strict(int longestText) {
        StreamReadConstraints limits = StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxNameLength(LONGEST_NAME)
                .maxNumberLength(LONGEST_NUMBER)
                .maxStringLength(longestText)
                .build();
        // Names are the file's, so they are neither interned nor kept in a table.
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(limits)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    }

    /**
     * Reads a file's content: UTF-8, or UTF-16 with a byte-order mark. No other charset is guessed.
     *
     * @param refused makes the exception of what is wrong, in words such as {@code rgb.ng.value has another form}
     * @return null for the JSON null
     */
    public static <T> T read(JsonMapper mapper, byte[] bytes, Class<T> type, Function<String, InputException> refused) {
        return read(mapper, Unicode.text(bytes, refused), type, refused);
    }

    /** As {@link #read(JsonMapper, byte[], Class, Function)}, of a text. */
    public static <T> T read(JsonMapper mapper, String text, Class<T> type, Function<String, InputException> refused) {
        try {
            return mapper.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw refused.apply(reason(e));
        }
    }

    /** Jackson's own words name Java types and its settings. */
    private static String reason(JsonProcessingException e) {
        String where = e.getLocation() == null || e.getLocation().getLineNr() < 1
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "'" + OneLine.start(unknown.getPropertyName()) + "' is not known" + where;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamConstraintsException) {
                return "a text, name or number is too long, or nested too deeply" + where;
            }
        }
        if (e instanceof JsonMappingException mapping && !(e.getCause() instanceof JsonParseException)) {
            String path = path(mapping);
            Matcher missing = MISSING.matcher(e.getOriginalMessage());
            if (missing.find()) {
                // The path may end with it.
                boolean named = path.equals(missing.group(1)) || path.endsWith("." + missing.group(1));
                return named
                        ? path + " is missing"
                        : path + (path.isEmpty() ? "" : ".") + missing.group(1) + " is missing";
            }
            if (e.getCause() instanceof IllegalArgumentException sense && sense.getMessage() != null) {
                return (path.isEmpty() ? "" : path + ": ") + sense.getMessage();
            }
            if (e instanceof InvalidFormatException format && format.getValue() instanceof String text) {
                return path + " has another form: '" + OneLine.start(text) + "'" + where;
            }
            if (e instanceof ValueInstantiationException) {
                return "a value in " + (path.isEmpty() ? "it" : path) + " is missing" + where;
            }
            if (!path.isEmpty()) {
                return path + (e.getOriginalMessage().startsWith(NULL) ? " is missing" : " has another form") + where;
            }
        }
        return "no sound JSON" + where;
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.length() == 0 ? "" : ".").append(OneLine.start(step.getFieldName()));
            }
        }
        return path.toString();
    }
}
