package dev.election.zookeeper;

import dev.election.spi.BackendException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.jspecify.annotations.Nullable;

/**
 * The commands that permit us something on a node, for somebody with ADMIN on it.
 *
 * @param who who the server takes us for, for a sentence; empty when it does not tell
 * @param commands lines to copy
 */
record Grant(String who, String commands) {

    /** The schemes that tell who somebody is, the surest first; others tell only where. */
    private static final List<String> SCHEMES = List.of("sasl", "x509", "digest");

    /**
     * Asks the server who we are and what the node's ACL is.
     *
     * @param permissions as zkCli.sh writes them, such as {@code rw}
     * @param withChildren whether it takes the same permissions on the node's children
     */
    static Grant of(Ensemble ensemble, String path, String permissions, boolean withChildren, Deadline deadline)
            throws BackendException, InterruptedException {
        List<ClientInfo> ours = ensemble.identities(deadline);
        ClientInfo us = identity(ours);
        List<ACL> acl = ensemble.acl(path, deadline);
        String zkCli = "zkCli.sh -server " + ensemble + " ";
        List<String> lines = new ArrayList<>();
        // It replaces the whole list. What is hidden from us, and hashes of passwords, we cannot repeat.
        boolean isHidden = acl == null
                || acl.stream().anyMatch(entry -> entry.getId().getScheme().equals("digest"));
        if (isHidden) {
            lines.add("# zkCli.sh takes a password only at its own prompt: first type there: addauth digest"
                    + " USER:PASSWORD");
            lines.add("# EXISTING stands for what getAcl shows, as scheme:id:permissions separated by commas.");
            lines.add(zkCli + "getAcl " + quote(path));
        }
        if (us != null && us.getAuthScheme().equals("digest")) {
            lines.add("# HASH is what this prints: printf %s USER:PASSWORD | openssl dgst -sha1 -binary | base64");
        }
        if (us == null) {
            lines.add(
                    ours.isEmpty() // whom it does not know it tells at least from where we come
                            ? "# Who we are is not known here, so this permits everybody; rather put us in place of world:anyone."
                            : "# We have no credentials, so this permits everybody; rather give us some, as by the option"
                                    + " authFile.");
        }
        String entries = (isHidden ? "EXISTING" : text(acl)) + "," + entry(us) + ":" + permissions;
        lines.add(zkCli + "setAcl " + (withChildren ? "-R " : "") + quote(path) + " " + quote(entries));
        return new Grant(
                us == null ? "" : " as " + us.getAuthScheme() + ":" + us.getUser(), String.join("\n", lines) + "\n");
    }

    private static @Nullable ClientInfo identity(List<ClientInfo> ours) {
        for (String scheme : SCHEMES) {
            for (ClientInfo each : ours) {
                if (each.getAuthScheme().equals(scheme)) {
                    return each;
                }
            }
        }
        return null;
    }

    private static String entry(@Nullable ClientInfo us) {
        if (us == null) {
            return "world:anyone";
        }
        String id = us.getAuthScheme() + ":" + us.getUser();
        return us.getAuthScheme().equals("digest") ? id + ":HASH" : id;
    }

    private static String text(List<ACL> acl) {
        return acl.stream()
                .map(each -> each.getId().getScheme() + ":" + each.getId().getId() + ":"
                        + ZKUtil.getPermString(each.getPerms()))
                .collect(Collectors.joining(","));
    }

    private static String quote(String text) {
        return text.matches("[A-Za-z0-9_./:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
