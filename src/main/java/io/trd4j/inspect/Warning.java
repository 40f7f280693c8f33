package io.trd4j.inspect;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Caveats for somebody who acts on an {@link Inspection}. */
public enum Warning {
    /**
     * The second modality was missing or unusable: inspected by colour alone, defects of the geometry were not looked
     * for.
     */
    NO_DEPTH,
    /**
     * The colour image was missing or unusable: inspected by the second modality alone, defects of the colour were not
     * looked for.
     */
    NO_RGB,
    /** The model has thresholds, but none for parts inspected in this way: the verdict is REVIEW at best. */
    NO_THRESHOLD,
    /** Regions above a limit were smaller than {@link InspectorOptions#minRegion} and did not count for the verdict. */
    SMALL_REGIONS_IGNORED,
    /** Brightness, colour or saturation are unlike those of all normal parts of the calibration. */
    UNUSUAL_COLOUR,
    /** The colour image is less sharp than those of all normal parts. */
    BLURRED,
    /** Fewer points are valid than of all normal parts. */
    FEW_POINTS,
    /** Distance or tilt of the points are unlike those of all normal parts: the camera or the part was moved. */
    UNUSUAL_POSE,
    /** An image where the model's normal parts had points, or the other way round. As the next, never OK. */
    OTHER_KIND,
    /** Images of another shape (width over height) than the model's normal parts had: they were stretched. */
    OTHER_SHAPE,
    /** Points of another scale than those of the model's normal parts, by a factor of 3 or more. */
    OTHER_SCALE,
    /** Points whose x and y run along other sides of the image, or whose z has another sign, than normal ones. */
    OTHER_AXES,
    /**
     * Less than half of what is usually seen of the region of interest lies where an aligned or cropped model looked at
     * this part: it is moved, or the model was calibrated with a region of another place. Never OK.
     */
    REGION_UNSEEN;

    /** As in results: {@code no_depth}. */
    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
