/**
 * Elections on ZooKeeper: one persistent node each, swapped by a transaction.
 *
 * <p>{@link dev.election.zookeeper.ZooKeeperBackend} is the way in for programs; a URI such as
 * {@code zookeeper://host:2181/election} leads to it as well.
 */
@NullMarked
package dev.election.zookeeper;

import org.jspecify.annotations.NullMarked;
