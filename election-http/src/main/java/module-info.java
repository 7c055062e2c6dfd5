/** Elections over HTTP: the sidecar with its command line, and its server for applications of their own. */
module dev.election.http {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
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
            java.logging;

    uses dev.election.spi.ElectionBackendProvider;
}
