package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.plan.NetworkPart;
import io.trd4j.ops.DeviceOps;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.TunerBranches;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The Crossmodal Filter or Amplifier of both branches, all scales.
 *
 * @param in features of the other modality, by branch and scale
 * @param flop multiplications and additions
 */
record TunerStep(
        boolean amplifier,
        CudaTensor[][] in,
        CudaTensor[][] out,
        WeightSlot.OfTuner[] weights,
        Scratch scratch,
        double flop)
        implements CudaStep {
    private static Stream<Buffer> buffers(CudaTensor[][] values) {
        return Arrays.stream(values).flatMap(branch -> CudaTensor.buffers(branch).stream());
    }

    @Override
    public String name() {
        return amplifier ? "crossmodal amplifier" : "crossmodal filter";
    }

    @Override
    public NetworkPart part() {
        return amplifier ? NetworkPart.AMPLIFIER : NetworkPart.FILTER;
    }

    @Override
    public StreamRole stream() {
        return amplifier ? StreamRole.SIDE : StreamRole.MAIN;
    }

    @Override
    public List<Buffer> reads() {
        return buffers(in).toList();
    }

    @Override
    public List<Buffer> writes() {
        return scratch.with(buffers(out));
    }

    @Override
    public String implementation() {
        return amplifier ? "libtrd crossmodal_amplifier" : "libtrd crossmodal_filter";
    }

    @Override
    public void record(Recording r) {
        TunerBranches branches = r.own(new TunerBranches(2));
        for (int branch = 0; branch < 2; branch++) {
            branches.packed(branch, r.address(weights[branch]));
            for (int scale = 0; scale < 3; scale++) {
                branches.scale(
                        branch,
                        scale,
                        r.address(in[branch][scale]),
                        r.address(out[branch][scale]),
                        out[branch][scale].pixelStride());
            }
        }
        OpTarget exec = r.exec(stream());
        long workspace = scratch.address(r);
        long bytes = scratch.bytes();
        int side = in[0][0].side();
        int c1 = in[0][0].channels();
        r.run(stream(), () -> {
            if (amplifier) {
                DeviceOps.amplifier(exec, r.type(), branches, workspace, bytes, 1, side, c1);
            } else {
                DeviceOps.filter(exec, r.type(), branches, workspace, bytes, 1, side, c1);
            }
        });
    }
}
