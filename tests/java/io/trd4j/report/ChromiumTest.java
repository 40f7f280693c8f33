package io.trd4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The report in a real browser, opened from disk; skipped where no Chromium is installed. */
class ChromiumTest {
    /**
     * Counts, after the page's own scripts: canvases with a drawn pixel, laid-under pictures, and the orders of
     * sorting.
     */
    private static final String PROBE = """
            <script>
            window.addEventListener('load', () => {
              const drawn = [...document.querySelectorAll('canvas')].filter(c => c.width > 0 && c.height > 0
                && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v !== 0));
              const pick = (id, value) => {
                const control = document.getElementById(id);
                control.value = value;
                control.dispatchEvent(new Event('change'));
              };
              /* The words at the threshold lines of each branch's histogram. */
              const words = [];
              const fillText = CanvasRenderingContext2D.prototype.fillText;
              CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
                if (/^(NG|REVIEW) /.test(text)) {
                  words.push(text.replace(' ', ':'));
                }
                fillText.call(this, text, ...where);
              };
              ['depth', 'rgb', 'combined'].forEach(branch => pick('histogram-branch', branch));
              const outlined = [...document.querySelectorAll('.regions polygon')].every(p => p.getBBox().width > 0);
              const parts = () => [...document.querySelectorAll('.part')];
              const falls = key => parts().every((p, i, all) => i === 0 || Number(all[i - 1].dataset[key]) >= Number(p.dataset[key]));
              const sorted = ['wrong', 'combined', 'rgb', 'depth', 'milliseconds'].filter(key => {
                pick('sort', key);
                return falls(key);
              }).length;
              pick('sort', 'id');
              const first = document.querySelector('.part').dataset.id;
              const shown = () => document.querySelectorAll('.part:not([hidden])').length;
              const verdicts = ['OK', 'REVIEW', 'NG'].map(v => { pick('verdict', v); return shown(); }).reduce((a, b) => a + b);
              pick('verdict', 'misjudged');
              const misjudged = shown() === document.querySelectorAll('.wrong').length;
              pick('verdict', 'all');
              pick('sort', 'combined');
              pick('show', 'normal');
              const result = { words, sorted, verdicts, misjudged,
                loaded: [...document.images].every(i => i.complete && i.naturalWidth > 0),
                outlined,
                drawn: drawn.length, canvases: document.querySelectorAll('canvas').length,
                under: [...document.querySelectorAll('.under')].filter(i => i.complete && i.naturalWidth === 160).length,
                first, shown: document.querySelectorAll('.part:not([hidden])').length };
              document.body.setAttribute('data-probe', Object.entries(result).map(e => e.join('=')).join(' '));
            });
            </script>
            </body>""";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void chartsDrawTheGallerySortsAndNothingFails() throws IOException, InterruptedException {
        Optional<Path> chromium = chromium();
        Needs.that(chromium.isPresent(), "Chromium");
        Path page = folder.resolve("report.html");
        String html = HtmlReport.html(SampleReport.of(12, "good/000"));
        Files.writeString(page, html.replace("</body>", PROBE));

        Path errors = folder.resolve("errors.txt");
        Path dom = folder.resolve("dom.txt");
        List<String> command = new ArrayList<>(List.of(
                chromium.get().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=1400,1000",
                "--virtual-time-budget=10000",
                "--enable-logging=stderr",
                "--v=0",
                "--dump-dom",
                page.toUri().toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(errors.toFile())
                .redirectOutput(dom.toFile())
                .start();
        try {
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), "chromium did not end");
        } finally {
            process.destroyForcibly().waitFor();
        }
        String log = Files.readString(errors);
        Matcher probe = Pattern.compile("data-probe=\"([^\"]*)\"").matcher(Files.readString(dom));
        assertTrue(probe.find(), "the probe did not run: " + log);
        assertEquals(
                "words=NG:30.00,NG:8.00,REVIEW:6.00 sorted=5 verdicts=12 misjudged=true loaded=true "
                        + "outlined=true drawn=7 canvases=7 under=48 first=dent/2 shown=3",
                probe.group(1),
                log);
        assertFalse(log.contains("CONSOLE"), log);
    }

    private static Optional<Path> chromium() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(dir -> Path.of(dir, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
