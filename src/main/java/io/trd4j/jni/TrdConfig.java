package io.trd4j.jni;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** How JavaCPP turns {@code trd.h} into the generated class {@code io.trd4j.jni.Trd}, which extends this one. */
@Properties(
        // libtrd's OpenMP is the copy that LibTorch and oneDNN bring: two runtimes in one process would fight for the
        // cores.
        value =
                @Platform(
                        include = "trd.h",
                        link = "trd",
                        preload = "gomp@.1",
                        preloadresource = {"/org/bytedeco/pytorch/", "/org/bytedeco/dnnl/"}),
        global = "io.trd4j.jni.Trd",
        target = "io.trd4j.jni")
public class TrdConfig implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("TRD_API").cppTypes().annotations());
        infoMap.put(new Info("TRD_H").skip());
        infoMap.put(new Info("trd_status").cast().valueTypes("int"));
        // One overload per function: without these, copying float[] and FloatBuffer variants appear beside the pointer.
        infoMap.put(new Info("float").valueTypes("float").pointerTypes("FloatPointer"));
        infoMap.put(new Info("trd_exec").pointerTypes("TrdExec"));
        infoMap.put(new Info("trd_distances").pointerTypes("TrdDistances"));
        infoMap.put(new Info("trd_calibration").pointerTypes("TrdCalibration"));
        infoMap.put(new Info("trd_cuda_device").pointerTypes("TrdCudaDevice"));
        infoMap.put(new Info("trd_convolution").pointerTypes("TrdConvolution"));
        infoMap.put(new Info("trd_tuner_branch").pointerTypes("TrdTunerBranch"));
        infoMap.put(new Info("trd_area").pointerTypes("TrdArea"));
        infoMap.put(new Info("trd_position_branch").pointerTypes("TrdPositionBranch"));
        infoMap.put(new Info("uint8_t").cast().valueTypes("byte").pointerTypes("BytePointer"));
        sensed(
                infoMap,
                "trd_convert_colour",
                "@Cast(\"const uint8_t*\") BytePointer image",
                "@Cast(\"const uint8_t*\") byte[] image",
                "int layout, @Cast(\"uint8_t*\") long rgb");
        preparation(
                infoMap,
                "trd_prepare_rgb",
                "@Cast(\"const uint8_t*\") BytePointer image",
                "@Cast(\"const uint8_t*\") byte[] image",
                "",
                "");
        preparation(
                infoMap,
                "trd_prepare_depth",
                "@Const FloatPointer xyz",
                "@Const float[] xyz",
                "@Cast(\"uint8_t*\") long mask, ",
                ", @Cast(\"int32_t*\") long fault");
        preparation(
                infoMap,
                "trd_prepare_normals",
                "@Const FloatPointer xyz",
                "@Const float[] xyz",
                "int kernel, @Cast(\"uint8_t*\") long mask, ",
                ", @Cast(\"int32_t*\") long fault");
        preparation(
                infoMap,
                "trd_prepare_metric",
                "@Const FloatPointer xyz",
                "@Const float[] xyz",
                "@Cast(\"const float*\") long plane, ",
                "");
        view(
                infoMap,
                "trd_view_colour",
                "@Cast(\"const uint8_t*\") BytePointer image",
                "@Cast(\"const uint8_t*\") byte[] image",
                "");
        view(
                infoMap,
                "trd_view_relief",
                "@Const FloatPointer xyz",
                "@Const float[] xyz",
                ", @Cast(\"const float*\") long plane");
        // As preparations: what Java computes for every part is in its arrays, which are used in place.
        infoMap.put(new Info("trd_robust_rest")
                .javaText("public static native @Cast(\"trd_status\") @CriticalRegion int trd_robust_rest("
                        + "@Const TrdExec exec, @Const float[] y, float most, int unseen, "
                        + "@Cast(\"float*\") long rest, @Cast(\"void*\") long workspace, "
                        + "@Cast(\"int64_t\") long workspace_bytes, @Cast(\"int64_t\") long n);\n"));
        infoMap.put(new Info("trd_position_scores")
                .javaText("public static native @Cast(\"trd_status\") @CriticalRegion int trd_position_scores("
                        + "@Const TrdExec exec, @Const TrdArea area, @Const TrdPositionBranch rgb, "
                        + "@Const TrdPositionBranch depth, float[] map, float[] map_rgb, float[] map_depth, "
                        + "float sum_offset, float factor, float offset, double deviation, "
                        + "@Cast(\"void*\") long workspace, "
                        + "@Cast(\"int64_t\") long workspace_bytes);\n"));
    }

    /**
     * A preparation takes what the sensors gave from native memory or, in place and without a copy, from a Java array:
     * the critical region holds off the garbage collector for the milliseconds of the call. Inside one, JNI allows no
     * look into other Java objects, so what comes after the array is passed as addresses.
     */
    private static void preparation(
            InfoMap infoMap, String function, String pointer, String array, String more, String last) {
        sensed(
                infoMap,
                function,
                pointer,
                array,
                "@Cast(\"void*\") long out, int type, @Cast(\"int64_t\") long size, " + more
                        + "@Cast(\"void*\") long workspace, @Cast(\"int64_t\") long workspace_bytes" + last);
    }

    /** So does a view. */
    private static void view(InfoMap infoMap, String function, String pointer, String array, String last) {
        sensed(infoMap, function, pointer, array, "@Cast(\"float*\") long out, @Cast(\"int64_t\") long size" + last);
    }

    private static void sensed(InfoMap infoMap, String function, String pointer, String array, String others) {
        StringBuilder text = new StringBuilder();
        for (String input : new String[] {pointer, array}) {
            text.append("public static native @Cast(\"trd_status\") ")
                    .append(input.equals(array) ? "@CriticalRegion " : "")
                    .append("int ")
                    .append(function)
                    .append("(@Const TrdExec exec, ")
                    .append(input)
                    .append(", @Cast(\"int64_t\") long width, @Cast(\"int64_t\") long height, "
                            + "@Cast(\"int64_t\") long row_stride, ")
                    .append(others)
                    .append(");\n");
        }
        infoMap.put(new Info(function).javaText(text.toString()));
    }
}
