package dev.election.kubernetes;

import com.fasterxml.jackson.core.JacksonException;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import dev.election.spi.UriOption;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Utils;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code kubernetes:}, with the options {@code namespace}, {@code lock} ({@code lease}, the default, or {@code
 * endpoints}), {@code kubeconfig} and {@code context}.
 *
 * <p>Without {@code kubeconfig}, the configuration is found as by kubectl: {@code $KUBECONFIG}, {@code ~/.kube/config},
 * the service account of the pod. The namespace is that of the context or service account unless given, else
 * {@code default}.
 */
public final class KubernetesBackendProvider implements ElectionBackendProvider {

    /** As Jackson and SnakeYAML write it. */
    private static final Pattern LINE = Pattern.compile("\\bline:? (\\d+), column");

    private static final List<UriOption> OPTIONS = List.of(
            new UriOption("namespace", "NAMESPACE", "where the lock is; that of the pod or the context unless given"),
            new UriOption("lock", "lease|endpoints", "what holds the lock; a Lease unless given"),
            new UriOption("kubeconfig", "FILE", "how to reach the cluster; found as by kubectl unless given"),
            new UriOption("context", "NAME", "which context of the kubeconfig; the current one unless given"));

    @Override
    public String scheme() {
        return "kubernetes";
    }

    @Override
    public String uriForm() {
        return "kubernetes:?namespace=NAMESPACE&lock=lease|endpoints&kubeconfig=FILE&context=NAME (all optional)";
    }

    @Override
    public List<UriOption> options() {
        return OPTIONS;
    }

    @Override
    public ElectionBackend open(BackendUri uri) {
        uri.allowOptions(UriOption.names(OPTIONS));
        if (!uri.location().isEmpty()) {
            throw new IllegalArgumentException("\"" + uri
                    + "\": nothing stands between \"kubernetes:\" and its options; the form is " + uriForm());
        }
        LockKind lock = lock(uri.option("lock").orElse("lease"));
        Config config = config(
                uri.option("kubeconfig").orElse(null), uri.option("context").orElse(null));
        try {
            return KubernetesBackend.connect(config, uri.option("namespace").orElse(null), lock);
        } catch (KubernetesClientException e) {
            throw new IllegalArgumentException(
                    "\"" + uri + "\": its configuration cannot be used: " + e.getMessage(), e);
        }
    }

    private static LockKind lock(String name) {
        for (LockKind kind : LockKind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("option lock is \"lease\" or \"endpoints\", and not \"" + name + "\"");
    }

    private static Config config(@Nullable String kubeconfig, @Nullable String context) {
        if (kubeconfig != null && !Files.isReadable(Path.of(kubeconfig))) {
            throw new IllegalArgumentException(
                    "option kubeconfig: there is no file \"" + kubeconfig + "\" that we may read");
        }
        Config config;
        try {
            config = kubeconfig == null
                    ? Config.autoConfigure(context)
                    : Config.fromKubeconfig(context, new File(kubeconfig));
        } catch (RuntimeException e) {
            // fabric8's own, and that of its YAML parser.
            String file = kubeconfig == null ? "" : " " + kubeconfig;
            String what = "cannot read the kubeconfig" + file + ": ";
            String notParsed = notParsed(e);
            throw notParsed == null
                    ? new IllegalArgumentException(what + e.getMessage(), e)
                    : new IllegalArgumentException(what + notParsed);
        }
        // fabric8 takes the current context where it does not find the one that was asked for.
        if (context != null
                && (config.getCurrentContext() == null
                        || !context.equals(config.getCurrentContext().getName()))) {
            throw new IllegalArgumentException("the kubeconfig has no context \"" + context + "\"");
        }
        return config;
    }

    /**
     * What a parser says quotes the file, which holds secrets; only the place may be told. Null when it was no parser
     * that failed.
     */
    private static @Nullable String notParsed(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String thrown = each.getClass().getName();
            if (each instanceof JacksonException
                    || thrown.startsWith("org.snakeyaml.")
                    || thrown.startsWith("org.yaml.")) {
                Matcher place = LINE.matcher(String.valueOf(each.getMessage()));
                String last = "";
                while (place.find()) {
                    last = ", see line " + place.group(1);
                }
                return "it is none" + last;
            }
        }
        return null;
    }

    /** {@code kubernetes:} inside a pod with a service account. */
    @Override
    public Optional<String> ambientUri() {
        String host = Utils.getSystemPropertyOrEnvVar(Config.KUBERNETES_SERVICE_HOST_PROPERTY);
        String token = Utils.getSystemPropertyOrEnvVar(
                Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY,
                Config.KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH);
        return host != null && Files.isReadable(Path.of(token)) ? Optional.of("kubernetes:") : Optional.empty();
    }
}
