package io.trd4j.data.image;

/**
 * The content of an image file that was checked, without what decoders only warn of.
 *
 * @param orientation how the decoded image must be turned, see {@link Orientation}
 * @param width as it is stored
 * @param height as it is stored
 */
record CleanImage(byte[] bytes, int orientation, long width, long height) {}
