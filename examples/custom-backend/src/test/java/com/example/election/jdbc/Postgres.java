package com.example.election.jdbc;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The server of these tests. */
final class Postgres {
    static final int PORT = Integer.getInteger("postgres.port", 0);

    private static final String SETTINGS = System.getProperty("postgres.settings");

    private Postgres() {}

    static String uri(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?settings=" + SETTINGS;
    }

    /** The table, as the user of the settings sees it. */
    static Table table() throws IOException {
        Properties owner = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(SETTINGS))) {
            owner.load(file);
        }
        return new Table("jdbc:postgresql://127.0.0.1:" + PORT + "/postgres", owner);
    }
}
