package dev.election.zookeeper;

import java.io.IOException;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;

/** What became of a transaction that may have been sent (rule S2). */
sealed interface Outcome {

    /**
     * All of it was applied.
     *
     * @param results one for each operation
     */
    record Done(List<OpResult> results) implements Outcome {}

    /**
     * Nothing of it was applied.
     *
     * @param operation the index of the operation that failed, or -1 when all of them were refused together
     */
    record Refused(Code code, int operation) implements Outcome {}

    /** It may have been applied, or may still be. */
    record Unknown(IOException cause) implements Outcome {}
}
