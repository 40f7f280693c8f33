package io.trd4j.train;

import io.trd4j.model.network.Weights;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.ops.Retained;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam as SPEC section 3 uses it (betas 0.5 and 0.999, eps 1e-8, no weight decay), through LibTorch's fused kernel. The
 * moments and the step count are ours, so that a run can be saved and resumed bit for bit.
 */
public final class Adam implements AutoCloseable {
    private static final double STUDENT_BETA_1 = 0.5;
    private static final double BETA_2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final String FIRST = ".first_moment";
    static final String SECOND = ".second_moment";
    static final String STEP = ".step";

    private final double beta1;
    private final List<Weights.Entry> parameters;
    private final List<Tensor> first = new ArrayList<>();
    private final List<Tensor> second = new ArrayList<>();
    private final List<Tensor> steps = new ArrayList<>();

    /** For a student, whose weights have been moved to where they are trained. */
    public Adam(Weights dict) {
        this(dict, STUDENT_BETA_1);
    }

    /** As {@link #Adam(Weights)}, with another decay of the first moment. */
    public Adam(Weights dict, double beta1) {
        this.beta1 = beta1;
        parameters = dict.trained();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Weights.Entry p : parameters) {
                first.add(Retained.of(torch.zeros_like(p.tensor())));
                second.add(Retained.of(torch.zeros_like(p.tensor())));
                steps.add(Retained.of(torch.zeros(new long[0], p.tensor().options())));
            }
        }
    }

    /** Steps every parameter by its gradient and drops the gradients. */
    public void step(double learningRate) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Fused fused = new Fused();
            List<Tensor> values = new ArrayList<>();
            List<Tensor> gradients = new ArrayList<>();
            List<Tensor> firstHere = new ArrayList<>();
            List<Tensor> secondHere = new ArrayList<>();
            List<Tensor> stepsHere = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                Tensor value = parameters.get(i).tensor();
                Tensor gradient = value.grad();
                if (gradient.defined()) { // else the loss did not depend on it
                    values.add(value);
                    gradients.add(gradient);
                    firstHere.add(first.get(i));
                    secondHere.add(second.get(i));
                    stepsHere.add(steps.get(i).add_(new Scalar(1.0)));
                }
            }
            fused.call(values, gradients, firstHere, secondHere, stepsHere, learningRate);
            for (Tensor value : values) {
                // Undefined rather than zero: the next backward then lays the gradient out as its parameter, which the
                // fused kernel relies on.
                value.mutable_grad().reset();
            }
        }
    }

    /** The optimizer's tensors for a state file. */
    public List<SafetensorsWriter.Source> sources(String prefix) {
        List<SafetensorsWriter.Source> sources = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            Weights.Entry p = parameters.get(i);
            sources.add(Weights.source(prefix + p.name() + FIRST, p.shape(), first.get(i)));
            sources.add(Weights.source(prefix + p.name() + SECOND, p.shape(), second.get(i)));
            sources.add(Weights.source(prefix + p.name() + STEP, List.of(), steps.get(i)));
        }
        return sources;
    }

    /**
     * Replaces moments and step counts by those of a state file.
     *
     * @throws io.trd4j.io.InputException when the file lacks one, or has it in another shape
     */
    public void load(Safetensors file, String prefix) throws IOException {
        for (int i = 0; i < parameters.size(); i++) {
            Weights.Entry p = parameters.get(i);
            Weights.load(file, prefix + p.name() + FIRST, p.shape(), first.get(i));
            Weights.load(file, prefix + p.name() + SECOND, p.shape(), second.get(i));
            Weights.load(file, prefix + p.name() + STEP, List.of(), steps.get(i));
        }
    }

    @Override
    public void close() {
        first.forEach(Tensor::close);
        second.forEach(Tensor::close);
        steps.forEach(Tensor::close);
    }

    /** One boxed call of {@code aten::_fused_adam_}; lives inside a PointerScope. */
    private final class Fused {
        private final OperatorHandle operator = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adam_", "");
        private final Type.TypePtr element =
                operator.schema().arguments().getPointer(0).type().get().containedType(0);

        void call(
                List<Tensor> values,
                List<Tensor> gradients,
                List<Tensor> first,
                List<Tensor> second,
                List<Tensor> steps,
                double learningRate) {
            IValue[] arguments = {
                list(values),
                list(gradients),
                list(first),
                list(second),
                list(List.of()),
                list(steps),
                new IValue(learningRate),
                new IValue(beta1),
                new IValue(BETA_2),
                new IValue(0.0),
                new IValue(EPSILON),
                new IValue(false),
                new IValue(false),
                new IValue(),
                new IValue(),
            };
            IValueVector stack = new IValueVector(arguments.length);
            for (int i = 0; i < arguments.length; i++) {
                stack.put(i, arguments[i]);
            }
            operator.callBoxed(stack);
        }

        private IValue list(List<Tensor> tensors) {
            GenericList list = new GenericList(element);
            for (Tensor tensor : tensors) {
                list.push_back(new IValue(tensor));
            }
            return new IValue(list);
        }
    }
}
