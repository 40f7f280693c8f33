/**
 * Folders of parts: the layouts that are known, ground-truth masks, files of regions of interest.
 *
 * <p>Calls {@code data}, {@code data.image}, {@code data.prepare} (to resize masks as images are) and {@code io}.
 */
package io.trd4j.data.dataset;
