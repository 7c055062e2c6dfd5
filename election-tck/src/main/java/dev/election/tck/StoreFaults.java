package dev.election.tck;

/**
 * Faults between a backend's views and their store, made by its author. They hold for the views that are open and for
 * those opened later, until {@link #heal()}.
 *
 * <p>For a store at a TCP address, {@link #of(TcpProxy)} does it all.
 */
public interface StoreFaults {

    /** The store does not answer: requests may be lost, or come to it later. */
    void freeze() throws Exception;

    /** The store gets requests and carries them out, and its answers do not come. */
    void swallowAnswers() throws Exception;

    /** The store cannot be reached: connections are cut, and new ones refused. Nothing sent from now on arrives. */
    void cut() throws Exception;

    /** Ends all faults; what was held up may arrive. */
    void heal() throws Exception;

    /** The faults of a network through which all views reach their store. */
    static StoreFaults of(TcpProxy network) {
        return new StoreFaults() {
            @Override
            public void freeze() {
                network.hold();
            }

            @Override
            public void swallowAnswers() {
                network.holdAnswers();
            }

            @Override
            public void cut() {
                network.refuse();
            }

            @Override
            public void heal() {
                network.accept();
                network.release();
            }
        };
    }
}
