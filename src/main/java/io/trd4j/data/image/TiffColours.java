package io.trd4j.data.image;

import io.trd4j.io.InputException;
import java.nio.file.Path;

/** Which pages of TIFFs can be colour images, and what their samples mean. */
final class TiffColours {
    static final int YCBCR = 6;
    private static final int WHITE_IS_ZERO = 0;
    private static final int BLACK_IS_ZERO = 1;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int CMYK = 5;
    private static final int LAB = 8;

    private TiffColours() {}

    /** @throws InputException when the page has points, or colours of a kind that is not read */
    static void require(Path file, TiffPage page) {
        ImageChecks.checkImage(file, page.width, page.height);
        boolean integers = page.sampleFormat == 1 && (page.bits == 1 || page.bits == 8 || page.bits == 16);
        if (!integers || page.bits == 1 && (page.planar == 2 || page.tileWidth % 8 != 0)) {
            throw new InputException(file + " has " + page.bits + "-bit "
                    + (page.sampleFormat == 3 ? "float" : "integer") + (page.planar == 2 ? " planes" : " samples")
                    + "; a colour image has 8 or 16 bits");
        }
        boolean jpeg = page.compression == TiffCodec.JPEG;
        boolean read = page.samples <= 4
                && (jpeg
                        ? page.planar == 1
                                && page.bits == 8
                                && (page.samples == 1 && page.photometric <= BLACK_IS_ZERO
                                        || page.samples == 3 && (page.photometric == RGB || page.photometric == YCBCR))
                        : page.samples >= colours(page.photometric)
                                && (page.bits > 1 || page.samples == 1)
                                && (page.photometric != CMYK && page.photometric != LAB || page.bits == 8));
        if (!read) {
            throw new InputException(file + " has " + page.samples + " channels of " + page.bits
                    + " bits, stored in a way that is not read (photometric " + page.photometric
                    + (jpeg ? ", JPEG" : "") + "); save it as PNG");
        }
        if (page.photometric == PALETTE && page.colourMap.length != 3 << page.bits) {
            throw ImageChecks.damaged(file, "impossible palette");
        }
    }

    /** Whether its samples are grey, or red, green and blue, as they stand there. */
    static boolean areDirect(TiffPage page) {
        return page.bits > 1
                && page.planar == 1
                && (page.photometric == BLACK_IS_ZERO && page.samples == 1
                        || page.photometric == RGB && page.samples == 3);
    }

    /** Channels that make a colour; those behind are others. */
    static int colours(long photometric) {
        return switch ((int) Math.min(photometric, Integer.MAX_VALUE)) {
            case WHITE_IS_ZERO, BLACK_IS_ZERO, PALETTE -> 1;
            case RGB, LAB -> 3;
            case CMYK -> 4;
            default -> Integer.MAX_VALUE;
        };
    }
}
