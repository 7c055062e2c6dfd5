package com.example.election.jdbc;

import dev.election.tck.TextRecords;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;

/** The table as its owner sees it, who creates it and may edit records by hand. */
final class Table extends TextRecords {
    private final String url;
    private final Properties owner;

    Table(String url, Properties owner) {
        this.url = url;
        this.owner = owner;
    }

    void create() throws Exception {
        try (InputStream ddl = Table.class.getResourceAsStream("/election.sql");
                Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(new String(ddl.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Override
    protected Optional<String> get(String election) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT record FROM election WHERE name = ?")) {
            statement.setString(1, election);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
            }
        }
    }

    @Override
    protected void put(String election, String text) throws SQLException {
        String storable = storable(text);
        if (execute("UPDATE election SET revision = DEFAULT, record = ? WHERE name = ?", storable, election) == 0) {
            execute("INSERT INTO election (record, name) VALUES (?, ?)", storable, election);
        }
    }

    /** PostgreSQL has no zero in its texts, and the column is limited. What was no record before is none after. */
    private static String storable(String text) {
        return text.substring(0, Math.min(text.length(), 32768)).replace('\0', '\1');
    }

    int execute(String sql, String... parameters) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, owner);
    }
}
