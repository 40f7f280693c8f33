package io.trd4j.data.image;

/** One image of a TIFF: what its directory says, and where its strips or tiles lie. */
final class TiffPage {
    private static final int SIGNED_SAMPLES = 2;
    private static final int FLOAT_SAMPLES = 3;
    private static final int COMPLEX_SAMPLES = 5;

    long width;
    long height;
    long bits = 1;
    long compression = 1;
    long samples = 1;
    long rowsPerStrip = Long.MAX_VALUE;
    long planar = 1;
    long predictor = 1;
    long sampleFormat = 1;
    long photometric = 1;
    int orientation = Orientation.NONE;
    long tileWidth;
    long tileHeight;
    /** GDAL's number that marks missing points; null = none. */
    Double noData;

    long[] colourMap = {};
    long[] extraSamples = {};
    long[] offsets = {};
    long[] counts = {};
    /** Where their entries stand: they are read when their number is known. */
    long offsetsAt;

    long countsAt;
    /** The part that all JPEGs of the page have in common: from the marker that begins it to the one that ends it. */
    byte[] jpegTables = {};

    boolean tiled() {
        return tileWidth > 0;
    }

    boolean predicted() {
        return predictor != 1 && TiffCodec.predicts(compression);
    }

    boolean isFloat() {
        return sampleFormat == FLOAT_SAMPLES;
    }

    /** Null for numbers that no sensor's file has: complex ones, 12 bits, and the like. */
    SampleType type() {
        return sampleFormat >= COMPLEX_SAMPLES ? null : SampleType.of(isFloat(), sampleFormat == SIGNED_SAMPLES, bits);
    }

    /** Samples of a pixel that lie beside each other. */
    int interleaved() {
        return planar == 2 ? 1 : (int) samples;
    }

    long planes() {
        return planar == 2 ? samples : 1;
    }

    /** Pixels in a row of a strip or tile. */
    long segmentWidth() {
        return tiled() ? tileWidth : width;
    }

    long segmentHeight() {
        return tiled() ? tileHeight : Math.min(rowsPerStrip, height);
    }

    long rowBytes() {
        return (segmentWidth() * interleaved() * bits + 7) / 8;
    }

    long across() {
        return (width + segmentWidth() - 1) / segmentWidth();
    }

    long down() {
        return (height + segmentHeight() - 1) / segmentHeight();
    }

    /** Rows that segment {@code s} stores: of the last strip fewer, of every tile all. */
    long storedRows(int s) {
        long firstRow = s / across() % down() * segmentHeight();
        return tiled() ? tileHeight : Math.min(segmentHeight(), height - firstRow);
    }
}
