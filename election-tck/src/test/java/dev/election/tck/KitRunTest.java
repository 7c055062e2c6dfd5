package dev.election.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.local.MemoryBackend;
import dev.election.spi.ElectionBackend;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What is reported of a run. The kits are classes within this one, where no build tool looks for tests. */
class KitRunTest {

    abstract static class MemoryKit extends BackendTck {
        @Override
        protected ElectionBackend open() throws Exception {
            return MemoryBackend.open("kit-run-test");
        }
    }

    private static Report run(Class<? extends BackendTck> kit) {
        return KitRun.run(kit, EnumSet.of(Rule.S1));
    }

    private static List<Outcome> outcomes(Report report) {
        return report.results().stream().map(Result::outcome).distinct().toList();
    }

    static class FineTckIT extends MemoryKit {}

    @Test
    void reportsWhatPassedAndWhatWasNotRun() {
        Report report = run(FineTckIT.class);
        assertThat(outcomes(report)).contains(Outcome.PASSED).doesNotContain(Outcome.FAILED, Outcome.SKIPPED);
        assertThat(report.results()).allSatisfy(result -> {
            assertThat(result.rules()).contains(Rule.S1);
            assertThat(result.test()).matches("[a-z].* .*");
        });
        assertThat(report.toText())
                .contains("kit: Fine\n")
                .containsPattern("  S1 +compare-and-set is atomic +\\d+ passed.*\n")
                .containsPattern("\n  not run: .*E15\n")
                .containsPattern("  E14 +what is not promised +not tested\n")
                .containsPattern("\nFine: \\d+ passed.*\n$");
        assertThat(report.toTsv())
                .startsWith("rules\toutcome\ttest\tmessage\nS1")
                .contains("\tpassed\t");
    }

    @DisplayName("ignores the version")
    static class IgnoresTheVersion extends MemoryKit {
        @Override
        protected ElectionBackend open() throws Exception {
            ElectionBackend memory = super.open();
            return (ElectionBackend) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {ElectionBackend.class}, (proxy, method, args) -> {
                        if (method.getName().equals("compareAndSet")) {
                            synchronized (KitRunTest.class) {
                                args[1] = memory.read((String) args[0], Kit.TIMEOUT)
                                        .version();
                                return method.invoke(memory, args);
                            }
                        }
                        return method.invoke(memory, args);
                    });
        }
    }

    @Test
    void aWrongBackendFailsWithAMessageThatSaysWhatIsWrong() {
        Report report = run(IgnoresTheVersion.class);
        assertThat(report.failures()).isNotEmpty();
        assertThat(report.toText())
                .startsWith("Election compatibility kit: ignores the version\n")
                .containsPattern("  S1 +compare-and-set is atomic .*\\d+ failed")
                .contains(
                        "\nFailed\n",
                        "\n  S1  of eight swaps",
                        "\n      of eight swaps that expected the same version");
        assertThat(report.toTsv()).containsPattern("S1\tfailed\tof eight swaps[^\t]*\t[^\t]{20}");
    }

    static class NeedsMore extends MemoryKit {
        @Test
        @Proves({Rule.S1, Rule.S8})
        void needsAHook() {
            Assumptions.assumeTrue(false, "needs something");
        }
    }

    @Test
    void anAbortedTestIsNotApplicableForItsReason() {
        Report report = run(NeedsMore.class);
        assertThat(report.failures()).isEmpty();
        assertThat(report.toText())
                .containsPattern("  S8 +what is not known survives +1 not applicable\n")
                .contains("\nNot applicable\n", "\n  needs something\n      S1,S8  needsAHook()\n");
        assertThat(report.toTsv()).contains("S1,S8\tnot applicable\tneedsAHook()\tneeds something\n");
    }

    static class Counting extends MemoryKit {
        @Test
        @Proves(Rule.S1)
        void counts(TestReporter report) {
            report.publishEntry("counted", "sheep=7");
            report.publishEntry("asleep", "yes");
        }
    }

    @Test
    void figuresThatATestPublishesAreReported() {
        Report report = run(Counting.class);
        assertThat(report.toText())
                .contains("\nFigures\n", "  S1  counts(TestReporter)\n      counted: sheep=7, asleep: yes\n");
        assertThat(report.toTsv()).contains("S1\tpassed\tcounts(TestReporter)\tcounted: sheep=7, asleep: yes\n");
    }

    static class NoServer extends MemoryKit {
        @BeforeAll
        static void start() {
            Assumptions.abort("NO SERVER: start one");
        }
    }

    @Test
    void aMissingServerSkipsAllAndSaysSo() {
        Report report = run(NoServer.class);
        assertThat(outcomes(report)).containsExactly(Outcome.SKIPPED);
        assertThat(report.toText())
                .contains("\nSkipped\n  NO SERVER: start one\n")
                .endsWith("NoServer: 1 skipped\n");
    }

    static class BrokenServer extends MemoryKit {
        @BeforeAll
        static void start() {
            throw new IllegalStateException("no start\tat all", new IllegalArgumentException("port\ntaken"));
        }
    }

    @Test
    void whatFailsBeforeTheFirstTestIsReportedWithItsCause() {
        Report report = run(BrokenServer.class);
        assertThat(outcomes(report)).containsExactly(Outcome.FAILED);
        assertThat(report.toText())
                .contains("java.lang.IllegalStateException: no start\tat all\n", "at dev.election.tck.KitRunTest")
                .contains("caused by java.lang.IllegalArgumentException: port\n");
        assertThat(report.toTsv().lines()).as("a header and one line").hasSize(2);
        assertThat(report.toTsv()).contains("no start\\tat all\\n", "port\\ntaken\n");
    }

    /** Its own timeout takes the place of the kit's, which is the same but for its length. */
    @Timeout(value = 1, threadMode = ThreadMode.SEPARATE_THREAD)
    static class HangingTck extends MemoryKit {
        private static final CountDownLatch NEVER = new CountDownLatch(1);

        @Override
        protected ElectionBackend open() throws Exception {
            boolean opened = false;
            while (!opened) {
                try {
                    NEVER.await();
                    opened = true;
                } catch (InterruptedException e) { // it hangs so hard that it cannot be interrupted
                    opened = false;
                }
            }
            return super.open();
        }
    }

    @Test
    void aHangingBackendFailsItsTestsAndDoesNotHangTheKit() {
        Report report = run(HangingTck.class);
        HangingTck.NEVER.countDown();
        assertThat(outcomes(report)).contains(Outcome.FAILED).doesNotContain(Outcome.PASSED);
        assertThat(report.toText()).contains("timed out after 1 second");
        assertThat(BackendTck.class.getAnnotation(Timeout.class).threadMode()).isEqualTo(ThreadMode.SEPARATE_THREAD);
    }
}
