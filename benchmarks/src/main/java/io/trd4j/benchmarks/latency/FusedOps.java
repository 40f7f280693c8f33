package io.trd4j.benchmarks.latency;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.LongList;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/**
 * LibTorch's fused oneDNN operators, which torch.compile's freezing turns convolutions into, called as compiled code
 * calls them: through the dispatcher. They take weights in oneDNN's own layout and write channels-last results.
 */
final class FusedOps {
    private static final OperatorHandle REORDER = find("mkldnn::_reorder_convolution_weight", "");
    private static final OperatorHandle REORDER_TRANSPOSED = find("mkldnn::_reorder_convolution_transpose_weight", "");
    private static final OperatorHandle CONVOLUTION = find("mkldnn::_convolution_pointwise", "");
    private static final OperatorHandle CONVOLUTION_SUM = find("mkldnn::_convolution_pointwise_", "binary");
    private static final OperatorHandle TRANSPOSED = find("mkldnn::_convolution_transpose_pointwise", "");

    private static final IValue NONE = new IValue();
    private static final IValue RELU = new IValue("relu");
    private static final IValue IDENTITY = new IValue("none");
    private static final IValue ADD = new IValue("add");
    private static final IValue ONE_GROUP = new IValue(1L);
    private static final IValue NO_PADDING = ints(0, 0);
    private static final IValue NO_DILATION = ints(1, 1);
    private static final IValue NO_SCALARS = new IValue(new GenericList(
            CONVOLUTION.schema().arguments().getPointer(8).type().get().containedType(0)));

    private FusedOps() {}

    /** A layer's arguments that never change, kept past any PointerScope. */
    record Geometry(IValue stride, IValue padding) {
        static Geometry of(long stride, long padding) {
            return new Geometry(ints(stride, stride), ints(padding, padding));
        }
    }

    /**
     * The weights [out, in, k, k], or [in, out, k, k] when transposed, in the layout that is fastest for inputs of this
     * shape.
     */
    static Tensor reorder(boolean transposed, Tensor weights, Geometry g, long[] inputShape) {
        try (PointerScope scope = new PointerScope()) {
            IValue shape = ints(inputShape);
            Tensor packed = transposed
                    ? call(
                            REORDER_TRANSPOSED,
                            new IValue(weights),
                            g.padding,
                            NO_PADDING,
                            g.stride,
                            NO_DILATION,
                            ONE_GROUP,
                            shape)
                    : call(REORDER, new IValue(weights), g.padding, g.stride, NO_DILATION, ONE_GROUP, shape);
            packed.retainReference();
            return packed;
        }
    }

    /** A convolution, a bias, and a ReLU when asked for. */
    static Tensor convolution(Tensor x, IValue weights, IValue bias, Geometry g, boolean relu) {
        return call(
                CONVOLUTION,
                new IValue(x),
                weights,
                bias,
                g.padding,
                g.stride,
                NO_DILATION,
                ONE_GROUP,
                relu ? RELU : IDENTITY,
                NO_SCALARS,
                NONE);
    }

    static Tensor transposed(Tensor x, IValue weights, IValue bias, Geometry g, boolean relu) {
        return call(
                TRANSPOSED,
                new IValue(x),
                weights,
                bias,
                g.padding,
                NO_PADDING,
                g.stride,
                NO_DILATION,
                ONE_GROUP,
                relu ? RELU : IDENTITY,
                NO_SCALARS,
                NONE);
    }

    /** {@code sum = relu(sum + convolution(x) + bias)}, in place. */
    static void addConvolutionRelu(Tensor sum, Tensor x, IValue weights, IValue bias, Geometry g) {
        call(
                        CONVOLUTION_SUM,
                        new IValue(sum),
                        new IValue(x),
                        weights,
                        bias,
                        g.padding,
                        g.stride,
                        NO_DILATION,
                        ONE_GROUP,
                        ADD,
                        NONE,
                        RELU,
                        NO_SCALARS,
                        NONE)
                .close();
    }

    private static OperatorHandle find(String name, String overload) {
        return Dispatcher.singleton().findSchemaOrThrow(name, overload);
    }

    private static IValue ints(long... values) {
        GenericList list = new GenericList(new LongList().elementType());
        for (long value : values) {
            list.push_back(new IValue(value));
        }
        IValue boxed = new IValue(list);
        boxed.retainReference();
        return boxed;
    }

    private static Tensor call(OperatorHandle operator, IValue... arguments) {
        try (IValueVector stack = new IValueVector(arguments.length)) {
            for (int i = 0; i < arguments.length; i++) {
                stack.put(i, arguments[i]);
            }
            operator.callBoxed(stack);
            // toTensor() is a reference into the stack's value: the copy keeps the tensor when the stack goes.
            return new Tensor(stack.get(0).toTensor());
        }
    }
}
