package io.trd4j.data.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes what programs and cameras put into files beside the pixels, and 16-bit PNGs. */
final class Tags {
    private Tags() {}

    /** A classic TIFF with one more entry in its first directory, which is written anew at the end. */
    static byte[] tiff(byte[] file, int tag, int type, byte[] value) {
        ByteOrder order = file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer in = ByteBuffer.wrap(file).order(order);
        int directory = in.getInt(4);
        int entries = in.getShort(directory);
        int valueAt = (file.length + 1) / 2 * 2;
        int start = valueAt + (value.length + 1) / 2 * 2;
        ByteBuffer out = ByteBuffer.allocate(start + 2 + 12 * (entries + 1) + 4).order(order);
        out.put(file).putInt(4, start).put(valueAt, value);
        out.position(start).putShort((short) (entries + 1));
        boolean written = false;
        for (int i = 0; i <= entries; i++) {
            int at = directory + 2 + 12 * (i - (written ? 1 : 0));
            if (!written && (i == entries || (in.getShort(at) & 0xFFFF) > tag)) {
                out.putShort((short) tag).putShort((short) type).putInt(type == 2 ? value.length : 1);
                int here = out.position();
                if (value.length > 4) {
                    out.putInt(valueAt);
                } else {
                    out.put(value).position(here + 4);
                }
                written = true;
            } else {
                out.put(Arrays.copyOfRange(file, at, at + 12));
            }
        }
        out.putInt(in.getInt(directory + 2 + 12 * entries));
        return out.array();
    }

    /** The file with an orientation: a TIFF's tag, a PNG's eXIf chunk, or a JPEG's EXIF segment. */
    static byte[] oriented(byte[] file, int orientation) {
        if (file[0] == 'I' || file[0] == 'M') {
            byte[] value = file[0] == 'I' ? new byte[] {(byte) orientation, 0} : new byte[] {0, (byte) orientation};
            return tiff(file, 274, 3, value);
        }
        byte[] exif = ByteBuffer.allocate(26)
                .putInt(0x4D4D002A)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 274)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .array();
        boolean png = file[0] == (byte) 0x89;
        ByteBuffer out = ByteBuffer.allocate(file.length + exif.length + 12);
        int at = png ? 33 : 2;
        out.put(file, 0, at);
        if (png) {
            chunk(out, "eXIf", exif);
        } else {
            out.putShort((short) 0xFFE1).putShort((short) (8 + exif.length));
            out.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(exif);
        }
        out.put(file, at, file.length - at);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** A PNG of 16 bits: of one channel, or three in the order of RGB. */
    static byte[] png16(int width, int height, short[] samples) throws IOException {
        int channels = samples.length / (width * height);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(data)) {
            for (int y = 0; y < height; y++) {
                deflate.write(0);
                for (int x = 0; x < width * channels; x++) {
                    short sample = samples[y * width * channels + x];
                    deflate.write(sample >> 8);
                    deflate.write(sample);
                }
            }
        }
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
        header.put((byte) 16).put((byte) (channels == 3 ? 2 : 0));
        ByteBuffer out = ByteBuffer.allocate(data.size() + 100).putLong(0x89504E470D0A1A0AL);
        chunk(out, "IHDR", header.array());
        chunk(out, "IDAT", data.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void chunk(ByteBuffer out, String type, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(data);
        out.putInt(data.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .putInt((int) crc.getValue());
    }
}
