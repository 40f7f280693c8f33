package io.trd4j.report;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import java.util.Arrays;

/** A point cloud as a picture for people: nearer is brighter, missing points are of a colour that no grey has. */
public final class DepthPicture {
    private static final byte[] MISSING = {110, 40, (byte) 130};
    private static final int DARKEST = 20;
    private static final int BRIGHTEST = 245;
    /** Share of the points at either end of z that are beyond the scale: a few stray points would take it all. */
    private static final double STRAY = 0.01;

    private DepthPicture() {}

    /** A picture of the same size. */
    public static RgbImage of(PointCloud cloud) {
        float[] xyz = cloud.xyz();
        int n = cloud.width() * cloud.height();
        float[] z = new float[n];
        int valid = 0;
        for (int i = 0; i < n; i++) {
            if (PointCloud.isPoint(xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2])) {
                z[valid++] = xyz[3 * i + 2];
            }
        }
        Arrays.sort(z, 0, valid);
        float near = valid == 0 ? 0 : z[(int) (STRAY * (valid - 1))];
        float far = valid == 0 ? 0 : z[(int) Math.ceil((1 - STRAY) * (valid - 1))];
        byte[] rgb = new byte[3 * n];
        for (int i = 0; i < n; i++) {
            if (PointCloud.isPoint(xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2])) {
                double share =
                        far > near ? Math.min(1, Math.max(0, (far - (double) xyz[3 * i + 2]) / (far - near))) : 0.5;
                Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) Math.round(DARKEST + share * (BRIGHTEST - DARKEST)));
            } else {
                System.arraycopy(MISSING, 0, rgb, 3 * i, 3);
            }
        }
        return new RgbImage(cloud.width(), cloud.height(), rgb);
    }
}
