package dev.election.etcd;

import com.google.protobuf.ByteString;

/** The key of one election. */
record ElectionKey(String prefix, String election) {

    String text() {
        return prefix + election;
    }

    ByteString bytes() {
        return ByteString.copyFromUtf8(text());
    }

    /** For the shell, as an argument of etcdctl. */
    String quoted() {
        return quote(text());
    }

    String quotedPrefix() {
        return quote(prefix);
    }

    static String quote(String text) {
        return text.matches("[A-Za-z0-9_./:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    @Override
    public String toString() {
        return "etcd key " + text();
    }
}
