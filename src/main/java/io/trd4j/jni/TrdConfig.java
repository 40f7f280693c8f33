package io.trd4j.jni;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** How JavaCPP turns {@code trd.h} into the generated class {@code io.trd4j.jni.Trd}, which extends this one. */
@Properties(
        // libtrd's OpenMP is the copy that LibTorch and oneDNN bring: two runtimes in one process would fight for the cores.
        value = @Platform(include = "trd.h", link = "trd", preload = "gomp@.1",
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
        infoMap.put(new Info("uint8_t").cast().valueTypes("byte").pointerTypes("BytePointer"));
        infoMap.put(new Info("trd_exec").pointerTypes("TrdExec"));
        infoMap.put(new Info("trd_distances").pointerTypes("TrdDistances"));
        infoMap.put(new Info("trd_calibration").pointerTypes("TrdCalibration"));
    }
}
