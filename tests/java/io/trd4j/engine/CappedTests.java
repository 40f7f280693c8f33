package io.trd4j.engine;

import io.trd4j.jni.NativeRuntime;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * A child JVM of InstructionSetTest: checks that the caps of its environment took effect, runs a package's tests, and
 * writes what failed. Nothing written is a success too: the last line says how many passed.
 */
final class CappedTests {
    private CappedTests() {}

    /** @param args the instruction set, the package, and the file for the outcome */
    public static void main(String[] args) throws IOException {
        InstructionSet wanted = InstructionSet.valueOf(args[0]);
        List<String> lines = new ArrayList<>();
        // oneDNN passes over a cap that it does not know, in silence.
        if (InstructionSet.effective() != wanted) {
            lines.add("FAILED the cap of oneDNN to " + wanted + " took no effect: it works with "
                    + InstructionSet.effective());
        } else if (!NativeRuntime.description().contains("cpu (" + wanted.libtrd + ")")) {
            lines.add(
                    "FAILED the cap of libtrd to " + wanted.libtrd + " took no effect: " + NativeRuntime.description());
        } else {
            run(args[1], lines);
        }
        Files.write(Path.of(args[2]), lines);
        // LibTorch's threads must not keep the JVM alive.
        System.exit(0);
    }

    private static void run(String name, List<String> lines) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectPackage(name))
                .build();
        Launcher launcher = LauncherFactory.create();
        TestPlan plan = launcher.discover(request);
        Deque<TestPlan> executed = new ArrayDeque<>();
        SummaryGeneratingListener listener = new SummaryGeneratingListener() {
            @Override
            public void testPlanExecutionStarted(TestPlan started) {
                executed.add(started);
                super.testPlanExecutionStarted(started);
            }
        };
        launcher.execute(plan, listener);
        TestExecutionSummary summary = listener.getSummary();
        for (TestExecutionSummary.Failure failure : summary.getFailures()) {
            lines.add(
                    "FAILED " + path(executed.getFirst(), failure.getTestIdentifier()) + ": " + failure.getException());
        }
        lines.add("passed " + summary.getTestsSucceededCount());
        summary.printTo(new PrintWriter(System.out));
    }

    /** As in CpuRunnerTest > [1] backbone = RESNET18 > someLayersMayStayInBf16(). */
    private static String path(TestPlan plan, TestIdentifier test) {
        Deque<String> names = new ArrayDeque<>();
        for (TestIdentifier at = test;
                at.getParentIdObject().isPresent();
                at = plan.getParent(at).orElseThrow()) {
            names.addFirst(at.getDisplayName());
        }
        return String.join(" > ", names);
    }
}
