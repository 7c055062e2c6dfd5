package dev.election.zookeeper;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import dev.election.spi.UriOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code zookeeper://host:port,host:port/parent}. The path is where the elections are, {@code /election} unless
 * given. Options:
 *
 * <ul>
 *   <li>{@code sessionTimeout}, as {@code 6s} or {@code 6000ms};
 *   <li>{@code authFile}, a file with {@code user:password} for ZooKeeper's digest authentication;
 *   <li>{@code saslLoginContext}, a section of the JAAS login configuration;
 *   <li>{@code tls=true}, with {@code trustStore}, {@code trustStorePasswordFile}, {@code keyStore} and
 *       {@code keyStorePasswordFile};
 *   <li>{@code acl} of the nodes that are created: {@code open}, {@code creator}, or {@code scheme:id;scheme:id}.
 * </ul>
 */
public final class ZooKeeperBackendProvider implements ElectionBackendProvider {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s)");

    private static final String TLS = "tls";
    private static final String TRUST_STORE = "trustStore";
    private static final String KEY_STORE = "keyStore";
    private static final String PASSWORD_FILE = "PasswordFile";

    private static final List<UriOption> OPTIONS = List.of(
            new UriOption("sessionTimeout", "6s", "a server that died silently is left after two thirds of it"),
            new UriOption("authFile", "FILE", "digest authentication; the file holds user:password"),
            new UriOption("saslLoginContext", "NAME", "SASL by that section of the JAAS login configuration"),
            new UriOption(TLS, "true|false", "TLS; false unless given"),
            new UriOption(
                    TRUST_STORE, "FILE", "who vouches for the server, .pem, .p12 or .jks; the JDK's unless given"),
            new UriOption(TRUST_STORE + PASSWORD_FILE, "FILE", "the file with that store's password"),
            new UriOption(KEY_STORE, "FILE", "a certificate of our own, .pem, .p12 or .jks"),
            new UriOption(KEY_STORE + PASSWORD_FILE, "FILE", "the file with that store's password"),
            new UriOption("acl", "open|creator|SCHEME:ID;...", "who may use the nodes that are created here"));

    @Override
    public String scheme() {
        return "zookeeper";
    }

    @Override
    public String uriForm() {
        return "zookeeper://HOST:PORT,HOST:PORT/PARENT?sessionTimeout=6s&authFile=FILE&saslLoginContext=NAME&tls=true"
                + "&trustStore=FILE&trustStorePasswordFile=FILE&keyStore=FILE&keyStorePasswordFile=FILE"
                + "&acl=open|creator|SCHEME:ID;SCHEME:ID (path and options optional)";
    }

    @Override
    public List<UriOption> options() {
        return OPTIONS;
    }

    @Override
    public ElectionBackend open(BackendUri uri) {
        return ZooKeeperBackend.connect(options(uri));
    }

    ZooKeeperOptions options(BackendUri uri) {
        uri.allowOptions(UriOption.names(OPTIONS));
        if (!uri.location().matches("//[^/]+(/.*)?")) {
            throw new IllegalArgumentException("\"" + uri + "\": the form is " + uriForm());
        }
        String servers = uri.location().substring(2);
        int slash = servers.indexOf('/');
        ZooKeeperOptions options = ZooKeeperOptions.servers(slash < 0 ? servers : servers.substring(0, slash));
        if (slash >= 0 && slash < servers.length() - 1) {
            options = options.parent(servers.substring(slash));
        }
        options = uri.option("sessionTimeout")
                .map(ZooKeeperBackendProvider::duration)
                .map(options::sessionTimeout)
                .orElse(options);
        options = uri.option("authFile").map(Path::of).map(options::digest).orElse(options);
        options = uri.option("saslLoginContext").map(options::sasl).orElse(options);
        options = uri.option("acl").map(ZooKeeperAcl::parse).map(options::acl).orElse(options);
        ZooKeeperTls tls = tls(uri);
        return tls == null ? options : options.tls(tls);
    }

    private static Duration duration(String text) {
        Matcher form = DURATION.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "option sessionTimeout is a number with a unit, such as 6s or 6000ms, and not \"" + text + "\"");
        }
        long amount = Long.parseLong(form.group(1));
        return form.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
    }

    private static @Nullable ZooKeeperTls tls(BackendUri uri) {
        ZooKeeperTls.Store trustStore = store(uri, TRUST_STORE);
        ZooKeeperTls.Store keyStore = store(uri, KEY_STORE);
        if (flag(uri, TLS)) {
            return new ZooKeeperTls(trustStore, keyStore);
        }
        for (String name : List.of(TRUST_STORE, KEY_STORE)) {
            if (uri.option(name).isPresent()) {
                throw new IllegalArgumentException("option " + name + " needs tls=true");
            }
        }
        return null;
    }

    private static ZooKeeperTls.@Nullable Store store(BackendUri uri, String name) {
        Optional<Path> password = uri.option(name + PASSWORD_FILE).map(Path::of);
        Optional<Path> file = uri.option(name).map(Path::of);
        if (file.isEmpty() && password.isPresent()) {
            throw new IllegalArgumentException("option " + name + PASSWORD_FILE + " needs " + name);
        }
        return file.isEmpty() ? null : new ZooKeeperTls.Store(file.get(), password.orElse(null));
    }

    private static boolean flag(BackendUri uri, String name) {
        String value = uri.option(name).orElse("false");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException(
                        "option " + name + " is \"true\" or \"false\", and not \"" + value + "\"");
        };
    }
}
