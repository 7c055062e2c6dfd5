package dev.election.tck;

/** What became of a test. */
enum Outcome {
    PASSED("passed"),
    FAILED("failed"),
    /** The test was aborted, because the backend does not offer what it needs. */
    NOT_APPLICABLE("not applicable"),
    /** The test was not run at all, for instance because its server is missing. */
    SKIPPED("skipped");

    private final String words;

    Outcome(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
