package dev.election.local;

import dev.election.spi.Version;

/**
 * One state of a record file: its revision, and its whole text, so that an edit by hand, or an old copy put back, is
 * another version even though nobody moved the revision on (rule S4).
 */
record FileVersion(long revision, String text) implements Version {

    @Override
    public String toString() {
        return "revision " + revision;
    }
}
