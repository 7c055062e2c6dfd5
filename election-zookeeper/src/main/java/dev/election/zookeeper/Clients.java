package dev.election.zookeeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import org.apache.curator.RetryPolicy;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.zookeeper.ClientCnxnSocketNetty;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.X509Util;
import org.apache.zookeeper.server.auth.DigestLoginModule;

/** Makes Curator's clients as the options say. */
final class Clients {

    /** Nothing is sent by Curator itself; and if it were, not twice. */
    private static final RetryPolicy NEVER = (count, elapsed, sleeper) -> false;

    /** How long a server may take to say good-bye, and then the threads to end. */
    private static final int SHUTDOWN_MILLIS = 1000;

    private Clients() {}

    /** A client that was not started. */
    static CuratorFramework newClient(ZooKeeperOptions options) {
        int sessionTimeout = (int) options.sessionTimeout().toMillis();
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(options.servers())
                .sessionTimeoutMs(sessionTimeout)
                .connectionTimeoutMs(sessionTimeout)
                .waitForShutdownTimeoutMs(SHUTDOWN_MILLIS)
                .retryPolicy(NEVER)
                .zookeeperFactory(ZooKeeperBackend.zookeeperFactory())
                .zkClientConfig(config(options))
                // It would replace the addresses given by those that the servers have of each other.
                .ensembleTracker(false);
        Path digest = options.digestFile();
        if (digest != null) {
            builder.authorization("digest", readDigest(digest));
        }
        return builder.build();
    }

    private static ZKClientConfig config(ZooKeeperOptions options) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.DISABLE_AUTO_WATCH_RESET, "false");
        // Of requests in the foreground, and the only one is that which ends the session.
        config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Integer.toString(SHUTDOWN_MILLIS));
        String loginContext = options.loginContext();
        if (loginContext != null) {
            config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "true");
            config.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, loginContext);
            if (System.getProperty(X509Util.FIPS_MODE_PROPERTY) == null && isDigest(loginContext)) {
                // ZooKeeper's default, FIPS mode, forbids DIGEST-MD5, which is what the section asks for.
                config.setProperty(X509Util.FIPS_MODE_PROPERTY, "false");
            }
        }
        ZooKeeperTls tls = options.tls();
        if (tls != null) {
            config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            // The only one that can.
            config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, ClientCnxnSocketNetty.class.getName());
            try (ClientX509Util names = new ClientX509Util()) {
                ZooKeeperTls.Store trust = tls.trustStore();
                if (trust != null) {
                    set(
                            config,
                            trust,
                            names.getSslTruststoreLocationProperty(),
                            names.getSslTruststorePasswdPathProperty());
                }
                ZooKeeperTls.Store key = tls.keyStore();
                if (key != null) {
                    set(config, key, names.getSslKeystoreLocationProperty(), names.getSslKeystorePasswdPathProperty());
                }
            }
        }
        return config;
    }

    private static boolean isDigest(String loginContext) {
        AppConfigurationEntry[] entries = Configuration.getConfiguration().getAppConfigurationEntry(loginContext);
        return entries != null
                && Arrays.stream(entries)
                        .anyMatch(entry -> entry.getLoginModuleName().equals(DigestLoginModule.class.getName()));
    }

    /** The file's ending tells ZooKeeper its format. */
    private static void set(ZKClientConfig config, ZooKeeperTls.Store store, String location, String passwordPath) {
        config.setProperty(location, store.file().toString());
        Path password = store.passwordFile();
        if (password != null) {
            config.setProperty(passwordPath, password.toString());
        }
    }

    /**
     * Reads {@code user:password}; a line break at the end is not part of it.
     *
     * @throws IllegalArgumentException when it is not of this form, without saying what it holds
     */
    static byte[] readDigest(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
        } catch (IOException e) {
            throw new IllegalArgumentException("the file with the digest credentials cannot be read: " + file, e);
        }
        int colon = text.indexOf(':');
        if (colon <= 0 || colon == text.length() - 1 || text.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(
                    "the file with the digest credentials holds one line, user:password; " + file + " does not");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
