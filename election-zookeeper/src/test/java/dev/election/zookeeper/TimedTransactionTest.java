package dev.election.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.Op;
import org.junit.jupiter.api.Test;

/** The moment of writing decides, once (S6). */
class TimedTransactionTest {

    private static final List<Op> WRITE = List.of(Op.check("/a/g-1", -1), Op.setData("/a", new byte[] {1}, 3));

    private static TimedTransaction in(Duration timeout) {
        return new TimedTransaction(WRITE, Deadline.in(timeout), () -> true);
    }

    private static MultiOperationRecord sent(TimedTransaction transaction) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        transaction.serialize(BinaryOutputArchive.getArchive(bytes), "request");
        MultiOperationRecord read = new MultiOperationRecord();
        read.deserialize(BinaryInputArchive.getArchive(new ByteArrayInputStream(bytes.toByteArray())), "request");
        return read;
    }

    private static void assertHarmless(MultiOperationRecord sent) {
        assertThat(sent).hasSize(1).allSatisfy(operation -> {
            Op.Check check = (Op.Check) operation;
            // The only one that fits any node is -1; those of nodes are 0 and above.
            assertThat(check.getPath()).isEqualTo("/");
            assertThat(check).isEqualTo(Op.check("/", Integer.MIN_VALUE));
        });
    }

    @Test
    void inTimeItIsSentAsItIs() throws Exception {
        TimedTransaction transaction = in(Duration.ofMinutes(1));
        assertThat(sent(transaction)).containsExactlyElementsOf(WRITE);
        assertThat(transaction.drop()).as("too late to drop").isFalse();
    }

    @Test
    void afterItsDeadlineSomethingHarmlessIsSentInstead() throws Exception {
        TimedTransaction transaction = in(Duration.ZERO);
        assertHarmless(sent(transaction));
        assertThat(transaction.drop()).isTrue();
    }

    @Test
    void withoutASessionSomethingHarmlessIsSentInstead() throws Exception {
        TimedTransaction transaction = new TimedTransaction(WRITE, Deadline.in(Duration.ofMinutes(1)), () -> false);
        assertHarmless(sent(transaction));
        assertThat(transaction.drop()).isTrue();
    }

    @Test
    void onceDroppedItIsNeverSentThoughThereIsTime() throws Exception {
        TimedTransaction transaction = in(Duration.ofMinutes(1));
        assertThat(transaction.drop()).isTrue();
        assertThat(transaction.markSent()).isFalse();
        assertHarmless(sent(transaction));
    }
}
