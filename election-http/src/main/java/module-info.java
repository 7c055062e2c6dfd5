/** Elections over HTTP: the sidecar with its command line, and its server for applications of their own. */
module dev.election.http {
    requires com.fasterxml.jackson.core;
    requires transitive dev.election;
    requires java.logging;
    requires java.net.http;
    requires jul.to.slf4j;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.election.http;
    exports dev.election.http.metrics;
    exports dev.election.http.command to
            java.logging,
            org.slf4j;

    uses dev.election.spi.ElectionBackendProvider;
}
