package io.trd4j.engine.cuda;

/**
 * Where one modality's prepared image goes.
 *
 * @param branch 0 = rgb, 1 = the second modality
 * @param result where the second modality's says whether the part can be used
 */
record PartInput(int branch, CudaTensor image, CudaTensor.Buffer result) {
    StreamRole stream() {
        return branch == 0 ? StreamRole.SIDE : StreamRole.MAIN;
    }
}
