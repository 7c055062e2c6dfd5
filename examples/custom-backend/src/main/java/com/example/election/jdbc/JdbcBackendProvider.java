package com.example.election.jdbc;

import dev.election.spi.*;
import java.sql.*;
import java.util.Set;

/** Makes the backend known by the scheme {@code jdbc}. */
public final class JdbcBackendProvider implements ElectionBackendProvider {
    @Override
    public String scheme() {
        return "jdbc";
    }

    @Override
    public String uriForm() {
        return "jdbc:postgresql://HOST/DATABASE?settings=FILE or jdbc:h2:file:/PATH; FILE has lines such as user=me";
    }

    @Override
    public ElectionBackend open(BackendUri uri) {
        String url = "jdbc:" + uri.location();
        // URIs are logged: no secrets in them. H2's AUTO_SERVER sends a write again that may have been applied (S7).
        if (!url.matches("jdbc:(postgresql|h2:file):[^@]+") || (uri + url).matches("(?i).*(PASSWORD|AUTO_SERVER)=.*")) {
            throw new IllegalArgumentException("the form is " + uriForm() + "; no password in it, and no AUTO_SERVER");
        }
        try {
            DriverManager.getDriver(url);
        } catch (SQLException e) {
            throw new IllegalArgumentException("the JDBC driver for " + url + " is not on the class path", e);
        }
        return new JdbcBackend(new Database(url, uri.allowOptions(Set.of("settings")).option("settings")));
    }
}
