package dev.election.etcd;

import java.io.IOException;

/**
 * A user of etcd.
 *
 * @param user the name
 * @param password read whenever a new token is needed, so that a password can be changed while elections go on
 */
record Credentials(String user, Password password) {

    /** Where a password comes from. */
    interface Password {
        String read() throws IOException;
    }

    @Override
    public String toString() {
        return "user \"" + user + '"';
    }
}
