package io.trd4j;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of a package are free of cycles: of any two, at most one reaches the other. So each can be read, tested and changed
 * after those below it. A class counts with those that its file holds inside it.
 */
class FileCyclesTest {
    @ParameterizedTest
    @ValueSource(strings = {"engine", "engine.cpu", "engine.cuda", "engine.plan", "engine.torch", "inspect", "ops"})
    void filesAreFreeOfCycles(String name) {
        String mine = "io.trd4j." + name;
        slices().assignedFrom(new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass c) {
                return c.getPackageName().equals(mine) ? SliceIdentifier.of(file(c)) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "files of " + mine;
            }
        }).should().beFreeOfCycles().check(new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages(mine));
    }

    private static String file(JavaClass c) {
        JavaClass outermost = c;
        while (outermost.getEnclosingClass().isPresent()) {
            outermost = outermost.getEnclosingClass().get();
        }
        return outermost.getSimpleName();
    }
}
