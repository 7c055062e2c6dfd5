package dev.election.kubernetes;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who the API server takes us for.
 *
 * @param name the user name, such as {@code system:serviceaccount:default:election}
 */
record Account(String name) {

    private static final String ANONYMOUS = "system:anonymous";
    private static final Pattern SERVICE_ACCOUNT = Pattern.compile("system:serviceaccount:([^:]+):([^:]+)");

    /** What is not there, so that no role permits to look at it. */
    private static final String NOWHERE = "/who-am-i-of-election";

    /** The name as Go quotes it. */
    private static final Pattern REFUSED = Pattern.compile("User \"((?:[^\"\\\\]|\\\\.)+)\" cannot ");

    /**
     * Asks the server, by a review from 1.28 on; an older one tells the name only when it refuses something. The name
     * is for people, so that its message may serve.
     *
     * @return null when it does not tell
     */
    static @Nullable Account ask(ApiServer server, Deadline deadline) throws IOException, InterruptedException {
        ObjectNode review =
                Json.object().put("kind", "SelfSubjectReview").put("apiVersion", "authentication.k8s.io/v1");
        Answer answer = server.send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review, deadline);
        if (answer.isSuccess()) {
            return ofReview(Json.parse(answer.body()));
        }
        Account refused = ofRefusal(answer);
        return refused != null ? refused : ofRefusal(server.send("GET", NOWHERE, null, deadline));
    }

    static @Nullable Account ofReview(JsonNode review) {
        String name = review.path("status").path("userInfo").path("username").asText("");
        return name.isEmpty() ? null : new Account(name);
    }

    static @Nullable Account ofRefusal(Answer answer) {
        Matcher refused = REFUSED.matcher(answer.status().path("message").asText(""));
        return answer.code() == 403 && refused.find() ? new Account(unescaped(refused.group(1))) : null;
    }

    /** The server quotes it as Go does, and then makes it fit for a web page. */
    private static String unescaped(String name) {
        return name.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .replaceAll("\\\\(.)", "$1");
    }

    /** Whether the server does not know us at all; then no role will help, but credentials. */
    boolean isNobody() {
        return name.equals(ANONYMOUS);
    }

    /** As the one subject of a RoleBinding, in YAML. */
    String subject() {
        Matcher serviceAccount = SERVICE_ACCOUNT.matcher(name);
        return serviceAccount.matches()
                ? """
                  - kind: ServiceAccount
                    name: %s
                    namespace: %s
                """.formatted(quoted(serviceAccount.group(2)), quoted(serviceAccount.group(1)))
                : """
                  - kind: User
                    name: %s
                    apiGroup: rbac.authorization.k8s.io
                """.formatted(quoted(name));
    }

    /** A part of an object's name that another account's does not share. */
    String label() {
        Matcher serviceAccount = SERVICE_ACCOUNT.matcher(name);
        if (serviceAccount.matches()) {
            // Neither part can hold a colon, so that no other account has the same label.
            return serviceAccount.group(1) + ":" + serviceAccount.group(2);
        }
        String legal = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]+", "-");
        return legal.equals(name) ? legal : legal + "-" + Integer.toHexString(name.hashCode());
    }

    /** A string in YAML whatever it looks like, such as a namespace {@code 1e3}. */
    static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
