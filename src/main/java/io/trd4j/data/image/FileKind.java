package io.trd4j.data.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Kinds of files that are given in place of an image or a point cloud, by their first bytes: messages name them. */
enum FileKind {
    GIT_LFS("version https://git-lfs.github.com/spec/", "a Git LFS pointer"),
    NPY("\u0093NUMPY", "a NumPy array"),
    PLY("ply\n", "a PLY point cloud"),
    PLY_CRLF("ply\r", "a PLY point cloud"),
    PCD("# .PCD", "a PCD point cloud"),
    PCD_BARE("VERSION", "a PCD point cloud"),
    ZIP("PK\u0003\u0004", "a ZIP archive (NumPy's .npz is one, too)"),
    HDF5("\u0089HDF\r\n\u001a\n", "an HDF5 file"),
    MATLAB("MATLAB 5.0", "a MATLAB file"),
    GIF("GIF8", "a GIF image"),
    WEBP("RIFF", "a RIFF file (WebP is one)"),
    JPEG_2000("\0\0\0\u000cjP", "a JPEG 2000 image"),
    EXR("v/1\u0001", "an OpenEXR image"),
    HDR("#?R", "a Radiance image"),
    PFM("PF\n", "a PFM image"),
    PFM_GREY("Pf\n", "a PFM image"),
    PGM("P5", "a PGM image"),
    PPM("P6", "a PPM image"),
    LAS("LASF", "a LAS point cloud"),
    E57("ASTM-E57", "an E57 point cloud"),
    STL("solid ", "an STL mesh"),
    OBJ("# Blender", "an OBJ mesh"),
    GZIP("\u001f\u008b", "a gzip archive"),
    PDF("%PDF", "a PDF document"),
    HTML("<!DOCTYPE", "a web page"),
    HTML_BARE("<html", "a web page"),
    XML("<?xml", "an XML document"),
    JSON("{", "a JSON document"),
    /** The mark stands behind the length of its box. */
    HEIF("\0\0\0", "a HEIF, AVIF or MP4 file") {
        @Override
        boolean begins(byte[] bytes) {
            return bytes.length >= 12 && new String(bytes, 4, 4, StandardCharsets.ISO_8859_1).equals("ftyp");
        }
    };

    private final byte[] start;
    private final String title;

    FileKind(String start, String title) {
        this.start = start.getBytes(StandardCharsets.ISO_8859_1);
        this.title = title;
    }

    /** The kind; null when it is none of these. */
    static FileKind of(byte[] bytes) {
        for (FileKind kind : values()) {
            if (kind.begins(bytes)) {
                return kind;
            }
        }
        return null;
    }

    boolean begins(byte[] bytes) {
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    /** With its article. */
    String title() {
        return title;
    }
}
