package dev.election.zookeeper;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to speak TLS with the servers, whose certificates must be for the names that we connect to. Files that are
 * replaced are read again with the next connection.
 *
 * @param trustStore whom to trust, or null for those whom the JDK trusts
 * @param keyStore who we are, with certificate and key; null to show no certificate
 */
public record ZooKeeperTls(
        @Nullable Store trustStore, @Nullable Store keyStore) {

    /**
     * A file with certificates and keys.
     *
     * @param file its name ends in {@code .pem}, {@code .p12} or {@code .jks}, which tells its format
     * @param passwordFile a file that holds the password and nothing else; null when there is none
     */
    public record Store(Path file, @Nullable Path passwordFile) {

        /** @throws IllegalArgumentException when a file cannot be read, or has another ending */
        public Store {
            if (!file.toString().matches(".*\\.(pem|p12|jks)")) {
                throw new IllegalArgumentException(
                        "the name of a key or trust store ends in .pem, .p12 or .jks; got \"" + file + "\"");
            }
            ZooKeeperOptions.requireReadable("key or trust store", file);
            if (passwordFile != null) {
                ZooKeeperOptions.requireReadable("password file", passwordFile);
            }
        }
    }
}
