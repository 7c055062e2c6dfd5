package dev.election.http.command;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Configures {@code java.util.logging}, which gRPC logs to, so that it all goes the way of our own log. Made by {@link
 * LogManager} when something is first logged there: until then it costs nothing.
 */
public final class JulToSlf4j {

    static void use() {
        System.setProperty("java.util.logging.config.class", JulToSlf4j.class.getName());
    }

    /** Called by {@link LogManager}. */
    public JulToSlf4j() throws IOException {
        String configuration = "handlers=" + SLF4JBridgeHandler.class.getName() + "\n.level=INFO\n";
        LogManager.getLogManager()
                .readConfiguration(new ByteArrayInputStream(configuration.getBytes(StandardCharsets.UTF_8)));
    }
}
