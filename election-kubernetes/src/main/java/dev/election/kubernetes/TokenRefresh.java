package dev.election.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * fabric8's token refresh, which reads a rotated token anew every minute and after a 401, but without its sending the
 * request again: that is left to {@link ApiServer}, which knows the deadline.
 */
final class TokenRefresh extends TokenRefreshInterceptor {

    TokenRefresh(Config config) {
        super(config, new JdkHttpClientFactory(), Instant.now());
    }

    @Override
    public CompletableFuture<Boolean> afterFailure(
            BasicBuilder headerBuilder, HttpResponse<?> response, RequestTags tags) {
        return super.afterFailure(headerBuilder, response, tags).thenApply(refreshed -> false);
    }
}
