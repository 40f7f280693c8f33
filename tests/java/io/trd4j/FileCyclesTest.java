package io.trd4j;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of a package are free of cycles: of any two, at most one reaches the other. So each can be read, tested and
 * changed after those below it. A class counts with those that its file holds inside it.
 */
class FileCyclesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.trd4j");

    /** All but the generated binding, whose classes refer to each other. */
    static Stream<String> packages() {
        return CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals("io.trd4j.jni"))
                .distinct()
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void filesAreFreeOfCycles(String mine) {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass c) {
                        return c.getPackageName().equals(mine) ? SliceIdentifier.of(file(c)) : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "files of " + mine;
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    private static String file(JavaClass c) {
        JavaClass outermost = c;
        while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
        }
        return outermost.getSimpleName();
    }
}
