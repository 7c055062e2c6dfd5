/**
 * Elections on etcd: one key of it for each election.
 *
 * <p>{@link dev.election.etcd.EtcdBackend} is the way in for programs; URIs of the scheme {@code etcd} lead to it as
 * well.
 */
@NullMarked
package dev.election.etcd;

import org.jspecify.annotations.NullMarked;
