package dev.election.tck;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.election.Elections;
import dev.election.EndReason;
import dev.election.LeaderElector;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import dev.election.local.MemoryBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That the check sees what it is there to see: separate elections, taken for one, do everything wrong. */
class OneLeaderCheckTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final MemoryBackend store = MemoryBackend.create();
    private final VirtualTime time = new VirtualTime();
    private final OneLeaderCheck check = new OneLeaderCheck(time);
    private final List<Elections> opened = new ArrayList<>();
    private final LeadershipListener told = check.listener("a");

    @AfterEach
    void close() {
        opened.forEach(elections -> time.advanceWhile(elections::close, MINUTE));
    }

    @Test
    void findsNothingWrongWithARealElection() {
        LeaderElector a = observed("a", "one", 1);
        LeaderElector b = observed("b", "one", 1);
        check.sampleEvery(Duration.ofMillis(100));
        for (int i = 0; i < 5; i++) {
            time.advance(SECOND);
            (a.isLeader() ? a : b).resign();
        }
        close();
        assertThatCode(check::verifyEnded).doesNotThrowAnyException();
    }

    @Test
    void findsTwoLeaders() {
        observed("a", "of-a", 1);
        time.advance(SECOND);
        observed("b", "of-b", 100);
        time.advance(SECOND);
        assertThatThrownBy(check::verify)
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)two lead at once: a with token 1 for another .* s and b with token 100 for .*")
                .hasMessageContaining("s  a was told that it leads, token 1");
    }

    @Test
    void findsTwoLeadersOfWhichItWasOnlyTold() {
        leading("a", "of-a", 1);
        leading("b", "of-b", 100);
        time.advance(SECOND);
        assertThatThrownBy(check::verify).hasMessageContaining("two lead at once");
    }

    @Test
    void findsATokenThatDoesNotGrow() {
        LeaderElector a = observed("a", "of-a", 100);
        time.advance(SECOND);
        a.resign();
        time.advance(SECOND);
        observed("b", "of-b", 7);
        time.advance(SECOND);
        assertThatThrownBy(check::verify).hasMessageContaining("b leads with token 7, though 100 was given out before");
    }

    @Test
    void findsATokenThatIsGivenOutTwice() {
        LeaderElector a = observed("a", "of-a", 100);
        time.advance(SECOND);
        a.resign();
        time.advance(SECOND);
        observed("b", "of-b", 100);
        time.advance(SECOND);
        assertThatThrownBy(check::verify).hasMessageContaining("b leads with token 100, though 100");
    }

    @Test
    void takesNoOldTermThatIsToldOfLateForANewOne() {
        Leadership old = ended(1);
        observed("b", "of-b", 100);
        time.advance(SECOND);
        told.onStartedLeading(old); // on a slow thread
        told.onStoppedLeading(EndReason.EXPIRED);
        assertThatCode(check::verify).doesNotThrowAnyException();
    }

    @Test
    void findsStartsAndStopsThatAreNotPaired() {
        told.onStoppedLeading(EndReason.EXPIRED);
        assertThatThrownBy(check::verify).hasMessageContaining("a was told that it leads no longer, and never before");
    }

    @Test
    void findsASecondStart() {
        told.onStartedLeading(ended(1));
        told.onStartedLeading(ended(2));
        assertThatThrownBy(check::verify).hasMessageContaining("a was told twice that it started to lead");
    }

    @Test
    void findsAStopThatNeverCame() {
        told.onStartedLeading(ended(1));
        assertThatCode(check::verify).doesNotThrowAnyException();
        assertThatThrownBy(check::verifyEnded).hasMessageContaining("never that it stopped");
    }

    @Test
    void findsAStopThatCameTooEarly() {
        LeaderElector a = leading("b", "of-b", 1);
        told.onStartedLeading(a.leadership().orElseThrow());
        told.onStoppedLeading(EndReason.EXPIRED);
        assertThatThrownBy(check::verify).hasMessageContaining("while its term was still valid");
    }

    private LeaderElector observed(String candidate, String election, long token) {
        LeaderElector elector = elector(candidate, election, token);
        check.observe(candidate, elector);
        return elector;
    }

    private LeaderElector leading(String candidate, String election, long token) {
        LeaderElector elector = elector(candidate, election, token);
        time.advance(SECOND);
        return elector;
    }

    private LeaderElector elector(String candidate, String election, long token) {
        Elections elections = Elections.of(time.attach(store.newView()), time);
        opened.add(elections);
        return elections
                .elector(election)
                .identity(candidate)
                .minimumFencingToken(token)
                .listener(check.listener(candidate))
                .start();
    }

    private Leadership ended(long token) {
        Elections elections = Elections.of(time.attach(store.newView()), time);
        opened.add(elections);
        LeaderElector elector =
                elections.elector("old-" + token).minimumFencingToken(token).start();
        time.advance(SECOND);
        Leadership leadership = elector.leadership().orElseThrow();
        elector.resign();
        time.advance(SECOND);
        return leadership;
    }
}
