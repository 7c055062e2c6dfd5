package dev.election.zookeeper;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.common.PathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Where ZooKeeper is, and who we are there: {@code ZooKeeperOptions.servers("zk1,zk2,zk3").parent("/apps/election")}.
 *
 * <p>Immutable; each method returns a changed copy, and throws {@link IllegalArgumentException} for what cannot be.
 * The addresses given are those used: the ensemble's own list is not asked for.
 */
public final class ZooKeeperOptions {

    private static final String DEFAULT_PARENT = "/election";

    /**
     * Two thirds of it, 4 s, is how long a server that died silently goes unnoticed: soon enough for a leader to renew
     * on another one within the default renew deadline of 10 s. Nothing is lost when a session expires.
     */
    private static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(6);

    private static final Duration MIN_SESSION_TIMEOUT = Duration.ofMillis(100);
    private static final Duration MAX_SESSION_TIMEOUT = Duration.ofMinutes(10);

    private static final String DEFAULT_PORT = "2181";

    private static final Pattern SERVER = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");

    private final String servers;
    private final String parent;
    private final Duration sessionTimeout;
    private final @Nullable Path digestFile;
    private final @Nullable String loginContext;
    private final @Nullable ZooKeeperTls tls;
    private final @Nullable ZooKeeperAcl acl;

    private ZooKeeperOptions(
            String servers,
            String parent,
            Duration sessionTimeout,
            @Nullable Path digestFile,
            @Nullable String loginContext,
            @Nullable ZooKeeperTls tls,
            @Nullable ZooKeeperAcl acl) {
        this.servers = servers;
        this.parent = parent;
        this.sessionTimeout = sessionTimeout;
        this.digestFile = digestFile;
        this.loginContext = loginContext;
        this.tls = tls;
        this.acl = acl;
    }

    /**
     * Servers of one ensemble.
     *
     * @param servers {@code host:port,host:port}; without a port it is 2181
     */
    public static ZooKeeperOptions servers(String servers) {
        String all = Arrays.stream(servers.split(",", -1))
                .map(ZooKeeperOptions::withPort)
                .collect(Collectors.joining(","));
        return new ZooKeeperOptions(all, DEFAULT_PARENT, DEFAULT_SESSION_TIMEOUT, null, null, null, null);
    }

    private static String withPort(String server) {
        Matcher form = SERVER.matcher(server);
        if (form.matches()) {
            String port = form.group(2) == null ? DEFAULT_PORT : form.group(2);
            if (Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65535) {
                return form.group(1) + ":" + port;
            }
        }
        throw new IllegalArgumentException(
                "ZooKeeper's servers are given as host:port,host:port, such as zk1:2181,zk2:2181; got \"" + server
                        + "\"");
    }

    /** The path below which the elections are; {@code /election} unless given. Created when it is missing. */
    public ZooKeeperOptions parent(String path) {
        return new ZooKeeperOptions(servers, requireParent(path), sessionTimeout, digestFile, loginContext, tls, acl);
    }

    static String requireParent(String path) {
        try {
            PathUtils.validatePath(path);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the parent of elections is a path such as /election; got \"" + path + "\": " + e.getMessage(), e);
        }
        if (path.equals("/") || path.equals("/zookeeper") || path.startsWith("/zookeeper/")) {
            throw new IllegalArgumentException(
                    "the parent of elections is neither / nor below /zookeeper; got \"" + path + "\"");
        }
        return path;
    }

    /**
     * After how long without a word the servers forget us, and after two thirds of which we look for another server; 6
     * s unless given. The servers have bounds of their own for it, 4 s and 40 s unless configured.
     */
    public ZooKeeperOptions sessionTimeout(Duration timeout) {
        if (timeout.compareTo(MIN_SESSION_TIMEOUT) < 0 || timeout.compareTo(MAX_SESSION_TIMEOUT) > 0) {
            throw new IllegalArgumentException("the session timeout is from 100 ms to 10 minutes; got " + timeout);
        }
        return new ZooKeeperOptions(servers, parent, timeout, digestFile, loginContext, tls, acl);
    }

    /** A user and password for ZooKeeper's scheme {@code digest}, in a file that holds {@code user:password}. */
    public ZooKeeperOptions digest(Path file) {
        requireReadable("digest credentials", file);
        Clients.readDigest(file);
        return new ZooKeeperOptions(servers, parent, sessionTimeout, file, loginContext, tls, acl);
    }

    /** A SASL login by a section of the JAAS login configuration ({@code java.security.auth.login.config}). */
    public ZooKeeperOptions sasl(String section) {
        boolean known;
        try {
            known = Configuration.getConfiguration().getAppConfigurationEntry(section) != null;
        } catch (SecurityException e) {
            throw new IllegalArgumentException(
                    "there is no JAAS login configuration; name its file by the system property"
                            + " java.security.auth.login.config: " + e.getMessage(),
                    e);
        }
        if (!known) {
            throw new IllegalArgumentException("the JAAS login configuration has no section \"" + section
                    + "\"; its file is named by the system property java.security.auth.login.config");
        }
        return new ZooKeeperOptions(servers, parent, sessionTimeout, digestFile, section, tls, acl);
    }

    /** TLS, with or without a certificate of our own. */
    public ZooKeeperOptions tls(ZooKeeperTls how) {
        return new ZooKeeperOptions(servers, parent, sessionTimeout, digestFile, loginContext, how, acl);
    }

    /**
     * Who may do what with nodes that are created: unless given, {@link ZooKeeperAcl#creator()} with credentials of any
     * kind above, and {@link ZooKeeperAcl#automatic()} without.
     */
    public ZooKeeperOptions acl(ZooKeeperAcl entries) {
        return new ZooKeeperOptions(servers, parent, sessionTimeout, digestFile, loginContext, tls, entries);
    }

    String servers() {
        return servers;
    }

    String parent() {
        return parent;
    }

    Duration sessionTimeout() {
        return sessionTimeout;
    }

    @Nullable
    Path digestFile() {
        return digestFile;
    }

    @Nullable
    String loginContext() {
        return loginContext;
    }

    @Nullable
    ZooKeeperTls tls() {
        return tls;
    }

    ZooKeeperAcl acl() {
        if (acl != null) {
            return acl;
        }
        boolean credentials = digestFile != null || loginContext != null || (tls != null && tls.keyStore() != null);
        return credentials ? ZooKeeperAcl.creator() : ZooKeeperAcl.automatic();
    }

    static void requireReadable(String what, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException("the file with the " + what + " cannot be read: " + file);
        }
    }

    /** Names no secret. */
    @Override
    public String toString() {
        return servers + parent;
    }
}
