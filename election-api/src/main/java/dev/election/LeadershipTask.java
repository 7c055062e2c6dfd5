package dev.election;

/** Work that runs while leading. */
@FunctionalInterface
public interface LeadershipTask {

    /**
     * Runs on a thread of its own for as long as this candidate leads. The thread is interrupted when the term ends;
     * the method then stops its work and returns. When it returns by itself the candidate resigns; when it throws, the
     * same, and the exception is logged.
     *
     * @param leadership the term; check {@link Leadership#isValid()} before each effect, or hand its fencing token to
     *     the resource
     */
    void run(Leadership leadership) throws Exception;
}
