package dev.election.spi;

/**
 * An adapter's own name for one state of one record; {@code equals} decides whether two are the same.
 *
 * <p>Once the record has changed, a version never fits again: not after the record was deleted and created anew, and
 * not after a write of identical content (rule S4). An implementation is immutable and may carry whatever the adapter
 * needs for the swap, such as the raw object, so that fields it does not know survive (rule S8); what it carries
 * beyond the version proper takes no part in {@code equals}.
 */
public interface Version {

    /** The version of a record that does not exist. It may fit again. */
    Version ABSENT = new Version() {
        @Override
        public long revision() {
            return 0;
        }

        @Override
        public String toString() {
            return "absent";
        }
    };

    /**
     * A positive number that grows with every applied write of the record, across deletion and re-creation (rule S5);
     * 0 only for {@link #ABSENT}.
     */
    long revision();
}
