package io.trd4j.applications;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The poms and jars as they would be published: what a central repository demands stands in every one. */
class PublishedPomsIT {
    private static final List<String> ARTIFACTS = List.of(
            "trd4j",
            "trd4j-bom",
            "trd4j-cli",
            "trd4j-core",
            "trd4j-gpu",
            "trd4j-images",
            "trd4j-onnx",
            "trd4j-report",
            "trd4j-train");

    private static final String VERSION = System.getProperty("trd.version");
    private static final Path PUBLISHED = Path.of(System.getProperty("trd.repository"), "io/trd4j");

    @Test
    void everyPomSaysWhatACentralRepositoryDemands() throws Exception {
        for (String artifact : ARTIFACTS) {
            Element pom = pom(artifact);
            for (String name : List.of("name", "description", "url", "licenses", "developers", "scm", "version")) {
                assertTrue(child(pom, name) != null, artifact + " has no " + name);
            }
            assertEquals(null, child(pom, "parent"), artifact);
            assertEquals(VERSION, child(pom, "version").getTextContent(), artifact);
            // A pom knows its own version; nobody resolves another property.
            assertFalse(
                    pom.getTextContent().replace("${project.version}", VERSION).contains("${"), artifact);
            NodeList dependencies = pom.getElementsByTagName("dependency");
            for (int i = 0; i < dependencies.getLength(); i++) {
                Element version = child((Element) dependencies.item(i), "version");
                assertTrue(
                        version != null && version.getTextContent().matches("\\d.*|\\$\\{project.version}"), artifact);
            }
        }
    }

    /** The embedder's artifact leads to no library that is only for training, files, the report or a GPU. */
    @Test
    void whatOnlyOthersNeedIsOptional() throws Exception {
        NodeList dependencies = pom("trd4j-core").getElementsByTagName("dependency");
        Set<String> needed = Stream.iterate(0, i -> i + 1)
                .limit(dependencies.getLength())
                .map(i -> (Element) dependencies.item(i))
                .filter(dependency -> child(dependency, "optional") == null)
                .map(dependency -> child(dependency, "artifactId").getTextContent())
                .collect(Collectors.toSet());
        assertEquals(Set.of("javacpp", "dnnl", "opencl", "slf4j-api", "jackson-databind", "hipparchus-optim"), needed);
    }

    @Test
    void everyJarIsAModuleAndHasItsLicence() throws Exception {
        for (String artifact : ARTIFACTS) {
            if (artifact.equals("trd4j-bom")) {
                continue;
            }
            try (JarFile jar = new JarFile(file(artifact, "jar").toFile())) {
                Attributes manifest = jar.getManifest().getMainAttributes();
                String module = manifest.getValue("Automatic-Module-Name");
                assertTrue(module != null && module.matches("io\\.trd4j(\\.[a-z]+)*"), artifact + " is " + module);
                assertTrue(jar.getEntry("META-INF/LICENSE") != null, artifact);
                assertEquals(VERSION, manifest.getValue("Implementation-Version"), artifact);
                if (artifact.equals("trd4j-cli")) {
                    assertEquals("ALL-UNNAMED", manifest.getValue("Enable-Native-Access"));
                }
            }
        }
    }

    @Test
    void classesAndNativesAreApart() throws Exception {
        try (JarFile classes = new JarFile(file("trd4j-core", "jar").toFile())) {
            assertEquals(
                    0,
                    classes.stream()
                            .filter(e -> e.getName().matches(".*\\.(so|dylib|dll|safetensors)(\\..*)?"))
                            .count());
            assertTrue(classes.getEntry("io/trd4j/jni/Trd.class") != null);
        }
        List<Path> natives;
        try (Stream<Path> files = Files.list(file("trd4j-core", "jar").getParent())) {
            natives = files.filter(f -> f.getFileName().toString().matches("trd4j-core-.*-(linux|macosx)-\\w+\\.jar"))
                    .toList();
        }
        assertEquals(1, natives.size());
        try (JarFile jar = new JarFile(natives.get(0).toFile())) {
            assertEquals(
                    0, jar.stream().filter(e -> e.getName().endsWith(".class")).count());
            assertTrue(jar.stream().anyMatch(e -> e.getName().matches("io/trd4j/jni/[\\w-]+/libtrd\\.(so|dylib)")));
        }
    }

    private static Path file(String artifact, String extension) {
        return PUBLISHED.resolve(artifact).resolve(VERSION).resolve(artifact + "-" + VERSION + "." + extension);
    }

    private static Element pom(String artifact) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file(artifact, "pom").toFile())
                .getDocumentElement();
    }

    private static Element child(Element parent, String name) {
        for (var node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return element;
            }
        }
        return null;
    }
}
