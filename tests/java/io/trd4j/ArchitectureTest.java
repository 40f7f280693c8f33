package io.trd4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies run one way; native libraries are met in few places (src/docs/architecture.md). */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.trd4j");

    @Test
    void dependenciesRunOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("cli")
                .definedBy("io.trd4j.cli..")
                .layer("results")
                .definedBy("io.trd4j.results..")
                .layer("report")
                .definedBy("io.trd4j.report..")
                .layer("evaluate")
                .definedBy("io.trd4j.evaluate..")
                .layer("watch")
                .definedBy("io.trd4j.watch..")
                .layer("bench")
                .definedBy("io.trd4j.bench..")
                .layer("onnx")
                .definedBy("io.trd4j.onnx..")
                .layer("calibrate")
                .definedBy("io.trd4j.calibrate..")
                .layer("train")
                .definedBy("io.trd4j.train..")
                .layer("learn")
                .definedBy("io.trd4j.learn..")
                .layer("drift")
                .definedBy("io.trd4j.drift..")
                .layer("sensitivity")
                .definedBy("io.trd4j.sensitivity..")
                .layer("audit")
                .definedBy("io.trd4j.audit..")
                .layer("inspect")
                .definedBy("io.trd4j.inspect..")
                .layer("sign")
                .definedBy("io.trd4j.sign..")
                .layer("align")
                .definedBy("io.trd4j.align..")
                .layer("outline")
                .definedBy("io.trd4j.outline..")
                .layer("engine")
                .definedBy("io.trd4j.engine..")
                .layer("model")
                .definedBy("io.trd4j.model..")
                .layer("metrics")
                .definedBy("io.trd4j.metrics..")
                .layer("threshold")
                .definedBy("io.trd4j.threshold..")
                .layer("data")
                .definedBy("io.trd4j.data..")
                .layer("ops")
                .definedBy("io.trd4j.ops..")
                .layer("jni")
                .definedBy("io.trd4j.jni..")
                .layer("io")
                .definedBy("io.trd4j.io..")
                .layer("bundle")
                .definedBy("io.trd4j.bundle..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("results")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("cli", "results")
                .whereLayer("evaluate")
                .mayOnlyBeAccessedByLayers("cli", "results", "report")
                .whereLayer("watch")
                .mayOnlyBeAccessedByLayers("cli", "results")
                .whereLayer("bench")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("onnx")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("learn")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("train")
                .mayOnlyBeAccessedByLayers("cli", "learn")
                .whereLayer("sensitivity")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("calibrate")
                .mayOnlyBeAccessedByLayers("cli", "report", "learn", "train", "sensitivity")
                .whereLayer("drift")
                .mayOnlyBeAccessedByLayers("cli", "calibrate")
                .whereLayer("inspect")
                .mayOnlyBeAccessedByLayers(
                        "cli",
                        "results",
                        "report",
                        "evaluate",
                        "watch",
                        "bench",
                        "onnx",
                        "learn",
                        "calibrate",
                        "drift",
                        "sensitivity",
                        "audit")
                .whereLayer("audit")
                .mayOnlyBeAccessedByLayers("cli", "results")
                .whereLayer("sign")
                .mayOnlyBeAccessedByLayers("cli", "inspect", "drift")
                .whereLayer("outline")
                .mayOnlyBeAccessedByLayers("cli", "results", "inspect", "calibrate", "align")
                .whereLayer("align")
                .mayOnlyBeAccessedByLayers("cli", "inspect", "calibrate", "train", "learn")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("cli", "inspect", "onnx")
                .whereLayer("model")
                .mayOnlyBeAccessedByLayers(
                        "cli",
                        "onnx",
                        "results",
                        "report",
                        "evaluate",
                        "learn",
                        "train",
                        "calibrate",
                        "drift",
                        "sensitivity",
                        "audit",
                        "inspect",
                        "align",
                        "outline",
                        "engine",
                        "data")
                .whereLayer("metrics")
                .mayOnlyBeAccessedByLayers("cli", "report", "evaluate", "train", "calibrate")
                .whereLayer("threshold")
                .mayOnlyBeAccessedByLayers("calibrate", "report", "sensitivity")
                .whereLayer("data")
                .mayOnlyBeAccessedByLayers(
                        "cli",
                        "results",
                        "report",
                        "evaluate",
                        "watch",
                        "bench",
                        "onnx",
                        "learn",
                        "train",
                        "calibrate",
                        "drift",
                        "sensitivity",
                        "audit",
                        "inspect",
                        "align",
                        "outline",
                        "engine")
                .whereLayer("ops")
                .mayOnlyBeAccessedByLayers("onnx", "train", "calibrate", "align", "outline", "engine", "model", "data")
                .whereLayer("jni")
                .mayOnlyBeAccessedByLayers("cli", "calibrate", "inspect", "engine", "model", "data", "ops")
                .whereLayer("bundle")
                .mayOnlyBeAccessedByLayers("cli")
                .check(CLASSES);
    }

    /** Of any two packages, sub-packages too, at most one knows the other. */
    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("io.trd4j.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void ioDependsOnNothingOfOurs() {
        noClasses()
                .that()
                .resideInAPackage("io.trd4j.io..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are ours, except io",
                        c -> c.getPackageName().startsWith("io.trd4j")
                                && !c.getPackageName().equals("io.trd4j.io")))
                .check(CLASSES);
    }

    /** A signature is checked before anything is parsed, and with nothing that parses. */
    @Test
    void bundleAndSignDependOnIoAlone() {
        for (String alone : new String[] {"bundle", "sign"}) {
            noClasses()
                    .that()
                    .resideInAPackage("io.trd4j." + alone + "..")
                    .should()
                    .dependOnClassesThat(DescribedPredicate.describe(
                            "are ours, except " + alone + " and io",
                            c -> c.getPackageName().startsWith("io.trd4j")
                                    && !c.getPackageName().matches("io\\.trd4j\\.(io|" + alone + ")")))
                    .check(CLASSES);
        }
    }

    @Test
    void statisticsOfThresholdsKnowOnlyNumbers() {
        noClasses()
                .that()
                .resideInAPackage("io.trd4j.threshold..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are ours, except threshold",
                        c -> c.getPackageName().startsWith("io.trd4j")
                                && !c.getPackageName().equals("io.trd4j.threshold")))
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.trd4j.threshold..", "io.trd4j.drift..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.hipparchus..")
                .check(CLASSES);
    }

    /** Services return results and warnings and report progress; only the command line prints. */
    @Test
    void onlyTheCommandLinePrints() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.trd4j.cli..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.trd4j.learn..",
                        "io.trd4j.train..",
                        "io.trd4j.calibrate..",
                        "io.trd4j.sensitivity..",
                        "io.trd4j.evaluate..",
                        "io.trd4j.watch..",
                        "io.trd4j.report..",
                        "io.trd4j.results..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("me.tongfei.progressbar..", "picocli..")
                .check(CLASSES);
    }

    /** Applications without Micrometer load everything else. */
    @Test
    void onlyOneClassKnowsMicrometer() {
        noClasses()
                .that()
                .doNotHaveSimpleName("MicrometerDrift")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveSimpleName("MicrometerDrift")
                .check(CLASSES);
    }

    @Test
    void libTorchIsMetOnlyWhereTensorsAre() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.trd4j.model.network..",
                        "io.trd4j.train..",
                        "io.trd4j.calibrate..",
                        "io.trd4j.engine.torch..",
                        "io.trd4j.engine.cuda..",
                        "io.trd4j.inspect..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco.pytorch..", "org.bytedeco.openblas..")
                .check(CLASSES);
    }

    @Test
    void oneDnnIsMetInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.trd4j.engine.cpu..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco.dnnl..")
                .check(CLASSES);
    }

    @Test
    void onlyOpsCallsTheBinding() {
        classes()
                .that()
                .haveFullyQualifiedName("io.trd4j.jni.Trd")
                .should()
                .onlyBeAccessed()
                .byAnyPackage("io.trd4j.jni..", "io.trd4j.ops..")
                .check(CLASSES);
    }

    @Test
    void theCudaRuntimeIsMetInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.trd4j.engine.cuda..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco.cuda..")
                .check(CLASSES);
    }

    /** Libraries that the pom calls optional: inspection and training do without them (src/docs/java.md). */
    @Test
    void optionalLibrariesAreMetWhereTheyAreDocumented() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.trd4j.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.trd4j.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.HdrHistogram..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.trd4j.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnx..", "ai.onnxruntime..", "com.google.protobuf..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.trd4j.report..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.samskivert..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.trd4j.evaluate..", "io.trd4j.io..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson.dataformat..")
                .check(CLASSES);
    }
}
