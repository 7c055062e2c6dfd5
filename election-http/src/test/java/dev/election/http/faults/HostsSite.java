package dev.election.http.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Somebody's store, which is left alone itself. If its URI has the form {@code SCHEME://HOST:PORT,HOST:PORT...}, each
 * candidate reaches each host through a proxy.
 */
final class HostsSite implements Site {

    private static final Pattern HOSTS = Pattern.compile("([^:]+://)([^/?]+:[0-9]+)([/?].*)?");

    private final String uri;

    HostsSite(String uri) {
        this.uri = uri;
    }

    @Override
    public Access access(String candidate) throws IOException {
        Link link = Link.ofProxies();
        Matcher form = HOSTS.matcher(uri);
        if (!form.matches()) {
            return new Access(uri, link);
        }
        List<String> ours = new ArrayList<>();
        for (String server : form.group(2).split(",")) {
            int colon = server.lastIndexOf(':');
            ours.add("127.0.0.1:" + link.to(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1))));
        }
        String rest = form.group(3) == null ? "" : form.group(3);
        return new Access(form.group(1) + String.join(",", ours) + rest, link);
    }

    @Override
    public List<StoreFault> faults() {
        return List.of();
    }

    @Override
    public void close() {}
}
