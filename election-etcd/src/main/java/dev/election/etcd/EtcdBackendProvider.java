package dev.election.etcd;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import dev.election.spi.UriOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Opens {@code etcd://HOST:PORT,HOST:PORT/PREFIX}. Keys are {@code PREFIX/NAME}, or {@code election/NAME} without a
 * prefix; a prefix that itself begins with a slash follows a second one.
 *
 * <p>The options are {@code tls} ({@code true}, {@code false}), {@code caFile}, {@code certFile}, {@code keyFile},
 * {@code authority}, {@code user} and {@code passwordFile}; a file of the first three switches TLS on.
 */
public final class EtcdBackendProvider implements ElectionBackendProvider {

    private static final List<UriOption> OPTIONS = List.of(
            new UriOption(
                    "tls", "true|false", "TLS, with the JDK's certificate authorities; implied by the files below"),
            new UriOption("caFile", "FILE", "the certificate authorities that vouch for the server, in PEM"),
            new UriOption("certFile", "FILE", "our own certificate, in PEM; together with keyFile"),
            new UriOption("keyFile", "FILE", "its key, in PEM, PKCS #8, not encrypted"),
            new UriOption("authority", "NAME", "the name that the server's certificate bears, if not the host's"),
            new UriOption("user", "NAME", "a user of etcd; together with passwordFile"),
            new UriOption("passwordFile", "FILE", "the file with the user's password"));

    @Override
    public String scheme() {
        return "etcd";
    }

    @Override
    public String uriForm() {
        return "etcd://HOST:PORT,HOST:PORT/PREFIX?tls=true&caFile=FILE&certFile=FILE&keyFile=FILE&authority=NAME"
                + "&user=NAME&passwordFile=FILE (prefix and options are optional)";
    }

    @Override
    public List<UriOption> options() {
        return OPTIONS;
    }

    @Override
    public ElectionBackend open(BackendUri uri) {
        uri.allowOptions(UriOption.names(OPTIONS));
        try {
            return EtcdBackend.connect(options(uri));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + uri + "\": " + e.getMessage(), e);
        }
    }

    private EtcdOptions options(BackendUri uri) {
        String location = uri.location();
        if (!location.startsWith("//") || location.startsWith("///") || location.equals("//")) {
            throw new IllegalArgumentException("the form is " + uriForm());
        }
        int slash = location.indexOf('/', 2);
        String endpoints = slash < 0 ? location.substring(2) : location.substring(2, slash);
        String prefix = slash < 0 ? "" : location.substring(slash + 1);
        EtcdOptions options = EtcdOptions.of(List.of(endpoints.split(",", -1)));
        if (!prefix.isEmpty()) {
            options = options.withPrefix(prefix.endsWith("/") ? prefix : prefix + "/");
        }
        options = withTls(options, uri);
        Optional<String> user = uri.option("user");
        if (user.isPresent() != uri.option("passwordFile").isPresent()) {
            throw new IllegalArgumentException("options user and passwordFile come together");
        }
        return user.isPresent() ? options.withUser(user.get(), readable(uri, "passwordFile")) : options;
    }

    private static EtcdOptions withTls(EtcdOptions options, BackendUri uri) {
        Optional<Path> ca = uri.option("caFile").map(name -> readable(uri, "caFile"));
        Optional<Path> cert = uri.option("certFile").map(name -> readable(uri, "certFile"));
        Optional<Path> key = uri.option("keyFile").map(name -> readable(uri, "keyFile"));
        if (cert.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("options certFile and keyFile come together");
        }
        boolean files = ca.isPresent() || cert.isPresent();
        String tls = uri.option("tls").orElse(Boolean.toString(files));
        if (!tls.equals("true") && !tls.equals("false")) {
            throw new IllegalArgumentException("option tls is \"true\" or \"false\", and not \"" + tls + "\"");
        }
        Optional<String> authority = uri.option("authority");
        if (tls.equals("false")) {
            if (files || authority.isPresent()) {
                throw new IllegalArgumentException("with tls=false, caFile, certFile, keyFile and authority are without"
                        + " effect; leave them out");
            }
            return options;
        }
        EtcdOptions secure = options.withTls(new Tls(ca.orElse(null), cert.orElse(null), key.orElse(null)));
        return authority.isPresent() ? secure.withAuthority(authority.get()) : secure;
    }

    private static Path readable(BackendUri uri, String option) {
        String name = uri.option(option).orElseThrow();
        try {
            Path file = Path.of(name);
            if (Files.isReadable(file) && !Files.isDirectory(file)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("option " + option + " is no path: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("option " + option + ": there is no file \"" + name + "\" that we may read");
    }
}
