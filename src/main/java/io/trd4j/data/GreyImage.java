package io.trd4j.data;

/** One channel of 8-bit samples, row by row. */
public record GreyImage(int width, int height, byte[] pixels) {}
