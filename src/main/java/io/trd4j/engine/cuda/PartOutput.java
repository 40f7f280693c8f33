package io.trd4j.engine.cuda;

/**
 * Where a part's results come from.
 *
 * @param distances of both branches, one buffer for each scale
 * @param result head and maps: see {@link NetworkCompiler}
 */
record PartOutput(CudaTensor.Buffer[] distances, CudaTensor.Buffer result) {
    StreamRole stream() {
        return StreamRole.MAIN;
    }
}
