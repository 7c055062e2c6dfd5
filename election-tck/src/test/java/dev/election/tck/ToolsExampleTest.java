package dev.election.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.local.MemoryBackend;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The example of the README. */
class ToolsExampleTest {

    @Test
    void aSuccessorLeadsWhenTheLeaderIsCutOff() {
        VirtualTime time = new VirtualTime();
        FaultInjectingBackend network =
                FaultInjectingBackend.of(time.attach(MemoryBackend.open("tools-example")), time);
        Elections here = Elections.of(network, time);
        Elections there = Elections.of(time.attach(MemoryBackend.open("tools-example")), time);
        OneLeaderCheck check = new OneLeaderCheck(time);

        LeaderElector first =
                here.elector("job").listener(check.listener("first")).start();
        assertTrue(time.advanceUntil(first::isLeader, Duration.ofSeconds(5)));
        LeaderElector second =
                there.elector("job").listener(check.listener("second")).start();
        check.observe("first", first);
        check.observe("second", second);

        network.cutOff();
        time.advance(Duration.ofSeconds(10));
        assertFalse(first.isLeader());
        assertTrue(time.advanceUntil(second::isLeader, Duration.ofSeconds(10)));
        assertEquals(2, second.leadership().orElseThrow().fencingToken());
        check.verify();

        time.advanceWhile(here::close, Duration.ofMinutes(1));
        time.advanceWhile(there::close, Duration.ofMinutes(1));
    }
}
