package dev.election.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.command.SidecarProcess;
import dev.election.tck.servers.Programs;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, which shows what a real sidecar tells. */
@Timeout(180)
class PageIT {

    private static final String FIRST_LEADER = "document.querySelector('.election .leader .name')?.textContent";
    private static final String CONNECTION = "document.querySelector('#connection-text')?.textContent";

    @TempDir
    private Path directory;

    @Test
    void a_hand_over_shows_without_a_reload_and_so_does_the_loss_of_the_server() throws Exception {
        try (SidecarProcess a = sidecar("a", "reports,mail")) {
            a.await("leadership", a::isLeader);
            try (SidecarProcess b = sidecar("b", "reports,mail");
                    Chromium browser = browser()) {
                browser.open(page(b), 1200, 800, "light");
                await(b, "the leader", () -> browser.value(FIRST_LEADER).equals("a"));
                assertThat(browser.value("document.querySelectorAll('.election').length"))
                        .isEqualTo("2");
                assertThat(browser.value("document.querySelector('#summary').textContent"))
                        .isEqualTo("2 elections · 0 led from here · 0 without a known leader");
                browser.value("window.stillTheSame = true");

                a.kill();
                await(b, "the next leader", () -> browser.value(FIRST_LEADER).equals("b"));
                await(
                        b,
                        "word for those who listen",
                        () -> browser.value("document.querySelector('#announcer').textContent")
                                .contains("b leads"));
                assertThat(browser.value("window.stillTheSame")).isEqualTo("true");
                assertThat(browser.complaints()).isEmpty();

                b.kill();
                await(b, "the loss", () -> browser.value(CONNECTION).equals("Not connected"));
                assertThat(browser.value("document.querySelector('#lost-title').textContent"))
                        .startsWith("Not connected since ");
                assertThat(browser.value("document.querySelector('.election .leader .was').hidden"))
                        .as("nothing is shown as if it were so now")
                        .isEqualTo("false");
            }
        }
    }

    @Test
    void an_election_opens_by_keyboard_and_shows_candidates_history_and_margins() throws Exception {
        try (SidecarProcess a = sidecar("a", "reports,mail");
                Chromium browser = browser()) {
            a.await("leadership", a::isLeader);
            browser.open(page(a), 1200, 800, "dark");
            await(a, "the leader", () -> browser.value(FIRST_LEADER).equals("a"));
            browser.value("document.querySelector('.election h2 button').focus()");
            browser.press("Enter", 13);
            await(
                    a,
                    "what is below",
                    () -> browser.value("document.querySelector('.election .detail').hidden")
                            .equals("false"));
            assertThat(browser.value("document.activeElement.getAttribute('aria-expanded')"))
                    .isEqualTo("true");
            assertThat(browser.value("document.querySelector('.candidates tbody').textContent"))
                    .contains("a", "Leading");
            assertThat(browser.value("document.querySelector('.changes ol').textContent"))
                    .contains("token 1");
            await(
                    a,
                    "margins",
                    () -> browser.value("document.querySelector('.margins .figures').textContent")
                            .matches("The last \\d+ renewals? left .*"));
            assertThat(browser.value("getComputedStyle(document.body).backgroundColor"))
                    .as("dark")
                    .matches("rgb\\((\\d|[1-4]\\d), (\\d|[1-4]\\d), (\\d|[1-4]\\d)\\)");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void nothing_is_wider_than_a_phone() throws Exception {
        try (SidecarProcess a = sidecar("a-candidate-with-quite-a-long-name-7d9f8b6c5-x2x9q", "reports,mail");
                Chromium browser = browser()) {
            browser.open(page(a), 320, 640, "light");
            await(a, "the leader", () -> browser.value(FIRST_LEADER).startsWith("a-candidate"));
            assertThat(browser.value("document.documentElement.scrollWidth")).isEqualTo("320");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void a_server_that_wants_a_token_is_given_one_on_the_page() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "a-token-of-some-length");
        try (SidecarProcess a = sidecar("a", "reports,mail", "--http-token-file=" + token);
                Chromium browser = browser()) {
            browser.open(page(a), 1200, 800, "light");
            await(
                    a,
                    "the question",
                    () -> browser.value("document.querySelector('#token')?.hidden")
                            .equals("false"));
            browser.value("document.querySelector('#token-value').value = 'wrong'");
            browser.value("document.querySelector('#token').requestSubmit()");
            await(
                    a,
                    "the refusal",
                    () -> browser.value("document.querySelector('#token-refused').textContent")
                            .equals("The server refused that token."));
            browser.value("document.querySelector('#token-value').value = 'a-token-of-some-length'");
            browser.value("document.querySelector('#token').requestSubmit()");
            await(a, "the leader", () -> browser.value(FIRST_LEADER).equals("a"));
        }
    }

    private SidecarProcess sidecar(String id, String elections, String... more) throws Exception {
        String[] arguments = {
            "--election=" + elections,
            "--id=" + id,
            "--http=127.0.0.1:0",
            "--ttl=3s",
            "--backend=file:" + directory.resolve("store")
        };
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return SidecarProcess.start(directory, all);
    }

    private static URI page(SidecarProcess sidecar) {
        return sidecar.address().resolve("/ui/");
    }

    private Chromium browser() throws Exception {
        Optional<Path> program = Chromium.program();
        if (program.isEmpty()) {
            Programs.missing("CHROMIUM on the PATH", "run script/test, or install it.");
        }
        return Chromium.start(program.get(), directory);
    }

    private static void await(SidecarProcess sidecar, String what, Callable<Boolean> isSo) {
        sidecar.await(what, () -> {
            try {
                return isSo.call();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }
}
